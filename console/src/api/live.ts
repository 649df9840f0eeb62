import { type Client, createClient, type SubscribePayload } from 'graphql-ws'
import { useSyncExternalStore } from 'react'
import type { TypedDocumentString } from '~/gql/graphql'
import { session } from '~/session/session'
import { ApiError, fromProblems, type GraphQLProblem } from './errors'

/** `idle`: nothing is watched. `lost` counts from the moment the socket fails until it is up again. */
export type Connection = 'idle' | 'connecting' | 'up' | 'lost'

export interface Sink<Result> {
  next: (data: Result) => void
  /** The operation is over: the server refused or ended it. A lost connection is no error: it comes back. */
  error: (error: ApiError) => void
  /** How far everything was told, as the server says now and then while it tells nothing. */
  reached?: (cursor: string) => void
  /** The connection is back after it was lost, and the operation is handed in once more. */
  back?: () => void
}

const PING_EVERY_MS = 15_000
/** A connection that does not answer a ping in this time is dead, whatever the operating system thinks. */
const PONG_WITHIN_MS = 5_000
const LONGEST_PAUSE_MS = 10_000

let state: Connection = 'idle'
let client: Client | undefined
let lastId = 0
const listeners = new Set<() => void>()
/** What is under way, by the id under which the server knows it. */
const operations = new Map<string, Pick<Sink<never>, 'reached' | 'back'>>()
const ids = new WeakMap<SubscribePayload, string>()

function become(next: Connection): void {
  if (next === state) return
  const back = state === 'lost' && next === 'up'
  state = next
  for (const listener of listeners) listener()
  if (back) for (const operation of [...operations.values()]) operation.back?.()
}

/** Between tries: quick at first, never much longer than ten seconds, never all consoles at once; less once the network is back. */
export async function pause(tries: number): Promise<void> {
  const wait = Math.min(500 * 2 ** tries, LONGEST_PAUSE_MS) * (0.75 + Math.random() / 2)
  await new Promise<void>((resolve) => {
    const go = () => {
      clearTimeout(timer)
      window.removeEventListener('online', go)
      resolve()
    }
    const timer = setTimeout(go, wait)
    window.addEventListener('online', go)
  })
}

function connect(): Client {
  const url = new URL('/graphql', window.location.href)
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:'
  let overdue: ReturnType<typeof setTimeout> | undefined
  const made = createClient({
    url: url.toString(),
    lazy: true,
    lazyCloseTimeout: 2000,
    keepAlive: PING_EVERY_MS,
    retryAttempts: Number.POSITIVE_INFINITY,
    retryWait: pause,
    // Only a refused key is final: everything else passes, also 4410, which says that this reader was too slow.
    shouldRetry: (event) => !(event instanceof CloseEvent && [4401, 4403].includes(event.code)),
    connectionParams: () => ({ authorization: `Bearer ${session.key() ?? ''}` }),
    generateID: (payload) => ids.get(payload) ?? String(++lastId),
    on: {
      connecting: () => become(state === 'lost' ? 'lost' : 'connecting'),
      connected: () => become('up'),
      closed: () => {
        clearTimeout(overdue)
        become(operations.size > 0 ? 'lost' : 'idle')
      },
      ping: (received, payload) => {
        if (received) tellReached(payload)
        else overdue = setTimeout(() => made.terminate(), PONG_WITHIN_MS)
      },
      pong: (received) => {
        if (received) clearTimeout(overdue)
      },
    },
  })
  return made
}

// The browser knows first: waiting for a ping would leave the reader with old rows for twenty seconds.
window.addEventListener('offline', () => {
  if (state === 'up') client?.terminate()
})

function tellReached(payload: Record<string, unknown> | undefined): void {
  for (const [id, cursor] of Object.entries(payload?.cursors ?? {})) {
    if (typeof cursor === 'string') operations.get(id)?.reached?.(cursor)
  }
}

/** The socket belongs to a key: another key, another socket. */
export function hangUp(): void {
  void client?.dispose()
  client = undefined
  operations.clear()
  become('idle')
}

/**
 * One subscription for as long as the server lets it be. Its variables are asked for whenever it is handed in, which is
 * also after each lost connection.
 */
export function subscribe<Result, Variables>(
  document: TypedDocumentString<Result, Variables>,
  variables: () => Variables,
  sink: Sink<Result>,
): () => void {
  client ??= connect()
  const payload = {
    query: document.toString(),
    get variables() {
      return variables() as Record<string, unknown>
    },
  }
  const id = String(++lastId)
  ids.set(payload, id)
  operations.set(id, sink)
  const forget = () => {
    operations.delete(id)
    // Nobody tries to connect any more, so nobody would ever say that the connection is back.
    if (operations.size === 0 && state !== 'up') become('idle')
  }
  const stop = client.subscribe<Result>(payload, {
    next: ({ data, errors }) => {
      if (errors?.length) sink.error(fromProblems(errors as unknown as GraphQLProblem[]))
      else if (data) sink.next(data)
    },
    error: (error) => {
      forget()
      sink.error(problem(error))
    },
    complete: forget,
  })
  return () => {
    forget()
    stop()
  }
}

function problem(error: unknown): ApiError {
  if (Array.isArray(error)) return fromProblems(error as GraphQLProblem[])
  const refused = error instanceof CloseEvent && [4401, 4403].includes(error.code)
  return new ApiError(refused ? 'UNAUTHENTICATED' : 'OFFLINE', 'the live connection ended')
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
