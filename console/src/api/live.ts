import { type Client, createClient } from 'graphql-ws'
import { useEffect, useEffectEvent, useSyncExternalStore } from 'react'
import type { TypedDocumentString } from '~/gql/graphql'
import { session } from '~/session/session'
import { ApiError, fromProblems } from './errors'

/** `idle`: nothing is watched. `lost` counts from the moment the socket fails until it is up again. */
export type Connection = 'idle' | 'connecting' | 'up' | 'lost'

let state: Connection = 'idle'
let client: Client | undefined
const listeners = new Set<() => void>()

function become(next: Connection): void {
  if (next === state) return
  state = next
  for (const listener of listeners) listener()
}

/** Between tries: quick at first, never longer than ten seconds, and never all consoles at once. */
async function pause(retries: number): Promise<void> {
  const wait = Math.min(500 * 2 ** retries, 10_000)
  await new Promise((resolve) => setTimeout(resolve, wait * (0.75 + Math.random() / 2)))
}

function connect(): Client {
  const url = new URL('/graphql', window.location.href)
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:'
  return createClient({
    url: url.toString(),
    lazy: true,
    lazyCloseTimeout: 2000,
    keepAlive: 15_000,
    retryAttempts: Number.POSITIVE_INFINITY,
    retryWait: pause,
    // Only a refused key is final: everything else passes.
    shouldRetry: (event) => !(event instanceof CloseEvent && [4401, 4403].includes(event.code)),
    connectionParams: () => ({ authorization: `Bearer ${session.key() ?? ''}` }),
    on: {
      connecting: () => become(state === 'lost' ? 'lost' : 'connecting'),
      connected: () => become('up'),
      closed: (event) => become(event instanceof CloseEvent && event.code === 1000 ? 'idle' : 'lost'),
    },
  })
}

/** The socket belongs to a key: another key, another socket. */
export function hangUp(): void {
  void client?.dispose()
  client = undefined
  become('idle')
}

export function subscribe<Result, Variables>(
  document: TypedDocumentString<Result, Variables>,
  variables: Variables,
  on: { next: (data: Result) => void; error?: (error: ApiError) => void; complete?: () => void },
): () => void {
  client ??= connect()
  return client.subscribe<Result>(
    { query: document.toString(), variables: variables as Record<string, unknown> },
    {
      next: ({ data, errors }) => {
        if (errors?.length) on.error?.(fromProblems(errors as Parameters<typeof fromProblems>[0]))
        else if (data) on.next(data)
      },
      error: (error) =>
        on.error?.(Array.isArray(error) ? fromProblems(error) : new ApiError('OFFLINE', 'the live connection ended')),
      complete: () => on.complete?.(),
    },
  )
}

export function useConnection(): Connection {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    () => state,
  )
}

/** Runs when the live connection is back after it was lost: the moment to catch up. */
export function useReconnect(catchUp: () => void): void {
  const onBack = useEffectEvent(catchUp)
  useEffect(() => {
    let before = state
    const listener = () => {
      if (before === 'lost' && state === 'up') onBack()
      before = state
    }
    listeners.add(listener)
    return () => {
      listeners.delete(listener)
    }
  }, [])
}
