import { Link } from '@tanstack/react-router'
import { Alert } from 'antd'
import { useTranslation } from 'react-i18next'
import type { MessageDetail } from '~/message/query'
import { like, ownText } from './like'

/** What of the message that a draft is like could not be taken over. */
export function LikeNotes({ message }: { message: MessageDetail }) {
  const { t } = useTranslation()
  const own = ownText(message)
  const lost = own === 'yes' && !like(message).content
  const notes = [
    message.recipientsMasked && t('compose.likeMasked'),
    lost && t('compose.likeNoText'),
    own === 'unknown' && t('compose.likeMaybeText'),
    t('compose.likeNever'),
  ].filter((note) => note !== false)
  return (
    <Alert
      type={lost ? 'warning' : 'info'}
      showIcon
      title={notes[0]}
      description={
        <>
          {notes.slice(1).map((note) => (
            <p key={note}>{note}</p>
          ))}
          <Link to="/messages/$id" params={{ id: message.id }}>
            {t('compose.likeOriginal')}
          </Link>
        </>
      }
    />
  )
}
