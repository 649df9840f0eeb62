import * as v from 'valibot'
import { CHANNEL_TYPES } from '~/components/ChannelName'
import type { ChannelType, FailedTaskFilter } from '~/gql/graphql'

/** The outcomes under which tasks are in the failed set, as `ChannelTask.errorCode` lists them. */
export const FAILURE_CODES = [
  'RETRY',
  'THROTTLE',
  'TOKEN',
  'BAD_MSG',
  'BAD_RCPT',
  'CONFIG',
  'AMBIGUOUS',
  'CIRCUIT_OPEN',
  'CHANNELS_TIMEOUT',
] as const

export type FailureCode = (typeof FAILURE_CODES)[number]

const text = v.optional(v.fallback(v.optional(v.string()), undefined))
const time = v.optional(v.fallback(v.optional(v.pipe(v.string(), v.isoTimestamp())), undefined))

export const failedSearch = v.object({
  code: v.optional(v.fallback(v.optional(v.picklist(FAILURE_CODES)), undefined)),
  channelType: v.optional(
    v.fallback(v.optional(v.picklist(CHANNEL_TYPES as readonly [ChannelType, ...ChannelType[]])), undefined),
  ),
  channel: text,
  businessType: text,
  from: time,
  to: time,
})

export type FailedSearch = v.InferOutput<typeof failedSearch>

export function toFilter(search: FailedSearch, tenantId: string | undefined): FailedTaskFilter {
  const { code, channelType, channel, businessType, from, to } = search
  const filter: FailedTaskFilter = {
    tenantId,
    errorCode: code,
    channelType,
    channelConfigId: channel,
    businessType,
    failedFrom: from,
    failedTo: to,
  }
  return Object.fromEntries(Object.entries(filter).filter(([, value]) => value !== undefined))
}
