import { Link } from '@tanstack/react-router'
import type { TableColumnsType } from 'antd'
import { useTranslation } from 'react-i18next'
import { ChannelName } from '~/components/ChannelName'
import { Enabled } from '~/components/State'
import { Time } from '~/components/Time'
import type { ChannelFragment } from '~/gql/graphql'
import { useScope } from '~/session/scope'
import { ChannelActions } from './ChannelActions'
import { Health } from './Health'

export function useChannelColumns(): TableColumnsType<ChannelFragment> {
  const { t } = useTranslation()
  const { can, tenantId, tenantOf, zoneOf } = useScope()
  return [
    {
      title: t('common.name'),
      render: (_, { id, name, storeId }) => (
        <>
          <Link to="/channels/$id" params={{ id }} className="cell-name">
            {name}
          </Link>
          {storeId && <div className="muted">{t('channels.ofStore', { store: storeId })}</div>}
        </>
      ),
    },
    { title: t('channels.type'), render: (_, { channelType }) => <ChannelName type={channelType} /> },
    { title: t('common.state'), render: (_, { enabled }) => <Enabled enabled={enabled} /> },
    { title: t('channels.health'), render: (_, one) => <Health channel={one} /> },
    ...(can('platform') && !tenantId
      ? [{ title: t('common.tenant'), render: (_: unknown, one: ChannelFragment) => tenantOf(one.tenantId)?.name }]
      : []),
    {
      title: t('channels.limits'),
      render: (_, one) => (
        <>
          <Limit channel={one} />
          <Window channel={one} />
          {!one.rateLimit && !one.timeWindow && <Nothing text={t('channels.noLimit')} />}
        </>
      ),
    },
    {
      title: t('common.changed'),
      render: (_, one) => <Time at={one.updatedAt} zone={zoneOf(one.tenantId)} />,
    },
    ...(can('configure')
      ? [
          {
            title: t('common.actions'),
            width: 1,
            render: (_: unknown, one: ChannelFragment) => <ChannelActions channel={one} />,
          },
        ]
      : []),
  ]
}

const Nothing = ({ text }: { text: string }) => <span className="muted">{text}</span>

function Limit({ channel: { rateLimit } }: { channel: ChannelFragment }) {
  const { t } = useTranslation()
  if (!rateLimit) return null
  const { count, window, unit } = rateLimit
  return <div className="nowrap">{t('channels.limit', { count, window, unit: t(`timeUnitShort.${unit}`) })}</div>
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
