import { useEffect, useRef, useState } from 'react'
import { useLive } from '~/api/useLive'
import type { StatusEventsSubscription } from '~/gql/graphql'
import { StatusEvents } from '~/messages/documents'
import { useScope } from '~/session/scope'
import { ends } from './ends'

/** How far back the live chart reaches, in seconds. */
export const REACH = 300

export interface Second {
  /** Unix seconds. */
  at: number
  accepted: number
  succeeded: number
  failed: number
  /** Skipped or cancelled. */
  gone: number
}

const empty = (at: number): Second => ({ at, accepted: 0, succeeded: 0, failed: 0, gone: 0 })

/** What happened in each second since this page was opened: counted here from the live events, not asked for. */
export function useLiveCounts(): { seconds: readonly Second[]; since: number } {
  const { tenantId } = useScope()
  const [since] = useState(() => Date.now())
  const counted = useRef(new Map<number, Second>())
  const [endOf] = useState(() => ends())
  const [seconds, setSeconds] = useState<readonly Second[]>([])

  const count = (batch: readonly StatusEventsSubscription[]) => {
    for (const { statusEvents: event } of batch) {
      const at = Math.floor(Date.parse(event.at) / 1000)
      const second = counted.current.get(at) ?? empty(at)
      counted.current.set(at, second)
      const begins = event.taskId == null && ['PENDING', 'SCHEDULED'].includes(event.messageStatus)
      if (begins) second.accepted++
      const end = endOf(event)
      if (end) second[end]++
    }
  }
  // What was missed for good can't be counted any more: the lines stay as low as what is known.
  useLive(StatusEvents, { filter: { tenantId: tenantId ?? null } }, { onBatch: count, onGap: () => undefined })

  useEffect(() => {
    const show = () => {
      const now = Math.floor(Date.now() / 1000)
      for (const at of counted.current.keys()) if (at < now - REACH) counted.current.delete(at)
      setSeconds(
        Array.from({ length: REACH }, (_, index) => now - REACH + 1 + index).map((at) => ({
          ...(counted.current.get(at) ?? empty(at)),
        })),
      )
    }
    show()
    const timer = setInterval(show, 1000)
    return () => clearInterval(timer)
  }, [])

  return { seconds, since }
}
