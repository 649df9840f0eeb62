import { useTranslation } from 'react-i18next'
import { useChange } from '~/api/query'
import { Confirm } from '~/components/Confirm'
import { useApp } from '~/components/useApp'
import { useProblemText } from '~/i18n/problems'
import { AT_ONCE, type BulkAction, type BulkOutcome, outcomeOf } from './bulk'
import { CancelMessages, RetryMessages } from './documents'
import type { Row } from './feed'

interface Props {
  rows: readonly Row[]
  onDone: (outcome: BulkOutcome) => void
}

/** What can be done to the chosen messages, all in one call. */
export function BulkActions({ rows, onDone }: Props) {
  const { t } = useTranslation()
  const app = useApp()
  const problem = useProblemText()
  const cancel = useChange(CancelMessages, 'messages')
  const retry = useChange(RetryMessages, 'messages', 'failed')
  const count = rows.length
  const tooMany = count > AT_ONCE
  const busy = cancel.isPending || retry.isPending

  const act = async (action: BulkAction) => {
    // The selection may change while the answer is on its way.
    const chosen = rows
    const ids = chosen.map(({ id }) => id)
    try {
      const { results } =
        action === 'cancel'
          ? (await cancel.mutateAsync({ ids })).cancelMessages
          : (await retry.mutateAsync({ ids })).retryMessages
      onDone(outcomeOf(action, chosen, results))
    } catch (error) {
      void app.message.error(problem(error))
    }
  }

  return (
    <>
      <span className="muted" role="status">
        {t('messages.chosen', { count })}
        {tooMany && ` · ${t('messages.atMost', { count: AT_ONCE })}`}
      </span>
      <Confirm
        question={t('messages.retryMany', { count })}
        onConfirm={() => void act('retry')}
        loading={retry.isPending}
        disabled={busy || tooMany}
      >
        {t('messages.retry')}
      </Confirm>
      <Confirm
        danger
        question={t('messages.cancelMany', { count })}
        onConfirm={() => void act('cancel')}
        loading={cancel.isPending}
        disabled={busy || tooMany}
      >
        {t('messages.cancel')}
      </Confirm>
    </>
  )
}
