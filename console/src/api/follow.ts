import type { TypedDocumentString } from '~/gql/graphql'
import { session } from '~/session/session'
import type { ApiError } from './errors'
import { pause, subscribe } from './live'

export interface Follower<Result> {
  next: (data: Result) => void
  /** What happened meanwhile can't be told any more: what is on display is to be read anew. */
  gap: () => void
}

/** How many of the latest events are remembered, to tell one that comes once more. */
const REMEMBERED = 2000

/** What trying again does not change. */
const FINAL = ['FORBIDDEN', 'NOT_FOUND', 'BAD_INPUT', 'TOO_COMPLEX']

/**
 * A subscription that outlives its connections. It goes on after the cursor of the last event that it was told, so that
 * after a lost connection what was missed comes first, each change once; where that is no longer kept, it says so.
 */
export function follow<Result, Variables>(
  document: TypedDocumentString<Result, Variables>,
  variables: Variables,
  follower: Follower<Result>,
): () => void {
  const resumable = /\$after\b/.test(document.toString())
  let after: string | undefined
  let over = false
  let failures = 0
  let stop = () => {}
  const told = new Set<string>()

  /** After a lost connection what was on its way may come twice; its id tells. */
  const repeated = (id: string | undefined): boolean => {
    if (id === undefined) return false
    if (told.has(id)) return true
    told.add(id)
    if (told.size > REMEMBERED) told.delete(told.values().next().value as string)
    return false
  }

  const begin = () => {
    stop = subscribe(document, () => (after === undefined ? variables : { ...variables, after }), {
      next: (data) => {
        failures = 0
        if (resumable) after = textOf(data, 'cursor') ?? after
        if (!resumable || !repeated(textOf(data, 'id'))) follower.next(data)
      },
      reached: (cursor) => {
        if (resumable) after = cursor
      },
      // Without a cursor it is handed in as for the first time, and nothing tells what was between.
      back: () => {
        if (after === undefined) follower.gap()
      },
      error: (error) => void ended(error),
    })
  }

  const ended = async ({ code }: ApiError) => {
    if (over) return
    stop()
    if (code === 'UNAUTHENTICATED') return session.expire()
    if (FINAL.includes(code)) return
    if (code === 'CURSOR_EXPIRED') {
      after = undefined
      begin()
      return follower.gap()
    }
    // LAGGED, UNAVAILABLE and the like pass; the cursor still holds.
    await pause(failures++)
    if (over) return
    const lost = after === undefined
    begin()
    if (lost) follower.gap()
  }

  begin()
  return () => {
    over = true
    stop()
  }
}

/** A subscription has one field, whose event may have a cursor and an id. */
function textOf(data: unknown, name: 'cursor' | 'id'): string | undefined {
  const [event] = Object.values(data as object) as [unknown]
  const text = (event as Record<string, unknown> | null)?.[name]
  return typeof text === 'string' ? text : undefined
}
