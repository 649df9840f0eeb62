import { useQuery } from '@tanstack/react-query'
import { query } from '~/api/query'
import { useScope } from '~/session/scope'
import { FailedChannelsQuery } from './documents'

/** The channel configs that one may filter by, newest first. */
export function useChannelNames() {
  const { tenantId } = useScope()
  const { data } = useQuery({
    ...query('channels', FailedChannelsQuery, { tenantId: tenantId ?? null }),
    staleTime: 30_000,
  })
  return data?.channelConfigs.nodes ?? []
}
