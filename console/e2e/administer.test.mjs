// What administrators keep: business types, tenants, the system's settings; each is seen in force by what the API does after.
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { api, ended, makeKey, makeTenant, PLATFORM_KEY, received, SIMULATOR, script, sendMany } from './api.mjs'
import { launch } from './browser.mjs'
import { choose, confirm, settled, violations, visit } from './page.mjs'

let browser
let tenant
const run = Date.now().toString(36)
const hook = `/webhook/administer-${run}`
const SETTINGS = '{ systemSettings { version retry { maxCount intervalSeconds maxIntervalSeconds } } }'

before(async () => {
  browser = await launch()
  tenant = await makeTenant('Administration')
})
after(async () => {
  await script({ path: hook, clear: true })
  await browser?.close()
})

const asPlatform = (path, body) => visit(browser, { key: PLATFORM_KEY, path }, body)
const rowOf = (page, text) => page.getByRole('row').filter({ hasText: text })
const settingsNow = async () => (await api(SETTINGS)).systemSettings

const order = (businessType) => ({
  businessType,
  businessData: { orderId: 'A-1' },
  content: { body: 'Order A-1' },
})

/** Why a message is refused; null when it is not. It has no channel, so it goes nowhere. */
async function refusal(businessType, key = tenant.key) {
  const query = 'mutation($input: SendMessageInput!) { sendMessage(input: $input) { errorCode } }'
  return (await api(query, { input: order(businessType) }, key)).sendMessage.errorCode
}

/** Saves the dialog, and waits until it has gone. */
async function keep(page, name) {
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('button', { name, exact: true }).click()
  await dialog.waitFor({ state: 'hidden' })
}

/** What is said beside a field of a dialog or a page. */
const fault = (page, text) => page.locator('.ant-form-item-explain-error').filter({ hasText: text }).first().waitFor()

describe('business types', () => {
  const stored = async () => {
    const query = '{ businessTypes { nodes { code name priority lane enabled } } }'
    return (await api(query, {}, tenant.key)).businessTypes.nodes
  }
  const page = (body) => visit(browser, { key: tenant.key, path: '/business-types' }, body)

  test('registers one, and says beside the field that its code is taken', () =>
    page(async (page) => {
      const create = page.locator('.page-head').getByRole('button', { name: 'New business type' })
      await page.getByText('No business types registered').waitFor()
      await create.click()
      const dialog = page.getByRole('dialog')
      await dialog.getByRole('button', { name: 'Create' }).click()
      await fault(page, 'Needed')
      await dialog.getByLabel('Code').fill('REFUND')
      await dialog.getByLabel('Name').fill('Refunds')
      await dialog.getByLabel('Priority').fill('1')
      await dialog.getByLabel('Lane').fill(`refunds-${run}`)
      await keep(page, 'Create')
      await rowOf(page, 'Refunds').getByText('Enabled').waitFor()
      await create.click()
      await dialog.getByLabel('Code').fill('REFUND')
      await dialog.getByLabel('Name').fill('Again')
      await dialog.getByRole('button', { name: 'Create' }).click()
      await fault(page, 'has a business type of this code')
      await settled(page)
      assert.deepEqual(await violations(page), [])
      const kept = { code: 'REFUND', name: 'Refunds', priority: 1, lane: `refunds-${run}`, enabled: true }
      assert.deepEqual(await stored(), [kept])
    }))

  test('changes one: while it is disabled nothing of it is taken', () =>
    page(async (page) => {
      assert.equal(await refusal('REFUND'), null)
      await rowOf(page, 'Refunds').getByRole('button', { name: 'Edit' }).click()
      const dialog = page.getByRole('dialog')
      assert.equal(await dialog.getByLabel('Priority').inputValue(), '1')
      await dialog.getByLabel('Name').fill('Money back')
      await dialog.getByLabel('Lane').fill('')
      await dialog.getByLabel('Enabled').click()
      await keep(page, 'Save')
      const row = rowOf(page, 'Money back')
      await row.getByText('Disabled').waitFor()
      await row.getByText('General').waitFor()
      assert.equal(await refusal('REFUND'), 'BUSINESS_TYPE_DISABLED')
    }))

  test('deletes one: its messages go on as those of a code that nobody registered', () =>
    page(async (page) => {
      await rowOf(page, 'Money back').getByRole('button', { name: 'Delete' }).click()
      await confirm(page, 'Delete')
      await page.getByText('No business types registered').waitFor()
      assert.deepEqual(await stored(), [])
      assert.equal(await refusal('REFUND'), null)
    }))
})

describe('tenants', () => {
  const code = `made-${run}`
  const tenants = async () =>
    (await api('{ tenants { id code name timezone enabled strictBusinessTypes } }')).tenants.filter(
      (one) => one.code === code,
    )

  test('makes one, in its zone, and says beside the field that its code is taken', () =>
    asPlatform('/tenants', async (page) => {
      await page.getByRole('button', { name: 'New tenant' }).click()
      const dialog = page.getByRole('dialog')
      await dialog.getByLabel('Code').fill(tenant.code)
      await dialog.getByLabel('Name').fill('Made here')
      await dialog.getByLabel('Time zone').fill('Asia/Tok')
      await choose(page, 'Time zone', 'Asia/Tokyo')
      await dialog.getByRole('button', { name: 'Create' }).click()
      await fault(page, 'another tenant has this code')
      await settled(page)
      assert.deepEqual(await violations(page), [])
      assert.deepEqual(await tenants(), [])
      await dialog.getByLabel('Code').fill(code)
      await keep(page, 'Create')
      await rowOf(page, code).getByText('Asia/Tokyo').waitFor()
      // It can be chosen at once.
      await page.getByLabel('Tenant', { exact: true }).fill(code)
      await page.keyboard.press('Enter')
      await page.waitForURL(new RegExp(`tenant=${code}`))
    }))

  test('renames one, makes it refuse what is not registered, and disables it', async () => {
    const [{ id }] = await tenants()
    const key = await makeKey(id, 'SENDER')
    assert.equal(await refusal('ANYTHING', key), null)
    const change = async (page, label, name) => {
      await rowOf(page, code).getByRole('button', { name: 'Edit' }).click()
      const dialog = page.getByRole('dialog')
      if (name) await dialog.getByLabel('Name').fill(name)
      await dialog.getByLabel(label).click()
      await keep(page, 'Save')
    }
    await asPlatform('/tenants', async (page) => {
      await change(page, 'Refuse unregistered business types', 'Renamed here')
      await rowOf(page, 'Renamed here').getByText('Refused').waitFor()
      assert.equal(await refusal('ANYTHING', key), 'BUSINESS_TYPE_NOT_FOUND')
      await change(page, 'Enabled')
      await rowOf(page, code).getByText('Disabled').waitFor()
      assert.equal(await refusal('ANYTHING', key), 'TENANT_DISABLED')
    })
    const changed = {
      id,
      code,
      name: 'Renamed here',
      timezone: 'Asia/Tokyo',
      enabled: false,
      strictBusinessTypes: true,
    }
    assert.deepEqual(await tenants(), [changed])
  })
})

describe('settings', () => {
  test('says beside the field what the server refuses, and stores nothing of it', async () => {
    const before = await settingsNow()
    await asPlatform('/settings', async (page) => {
      const longest = page.getByLabel('Longest wait (s)')
      await longest.fill('1')
      await page.getByLabel('First wait (s)').fill('900')
      await page.getByRole('button', { name: 'Save' }).click()
      await fault(page, 'must not be below')
      await page.getByLabel('First wait (s)').fill('')
      await page.getByRole('button', { name: 'Save' }).click()
      await fault(page, 'Needed')
      await settled(page)
      assert.deepEqual(await violations(page), [])
    })
    assert.deepEqual(await settingsNow(), before)
  })

  test('says beside a step of the chain that it is always on', async () => {
    const before = await settingsNow()
    await asPlatform('/settings', async (page) => {
      const row = rowOf(page, 'Dispatch')
      await row.getByRole('switch').click()
      await page.getByRole('button', { name: 'Save' }).click()
      await row.getByText("this handler can't be switched off").waitFor()
    })
    assert.deepEqual(await settingsNow(), before)
  })

  test('changes them for everyone: without retries a failure is one for good', async () => {
    const config = { url: SIMULATOR + hook, secret: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw' }
    await api(
      'mutation($input: ChannelConfigInput!) { createChannelConfig(input: $input) { userErrors { message } } }',
      { input: { channelType: 'WEBHOOK', name: 'Hook', config } },
      tenant.key,
    )
    const before = await settingsNow()
    const retries = (page) => page.getByLabel('Retries after the first attempt')
    const save = async (page, version) => {
      await page.getByRole('button', { name: 'Save' }).click()
      await page.getByText(`Version ${version}.`).waitFor()
    }
    await asPlatform('/settings', async (page) => {
      await page.getByText(`Version ${before.version}.`).waitFor()
      await retries(page).fill('0')
      await save(page, before.version + 1)
      await script({ path: hook, failNext: 1, status: 503 })
      const [id] = await sendMany([order('NO_RETRY')], tenant.key)
      await ended([id], tenant.key)
      const query = 'query($id: String!) { message(messageId: $id) { status tasks { maxRetry } } }'
      const { message } = await api(query, { id }, tenant.key)
      assert.deepEqual(message, { status: 'FAILED', tasks: [{ maxRetry: 0 }] })
      // A second attempt would have been taken.
      assert.equal((await received(hook)).length, 1)
      await page.reload()
      assert.equal(await retries(page).inputValue(), '0')
      await retries(page).fill(String(before.retry.maxCount))
      await save(page, before.version + 2)
    })
    assert.deepEqual((await settingsNow()).retry, before.retry)
  })
})
