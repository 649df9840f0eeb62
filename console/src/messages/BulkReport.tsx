import { Link } from '@tanstack/react-router'
import { Alert } from 'antd'
import { useTranslation } from 'react-i18next'
import { useCodeText } from '~/i18n/problems'
import type { BulkOutcome, MessageName } from './bulk'

/** So many of the messages that something kept back are named; the list shows the others. */
const NAMED = 5

/** What became of the chosen messages: how many went through, and why the others did not. */
export function BulkReport({ outcome, onClose }: { outcome: BulkOutcome; onClose: () => void }) {
  const { t } = useTranslation()
  const codeText = useCodeText()
  const { action, total, done, partly, refused } = outcome
  const notes = [
    ...(partly.length > 0 ? [{ key: 'partly', text: t('messages.partlyGone'), messages: partly }] : []),
    ...refused.map(({ code, messages }) => ({ key: code, text: codeText(code), messages })),
  ]
  return (
    <Alert
      type={notes.length === 0 ? 'success' : 'warning'}
      showIcon
      closable={{ onClose, 'aria-label': t('common.close') }}
      title={t(`messages.bulkDone.${action}`, { done, total })}
      description={
        notes.length > 0 && (
          <ul className="bulk-notes">
            {notes.map(({ key, text, messages }) => (
              <li key={key}>
                {t('messages.bulkNote', { count: messages.length, text })} <Names messages={messages} />
              </li>
            ))}
          </ul>
        )
      }
    />
  )
}

function Names({ messages }: { messages: readonly MessageName[] }) {
  const { t } = useTranslation()
  const rest = messages.length - NAMED
  return (
    <>
      {messages.slice(0, NAMED).map(({ id, messageId }) => (
        <Link key={id} to="/messages/$id" params={{ id }} className="mono bulk-name">
          {messageId}
        </Link>
      ))}
      {rest > 0 && <span className="muted">{t('messages.andMoreMessages', { count: rest })}</span>}
    </>
  )
}
