import { Link } from '@tanstack/react-router'
import { type ReactNode, useId } from 'react'
import { useTranslation } from 'react-i18next'
import { Missing } from '~/components/Missing'
import { duration } from '~/components/timeFormat'
import type { ChannelType } from '~/gql/graphql'
import { percent, poor, share, successRate, whole } from './numbers'
import type { OverviewNumbers } from './useOverview'

interface GroupRow {
  key: string
  name: ReactNode
  count: number
  failed: number
  retried?: number
  rate: number | null
  took: { p50Ms?: number | null; p99Ms?: number | null }
}

interface TableProps {
  title: string
  explain: string
  first: string
  counted: string
  retried?: string
  rows: readonly GroupRow[] | undefined
}

/** How each kind of channel did: tasks, since a message may have several. */
export function ByChannel({ numbers }: { numbers: OverviewNumbers | undefined }) {
  const { t } = useTranslation()
  const rows = numbers?.channels.groups.flatMap(({ key, total: { tasks } }): GroupRow[] => {
    if (!tasks) return []
    const name = key ? (
      <Link
        key={key}
        to="/messages"
        search={{ channelType: key as ChannelType, from: numbers.now.from }}
        className="nowrap"
      >
        {t(`channelTypes.${key as ChannelType}`)}
      </Link>
    ) : (
      t('overview.others')
    )
    const { sent, failed, retried, sendDuration } = tasks
    return [
      { key: key ?? '', name, count: sent, failed, retried, rate: share(sent, sent + failed), took: sendDuration },
    ]
  })
  return (
    <GroupTable
      title={t('overview.byChannel')}
      explain={t('overview.byChannelExplain')}
      first={t('messages.channel')}
      counted={t('overview.sent')}
      retried={t('overview.retriedShort')}
      rows={rows}
    />
  )
}

/** How each business type did. */
export function ByBusinessType({ numbers }: { numbers: OverviewNumbers | undefined }) {
  const { t } = useTranslation()
  const rows = numbers?.businessTypes.groups.flatMap(({ key, total: { messages } }): GroupRow[] => {
    if (!messages) return []
    const name = key ? (
      <Link key={key} to="/messages" search={{ businessType: key, from: numbers.now.from }} className="cell-name">
        {key}
      </Link>
    ) : (
      t('overview.others')
    )
    const { accepted, latency } = messages
    return [
      {
        key: key ?? '',
        name,
        count: accepted ?? 0,
        failed: poor(messages),
        rate: successRate(messages),
        took: latency,
      },
    ]
  })
  return (
    <GroupTable
      title={t('overview.byBusinessType')}
      explain={t('overview.byBusinessTypeExplain')}
      first={t('common.businessType')}
      counted={t('overview.accepted')}
      rows={rows}
    />
  )
}

function GroupTable({ title, explain, first, counted, retried, rows }: TableProps) {
  const { t, i18n } = useTranslation()
  const head = useId()
  const count = (value: number) => whole(value, i18n.language)
  const time = (ms: number | null | undefined) => (ms == null ? '–' : duration(ms))
  return (
    <section className="card flush">
      <div className="group-head">
        <h2 id={head}>{title}</h2>
        <p className="muted">{explain}</p>
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region is reachable */}
      <section className="group-room" tabIndex={0} aria-label={title}>
        <table className="plain-table dense sticky group-table" aria-labelledby={head}>
          <thead>
            <tr>
              <th scope="col">{first}</th>
              {[counted, t('overview.poorShort'), ...(retried ? [retried] : [])].map((name) => (
                <th key={name} scope="col" className="number nowrap">
                  {name}
                </th>
              ))}
              <th scope="col" className="number nowrap">
                {t('overview.successRate')}
              </th>
              <th scope="col" className="number nowrap">
                {t('overview.p50Short')}
              </th>
              <th scope="col" className="number nowrap">
                {t('overview.p99Short')}
              </th>
            </tr>
          </thead>
          <tbody>
            {rows?.map((row) => (
              <tr key={row.key}>
                <th scope="row">{row.name}</th>
                <td className="number">{count(row.count)}</td>
                <td className="number">{count(row.failed)}</td>
                {row.retried !== undefined && <td className="number">{count(row.retried)}</td>}
                <td className="number nowrap">
                  <Bar share={row.rate} /> {percent(row.rate, i18n.language)}
                </td>
                <td className="number nowrap">{time(row.took.p50Ms)}</td>
                <td className="number nowrap">{time(row.took.p99Ms)}</td>
              </tr>
            ))}
          </tbody>
        </table>
        {!rows && (
          <div className="group-none">
            <Missing error={undefined} />
          </div>
        )}
        {rows?.length === 0 && <p className="muted group-none">{t('overview.nothingCounted')}</p>}
      </section>
    </section>
  )
}

/** The share beside its number, for scanning. */
function Bar({ share: part }: { share: number | null }) {
  return (
    <span className="share-bar" aria-hidden>
      {part !== null && <span style={{ width: `${part * 100}%` }} />}
    </span>
  )
}
