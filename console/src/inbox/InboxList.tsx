import { Link } from '@tanstack/react-router'
import { Button, Skeleton } from 'antd'
import { useTranslation } from 'react-i18next'
import type { Pages } from '~/api/usePages'
import { Blank } from '~/components/Blank'
import { Time } from '~/components/Time'
import type { InboxRowFragment } from '~/gql/graphql'
import { Content } from '~/preview/Content'
import { shownBy } from '~/preview/shape'
import { useScope } from '~/session/scope'
import '~/preview/preview.css'
import '~/preview/clients.css'
import './inbox.css'

interface Props {
  pages: Pages<InboxRowFragment>
  onRead: ((id: string) => void) | undefined
}

export function InboxList({ pages, onRead }: Props) {
  const { t } = useTranslation()
  if (pages.loading) {
    return (
      <div className="card">
        <Skeleton active />
      </div>
    )
  }
  if (pages.nodes.length === 0) {
    return (
      <div className="card">
        <Blank title={t('inbox.none')} />
      </div>
    )
  }
  return (
    <>
      <ul className="inbox card flush">
        {pages.nodes.map((message) => (
          <Item key={message.id} message={message} onRead={onRead} />
        ))}
      </ul>
      {pages.hasMore && (
        <Button loading={pages.loadingMore} onClick={pages.more} style={{ alignSelf: 'center' }}>
          {t('common.more')}
        </Button>
      )}
    </>
  )
}

function Item({ message, onRead }: { message: InboxRowFragment; onRead: Props['onRead'] }) {
  const { t } = useTranslation()
  const { zoneOf } = useScope()
  const { id, messageId, businessType, title, body, readAt, createdAt, tenantId } = message
  const shown = shownBy('LOCAL', message) ?? { text: body }
  return (
    <li className={readAt ? 'inbox-item' : 'inbox-item unread'}>
      <div className="row spread">
        <strong>
          {!readAt && <span className="inbox-dot" aria-hidden />}
          {title ?? businessType}
        </strong>
        <Time at={createdAt} zone={zoneOf(tenantId)} />
      </div>
      <div className="client inbox-said">
        {/* The title stands above already. */}
        <Content shown={title ? { ...shown, title: undefined } : shown} />
      </div>
      <div className="row muted inbox-foot">
        <span>{readAt ? t('inbox.read') : t('inbox.notRead')}</span>
        <Link to="/messages/$id" params={{ id: messageId }}>
          {t('inbox.open')}
        </Link>
        {!readAt && onRead && (
          <Button size="small" type="link" onClick={() => onRead(id)}>
            {t('inbox.mark')}
          </Button>
        )}
      </div>
    </li>
  )
}
