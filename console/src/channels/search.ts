import * as v from 'valibot'
import { CHANNEL_TYPES } from '~/components/ChannelName'
import type { ChannelConfigFilter, ChannelType } from '~/gql/graphql'

/** What the address holds: the whole filter, so that a view can be shared. What makes no sense is left out. */
export const channelSearch = v.object({
  store: v.optional(v.fallback(v.optional(v.pipe(v.union([v.string(), v.number()]), v.transform(String))), undefined)),
  channelType: v.optional(
    v.fallback(v.optional(v.picklist(CHANNEL_TYPES as readonly [ChannelType, ...ChannelType[]])), undefined),
  ),
  enabled: v.optional(v.fallback(v.optional(v.boolean()), undefined)),
})

export type ChannelSearch = v.InferOutput<typeof channelSearch>

export function toFilter(
  { store, channelType, enabled }: ChannelSearch,
  tenantId: string | undefined,
): ChannelConfigFilter {
  const filter: ChannelConfigFilter = { tenantId, storeId: store, channelType, enabled }
  return Object.fromEntries(Object.entries(filter).filter(([, value]) => value !== undefined))
}
