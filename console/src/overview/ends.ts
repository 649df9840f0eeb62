import type { MessageStatus, StatusEventsSubscription } from '~/gql/graphql'

type Event = StatusEventsSubscription['statusEvents']
export type End = 'succeeded' | 'failed' | 'gone'

const ENDS: Partial<Record<MessageStatus, End>> = {
  SUCCESS: 'succeeded',
  PARTIAL_SUCCESS: 'failed',
  FAILED: 'failed',
  SKIPPED: 'gone',
  CANCELLED: 'gone',
}

/** So many messages are remembered at most; what is told of one once more is told within moments. */
const MOST = 20_000

/**
 * Tells each end of a message once: every task that is taken back when another succeeded has an event of its own, and each of them
 * says that the message has ended. One that was opened again ends again.
 */
export function ends(
  most = MOST,
): (event: Pick<Event, 'at' | 'messageId' | 'tenantId' | 'messageStatus'>) => End | undefined {
  const ended = new Map<string, number>()
  return ({ at, messageId, tenantId, messageStatus }) => {
    const id = `${tenantId} ${messageId}`
    const end = ENDS[messageStatus]
    const before = ended.get(id)
    if (!end) {
      // What comes late from before the end opens nothing again.
      if (before !== undefined && Date.parse(at) > before) ended.delete(id)
      return undefined
    }
    if (before !== undefined) return undefined
    ended.set(id, Date.parse(at))
    const [oldest] = ended.keys()
    if (ended.size > most && oldest !== undefined) ended.delete(oldest)
    return end
  }
}
