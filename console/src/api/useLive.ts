import { useEffect, useEffectEvent } from 'react'
import type { TypedDocumentString } from '~/gql/graphql'
import { subscribe } from './live'

const FLOOD = 2000

/**
 * Follows a subscription as long as the component is there. What arrives within one animation frame is handed over
 * together, so that a flood of events costs one render per frame.
 */
export function useLive<Result, Variables>(
  document: TypedDocumentString<Result, Variables>,
  variables: Variables | undefined,
  onBatch: (batch: Result[]) => void,
): void {
  const deliver = useEffectEvent(onBatch)
  const wanted = variables === undefined ? undefined : JSON.stringify(variables)

  useEffect(() => {
    if (wanted === undefined) return
    let waiting: Result[] = []
    let frame: number | undefined
    const flush = () => {
      frame = undefined
      const batch = waiting
      waiting = []
      deliver(batch)
    }
    const stop = subscribe(document, JSON.parse(wanted) as Variables, {
      next: (data) => {
        waiting.push(data)
        // A hidden tab has no frames: what waits there must not grow without end.
        if (waiting.length >= FLOOD) flush()
        else frame ??= requestAnimationFrame(flush)
      },
    })
    return () => {
      if (frame !== undefined) cancelAnimationFrame(frame)
      stop()
    }
  }, [document, wanted])
}
