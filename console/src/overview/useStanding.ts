import { useQuery } from '@tanstack/react-query'
import { query } from '~/api/query'
import { readAll } from '~/api/readAll'
import type { BreakersQuery as Answer } from '~/gql/graphql'
import { useScope } from '~/session/scope'
import { BreakersQuery, StandingQuery } from './documents'

const EVERY_MS = 5000

export type BrokenChannel = Answer['channelConfigs']['nodes'][number]

/** What waits, what has failed, how full the lanes are: as of now, whatever range is looked at. */
export function useStanding() {
  const { tenantId = null, viewer } = useScope()
  return useQuery({
    ...query('stats', StandingQuery, { tenantId, lanes: viewer.tenantId == null }),
    refetchInterval: EVERY_MS,
  })
}

/** The channels whose breaker is not closed. */
export function useOpenBreakers() {
  const { tenantId = null } = useScope()
  return useQuery({
    queryKey: ['channels', 'open', tenantId],
    queryFn: async ({ signal }) => {
      const { nodes } = await readAll(BreakersQuery, { filter: { tenantId } }, (data) => data.channelConfigs, signal)
      return nodes.filter(({ breaker }) => breaker.state !== 'CLOSED')
    },
    refetchInterval: EVERY_MS,
  })
}
