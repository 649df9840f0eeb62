import { Link, useNavigate } from '@tanstack/react-router'
import { Checkbox } from 'antd'
import { type MouseEvent, memo } from 'react'
import { useTranslation } from 'react-i18next'
import { masked } from '~/components/masked'
import { MessageState, TaskIcon } from '~/components/State'
import { Time } from '~/components/Time'
import { duration } from '~/components/timeFormat'
import { useCodeText } from '~/i18n/problems'
import { useScope } from '~/session/scope'
import type { Row } from './feed'

interface Props {
  row: Row
  index: number
  top: number
  columns: string
  showTenant: boolean
  chosen: boolean
  onToggle: ((id: string) => void) | undefined
}

export const MessageTableRow = memo(function MessageTableRow(props: Props) {
  const { row, index, top, columns, showTenant, chosen, onToggle } = props
  const { t } = useTranslation()
  const { tenantOf, zoneOf } = useScope()
  const navigate = useNavigate()
  // The whole row leads where its link leads, for the mouse; the keyboard has the link.
  const open = (event: MouseEvent) => {
    const own = event.target instanceof Element && event.target.closest('a, label, input')
    if (!own && !window.getSelection()?.toString()) void navigate({ to: '/messages/$id', params: { id: row.id } })
  }
  return (
    // biome-ignore-start lint/a11y/useSemanticElements: a real table can't place single rows by transform
    // biome-ignore-start lint/a11y/useKeyWithClickEvents: the keyboard has the link in the row
    // biome-ignore-start lint/a11y/useFocusableInteractive: the link in the row is the stop
    <div
      role="row"
      onClick={open}
      aria-rowindex={index + 2}
      className={`message-row ${columns}${chosen ? ' chosen' : ''}`}
      style={{ transform: `translateY(${top}px)` }}
    >
      {onToggle && (
        <span role="cell">
          <Checkbox
            checked={chosen}
            onChange={() => onToggle(row.id)}
            aria-label={t('messages.choose', { id: row.messageId })}
          />
        </span>
      )}
      <span role="cell">
        <Time at={row.createdAt} zone={zoneOf(row.tenantId)} />
      </span>
      <span role="cell" className="clip">
        <MessageState status={row.status} />
      </span>
      {showTenant && (
        <span role="cell" className="clip">
          {tenantOf(row.tenantId)?.name ?? row.tenantId}
        </span>
      )}
      <span role="cell" className="clip" title={row.businessType}>
        {row.businessType}
      </span>
      <span role="cell" className="clip mono" title={row.messageId}>
        <Link to="/messages/$id" params={{ id: row.id }} className="message-link">
          {row.messageId}
        </Link>
      </span>
      <span role="cell" className="clip">
        <Recipients recipients={row.recipients} />
      </span>
      <span role="cell" className="clip">
        <Channels tasks={row.tasks} />
      </span>
      <span role="cell" className="clip">
        <Outcome row={row} />
      </span>
    </div>
    // biome-ignore-end lint/a11y/useFocusableInteractive: see above
    // biome-ignore-end lint/a11y/useKeyWithClickEvents: see above
    // biome-ignore-end lint/a11y/useSemanticElements: see above
  )
})

function Recipients({ recipients }: { recipients: Row['recipients'] }) {
  const { t } = useTranslation()
  const first = recipients[0]
  if (!first) return <span className="muted">–</span>
  const name = first.userId ?? masked(first.mobile ?? first.email ?? first.deviceNo ?? first.customerName ?? '')
  return (
    <>
      {name}
      {recipients.length > 1 && (
        <span className="muted"> {t('messages.andMore', { count: recipients.length - 1 })}</span>
      )}
    </>
  )
}

function Channels({ tasks }: { tasks: Row['tasks'] }) {
  const { t } = useTranslation()
  if (tasks.length === 0) return <span className="muted">–</span>
  return tasks.map(({ id, channelType, status }) => (
    <span
      key={id}
      className="message-channel"
      title={`${t(`channelTypes.${channelType}`)}: ${t(`taskStatus.${status}`)}`}
    >
      <TaskIcon status={status} />
      {t(`channelShort.${channelType}`)}
      <span className="hidden-label">{t(`taskStatus.${status}`)}</span>
    </span>
  ))
}

/** How long it took, or why it did not go well. */
function Outcome({ row }: { row: Row }) {
  const { t } = useTranslation()
  const codeText = useCodeText()
  if (row.errorCode) return <span title={row.errorCode}>{codeText(row.errorCode)}</span>
  if (!row.finishedAt) return null
  const took = duration(Date.parse(row.finishedAt) - Date.parse(row.createdAt))
  return <span className="muted">{t('messages.took', { took })}</span>
}
