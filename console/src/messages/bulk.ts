import type { BulkResultFragment, CancelMessagesMutation } from '~/gql/graphql'

/** So many messages are cancelled or retried by one call at most. */
export const AT_ONCE = 1000

export type BulkAction = 'cancel' | 'retry'

export type BulkResult = BulkResultFragment & Partial<CancelMessagesMutation['cancelMessages']['results'][number]>

export interface MessageName {
  id: string
  messageId: string
}

/** What became of many messages: how many went through, and the others by what kept them from it. */
export interface BulkOutcome {
  action: BulkAction
  total: number
  done: number
  /** Cancelled, but parts of them had gone, are going or may have. */
  partly: MessageName[]
  refused: { code: string; messages: MessageName[] }[]
}

/** The answers are in the order of the ids; one about a message that is gone names none. */
export function outcomeOf(
  action: BulkAction,
  chosen: readonly MessageName[],
  results: readonly BulkResult[],
): BulkOutcome {
  const outcome: BulkOutcome = { action, total: results.length, done: 0, partly: [], refused: [] }
  for (const [index, { success, errorCode, message, cancellation }] of results.entries()) {
    const { id, messageId } = message ?? chosen[index] ?? { id: '', messageId: '' }
    const name = { id, messageId }
    if (success) {
      outcome.done++
      const { sent = [], underWay = [], perhapsSent = [] } = cancellation ?? {}
      if (sent.length + underWay.length + perhapsSent.length > 0) outcome.partly.push(name)
      continue
    }
    const code = errorCode ?? 'INTERNAL'
    const known = outcome.refused.find((one) => one.code === code)
    if (known) known.messages.push(name)
    else outcome.refused.push({ code, messages: [name] })
  }
  outcome.refused.sort((one, other) => other.messages.length - one.messages.length)
  return outcome
}
