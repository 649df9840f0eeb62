import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { ChannelName } from '~/components/ChannelName'
import { Facts } from '~/components/Facts'
import { TaskState } from '~/components/State'
import { Time } from '~/components/Time'
import { clock } from '~/components/timeFormat'
import { useScope } from '~/session/scope'
import { Body } from './Body'
import { DeliveryNotes, resting } from './DeliveryNotes'
import type { MessageDetail } from './query'
import { useOutcomeText } from './useOutcomeText'

/** One channel's share: how far it is, what was sent, what the provider said. */
export function Delivery({ task, zone }: { task: MessageDetail['tasks'][number]; zone: string }) {
  const { t } = useTranslation()
  const { can } = useScope()
  const outcomeText = useOutcomeText()
  const { channelConfig: config, renderedContent: body } = task
  return (
    <section className="card delivery">
      <div className="row spread">
        <h2>
          <ChannelName type={task.channelType} />
          {config && can('readConfig') && (
            <Link to="/channels/$id" params={{ id: config.id }} className="delivery-config">
              {config.name}
            </Link>
          )}
        </h2>
        <TaskState status={task.status} errorCode={task.errorCode} discarded={task.discardedAt != null} />
      </div>
      <DeliveryNotes task={task} zone={zone} />
      <Facts
        facts={[
          [t('message.retries'), t('message.retriesOf', { done: task.retryCount, all: task.maxRetry })],
          [t('message.nextTry'), task.nextRetryAt && <Time key="next" at={task.nextRetryAt} zone={zone} reachable />],
          [t('message.finished'), task.finishedAt && <Time key="end" at={task.finishedAt} zone={zone} reachable />],
          [
            t('message.result'),
            resting(task) ? undefined : task.resultMessage && outcomeText(task.resultMessage, task.channelType),
            'wide',
          ],
        ]}
      />
      {body != null && (
        <Body
          channelType={task.channelType}
          body={body}
          answer={task.thirdPartyResponse}
          sender={config?.name}
          at={task.finishedAt ? clock(new Date(task.finishedAt), zone).slice(0, 5) : undefined}
        />
      )}
    </section>
  )
}
