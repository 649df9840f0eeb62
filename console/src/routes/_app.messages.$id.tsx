import { createFileRoute, notFound } from '@tanstack/react-router'
import { Alert } from 'antd'
import { lazy, Suspense, useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Json } from '~/components/Json'
import { NotFound } from '~/components/NotFound'
import { Page } from '~/components/Page'
import { MessageState } from '~/components/State'
import { useCodeText } from '~/i18n/problems'
import { useSaid } from '~/i18n/said'
import { Actions } from '~/message/Actions'
import type { CancelAnswer } from '~/message/CancelReport'
import { covered } from '~/message/cover'
import { Delivery } from '~/message/Delivery'
import { MessageFacts } from '~/message/MessageFacts'
import type { MessageDetail } from '~/message/query'
import { Recipients } from '~/message/Recipients'
import { Trace } from '~/message/Trace'
import { useMessage } from '~/message/useMessage'
import { useReveal } from '~/message/useReveal'
import { useScope } from '~/session/scope'
import '~/message/message.css'

// Most visits need neither.
const CancelReport = lazy(() =>
  import('~/message/CancelReport').then(({ CancelReport }) => ({ default: CancelReport })),
)
const Namesakes = lazy(() => import('~/message/Namesakes').then(({ Namesakes }) => ({ default: Namesakes })))

export const Route = createFileRoute('/_app/messages/$id')({
  component: MessagePage,
  notFoundComponent: NotFound,
})

function MessagePage() {
  const { id } = Route.useParams()
  // Another message, another page: what was answered about one must not stand beside the next.
  return <OneMessage key={id} id={id} />
}

function OneMessage({ id }: { id: string }) {
  const { tenantId } = useScope()
  const message = useMessage(id)
  if (!message && !tenantId) return <Namesakes name={id} />
  if (!message) throw notFound()
  return <Shown stored={message} />
}

function Shown({ stored }: { stored: MessageDetail }) {
  const { t } = useTranslation()
  const codeText = useCodeText()
  const said = useSaid()
  const { zoneOf } = useScope()
  const reveal = useReveal(stored)
  // Who is covered in one place must not be read in another.
  const hides = !reveal.open && !stored.recipientsMasked
  const message = useMemo(() => (hides ? covered(stored) : stored), [hides, stored])
  const [cancelled, setCancelled] = useState<CancelAnswer>()
  const zone = zoneOf(message.tenantId)
  return (
    <Page
      title={message.businessType}
      beside={<MessageState status={message.status} />}
      explain={<span className="mono">{message.messageId}</span>}
      actions={<Actions message={stored} onCancelled={setCancelled} />}
    >
      {cancelled && (
        <Suspense fallback={null}>
          <CancelReport answer={cancelled} onClose={() => setCancelled(undefined)} />
        </Suspense>
      )}
      {message.errorCode && (
        <Alert
          type={message.status === 'FAILED' ? 'error' : 'warning'}
          showIcon
          title={codeText(message.errorCode)}
          description={message.errorMessage && said(message.errorMessage)}
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
            {(message.recipientsMasked || (hides && message.recipients.length > 0)) && (
              <p className="muted masked-note">{t(hides ? 'message.dataCovered' : 'message.dataMasked')}</p>
            )}
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
          <Recipients message={stored} reveal={reveal} />
        </div>
      </div>
    </Page>
  )
}
