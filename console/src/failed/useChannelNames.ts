import { useQuery } from '@tanstack/react-query'
import { channelNames } from '~/api/names'
import { useScope } from '~/session/scope'

/** The channel configs that one may filter by, newest first. */
export function useChannelNames() {
  const { tenantId } = useScope()
  const { data } = useQuery(channelNames({ tenantId: tenantId ?? null }))
  return data?.nodes ?? []
}
