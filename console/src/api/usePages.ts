import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query'
import type { TypedDocumentString } from '~/gql/graphql'
import { request } from './client'
import type { Noun } from './query'

export interface Connection<Node> {
  nodes: readonly Node[]
  pageInfo: { hasNextPage: boolean; endCursor?: string | null }
}

export const PAGE = 100

/** A connection, page after page. */
export function usePages<Result, Variables extends object, Node>(
  noun: Noun,
  document: TypedDocumentString<Result, Variables>,
  variables: Omit<Variables, 'first' | 'after'>,
  pick: (result: Result) => Connection<Node>,
  { enabled = true, refetchInterval = false }: { enabled?: boolean; refetchInterval?: number | false } = {},
) {
  const query = useInfiniteQuery({
    queryKey: [noun, 'pages', document.toString(), variables],
    queryFn: async ({ signal, pageParam }) => {
      const page = { ...variables, first: PAGE, after: pageParam } as unknown as Variables
      return pick(await request(document, page, { signal }))
    },
    initialPageParam: null as string | null,
    getNextPageParam: ({ pageInfo }) => (pageInfo.hasNextPage ? pageInfo.endCursor : undefined),
    placeholderData: keepPreviousData,
    enabled,
    refetchInterval,
  })
  return {
    nodes: query.data?.pages.flatMap((page) => page.nodes) ?? [],
    loading: query.isLoading,
    error: query.error,
    hasMore: query.hasNextPage,
    loadingMore: query.isFetchingNextPage,
    more: () => void query.fetchNextPage(),
    again: () => void query.refetch(),
  }
}

export type Pages<Node> = Omit<ReturnType<typeof usePages>, 'nodes'> & { nodes: Node[] }
