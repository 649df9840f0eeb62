import { RedoOutlined, SendOutlined, StopOutlined } from '@ant-design/icons'
import { Link } from '@tanstack/react-router'
import { Button } from 'antd'
import { useTranslation } from 'react-i18next'
import { useChange } from '~/api/query'
import { Confirm } from '~/components/Confirm'
import { Copy } from '~/components/Copy'
import { useApp } from '~/components/useApp'
import { useCodeText, useProblemText } from '~/i18n/problems'
import { CancelMessage, RetryMessage } from '~/messages/documents'
import { useScope } from '~/session/scope'
import type { MessageDetail } from './query'

interface Result {
  success: boolean
  errorCode?: string | null
  errorMessage?: string | null
}

/** What the holder of the key may do with this message as it is now. */
export function Actions({ message }: { message: MessageDetail }) {
  const { t } = useTranslation()
  const { can } = useScope()
  const app = useApp()
  const codeText = useCodeText()
  const problem = useProblemText()
  const which = { messageId: message.messageId, tenantId: message.tenantId }
  const cancel = useChange(CancelMessage, 'messages')
  const retry = useChange(RetryMessage, 'messages')
  const tell = (result: Result, done: string) => {
    if (result.success) void app.message.success(done)
    else void app.message.error(result.errorCode ? codeText(result.errorCode) : result.errorMessage)
  }
  const onError = (error: unknown) => void app.message.error(problem(error))
  const cancellable = message.finishedAt == null
  const retryable = message.tasks.some(({ status }) => status === 'FAILED')

  return (
    <>
      <Copy text={message.messageId} what={t('messages.messageId').toLowerCase()} labelled />
      {can('send') && (
        <Link to="/compose" search={{ like: message.id }}>
          <Button icon={<SendOutlined aria-hidden />} tabIndex={-1}>
            {t('message.sendAgain')}
          </Button>
        </Link>
      )}
      {can('operate') && retryable && (
        <Confirm
          type="primary"
          icon={<RedoOutlined aria-hidden />}
          question={t('message.retryQuestion')}
          loading={retry.isPending}
          onConfirm={() =>
            retry.mutate(which, { onSuccess: (data) => tell(data.retryMessage, t('message.retried')), onError })
          }
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
          onConfirm={() =>
            cancel.mutate(which, { onSuccess: (data) => tell(data.cancelMessage, t('message.cancelled')), onError })
          }
        >
          {t('messages.cancel')}
        </Confirm>
      )}
    </>
  )
}
