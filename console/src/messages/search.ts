import * as v from 'valibot'
import { CHANNEL_TYPES } from '~/components/ChannelName'
import type { ChannelType, MessageFilter, MessageStatus } from '~/gql/graphql'

export const MESSAGE_STATUSES = [
  'SCHEDULED',
  'PENDING',
  'PROCESSING',
  'SUCCESS',
  'PARTIAL_SUCCESS',
  'FAILED',
  'SKIPPED',
  'CANCELLED',
] as const satisfies readonly MessageStatus[]

const text = v.optional(
  v.fallback(v.optional(v.pipe(v.union([v.string(), v.number()]), v.transform(String))), undefined),
)
const time = v.optional(v.fallback(v.optional(v.pipe(v.string(), v.isoTimestamp())), undefined))

/** What the address holds: the whole filter, so that a view can be shared. What makes no sense is left out. */
export const messageSearch = v.object({
  status: v.optional(v.fallback(v.optional(v.array(v.picklist(MESSAGE_STATUSES))), undefined)),
  businessType: text,
  channelType: v.optional(
    v.fallback(v.optional(v.picklist(CHANNEL_TYPES as readonly [ChannelType, ...ChannelType[]])), undefined),
  ),
  storeId: text,
  messageId: text,
  recipient: text,
  from: time,
  to: time,
})

export type MessageSearch = v.InferOutput<typeof messageSearch>

export function toFilter({ from, to, ...rest }: MessageSearch, tenantId: string | undefined): MessageFilter {
  const filter: MessageFilter = { ...rest, tenantId, createdFrom: from, createdTo: to }
  return Object.fromEntries(Object.entries(filter).filter(([, value]) => value !== undefined))
}
