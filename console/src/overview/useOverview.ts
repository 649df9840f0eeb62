import { useQuery } from '@tanstack/react-query'
import { request } from '~/api/client'
import type { OverviewQuery as Answer } from '~/gql/graphql'
import { useScope } from '~/session/scope'
import { OverviewQuery } from './documents'
import { type Range, shapeOf, spanAt } from './span'

export type OverviewNumbers = Answer

/** The numbers of a range that moves on with the clock; what is on display stays until the next are there. */
export function useOverview(range: Range) {
  const { tenantId = null } = useScope()
  return useQuery({
    queryKey: ['stats', 'overview', tenantId, range],
    queryFn: ({ signal }) => request(OverviewQuery, { filter: { tenantId }, ...spanAt(range, Date.now()) }, { signal }),
    refetchInterval: shapeOf(range).refreshMs,
    // Another range may take the place of this one without a blank between; another tenant's numbers may not.
    placeholderData: (previous, { queryKey } = { queryKey: [] } as never) =>
      (queryKey as readonly unknown[])[2] === tenantId ? previous : undefined,
  })
}
