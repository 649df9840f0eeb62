// The in-app inbox as who looks after users reads it: what came, what comes while it is open, what has been read.
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { api, ended, makeKey, makeTenant, sendMany } from './api.mjs'
import { launch } from './browser.mjs'
import { settled, violations, visit } from './page.mjs'

let browser
let tenant

before(async () => {
  browser = await launch()
  tenant = await makeTenant('Inboxes')
  await api(
    'mutation($input: ChannelConfigInput!) { createChannelConfig(input: $input) { userErrors { message } } }',
    { input: { channelType: 'LOCAL', name: 'Inbox', config: {} } },
    tenant.key,
  )
})
after(() => browser?.close())

const signedIn = (path, body, options = {}) => visit(browser, { key: tenant.key, path, ...options }, body)

async function tell(userId, ...bodies) {
  const inputs = bodies.map((body) => ({
    businessType: 'NOTICE',
    businessData: {},
    content: { body },
    recipients: [{ userId }],
  }))
  const ids = await sendMany(inputs, tenant.key)
  await ended(ids, tenant.key)
  return ids
}

/** As the user's own client would ask. */
async function unread(userId) {
  return (await api('query($userId: String!) { unreadCount(userId: $userId) }', { userId }, tenant.key)).unreadCount
}

const items = (page) => page.locator('.inbox-item')

describe('inbox', () => {
  test('shows what one user received, and leads to the message', async () => {
    const [id] = await tell('ada', 'For Ada')
    await tell('bob', 'For Bob')
    await signedIn('/inbox', async (page) => {
      await page.getByText('Whose inbox?').waitFor()
      await page.getByLabel('User id').fill('ada')
      await page.keyboard.press('Enter')
      await page.waitForURL(/user=ada/)
      await page.getByText('For Ada').waitFor()
      await page.getByText('Unread: 1').waitFor()
      assert.equal(await items(page).count(), 1)
      await items(page).getByRole('link', { name: 'Open the message' }).click()
      await page.getByText(id, { exact: true }).first().waitFor()
    })
  })

  test('takes in what arrives while it is open, and of this user only', () =>
    signedIn('/inbox?user=live', async (page) => {
      await page.getByText('Nothing in this inbox').waitFor()
      await tell('somebody', 'Not for here')
      await tell('live', 'First')
      await page.getByText('First').waitFor()
      await tell('live', 'Second')
      await page.getByText('Second').waitFor()
      await page.getByText('Unread: 2').waitFor()
      assert.deepEqual(await items(page).locator('.bubble-text').allInnerTexts(), ['Second', 'First'])
    }))

  test('marks one as read, then the others, and shows the unread alone', async () => {
    await tell('reader', 'One')
    await tell('reader', 'Two')
    await tell('reader', 'Three')
    await signedIn('/inbox?user=reader', async (page) => {
      await page.getByText('Unread: 3').waitFor()
      const two = items(page).filter({ hasText: 'Two' })
      await two.getByRole('button', { name: 'Mark as read' }).click()
      await two.getByText('Read', { exact: true }).waitFor()
      await page.getByText('Unread: 2').waitFor()
      assert.equal(await two.getByRole('button', { name: 'Mark as read' }).count(), 0)
      assert.equal(await unread('reader'), 2)
      await page.getByLabel('Unread only').check()
      await two.waitFor({ state: 'detached' })
      assert.deepEqual(await items(page).locator('.bubble-text').allInnerTexts(), ['Three', 'One'])
      await settled(page)
      assert.deepEqual(await violations(page), [])
      await page.getByRole('button', { name: 'Mark all as read' }).click()
      await page.getByText('Nothing in this inbox').waitFor()
      await page.getByText('Unread: 0').waitFor()
      assert.equal(await unread('reader'), 0)
      assert.ok(await page.getByRole('button', { name: 'Mark all as read' }).isDisabled())
      await page.getByLabel('Unread only').uncheck()
      await items(page).nth(2).waitFor()
    })
  })

  test('lets who may only look read it, and mark nothing', async () => {
    await tell('watched', 'Seen')
    const key = await makeKey(tenant.id, 'VIEWER')
    await signedIn(
      '/inbox?user=watched',
      async (page) => {
        await page.getByText('Seen').waitFor()
        assert.equal(await page.getByRole('button', { name: /as read/ }).count(), 0)
      },
      { key },
    )
  })
})
