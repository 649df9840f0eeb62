// What the console says before anything is sent: each verdict, each channel in its order, each body as it would be.
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { api, makeTenant, received, SIMULATOR } from './api.mjs'
import { launch } from './browser.mjs'
import { settled, violations, visit, write } from './page.mjs'

let browser
let tenant
const hook = `/webhook/explain-${Date.now().toString(36)}`
const BUSINESS_TYPE = 'ORDER_PAID'

async function create(noun, input) {
  const what = `create${noun}`
  const query = `mutation($input: ${noun}Input!) { ${what}(input: $input) { userErrors { field message } } }`
  await api(query, { input }, tenant.key)
}

before(async () => {
  browser = await launch()
  tenant = await makeTenant('Explaining')
  const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'
  const robot = `${SIMULATOR}/wecom/cgi-bin/webhook/send?key=32345678-1234-1234-1234-123456789012`
  await create('ChannelConfig', { channelType: 'WECHAT_WORK', name: 'Robot', config: { webhook: robot } })
  await create('ChannelConfig', { channelType: 'LOCAL', name: 'In the console', config: {} })
  await create('ChannelConfig', {
    channelType: 'WEBHOOK',
    name: 'Orders',
    config: { url: SIMULATOR + hook, secret },
    rateLimit: { count: 20, window: 1, unit: 'MINUTE' },
  })
  for (const [channelType, text] of [
    ['WEBHOOK', 'Order ${orderId}: {{ total }}'],
    ['LOCAL', 'You paid {{ total }}'],
  ]) {
    const content = { text }
    await create('Template', { businessType: BUSINESS_TYPE, channelType, messageType: 'TEXT', name: 'Paid', content })
  }
})
after(() => browser?.close())

describe('explaining', () => {
  test('shows the way through the chain, channel by channel, and sends nothing', () =>
    visit(browser, { key: tenant.key, path: '/compose' }, async (page) => {
      await page.getByLabel('Business type').fill(BUSINESS_TYPE)
      await write(page, 'Business data', '{"orderId": "E-1", "total": 42}')
      await page.getByLabel('Recipient 1: User').fill('ada')
      await page.getByRole('button', { name: 'Explain first' }).click()
      const explained = page.getByRole('region', { name: 'What would happen' })
      await explained.waitFor()
      const heads = await explained.locator('.trace-step .row > :first-child').allInnerTexts()
      assert.deepEqual(
        heads.map((head) => head.trim()),
        [
          'Validation passed',
          'Duplicates skipped',
          'Time window skipped',
          'Routing · WeCom passed',
          'Routing · In-app inbox passed',
          'Routing · Webhook passed',
          'Rate limit passed',
          'Rendering · WeCom left out',
          'Rendering · In-app inbox passed',
          'Rendering · Webhook passed',
          'Dispatch · In-app inbox passed',
          'Dispatch · Webhook passed',
          'Tracking passed',
        ],
      )
      const steps = explained.locator('.trace-step')
      await steps.filter({ hasText: 'config Orders, tenant level' }).waitFor()
      await steps.filter({ hasText: 'Rendering · WeCom' }).getByText('No template').waitFor()
      const planned = explained.locator('.planned')
      assert.deepEqual(await planned.locator('h3').allInnerTexts(), [
        'In-app inbox · In the console',
        'Webhook · Orders',
      ])
      const webhook = planned.filter({ hasText: 'Orders' })
      await webhook.getByText('template Paid, version 1').waitFor()
      await webhook.locator('.bubble').getByText('Order E-1: 42').waitFor()
      await planned.filter({ hasText: 'In the console' }).locator('.bubble').getByText('You paid 42').waitFor()
      await webhook.getByRole('tab', { name: 'Body as sent' }).click()
      assert.match(await webhook.locator('pre').innerText(), /"body": "Order E-1: 42"/)
      await settled(page)
      assert.deepEqual(await violations(page), [])
      assert.equal((await received(hook)).length, 0)
      const { messages } = await api('{ messages { nodes { id } } }', {}, tenant.key)
      assert.deepEqual(messages.nodes, [])
    }))
})
