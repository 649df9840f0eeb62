import { Link } from '@tanstack/react-router'
import type { TableColumnsType } from 'antd'
import { useTranslation } from 'react-i18next'
import { ChannelName } from '~/components/ChannelName'
import { Enabled } from '~/components/State'
import { Time } from '~/components/Time'
import type { ChannelFragment } from '~/gql/graphql'
import { useScope } from '~/session/scope'
import { ChannelActions } from './ChannelActions'

export function useChannelColumns(): TableColumnsType<ChannelFragment> {
  const { t } = useTranslation()
  const { can, tenantId, tenantOf, zoneOf } = useScope()
  return [
    {
      title: t('common.name'),
      render: (_, { id, name }) => (
        <Link to="/channels/$id" params={{ id }} className="cell-name">
          {name}
        </Link>
      ),
    },
    { title: t('channels.type'), render: (_, { channelType }) => <ChannelName type={channelType} /> },
    { title: t('common.state'), render: (_, { enabled }) => <Enabled enabled={enabled} /> },
    ...(can('platform') && !tenantId
      ? [{ title: t('common.tenant'), render: (_: unknown, one: ChannelFragment) => tenantOf(one.tenantId)?.name }]
      : []),
    { title: t('messages.store'), render: (_, { storeId }) => storeId ?? <Nothing text={t('channels.wholeTenant')} /> },
    { title: t('channels.rateLimit'), render: (_, one) => <Limit channel={one} /> },
    { title: t('channels.timeWindow'), render: (_, one) => <Window channel={one} /> },
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
  if (!rateLimit) return <Nothing text={t('channels.noLimit')} />
  const { count, window, unit } = rateLimit
  return <span className="nowrap">{t('channels.limit', { count, window, unit: t(`timeUnitShort.${unit}`) })}</span>
}

function Window({ channel: { timeWindow } }: { channel: ChannelFragment }) {
  const { t } = useTranslation()
  if (!timeWindow) return <Nothing text={t('channels.always')} />
  const hour = (value: number) => String(value).padStart(2, '0')
  return (
    <span className="nowrap" title={timeWindow.timezone ?? ''}>
      {hour(timeWindow.startHour)}:00–{hour(timeWindow.endHour)}:59
    </span>
  )
}
