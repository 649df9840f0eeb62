import { useQueryClient, useSuspenseQuery } from '@tanstack/react-query'
import { createFileRoute, notFound } from '@tanstack/react-router'
import { Alert } from 'antd'
import { useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { useLive } from '~/api/useLive'
import { Json } from '~/components/Json'
import { NotFound } from '~/components/NotFound'
import { Page } from '~/components/Page'
import { MessageState } from '~/components/State'
import { useCodeText } from '~/i18n/problems'
import { Actions } from '~/message/Actions'
import { Delivery } from '~/message/Delivery'
import { MessageProgress } from '~/message/documents'
import { MessageFacts } from '~/message/MessageFacts'
import { messageQuery } from '~/message/query'
import { Recipients } from '~/message/Recipients'
import { Trace } from '~/message/Trace'
import { useScope } from '~/session/scope'
import '~/message/message.css'

export const Route = createFileRoute('/_app/messages/$id')({
  component: MessagePage,
  notFoundComponent: NotFound,
})

/** Events come in flocks: what they changed is read once for each flock. */
const SETTLE_MS = 150

function MessagePage() {
  const { t } = useTranslation()
  const codeText = useCodeText()
  const { id } = Route.useParams()
  const { tenantId, zoneOf } = useScope()
  const queryClient = useQueryClient()
  const { data: message } = useSuspenseQuery(messageQuery(id, tenantId))
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined)
  const underWay = message !== null && message.finishedAt == null
  const name = message && { messageId: message.messageId, tenantId: message.tenantId }

  useLive(MessageProgress, underWay && name ? name : undefined, () => {
    timer.current ??= setTimeout(() => {
      timer.current = undefined
      void queryClient.invalidateQueries({ queryKey: ['messages', 'one', id] })
    }, SETTLE_MS)
  })

  if (!message) throw notFound()
  const zone = zoneOf(message.tenantId)
  return (
    <Page
      title={message.businessType}
      beside={<MessageState status={message.status} />}
      explain={<span className="mono">{message.messageId}</span>}
      actions={<Actions message={message} />}
    >
      {message.errorCode && (
        <Alert
          type={message.status === 'FAILED' ? 'error' : 'warning'}
          showIcon
          title={codeText(message.errorCode)}
          description={message.errorMessage}
        />
      )}
      <MessageFacts message={message} zone={zone} />
      <div className="columns wide-left">
        <div className="stack">
          {message.tasks.map((task) => (
            <Delivery key={task.id} task={task} zone={zone} />
          ))}
          <section className="card">
            <h2>{t('message.businessData')}</h2>
            <Json value={message.businessData} name={t('message.businessData')} />
          </section>
          {message.attributes != null && (
            <section className="card">
              <h2>{t('message.attributes')}</h2>
              <Json value={message.attributes} name={t('message.attributes')} />
            </section>
          )}
        </div>
        <div className="stack">
          <Trace message={message} zone={zone} />
          <Recipients recipients={message.recipients} />
        </div>
      </div>
    </Page>
  )
}
