import { Link } from '@tanstack/react-router'
import { Alert } from 'antd'
import { useTranslation } from 'react-i18next'
import { Time } from '~/components/Time'
import { useSaid } from '~/i18n/said'
import type { MessageDetail } from './query'

type Task = MessageDetail['tasks'][number]

/** Whether it waits because its channel is left alone. */
export function resting({ finishedAt, channelConfig }: Task): boolean {
  return finishedAt == null && channelConfig != null && channelConfig.breaker.state !== 'CLOSED'
}

/** What a state alone does not tell: that nobody knows, or that the channel is left alone for now. */
export function DeliveryNotes({ task, zone }: { task: Task; zone: string }) {
  const { t } = useTranslation()
  const said = useSaid()
  const { status, errorCode, channelConfig } = task
  const unknown = errorCode === 'AMBIGUOUS' && (status === 'FAILED' || status === 'RETRY')
  const breaker = resting(task) ? channelConfig?.breaker : undefined
  return (
    <>
      {unknown && (
        <Alert
          type="warning"
          showIcon
          title={t('message.unknown')}
          description={t(status === 'RETRY' ? 'message.unknownRetry' : 'message.unknownFailed')}
        />
      )}
      {breaker && channelConfig && (
        <Alert
          type="warning"
          showIcon
          title={t('message.breakerOpen')}
          description={
            <>
              {breaker.reason && <>{said(breaker.reason)} · </>}
              {breaker.retryAt && (
                <>
                  {t('channels.probeAt')} <Time at={breaker.retryAt} zone={zone} /> ·{' '}
                </>
              )}
              <Link to="/channels/$id" params={{ id: channelConfig.id }}>
                {t('message.toChannel')}
              </Link>
            </>
          }
        />
      )}
    </>
  )
}
