// Providers that misbehave: an open breaker, an unknown outcome, a failed set with bulk jobs over it.
import { randomUUID } from 'node:crypto'
import { api, ended, SIMULATOR, script, sendMany, until } from './api.mjs'

const CHANNEL =
  'mutation($input: ChannelConfigInput!) { createChannelConfig(input: $input) { channelConfig { id } userErrors { field message } } }'
const JOB = 'bulkJob { id status } userErrors { message }'

/** An example key of the Standard Webhooks form, for the simulator only. */
const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'

async function channel(key, input) {
  return (await api(CHANNEL, { input }, key)).createChannelConfig.channelConfig.id
}

const inline = (storeId, n = 0) => ({
  businessType: 'STORE_NOTICE',
  businessData: { n },
  storeId,
  content: { title: '门店通知 Store notice', body: `第 ${n} 号通知：请核对今日库存。` },
})

/** A store whose provider answers 503 until its breaker opens. */
async function openBreaker(key) {
  const id = await channel(key, {
    channelType: 'WEBHOOK',
    name: 'Store callback, Nanjing West Road',
    storeId: 'store-0007',
    config: { url: `${SIMULATOR}/webhook/down`, secret: SECRET },
  })
  await script({ path: '/webhook/down', status: 503 })
  const { systemSettings } = await api('{ systemSettings { breaker { failures } } }')
  const count = systemSettings.breaker.failures + 2
  const ids = await sendMany(
    Array.from({ length: count }, (_, n) => ({ ...inline('store-0007', n), targetChannels: ['WEBHOOK'] })),
    key,
  )
  await until('the breaker to open', async () => {
    const query = 'query($id: ID!) { channelConfig(id: $id) { breaker { state } } }'
    return (await api(query, { id }, key)).channelConfig.breaker.state === 'OPEN'
  })
  return { id, waiting: ids.at(-1) }
}

/** A store whose provider takes the message and says nothing. */
async function loseAnswer(key) {
  const robot = `/wecom/cgi-bin/webhook/send?key=${randomUUID()}`
  await channel(key, {
    channelType: 'WECHAT_WORK',
    name: '南京西路门店群',
    storeId: 'store-0008',
    onUnknown: 'FAIL',
    config: { webhook: `${SIMULATOR}${robot}` },
  })
  await script({ path: robot, failNext: 1, reset: true })
  const [id] = await sendMany([{ ...inline('store-0008'), targetChannels: ['WECHAT_WORK'] }], key)
  await ended([id], key)
  return id
}

/** Refused messages, one job that is through and one that was paused. */
async function failMany(key) {
  const path = '/webhook/refuses'
  const id = await channel(key, {
    channelType: 'WEBHOOK',
    name: 'Store callback that refuses what it is sent',
    storeId: 'store-0009',
    config: { url: `${SIMULATOR}${path}`, secret: SECRET },
  })
  await script({ path, status: 400 })
  const ids = await sendMany(
    Array.from({ length: 24 }, (_, n) => ({ ...inline('store-0009', n), targetChannels: ['WEBHOOK'] })),
    key,
  )
  await ended(ids, key)
  const filter = { channelConfigId: id, errorCode: 'BAD_MSG' }
  const { retryTasks } = await api(
    `mutation($input: BulkTasksInput!) { retryTasks(input: $input) { ${JOB} } }`,
    { input: { filter, ratePerSecond: 1000 } },
    key,
  )
  await until('the first job to end', async () => {
    const query = 'query($id: ID!) { bulkJob(id: $id) { status } }'
    return (await api(query, { id: retryTasks.bulkJob.id }, key)).bulkJob.status === 'DONE'
  })
  await ended(ids, key)
  const { discardTasks } = await api(
    `mutation($input: BulkTasksInput!) { discardTasks(input: $input) { ${JOB} } }`,
    { input: { filter, ratePerSecond: 1 } },
    key,
  )
  await api(`mutation($id: ID!) { pauseBulkJob(id: $id) { ${JOB} } }`, { id: discardTasks.bulkJob.id }, key)
}

export async function harm(key) {
  const { id: resting, waiting } = await openBreaker(key)
  const unknown = await loseAnswer(key)
  await failMany(key)
  return { resting, waiting, unknown }
}
