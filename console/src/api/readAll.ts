import { queryOptions } from '@tanstack/react-query'
import type { TypedDocumentString } from '~/gql/graphql'
import { request } from './client'
import type { Noun } from './query'
import { type Connection, PAGE } from './usePages'

const PAGES_AT_MOST = 20

export interface All<Node> {
  nodes: Node[]
  /** There are more than were read. */
  cut: boolean
}

/**
 * A connection to its end, for what can be chosen from or is laid out as a whole: channels, templates, business types.
 * It is read up to a bound, 2,000 of them, since a page is not to hang on what has grown out of hand.
 */
export async function readAll<Result, Variables extends object, Node>(
  document: TypedDocumentString<Result, Variables>,
  variables: Omit<Variables, 'first' | 'after'>,
  pick: (result: Result) => Connection<Node>,
  signal: AbortSignal,
): Promise<All<Node>> {
  const nodes: Node[] = []
  let after: string | null = null
  for (let page = 0; page < PAGES_AT_MOST; page++) {
    const asked = { ...variables, first: PAGE, after } as unknown as Variables
    const answer: Connection<Node> = pick(await request(document, asked, { signal }))
    nodes.push(...answer.nodes)
    after = answer.pageInfo.hasNextPage ? (answer.pageInfo.endCursor ?? null) : null
    if (after === null) return { nodes, cut: false }
  }
  return { nodes, cut: true }
}

export function allOf<Result, Variables extends object, Node>(
  noun: Noun,
  document: TypedDocumentString<Result, Variables>,
  variables: Omit<Variables, 'first' | 'after'>,
  pick: (result: Result) => Connection<Node>,
) {
  return queryOptions({
    queryKey: [noun, 'all', document.toString(), variables],
    queryFn: ({ signal }) => readAll(document, variables, pick, signal),
    staleTime: 30_000,
  })
}
