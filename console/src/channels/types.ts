import { useSuspenseQuery } from '@tanstack/react-query'
import { query } from '~/api/query'
import { graphql } from '~/gql'
import type { ChannelType, ChannelTypesQuery as Described } from '~/gql/graphql'

export const ChannelTypesQuery = graphql(`
  query ChannelTypes {
    channelTypes {
      type title description configSchema idempotencyKey
      providerLimit { limit { count window unit } host }
      messageTypes { messageType exactlyOneOf contentSchema limits { key field max unit } }
    }
  }
`)

export type DescribedType = Described['channelTypes'][number]

/** What the server can send over. It changes with the server's version only. */
export const channelTypesQuery = () => ({
  ...query('channelTypes', ChannelTypesQuery, {}),
  staleTime: Number.POSITIVE_INFINITY,
})

export function useChannelTypes(): readonly DescribedType[] {
  return useSuspenseQuery(channelTypesQuery()).data.channelTypes
}

/** Nothing where the server no longer knows the type of a channel that was stored. */
export function useChannelType(type: ChannelType): DescribedType | undefined {
  return useChannelTypes().find((one) => one.type === type)
}
