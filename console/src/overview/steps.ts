import i18next from 'i18next'
import type { Line } from './ChartCard'

/** About ten times as long each, and round in the units in which it is read: 100 ms, 1 s, 10 s, 1 min, 10 min, 1 h. */
export const LATENCY_STEPS = [1, 10, 100, 1000, 10_000, 60_000, 600_000, 3_600_000, 36_000_000, 86_400_000, 864_000_000]

export function latencyTick(ms: number): string {
  if (ms < 1000) return i18next.t('wholeDuration.ms', { ms })
  if (ms < 60_000) return i18next.t('wholeDuration.s', { s: ms / 1000 })
  if (ms < 3_600_000) return i18next.t('wholeDuration.min', { min: Math.round(ms / 60_000) })
  return i18next.t('wholeDuration.h', { h: Math.round(ms / 3_600_000) })
}

/** The steps from just below the least to just above the most; all that there are where nothing is shown. */
export function between(steps: readonly number[], lines: readonly Pick<Line, 'data'>[]): readonly number[] {
  const values = lines.flatMap(({ data }) => data.filter((value) => value !== null))
  const least = Math.min(...values)
  const most = Math.max(...values)
  const from = steps.findLastIndex((step) => step <= least)
  const to = steps.findIndex((step) => step >= most)
  // Two at least, or there would be no axis.
  const begin = Math.max(0, Math.min(from, steps.length - 2))
  return steps.slice(begin, Math.max(to === -1 ? steps.length : to + 1, begin + 2))
}
