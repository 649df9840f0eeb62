import { Link } from '@tanstack/react-router'
import type { TableColumnsType } from 'antd'
import { useTranslation } from 'react-i18next'
import { ChannelName } from '~/components/ChannelName'
import { MessageId } from '~/components/MessageId'
import { Time } from '~/components/Time'
import type { FailedTaskFragment } from '~/gql/graphql'
import { useSaid } from '~/i18n/said'
import { useScope } from '~/session/scope'
import { useFailure } from './useFailure'

export function useFailedColumns(): TableColumnsType<FailedTaskFragment> {
  const { t } = useTranslation()
  const { tenantId, zoneOf } = useScope()
  const zone = zoneOf(undefined)
  const failure = useFailure()
  const said = useSaid()
  return [
    {
      // They are in the order of their times, so these are in one zone, whosever tasks they are.
      title: tenantId ? t('failed.at') : t('failed.atIn', { zone }),
      render: (_, { finishedAt }) => <Time at={finishedAt} zone={zone} />,
    },
    {
      title: t('failed.why'),
      render: (_, { errorCode }) => errorCode && <span title={errorCode}>{failure(errorCode)}</span>,
    },
    {
      title: t('failed.said'),
      render: (_, { resultMessage }) => (
        <div className="failed-said clip" title={said(resultMessage ?? '')}>
          {said(resultMessage ?? '')}
        </div>
      ),
    },
    {
      title: t('messages.channel'),
      render: (_, { channelType, channelConfig }) => (
        <div className="failed-config clip" title={channelConfig?.name}>
          <ChannelName type={channelType} />
          {channelConfig && <span className="muted"> · {channelConfig.name}</span>}
        </div>
      ),
    },
    { title: t('messages.messageId'), render: (_, { messageId }) => <MessageName messageId={messageId} /> },
    {
      title: t('message.retries'),
      render: (_, { retryCount, maxRetry }) => (
        <span className="nowrap">{t('message.retriesOf', { done: retryCount, all: maxRetry })}</span>
      ),
    },
  ]
}

/** A caller's messageId means something within its tenant only, and a task does not say which that is. */
function MessageName({ messageId }: { messageId: string }) {
  const { tenantId } = useScope()
  const name = <MessageId id={messageId} />
  if (!tenantId && !messageId.startsWith('msg_')) return name
  return (
    <Link to="/messages/$id" params={{ id: messageId }} title={messageId}>
      {name}
    </Link>
  )
}
