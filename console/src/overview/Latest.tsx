import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Skeleton } from 'antd'
import { useEffect, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { query } from '~/api/query'
import { useLive } from '~/api/useLive'
import { ErrorView } from '~/components/ErrorView'
import { MessageState } from '~/components/State'
import { Time } from '~/components/Time'
import { useFailure } from '~/failed/useFailure'
import type { LatestQuery as Answer, MessageStatus } from '~/gql/graphql'
import { useCodeText } from '~/i18n/problems'
import { useSaid } from '~/i18n/said'
import { StatusEvents } from '~/messages/documents'
import { useScope } from '~/session/scope'
import { LatestQuery } from './documents'

interface Props {
  title: string
  none: string
  status: MessageStatus[]
  /** So many at most. */
  shown: number
}

type LatestMessage = Answer['messages']['nodes'][number]

const REFRESH_EVERY_MS = 2000

/** The newest messages in one of the states; read again, at most every two seconds, when something happens. */
export function Latest({ title, none, status, shown }: Props) {
  const { t } = useTranslation()
  const { tenantId, zoneOf } = useScope()
  const filter = { tenantId: tenantId ?? null, status }
  const { data, error, refetch } = useQuery(query('messages', LatestQuery, { filter, first: shown }))
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined)
  const refetchSoon = () => {
    timer.current ??= setTimeout(() => {
      timer.current = undefined
      void refetch()
    }, REFRESH_EVERY_MS)
  }
  useEffect(() => () => clearTimeout(timer.current), [])
  useLive(StatusEvents, { filter: { tenantId: tenantId ?? null } }, { onBatch: refetchSoon, onGap: refetchSoon })
  const rows = data?.messages.nodes
  return (
    <section className="card">
      <div className="row spread">
        <h2>{title}</h2>
        <Link to="/messages" search={{ status }}>
          {t('overview.all')}
        </Link>
      </div>
      {error && <ErrorView error={error} reset={() => void refetch()} />}
      <div className="latest-room">
        {!rows && !error && <Skeleton active title={false} paragraph={{ rows: 4 }} />}
        {rows?.length === 0 && <p className="muted">{none}</p>}
        <ul className="latest">
          {rows?.map((row) => (
            <li key={row.id}>
              <Time at={row.createdAt} zone={zoneOf(row.tenantId)} />
              <MessageState status={row.status} />
              <Link to="/messages/$id" params={{ id: row.id }} className="clip" title={row.messageId}>
                {row.businessType}
              </Link>
              <Why row={row} />
            </li>
          ))}
        </ul>
      </div>
    </section>
  )
}

/** The first of its channels that failed says more than the message, which only knows that one did. */
function Why({ row: { errorCode, tasks } }: { row: LatestMessage }) {
  const { t } = useTranslation()
  const codeText = useCodeText()
  const failure = useFailure()
  const said = useSaid()
  const failed = tasks.find((task) => task.errorCode && (task.status === 'FAILED' || task.status === 'RETRY'))
  const text = failed?.errorCode
    ? `${t(`channelShort.${failed.channelType}`)}: ${failure(failed.errorCode)}`
    : errorCode && codeText(errorCode)
  const result = failed?.resultMessage && said(failed.resultMessage)
  return (
    <span className="clip muted" title={[text, result].filter(Boolean).join('\n')}>
      {text}
      {result && ` · ${result}`}
    </span>
  )
}
