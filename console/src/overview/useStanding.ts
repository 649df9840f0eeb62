import { useQuery } from '@tanstack/react-query'
import { request } from '~/api/client'
import { query } from '~/api/query'
import type { BreakersQuery as Answer } from '~/gql/graphql'
import { useScope } from '~/session/scope'
import { BreakersQuery, StandingQuery } from './documents'

const EVERY_MS = 5000
/** A platform with more channels than this shows the breakers of the newest ones. */
const PAGES = 10

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
      const open: BrokenChannel[] = []
      let after: string | null = null
      for (let page = 0; page < PAGES; page++) {
        const { channelConfigs }: Answer = await request(BreakersQuery, { filter: { tenantId }, after }, { signal })
        open.push(...channelConfigs.nodes.filter(({ breaker }) => breaker.state !== 'CLOSED'))
        if (!channelConfigs.pageInfo.hasNextPage) break
        after = channelConfigs.pageInfo.endCursor ?? null
      }
      return open
    },
    refetchInterval: EVERY_MS,
  })
}
