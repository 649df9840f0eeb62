import { Link } from '@tanstack/react-router'
import type { TableColumnsType } from 'antd'
import { useTranslation } from 'react-i18next'
import { ChannelName } from '~/components/ChannelName'
import { Enabled } from '~/components/State'
import type { ChannelFragment, ChannelHealthFragment } from '~/gql/graphql'
import { useScope } from '~/session/scope'
import { ChannelActions } from './ChannelActions'
import { Health } from './Health'
import { Lately } from './Lately'
import { useLimitWords } from './useLimitWords'

/** A channel as the list has it. */
export type ListedChannel = ChannelFragment & ChannelHealthFragment

export function useChannelColumns(): TableColumnsType<ListedChannel> {
  const { t } = useTranslation()
  const { can, tenantId, tenantOf, zoneOf } = useScope()
  return [
    {
      title: t('common.name'),
      render: (_, { id, name, storeId, channelType }) => (
        <>
          <Link to="/channels/$id" params={{ id }} className="cell-name">
            {name}
          </Link>
          <div className="muted">
            <ChannelName type={channelType} />
            {storeId && ` · ${t('channels.ofStore', { store: storeId })}`}
          </div>
        </>
      ),
    },
    { title: t('common.state'), render: (_, { enabled }) => <Enabled enabled={enabled} /> },
    { title: t('channels.health'), render: (_, one) => <Health channel={one} /> },
    {
      title: t('channels.lately'),
      render: (_, { health, tenantId: owner }) => <Lately health={health} zone={zoneOf(owner)} />,
    },
    ...(can('platform') && !tenantId
      ? [{ title: t('common.tenant'), render: (_: unknown, one: ListedChannel) => tenantOf(one.tenantId)?.name }]
      : []),
    {
      title: t('channels.limits'),
      render: (_, one) => (
        <>
          <Limit channel={one} />
          <Window channel={one} />
          {!one.rateLimitInForce && !one.timeWindow && <Nothing text={t('channels.noLimit')} />}
        </>
      ),
    },
    ...(can('configure')
      ? [
          {
            title: t('common.actions'),
            width: 1,
            render: (_: unknown, one: ListedChannel) => <ChannelActions channel={one} />,
          },
        ]
      : []),
  ]
}

const Nothing = ({ text }: { text: string }) => <span className="muted">{text}</span>

/** The limit that it keeps to, which may be its provider's. */
function Limit({ channel: { rateLimit, rateLimitInForce } }: { channel: ChannelFragment }) {
  const { t } = useTranslation()
  const words = useLimitWords()
  if (!rateLimitInForce) return null
  return (
    <div className="nowrap">
      {words(rateLimitInForce)}
      {!rateLimit && <span className="muted"> · {t('channels.providerLimit')}</span>}
    </div>
  )
}

function Window({ channel: { timeWindow } }: { channel: ChannelFragment }) {
  if (!timeWindow) return null
  const hour = (value: number) => String(value).padStart(2, '0')
  return (
    <div className="nowrap" title={timeWindow.timezone ?? ''}>
      {hour(timeWindow.startHour)}:00–{hour(timeWindow.endHour)}:59
    </div>
  )
}
