import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { Facts } from '~/components/Facts'
import { Time } from '~/components/Time'
import { duration } from '~/components/timeFormat'
import { useScope } from '~/session/scope'
import { resentAs } from './detail'
import type { MessageDetail } from './query'

export function MessageFacts({ message, zone }: { message: MessageDetail; zone: string }) {
  const { t } = useTranslation()
  const { tenantOf } = useScope()
  const { createdAt, finishedAt, scheduledAt, expiresAt } = message
  const again = resentAs(message.timeline)
  const channels = message.targetChannels?.map((type) => t(`channelTypes.${type}`)).join(', ')
  return (
    <section className="card" aria-label={t('message.facts')}>
      <Facts
        even
        facts={[
          [t('messages.accepted'), <Time key="accepted" at={createdAt} zone={zone} reachable />],
          [t('message.finished'), <Time key="finished" at={finishedAt} zone={zone} reachable />],
          [t('message.took'), finishedAt && duration(Date.parse(finishedAt) - Date.parse(createdAt))],
          [
            t('message.delivered'),
            t('message.deliveredOf', { done: message.successChannels, all: message.totalChannels }),
          ],
          [t('common.tenant'), tenantOf(message.tenantId)?.name ?? message.tenantId],
          [t('messages.store'), message.storeId],
          [t('message.mode'), t(`executionMode.${message.executionMode}`)],
          [t('message.targetChannels'), channels],
          [t('message.resentFrom'), message.resentFrom && <MessageLinks key="from" ids={[message.resentFrom]} />],
          [t('message.resentAs'), again.length > 0 && <MessageLinks key="as" ids={again} />],
          [t('message.scheduledAt'), scheduledAt && <Time key="scheduled" at={scheduledAt} zone={zone} reachable />],
          [t('message.expiresAt'), expiresAt && <Time key="expires" at={expiresAt} zone={zone} reachable />],
        ]}
      />
    </section>
  )
}

function MessageLinks({ ids }: { ids: readonly string[] }) {
  return ids.map((id) => (
    <Link key={id} to="/messages/$id" params={{ id }} className="mono fact-link">
      {id}
    </Link>
  ))
}
