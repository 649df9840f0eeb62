import { type QueryKey, queryOptions, useMutation, useQueryClient } from '@tanstack/react-query'
import type { TypedDocumentString } from '~/gql/graphql'
import { request } from './client'

/** Every query is cached by its root field's noun, so that a mutation can say what it made stale. */
export type Noun =
  | 'viewer'
  | 'messages'
  | 'failed'
  | 'bulkJobs'
  | 'channels'
  | 'channelTypes'
  | 'templates'
  | 'businessTypes'
  | 'tenants'
  | 'apiKeys'
  | 'settings'
  | 'inbox'
  | 'stats'

export function query<Result, Variables>(
  noun: Noun,
  document: TypedDocumentString<Result, Variables>,
  variables: Variables,
) {
  const key: QueryKey = [noun, document.toString(), variables]
  return queryOptions({ queryKey: key, queryFn: ({ signal }) => request(document, variables, { signal }) })
}

/** A mutation that afterwards refreshes what is on display of the given nouns. */
export function useChange<Result, Variables>(document: TypedDocumentString<Result, Variables>, ...stale: Noun[]) {
  const client = useQueryClient()
  return useMutation({
    mutationFn: (variables: Variables) => request(document, variables),
    onSuccess: () => Promise.all(stale.map((noun) => client.invalidateQueries({ queryKey: [noun] }))),
  })
}
