import { ChannelTypesQuery, type DescribedType } from '~/channels/types'
import type { mockApi } from './mockApi'

const text = { type: 'string' }
const carried = (
  messageType: DescribedType['messageTypes'][number]['messageType'],
  contentSchema: unknown,
  more: Partial<DescribedType['messageTypes'][number]> = {},
) => ({ messageType, contentSchema, exactlyOneOf: [], limits: [], ...more })

const TEXT = carried('TEXT', { type: 'object', properties: { text }, required: ['text'] })

/** Two kinds of channel as the server describes them. */
export const WEBHOOK: DescribedType = {
  type: 'WEBHOOK',
  title: 'Webhook',
  description: 'A signed POST.',
  idempotencyKey: 'webhook-id',
  providerLimit: null,
  configSchema: {
    type: 'object',
    properties: {
      url: { title: 'URL', description: 'Where to post to.', type: 'string', format: 'uri' },
      secret: { title: 'Signing secret', description: 'Signs.', type: 'string', writeOnly: true },
      headers: {
        title: 'Headers',
        description: 'Sent along.',
        type: ['object', 'null'],
        additionalProperties: { type: 'string' },
        writeOnly: true,
      },
    },
    required: ['url', 'secret'],
  },
  messageTypes: [
    TEXT,
    carried(
      'IMAGE',
      { type: 'object', properties: { url: text, base64: text }, oneOf: [] },
      { exactlyOneOf: ['base64', 'url'] },
    ),
  ],
}

export const WECOM: DescribedType = {
  type: 'WECHAT_WORK',
  title: 'WeCom',
  description: 'A robot.',
  idempotencyKey: null,
  providerLimit: { limit: { count: 20, window: 1, unit: 'MINUTE' }, host: 'qyapi.weixin.qq.com' },
  configSchema: {
    type: 'object',
    properties: {
      webhook: { title: 'Webhook', description: 'The address.', type: 'string', format: 'uri', writeOnly: true },
    },
    required: ['webhook'],
  },
  messageTypes: [
    { ...TEXT, limits: [{ key: 'text', field: 'text.content', max: 2048, unit: 'BYTES' }] },
    carried(
      'CARD',
      {
        type: 'object',
        properties: {
          title: text,
          text,
          buttons: {
            type: 'array',
            items: { type: 'object', properties: { title: text, url: text }, required: ['title', 'url'] },
            maxItems: 8,
          },
          vertical: { type: ['boolean', 'null'] },
        },
        required: ['title', 'text', 'buttons'],
      },
      { limits: [{ key: 'buttons', field: 'template_card.jump_list', max: 3, unit: 'ENTRIES' }] },
    ),
  ],
}

export const described = (api: ReturnType<typeof mockApi>) =>
  api.on(ChannelTypesQuery, () => ({ channelTypes: [WEBHOOK, WECOM] }))
