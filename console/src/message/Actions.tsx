import { EditOutlined, RedoOutlined, SendOutlined, StopOutlined } from '@ant-design/icons'
import { Link } from '@tanstack/react-router'
import { Button } from 'antd'
import { lazy, Suspense, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useChange } from '~/api/query'
import { Confirm } from '~/components/Confirm'
import { Copy } from '~/components/Copy'
import { useApp } from '~/components/useApp'
import { useCodeText, useProblemText } from '~/i18n/problems'
import { useSaidOfInput } from '~/i18n/said'
import { RetryMessage } from '~/messages/documents'
import { useScope } from '~/session/scope'
import type { CancelAnswer } from './CancelReport'
import { CancelWithAnswer } from './documents'
import type { MessageDetail } from './query'

/** The calendar is a good part of the page's weight, and few messages are sent once more. */
const ResendModal = lazy(() => import('./ResendModal').then(({ ResendModal }) => ({ default: ResendModal })))

interface Props {
  message: MessageDetail
  onCancelled: (answer: CancelAnswer) => void
}

/** What the holder of the key may do with this message as it is now. */
export function Actions({ message, onCancelled }: Props) {
  const { t } = useTranslation()
  const { can } = useScope()
  const app = useApp()
  const codeText = useCodeText()
  const problem = useProblemText()
  const said = useSaidOfInput()
  const [resending, setResending] = useState(false)
  const which = { messageId: message.messageId, tenantId: message.tenantId }
  const cancel = useChange(CancelWithAnswer, 'messages')
  const retry = useChange(RetryMessage, 'messages', 'failed')
  const onError = (error: unknown) => void app.message.error(problem(error))
  const onRetried = ({ success, errorCode, errorMessage }: RetryResult) => {
    if (success) void app.message.success(t('message.retried'))
    else void app.message.error(errorCode ? codeText(errorCode) : said(errorMessage ?? ''))
  }
  const cancellable = message.finishedAt == null
  const retryable = message.tasks.some(({ status, discardedAt }) => status === 'FAILED' && discardedAt == null)

  return (
    <>
      <Copy text={message.messageId} what={t('messages.messageIdInText')} labelled />
      {can('send') && (
        <>
          {/* A draft of masks would be for nobody. Sending again takes the original, on the server. */}
          {!message.recipientsMasked && (
            <Link to="/compose" search={{ like: message.id }}>
              <Button icon={<EditOutlined aria-hidden />} tabIndex={-1}>
                {t('message.asDraft')}
              </Button>
            </Link>
          )}
          <Button icon={<SendOutlined aria-hidden />} onClick={() => setResending(true)}>
            {t('message.resend')}
          </Button>
        </>
      )}
      {can('operate') && retryable && (
        <Confirm
          type="primary"
          icon={<RedoOutlined aria-hidden />}
          question={t('message.retryQuestion')}
          loading={retry.isPending}
          onConfirm={() => retry.mutate(which, { onSuccess: (data) => onRetried(data.retryMessage), onError })}
        >
          {t('messages.retry')}
        </Confirm>
      )}
      {can('operate') && cancellable && (
        <Confirm
          danger
          icon={<StopOutlined aria-hidden />}
          question={t('message.cancelQuestion')}
          loading={cancel.isPending}
          onConfirm={() => cancel.mutate(which, { onSuccess: (data) => onCancelled(data.cancelMessage), onError })}
        >
          {t('messages.cancel')}
        </Confirm>
      )}
      {resending && (
        <Suspense fallback={null}>
          <ResendModal message={message} onClose={() => setResending(false)} />
        </Suspense>
      )}
    </>
  )
}

interface RetryResult {
  success: boolean
  errorCode?: string | null
  errorMessage?: string | null
}
