import { useMutation } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { request } from '~/api/client'
import { Confirm } from '~/components/Confirm'
import { useApp } from '~/components/useApp'
import { CancelMessage, RetryMessage } from './documents'
import type { Row } from './feed'

type Action = 'cancel' | 'retry'

const AT_ONCE = 4

interface Outcome {
  done: number
  refused: number
}

/** One after the other in a few lanes: a thousand chosen rows must not be a thousand requests at once. */
async function forEach(rows: readonly Row[], act: (row: Row) => Promise<boolean>): Promise<Outcome> {
  const waiting = [...rows]
  const outcome = { done: 0, refused: 0 }
  const lane = async () => {
    for (let row = waiting.shift(); row; row = waiting.shift()) {
      if (await act(row)) outcome.done++
      else outcome.refused++
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, lane))
  return outcome
}

async function act(action: Action, { messageId, tenantId }: Row): Promise<boolean> {
  const which = { messageId, tenantId }
  if (action === 'cancel') return (await request(CancelMessage, which)).cancelMessage.success
  return (await request(RetryMessage, which)).retryMessage.success
}

export function BulkActions({ rows, onDone }: { rows: readonly Row[]; onDone: () => void }) {
  const { t } = useTranslation()
  const { message } = useApp()
  const { mutate, isPending, variables } = useMutation({
    mutationFn: (action: Action) => forEach(rows, (row) => act(action, row)),
    onSuccess: ({ done, refused }) => {
      void message.info(t('messages.bulkDone', { done, refused }))
      onDone()
    },
    onError: () => void message.error(t('messages.bulkFailed')),
  })
  const count = rows.length
  return (
    <>
      <span className="muted">{t('messages.chosen', { count })}</span>
      <Confirm
        question={t('messages.retryMany', { count })}
        onConfirm={() => mutate('retry')}
        loading={isPending && variables === 'retry'}
        disabled={isPending}
      >
        {t('messages.retry')}
      </Confirm>
      <Confirm
        danger
        question={t('messages.cancelMany', { count })}
        onConfirm={() => mutate('cancel')}
        loading={isPending && variables === 'cancel'}
        disabled={isPending}
      >
        {t('messages.cancel')}
      </Confirm>
    </>
  )
}
