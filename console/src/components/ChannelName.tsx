import { useTranslation } from 'react-i18next'
import type { ChannelType } from '~/gql/graphql'

/** The kinds of channel, in the order in which people look for them. */
export const CHANNEL_TYPES: readonly ChannelType[] = [
  'LOCAL',
  'DINGTALK',
  'WECHAT_WORK',
  'FEISHU',
  'WEBHOOK',
  'SMS',
  'EMAIL',
  'PUSH',
  'QUEUE',
  'TIANYUAN',
  'ZHAOHU',
]

export function ChannelName({ type }: { type: ChannelType }) {
  const { t } = useTranslation()
  return <span className="nowrap">{t(`channelTypes.${type}`)}</span>
}
