import type { ChannelType } from '~/gql/graphql'

/** How a setting is typed in. */
export type SettingKind = 'url' | 'secret' | 'texts' | 'flag' | 'headers'

export interface Setting {
  key: 'webhook' | 'secret' | 'atMobiles' | 'atAll' | 'mentionedMobiles' | 'url' | 'headers'
  kind: SettingKind
  required?: boolean
  example?: string
}

/**
 * What each kind of channel needs to be reached. To be replaced by the server's own description of its settings as
 * soon as the schema has a query for it; until then this table must follow the server's documentation by hand.
 */
export const SETTINGS: Partial<Record<ChannelType, readonly Setting[]>> = {
  LOCAL: [],
  DINGTALK: [
    { key: 'webhook', kind: 'url', required: true, example: 'https://oapi.dingtalk.com/robot/send?access_token=…' },
    { key: 'secret', kind: 'secret', example: 'SEC…' },
    { key: 'atMobiles', kind: 'texts', example: '13800138000' },
    { key: 'atAll', kind: 'flag' },
  ],
  WECHAT_WORK: [
    { key: 'webhook', kind: 'url', required: true, example: 'https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=…' },
    { key: 'mentionedMobiles', kind: 'texts', example: '13800138000' },
  ],
  WEBHOOK: [
    { key: 'url', kind: 'url', required: true, example: 'https://example.com/hooks/orders' },
    { key: 'secret', kind: 'secret', required: true, example: 'whsec_…' },
    { key: 'headers', kind: 'headers', example: 'X-Source: posthorn' },
  ],
}

/** Providers that can't tell a repeated request from another one: for these alone `onUnknown` decides. As the schema says. */
export const WITHOUT_IDEMPOTENCY: readonly ChannelType[] = ['WECHAT_WORK']

/** An inbox in Posthorn itself has no provider that could fail. */
export const WITHOUT_PROVIDER: readonly ChannelType[] = ['LOCAL']

export const OFFERED = Object.keys(SETTINGS) as ChannelType[]
