import { useEffect, useEffectEvent } from 'react'
import type { TypedDocumentString } from '~/gql/graphql'
import { follow } from './follow'

const FLOOD = 2000

interface Reader<Result> {
  /** What arrived within one animation frame, together, so that a flood of events costs one render per frame. */
  onBatch: (batch: Result[]) => void
  /** Something was missed for good: the moment to read anew. */
  onGap: () => void
}

/** Follows a subscription as long as the component is there, across lost connections; not while there are no variables. */
export function useLive<Result, Variables>(
  document: TypedDocumentString<Result, Variables>,
  variables: Variables | undefined,
  reader: Reader<Result>,
): void {
  const deliver = useEffectEvent(reader.onBatch)
  const onGap = useEffectEvent(reader.onGap)
  const wanted = variables === undefined ? undefined : JSON.stringify(variables)

  useEffect(() => {
    if (wanted === undefined) return
    let waiting: Result[] = []
    let frame: number | undefined
    const flush = () => {
      frame = undefined
      const batch = waiting
      waiting = []
      if (batch.length > 0) deliver(batch)
    }
    const stop = follow(document, JSON.parse(wanted) as Variables, {
      next: (data) => {
        waiting.push(data)
        // A hidden tab has no frames: what waits there must not grow without end.
        if (waiting.length >= FLOOD) flush()
        else frame ??= requestAnimationFrame(flush)
      },
      gap: () => onGap(),
    })
    return () => {
      if (frame !== undefined) cancelAnimationFrame(frame)
      stop()
    }
  }, [document, wanted])
}
