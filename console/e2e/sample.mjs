// A tenant with a bit of everything, for axe and the screenshots, and one with nothing.
import { randomUUID } from 'node:crypto'
import {
  api,
  ended,
  makeKey,
  makeTenant,
  PLATFORM_KEY,
  quickRetries,
  received,
  SIMULATOR,
  script,
  sendMany,
  until,
} from './api.mjs'
import { harm } from './harm.mjs'

const CHANNEL =
  'mutation($input: ChannelConfigInput!) { createChannelConfig(input: $input) { channelConfig { id } userErrors { field message } } }'
const TEMPLATE =
  'mutation($input: TemplateInput!) { createTemplate(input: $input) { template { id } userErrors { field message } } }'
const UPDATE_TEMPLATE =
  'mutation($id: ID!, $input: TemplateInput!) { updateTemplate(id: $id, input: $input) { userErrors { field message } } }'
const BUSINESS_TYPE =
  'mutation($input: BusinessTypeInput!) { createBusinessType(input: $input) { userErrors { field message } } }'

/** An example key of the Standard Webhooks form, for the simulator only. */
const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'

/** Robots of its own: each is let send so many in a minute. */
async function configure(key) {
  const channel = async (input) => (await api(CHANNEL, { input }, key)).createChannelConfig.channelConfig.id
  const hook = '/webhook/sample'
  await channel({ channelType: 'LOCAL', name: '站内信', config: {} })
  const robot = await channel({
    channelType: 'DINGTALK',
    name: 'Order robot / 订单机器人',
    config: { webhook: `${SIMULATOR}/dingtalk/robot/send?access_token=${randomUUID()}`, atMobiles: ['13800138000'] },
    rateLimit: { count: 20, window: 1, unit: 'MINUTE' },
  })
  await channel({
    channelType: 'WECHAT_WORK',
    name: 'Warehouse robot',
    config: { webhook: `${SIMULATOR}/wecom/cgi-bin/webhook/send?key=${randomUUID()}` },
    timeWindow: { startHour: 0, endHour: 23 },
  })
  await channel({
    channelType: 'WEBHOOK',
    name: 'Order service',
    config: { url: `${SIMULATOR}${hook}`, secret: SECRET },
  })
  await channel({
    channelType: 'WEBHOOK',
    name: 'Old order service of the Pudong store',
    storeId: 'store-0021',
    enabled: false,
    config: { url: `${SIMULATOR}/webhook/old`, secret: SECRET },
  })
  return { robot, hook }
}

async function templates(key) {
  const create = async (input) => (await api(TEMPLATE, { input }, key)).createTemplate.template.id
  const paid = { businessType: 'ORDER_PAID' }
  const dingTalk = {
    ...paid,
    channelType: 'DINGTALK',
    messageType: 'MARKDOWN',
    name: '订单已支付',
    sampleData: { orderId: 'SO-2026-1001', customer: '王小明', amount: 128.5, note: '请尽快发货' },
    content: {
      title: '订单 ${orderId} 已支付',
      text: '### 订单 ${orderId} 已支付\n> 客户：**{{ customer }}**\n> 金额：{{ amount }} 元\n\n{% if note %}备注：{{ note }}{% endif %}\n\n[查看订单](https://example.com/orders/${orderId})',
    },
  }
  const id = await create(dingTalk)
  const content = { ...dingTalk.content, text: dingTalk.content.text.replace('金额', '支付金额') }
  await api(UPDATE_TEMPLATE, { id, input: { ...dingTalk, content } }, key)
  await create({
    ...paid,
    channelType: 'LOCAL',
    messageType: 'TEXT',
    name: 'Order paid',
    content: { text: '订单 ${orderId} 已支付 {{ amount }} 元' },
  })
  await create({
    ...paid,
    channelType: 'LOCAL',
    messageType: 'TEXT',
    locale: 'en',
    name: 'Order paid, English',
    content: { text: 'Order ${orderId}: {{ amount }} paid' },
  })
  await create({
    ...paid,
    channelType: 'WECHAT_WORK',
    messageType: 'TEXT',
    name: 'Order paid, WeCom',
    content: { text: '订单 ${orderId} 已支付 {{ amount }} 元' },
  })
  await create({
    businessType: 'RISK_ALERT_HIGH_VALUE_TRANSFER',
    channelType: 'WEBHOOK',
    messageType: 'TEXT',
    name: 'Risk',
    content: { text: 'Risk: {{ reason }}' },
  })
  return id
}

async function messages(key, hook) {
  const order = (n) => ({
    businessType: 'ORDER_PAID',
    businessData: {
      orderId: `SO-2026-${1000 + n}`,
      customer: n % 2 ? '王小明' : 'Ada Lovelace',
      amount: 12.5 * (n + 1),
      note: '',
    },
    recipients: [{ userId: `u${1000 + n}`, mobile: '13800138000', email: 'ada@example.com', customerName: '王小明' }],
  })
  const all = await sendMany(
    Array.from({ length: 14 }, (_, n) => order(n)),
    key,
  )
  const risk = {
    businessType: 'RISK_ALERT_HIGH_VALUE_TRANSFER',
    businessData: { reason: '大额转账' },
    recipients: [{ userId: 'risk-desk' }],
    targetChannels: ['WEBHOOK'],
  }
  const before = (await received(hook)).length
  await script({ path: hook, failNext: 1, status: 503 })
  const [retried] = await sendMany([risk], key)
  await until('the failure', async () => (await received(hook)).length > before)
  await script({ path: hook, failNext: 1, status: 400 })
  const [refused] = await sendMany([risk], key)
  const [left] = await sendMany(
    [{ businessType: 'WELCOME', businessData: {}, targetChannels: ['LOCAL'], recipients: [{ userId: 'u1' }] }],
    key,
  )
  const [later] = await sendMany([{ ...order(99), scheduledAt: new Date(Date.now() + 86_400_000).toISOString() }], key)
  const [shown] = await sendMany([order(21)], key)
  await ended([...all, retried, refused, left, shown], key)
  return { retried, shown, later }
}

export async function prepare() {
  const restore = await quickRetries()
  const { id, key, code } = await makeTenant('华东零售 East Retail', { prefix: 'east', keyName: 'Lin' })
  const { robot, hook } = await configure(key)
  const template = await templates(key)
  await api(BUSINESS_TYPE, { input: { code: 'ORDER_PAID', name: '订单已支付', priority: 2, lane: 'orders' } }, key)
  await api(BUSINESS_TYPE, { input: { code: 'MARKETING', name: '营销活动', priority: 9, enabled: false } }, key)
  // First what goes wrong, so that lists begin with a usual mixture.
  const { resting, waiting, unknown } = await harm(key)
  const { retried, shown, later } = await messages(key, hook)
  await restore()
  const fresh = await makeTenant('徐汇新店 Xuhui, opening soon', { prefix: 'new', keyName: 'Lin' })
  return {
    code,
    key,
    platform: PLATFORM_KEY,
    /** Of the same tenant, by what they may do. */
    sender: await makeKey(id, 'SENDER', 'Till 4'),
    operator: await makeKey(id, 'OPERATOR', '客服 Night shift'),
    /** Of a tenant that has nothing yet. */
    fresh: fresh.key,
    ids: { shown, retried, later, waiting, unknown, robot, resting, template },
  }
}
