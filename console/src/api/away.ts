import { type Query, useQueryClient } from '@tanstack/react-query'
import { useEffect, useRef, useSyncExternalStore } from 'react'
import { isPassing } from './errors'

/** Its latest request did not reach the server, or waits until the browser has a network again. */
const isStuck = (query: Query) =>
  query.isActive() &&
  (query.state.fetchStatus === 'paused' || isPassing(query.state.fetchFailureReason ?? query.state.error))

/**
 * Whether something on display could not be asked for lately: what is read now and then, and not watched, has no
 * connection that could be lost. Once all of it is answered again, the rest of the page is read anew.
 */
export function useServerAway(): boolean {
  const client = useQueryClient()
  const cache = client.getQueryCache()
  const away = useSyncExternalStore(
    (listener) => cache.subscribe(listener),
    () => cache.getAll().some(isStuck),
  )
  const before = useRef(away)
  useEffect(() => {
    if (before.current && !away) void client.invalidateQueries()
    before.current = away
  }, [away, client])
  return away
}
