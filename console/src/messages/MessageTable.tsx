import { ArrowUpOutlined, InboxOutlined } from '@ant-design/icons'
import { useVirtualizer } from '@tanstack/react-virtual'
import { Button, Checkbox, Skeleton } from 'antd'
import { useEffect, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { Blank } from '~/components/Blank'
import type { MessageStatus } from '~/gql/graphql'
import type { FeedState, MessageFeed } from './feed'
import { MessageTableRow } from './MessageTableRow'
import { useAnchor } from './useAnchor'
import { type Select, useRowContext } from './useRowContext'
import { useUnseen } from './useUnseen'
import './table.css'

interface Props {
  feed: MessageFeed
  state: FeedState
  /** Which the filter asks for; rows that come into another are marked. */
  statuses: readonly MessageStatus[] | undefined
  selected: ReadonlySet<string>
  onSelect: Select | undefined
}

const ROW = 40
/** The next page is fetched when so few rows are left below. */
const AHEAD = 40

/** Only the rows in view exist, so fifty thousand cost what fifty do. */
export function MessageTable({ feed, state, statuses, selected, onSelect }: Props) {
  const { t } = useTranslation()
  const scroller = useRef<HTMLDivElement>(null)
  const { rows, prepended, loadingOlder, hasOlder } = state
  const { unseen, scrolled } = useUnseen(scroller, prepended)
  const virtual = useVirtualizer({
    count: rows.length - unseen,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW,
    overscan: 6,
  })
  const items = virtual.getVirtualItems()
  const lastShown = items.at(-1)?.index ?? 0
  useAnchor(feed, state, unseen, { scroller, scrolled, offset: virtual.scrollOffset ?? 0, rowHeight: ROW })

  useEffect(() => {
    if (lastShown + unseen >= rows.length - AHEAD) void feed.older()
  }, [feed, lastShown, unseen, rows.length])
  // Once more when a page has arrived: where it brought nothing new, or was let go as the list was read anew meanwhile, no row
  // tells of it. What failed is not tried again at once, but by scrolling on, or by its button.
  const settled = !loadingOlder && state.error === undefined
  const nearEnd = lastShown + unseen >= rows.length - AHEAD
  useEffect(() => {
    if (settled && nearEnd) void feed.older()
  }, [feed, settled, nearEnd])

  const context = useRowContext(onSelect, statuses)
  const { columns, tenantName } = context

  return (
    <div className="card flush message-table">
      {/* biome-ignore-start lint/a11y/useSemanticElements: a real table can't place single rows by transform */}
      {/* biome-ignore-start lint/a11y/useFocusableInteractive: rows are passed by; the link in each is the stop */}
      <div
        className="message-scroll"
        ref={scroller}
        role="table"
        aria-label={t('pages.messages')}
        aria-rowcount={hasOlder ? -1 : rows.length + 1}
      >
        <div className={`message-head ${columns}`} role="row" aria-rowindex={1}>
          {onSelect && (
            <span role="columnheader">
              <Checkbox
                aria-label={t('messages.chooseAll')}
                checked={rows.length > 0 && selected.size === rows.length}
                indeterminate={selected.size > 0 && selected.size < rows.length}
                onChange={({ target }) => onSelect(new Set(target.checked ? rows.map(({ id }) => id) : []))}
              />
            </span>
          )}
          <span role="columnheader">{t('messages.accepted')}</span>
          <span role="columnheader">{t('messages.status')}</span>
          {tenantName && <span role="columnheader">{t('common.tenant')}</span>}
          <span role="columnheader">{t('common.businessType')}</span>
          <span role="columnheader">{t('messages.messageId')}</span>
          <span role="columnheader">{t('messages.recipients')}</span>
          <span role="columnheader">{t('messages.channels')}</span>
          <span role="columnheader">{t('messages.outcome')}</span>
        </div>
        <div role="rowgroup" style={{ position: 'relative', height: virtual.getTotalSize() }}>
          {items.map(({ index, start }) => {
            const row = rows[index + unseen]
            return (
              row && (
                <MessageTableRow
                  key={row.id}
                  row={row}
                  index={index}
                  top={start}
                  chosen={selected.has(row.id)}
                  context={context}
                />
              )
            )
          })}
        </div>
        {state.status === 'loading' && <Skeleton active paragraph={{ rows: 8 }} style={{ padding: 16 }} />}
        {state.status === 'ready' && rows.length === 0 && (
          <Blank icon={<InboxOutlined aria-hidden />} title={t('messages.none')}>
            {t('messages.noneExplain')}
          </Blank>
        )}
      </div>
      {/* biome-ignore-end lint/a11y/useFocusableInteractive: see above */}
      {/* biome-ignore-end lint/a11y/useSemanticElements: see above */}
      <div className="message-foot muted" role="status">
        {loadingOlder && t('messages.loadingOlder')}
        {state.error !== undefined && rows.length > 0 && (
          <Button size="small" type="link" onClick={() => void feed.older()}>
            {t('messages.olderFailed')}
          </Button>
        )}
      </div>
      {scrolled && unseen > 0 && (
        <Button
          className="message-news"
          size="small"
          type="primary"
          icon={<ArrowUpOutlined aria-hidden />}
          onClick={() => scroller.current?.scrollTo({ top: 0 })}
        >
          {t('messages.news', { count: unseen })}
        </Button>
      )}
    </div>
  )
}
