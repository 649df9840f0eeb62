import { useQuery } from '@tanstack/react-query'
import { query } from '~/api/query'
import { readAll } from '~/api/readAll'
import { PAGE } from '~/api/usePages'
import { useScope } from '~/session/scope'
import { BreakersQuery, StandingQuery } from './documents'

const EVERY_MS = 5000
const MANY_EVERY_MS = 30_000

/** What waits, what has failed, how full the lanes are: as of now, whatever range is looked at. */
export function useStanding() {
  const { tenantId = null, viewer } = useScope()
  return useQuery({
    ...query('stats', StandingQuery, { tenantId, lanes: viewer.tenantId == null }),
    refetchInterval: EVERY_MS,
  })
}

/** The channels whose breaker is not closed; `cut` where there are more channels than were looked at. */
export function useOpenBreakers() {
  const { tenantId = null } = useScope()
  return useQuery({
    queryKey: ['channels', 'open', tenantId],
    queryFn: async ({ signal }) => {
      const { nodes, cut } = await readAll(
        BreakersQuery,
        { filter: { tenantId } },
        (data) => data.channelConfigs,
        signal,
      )
      return { open: nodes.filter(({ breaker }) => breaker.state !== 'CLOSED'), looked: nodes.length, cut }
    },
    refetchInterval: ({ state }) => breakersEvery(state.data?.looked ?? 0),
  })
}

/** A page is soon asked for; many of them are not for every five seconds. */
export const breakersEvery = (looked: number): number => (looked > PAGE ? MANY_EVERY_MS : EVERY_MS)
