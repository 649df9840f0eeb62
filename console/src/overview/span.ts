import * as v from 'valibot'
import type { OverviewQueryVariables } from '~/gql/graphql'

export const RANGES = ['hour', 'day', 'week'] as const
export type Range = (typeof RANGES)[number]

/** The last hour unless the address says otherwise. */
export const overviewSearch = v.object({
  range: v.optional(v.fallback(v.optional(v.picklist(RANGES)), undefined)),
})

const MINUTE = 60_000
const HOUR = 60 * MINUTE

interface Shape {
  interval: 'MINUTE' | 'HOUR'
  bucketMs: number
  buckets: number
  /** Of the range before: finer where the server still has it, so that it ends where this one has come to. */
  beforeInterval: 'MINUTE' | 'HOUR'
  /** How often the numbers are asked for, in milliseconds. */
  refreshMs: number
}

const SHAPES: Record<Range, Shape> = {
  hour: { interval: 'MINUTE', bucketMs: MINUTE, buckets: 60, beforeInterval: 'MINUTE', refreshMs: 5_000 },
  day: { interval: 'HOUR', bucketMs: HOUR, buckets: 24, beforeInterval: 'MINUTE', refreshMs: 15_000 },
  week: { interval: 'HOUR', bucketMs: HOUR, buckets: 168, beforeInterval: 'HOUR', refreshMs: 60_000 },
}

export const shapeOf = (range: Range): Shape => SHAPES[range]

/**
 * What is asked for at a moment: whole buckets up to the one under way, and the range before up to the same point of its
 * last bucket, so that like is compared with like.
 */
export function spanAt(range: Range, now: number): Omit<OverviewQueryVariables, 'filter'> {
  const { interval, bucketMs, buckets, beforeInterval } = SHAPES[range]
  const from = Math.floor(now / bucketMs) * bucketMs - (buckets - 1) * bucketMs
  const back = buckets * bucketMs
  const iso = (ms: number) => new Date(ms).toISOString()
  return {
    from: iso(from),
    interval,
    beforeFrom: iso(from - back),
    beforeTo: iso(now - back),
    beforeInterval,
  }
}
