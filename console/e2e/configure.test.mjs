// What administrators do: settings with secrets, tests over real providers, copies, sample data.
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { api, ended, makeTenant, received, SIMULATOR, script, sendMany } from './api.mjs'
import { launch } from './browser.mjs'
import { choose, confirm, settled, violations, visit, write } from './page.mjs'

let browser
let tenant
let channelId
const hook = `/webhook/configure-${Date.now().toString(36)}`
const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'

before(async () => {
  browser = await launch()
  tenant = await makeTenant('Configuration')
  channelId = await create('Orders', hook)
})
after(async () => {
  await script({ path: hook, clear: true })
  await browser?.close()
})

async function createChannel(input) {
  const { createChannelConfig } = await api(
    'mutation($input: ChannelConfigInput!) { createChannelConfig(input: $input) { channelConfig { id } userErrors { message } } }',
    { input },
    tenant.key,
  )
  return createChannelConfig.channelConfig.id
}

function create(name, path) {
  const config = { url: SIMULATOR + path, secret: SECRET, headers: { Authorization: 'Bearer 0123456789abcdef' } }
  return createChannel({ channelType: 'WEBHOOK', name, config })
}

const signedIn = (path, body, options = {}) => visit(browser, { key: tenant.key, path, ...options }, body)
const configOf = async (id) =>
  (await api('query($id: ID!) { channelConfig(id: $id) { config } }', { id }, tenant.key)).channelConfig.config

/** The dialog's answer to the next click on its button. */
async function sent(page, name, outcome) {
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('button', { name, exact: true }).click()
  const found = dialog.getByRole('region', { name: 'What became of the test' })
  await found.getByText(outcome, { exact: true }).waitFor()
  return found
}

describe('configuring', () => {
  test('keeps stored secrets, and says beside a header what is wrong with it', () =>
    signedIn(`/channels/${channelId}`, async (page) => {
      await page.getByRole('button', { name: 'Add to Headers' }).click()
      await page.getByLabel('Headers 2: name').fill('Host')
      await page.getByRole('button', { name: 'Save' }).click()
      await page.locator('.ant-form-item-explain-error').filter({ hasText: 'is set by Posthorn itself' }).waitFor()
      await page.getByLabel('Headers 2: name').fill('X-Shop')
      await page.getByLabel('Headers 2: value').fill('pudong')
      await page.getByRole('button', { name: 'Save' }).click()
      await page.getByText('Saved', { exact: true }).waitFor()
      await settled(page)
      assert.deepEqual(await violations(page), [])
      const { secret, headers } = await configOf(channelId)
      assert.match(secret, /LaSw$/)
      assert.deepEqual(Object.keys(headers).sort(), ['Authorization', 'X-Shop'])
    }))

  test('sends tests, and shows what the provider made of them', async () => {
    const before = (await received(hook)).length
    await signedIn(`/channels/${channelId}`, async (page) => {
      await page.getByRole('button', { name: 'Send a test' }).click()
      await page.getByRole('dialog').getByLabel('Text', { exact: true }).fill('Is anybody there?')
      await sent(page, 'Send it', 'accepted by the provider')
      assert.deepEqual(await violations(page), [])
    })
    // Another channel: the server lets each be tried once a second.
    const path = `${hook}-refuses`
    const refusing = await create('Refusing', path)
    await script({ path, status: 400 })
    await signedIn(`/channels/${refusing}`, async (page) => {
      await page.getByRole('button', { name: 'Send a test' }).click()
      const found = await sent(page, 'Send it', 'refused: the message')
      await found.getByText('HTTP 400').waitFor()
      await page.getByRole('button', { name: 'Send again' }).waitFor()
    })
    await script({ path, clear: true })
    const all = (await received(hook)).slice(before)
    assert.equal(all.length, 1)
    assert.equal((await received(path)).length, 1)
    const { messages } = await api('{ messages { nodes { id } } }', {}, tenant.key)
    assert.equal(messages.nodes.length, 0)
  })

  test('disables a channel and enables it again: only in between nothing goes over it', async () => {
    await createChannel({ channelType: 'LOCAL', name: 'Switched', config: {} })
    /** What became of a message that may go nowhere else. */
    const sent = async () => {
      const message = {
        businessType: 'NOTICE',
        businessData: {},
        content: { body: 'Anybody?' },
        targetChannels: ['LOCAL'],
        recipients: [{ userId: 'switched' }],
      }
      const [id] = await sendMany([message], tenant.key)
      await ended([id], tenant.key)
      const query = 'query($id: String!) { message(messageId: $id) { status errorCode } }'
      return (await api(query, { id }, tenant.key)).message
    }
    assert.deepEqual(await sent(), { status: 'SUCCESS', errorCode: null })
    await signedIn('/channels', async (page) => {
      const row = page.getByRole('row').filter({ hasText: 'Switched' })
      await row.getByRole('button', { name: 'Disable' }).click()
      // Who thinks better of it changes nothing.
      await confirm(page, 'No, go back')
      await row.getByText('Enabled').waitFor()
      await row.getByRole('button', { name: 'Disable' }).click()
      await confirm(page, 'Disable')
      await row.getByText('Disabled').waitFor()
      assert.deepEqual(await sent(), { status: 'FAILED', errorCode: 'NO_CHANNEL' })
      await row.getByRole('button', { name: 'Enable' }).click()
      await row.getByText('Enabled').waitFor()
      assert.deepEqual(await sent(), { status: 'SUCCESS', errorCode: null })
    })
  })

  test('copies a channel to a store with its secrets', () =>
    signedIn('/channels', async (page) => {
      await page.getByRole('row').filter({ hasText: 'Orders' }).getByRole('button', { name: 'Copy' }).click()
      const dialog = page.getByRole('dialog')
      await dialog.getByRole('button', { name: 'Copy' }).click()
      await dialog.locator('.ant-form-item-explain-error').filter({ hasText: 'config of this name' }).waitFor()
      await dialog.getByLabel('Store').fill('store-0021')
      await dialog.getByRole('button', { name: 'Copy' }).click()
      await page.waitForURL((url) => /\/channels\/chc_/.test(url.pathname) && !url.pathname.endsWith(channelId))
      await page.locator('.page-head .state').filter({ hasText: 'Disabled' }).waitFor()
      const copy = await configOf(new URL(page.url()).pathname.split('/').at(-1))
      assert.deepEqual(copy, await configOf(channelId))
    }))

  test('keeps sample data with a template, and sends it as a test before it is saved', async () => {
    const before = (await received(hook)).length
    await signedIn('/templates/new?businessType=ORDER_PAID&channelType=WEBHOOK', async (page) => {
      await page.getByLabel('Name').fill('Order paid')
      await write(page, 'Text', 'Order ${orderId} is paid')
      await write(page, 'Sample data', '{"orderId": "S-1"}')
      await page.locator('.bubble').getByText('Order S-1 is paid').waitFor()
      await page.getByRole('button', { name: 'Send a test' }).click()
      await choose(page, 'Over the channel', 'Orders')
      await sent(page, 'Send it', 'accepted by the provider')
      await page.getByRole('dialog').locator('.ant-modal-footer').getByRole('button', { name: 'Close' }).click()
      await page.getByRole('button', { name: 'Create' }).click()
      await page.getByText('Version 1', { exact: true }).first().waitFor()
      await page.reload()
      await page.locator('.bubble').getByText('Order S-1 is paid').waitFor()
      await settled(page)
      assert.deepEqual(await violations(page), [])
    })
    const { body } = (await received(hook)).slice(before).at(-1).body
    assert.equal(body, 'Order S-1 is paid')
    const { templates } = await api('{ templates { nodes { sampleData } } }', {}, tenant.key)
    assert.deepEqual(templates.nodes, [{ sampleData: { orderId: 'S-1' } }])
  })

  test("says how much of the provider's limit a text uses", () =>
    signedIn('/templates/new?businessType=ORDER_PAID&channelType=WECHAT_WORK', async (page) => {
      await write(page, 'Text', '订单')
      await page.getByText('6 of at most 2,048 bytes in this preview').waitFor()
      await choose(page, 'Form', 'Card')
      await page.getByText('At most 3', { exact: true }).waitFor()
    }))
})
