import type { UseQueryResult } from '@tanstack/react-query'
import type { Pages } from '~/api/usePages'

/** A plain list as one page, so that it is shown as connections are. */
export function onePage<Node>(query: UseQueryResult<unknown>, nodes: readonly Node[] | undefined): Pages<Node> {
  return {
    nodes: [...(nodes ?? [])],
    loading: query.isLoading,
    error: query.error,
    hasMore: false,
    loadingMore: false,
    more: () => undefined,
    again: () => void query.refetch(),
  }
}
