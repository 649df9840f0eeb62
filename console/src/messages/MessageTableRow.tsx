import type { TFunction } from 'i18next'
import { type MouseEvent, memo } from 'react'
import { CHANNEL_TYPES } from '~/components/ChannelName'
import { masked } from '~/components/masked'
import { MessageState, TaskIcon } from '~/components/State'
import { Time } from '~/components/Time'
import { duration } from '~/components/timeFormat'
import type { MessageStatus } from '~/gql/graphql'
import type { Row } from './rows'

/** Generated ids begin alike and differ at their end: that stays in sight however narrow the column. */
const TAIL = 8

/** What all rows share, made once for the table: hooks in each of the rows would cost more than the rows. */
export interface RowContext {
  t: TFunction
  codeText: (code: string) => string
  zoneOf: (tenantId: string) => string
  /** Undefined where the tenant is not shown. */
  tenantName: ((tenantId: string) => string) | undefined
  hrefOf: (id: string) => string
  open: (id: string) => void
  /** Undefined where nothing can be chosen. */
  toggle: ((id: string) => void) | undefined
  /** Whether the filter asks for messages of this status. */
  matches: (status: MessageStatus) => boolean
  columns: string
}

interface CellsProps {
  row: Row
  chosen: boolean
  context: RowContext
}

interface Props extends CellsProps {
  index: number
  top: number
}

/** Where the row is changes whenever others come in above; what is in it does not. */
export function MessageTableRow({ row, index, top, chosen, context }: Props) {
  // The whole row leads where its link leads, for the mouse; the keyboard has the link.
  const onClick = (event: MouseEvent) => {
    const within = event.target instanceof Element ? event.target : undefined
    const aside = event.metaKey || event.ctrlKey || event.shiftKey
    if (aside || within?.closest('input') || window.getSelection()?.toString()) return
    event.preventDefault()
    context.open(row.id)
  }
  return (
    // biome-ignore-start lint/a11y/useSemanticElements: a real table can't place single rows by transform
    // biome-ignore-start lint/a11y/useKeyWithClickEvents: the keyboard has the link in the row
    // biome-ignore-start lint/a11y/useFocusableInteractive: the link in the row is the stop
    <div
      role="row"
      onClick={onClick}
      aria-rowindex={index + 2}
      className={`message-row ${context.columns}${chosen ? ' chosen' : ''}${context.matches(row.status) ? '' : ' past'}`}
      style={{ transform: `translateY(${top}px)` }}
    >
      <Cells row={row} chosen={chosen} context={context} />
    </div>
    // biome-ignore-end lint/a11y/useFocusableInteractive: see above
    // biome-ignore-end lint/a11y/useKeyWithClickEvents: see above
    // biome-ignore-end lint/a11y/useSemanticElements: see above
  )
}

const Cells = memo(function Cells({ row, chosen, context }: CellsProps) {
  const { t, zoneOf, tenantName, hrefOf, toggle } = context
  return (
    // biome-ignore-start lint/a11y/useSemanticElements: a real table can't place single rows by transform
    <>
      {toggle && (
        <span role="cell">
          <input
            type="checkbox"
            checked={chosen}
            onChange={() => toggle(row.id)}
            aria-label={t('messages.choose', { id: row.messageId })}
          />
        </span>
      )}
      <span role="cell">
        <Time at={row.createdAt} zone={zoneOf(row.tenantId)} />
      </span>
      <span role="cell" className="clip">
        <MessageState status={row.status} t={t} />
      </span>
      {tenantName && (
        <span role="cell" className="clip">
          {tenantName(row.tenantId)}
        </span>
      )}
      <span role="cell" className="clip" title={row.businessType}>
        {row.businessType}
      </span>
      <span role="cell" className="mono" title={row.messageId}>
        <a href={hrefOf(row.id)} className="message-link">
          <span className="clip">{row.messageId.slice(0, -TAIL)}</span>
          {row.messageId.slice(-TAIL)}
        </a>
      </span>
      <span role="cell" className="clip">
        <Recipients row={row} t={t} />
      </span>
      <span role="cell" className="clip">
        <Channels tasks={row.tasks} t={t} />
      </span>
      <span role="cell" className="clip">
        <Outcome row={row} context={context} />
      </span>
    </>
    // biome-ignore-end lint/a11y/useSemanticElements: see above
  )
})

function Recipients({ row: { recipients, recipientsMasked }, t }: { row: Row; t: TFunction }) {
  const first = recipients[0]
  if (!first) return <span className="muted">–</span>
  const address = first.mobile ?? first.email ?? first.deviceNo ?? first.customerName ?? ''
  const name = first.userId ?? (recipientsMasked ? address : masked(address))
  return (
    <>
      {name}
      {recipients.length > 1 && (
        <span className="muted"> {t('messages.andMore', { count: recipients.length - 1 })}</span>
      )}
    </>
  )
}

function Channels({ tasks, t }: { tasks: Row['tasks']; t: TFunction }) {
  if (tasks.length === 0) return <span className="muted">–</span>
  const inOrder = [...tasks].sort((one, other) => place(one) - place(other))
  return inOrder.map(({ id, channelType, status }) => (
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

const place = ({ channelType }: Row['tasks'][number]) => CHANNEL_TYPES.indexOf(channelType)

function Outcome({ row, context }: { row: Row; context: RowContext }) {
  const { t, matches } = context
  if (matches(row.status)) return <Ending row={row} context={context} />
  return (
    <>
      <span title={t('messages.pastHelp')}>{t('messages.past')}</span>
      {row.finishedAt && ' · '}
      <Ending row={row} context={context} />
    </>
  )
}

/** How long it took, or why it did not go well. */
function Ending({ row, context: { t, codeText } }: { row: Row; context: RowContext }) {
  if (row.errorCode) return <span title={row.errorCode}>{codeText(row.errorCode)}</span>
  if (!row.finishedAt) return null
  const took = duration(Date.parse(row.finishedAt) - Date.parse(row.createdAt))
  return <span className="muted">{t('messages.took', { took })}</span>
}
