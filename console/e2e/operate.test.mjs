// What operators do when providers misbehave: breakers, the failed set, unknown outcomes, sending again.
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { api, ended, makeTenant, quickRetries, received, SIMULATOR, script, sendMany, until } from './api.mjs'
import { launch } from './browser.mjs'
import { confirm, state, visit } from './page.mjs'

let browser
let tenant
let restore
const run = Date.now().toString(36)
const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'
const paths = { flaky: `/webhook/flaky-${run}`, poor: `/webhook/poor-${run}` }

before(async () => {
  browser = await launch()
  tenant = await makeTenant('Operations')
  restore = await quickRetries()
  for (const [storeId, path] of Object.entries(paths)) {
    const input = {
      channelType: 'WEBHOOK',
      name: `Hook ${storeId}`,
      storeId,
      config: { url: SIMULATOR + path, secret: SECRET },
    }
    await api(
      'mutation($input: ChannelConfigInput!) { createChannelConfig(input: $input) { userErrors { message } } }',
      { input },
      tenant.key,
    )
  }
})
after(async () => {
  for (const path of Object.values(paths)) await script({ path, clear: true })
  await restore?.()
  await browser?.close()
})

const signedIn = (path, body) => visit(browser, { key: tenant.key, path }, body)
const send = (storeId, count) =>
  sendMany(
    Array.from({ length: count }, (_, n) => ({
      businessType: 'NOTICE',
      businessData: { n },
      storeId,
      content: { body: `Notice ${n}` },
    })),
    tenant.key,
  )

describe('operating', () => {
  test('shows an open breaker where it matters, and closing it sends what waited', async () => {
    await script({ path: paths.flaky, status: 503 })
    const { systemSettings } = await api('{ systemSettings { breaker { failures } } }')
    const ids = await send('flaky', systemSettings.breaker.failures + 2)
    await signedIn('/channels', async (page) => {
      const row = page.getByRole('row').filter({ hasText: 'Hook flaky' })
      await row.getByText('Breaker open').waitFor()
      await row.getByText('HTTP 503', { exact: true }).waitFor()
      await page.getByRole('link', { name: 'Hook flaky' }).click()
      await page.getByRole('heading', { name: 'Circuit breaker' }).waitFor()
      await script({ path: paths.flaky, clear: true })
      await page.getByRole('button', { name: 'Close the breaker' }).click()
      await confirm(page, 'Close the breaker')
      await page.getByRole('heading', { name: 'Circuit breaker' }).waitFor({ state: 'detached' })
    })
    await ended(ids, tenant.key)
    await signedIn(`/messages/${ids.at(-1)}`, (page) => state(page, 'Succeeded'))
  })

  test('retries a filtered failed set in the background, with its progress', async () => {
    await script({ path: paths.poor, status: 400 })
    const ids = await send('poor', 30)
    await ended(ids, tenant.key)
    await script({ path: paths.poor, clear: true })
    const before = (await received(paths.poor)).length
    await signedIn('/failed?code=BAD_MSG', async (page) => {
      await page.getByRole('row').filter({ hasText: 'Message refused' }).first().waitFor()
      assert.equal(await page.locator('tbody tr.ant-table-row').count(), 30)
      await page.getByRole('button', { name: 'Retry all of these' }).click()
      const dialog = page.getByRole('dialog')
      await dialog.getByLabel('Tasks per second, at most').fill('8')
      await dialog.getByRole('button', { name: 'Retry them' }).click()
      const job = page.locator('.job').first()
      await job.getByText('At work').waitFor()
      await job.getByRole('button', { name: 'Pause' }).click()
      await job.getByText('Paused').waitFor()
      const paused = (await received(paths.poor)).length - before
      assert.ok(paused < 30, `${paused} were sent before the pause`)
      await job.getByRole('button', { name: 'Resume' }).click()
      await job.getByText('Done', { exact: true }).waitFor()
      await job.getByText('30 of 30').waitFor()
      await page.getByText('Nothing has failed').waitFor()
    })
    await until('all to be sent', async () => (await received(paths.poor)).length === before + 30)
  })

  test('does not call failed what nobody knows, and sends it again as a new message', async () => {
    await script({ path: paths.poor, failNext: 1, reset: true })
    const [id] = await send('poor', 1)
    await signedIn(`/messages/${id}`, async (page) => {
      // A webhook has an idempotency key, so it is tried again.
      await page.locator('.trace').getByText('outcome unknown').waitFor()
      await state(page, 'Succeeded')
      await page.getByRole('button', { name: 'Send again' }).click()
      const dialog = page.getByRole('dialog')
      await dialog.getByLabel('Message id').fill(`again-${run}`)
      await dialog.getByRole('button', { name: 'Send again' }).click()
      await page.getByText(`again-${run}`, { exact: true }).waitFor()
      await state(page, 'Succeeded')
      await page.locator('.fact-link').getByText(id).click()
      await page.locator('.trace').getByText('sent again').waitFor()
      assert.equal(await page.getByText('Sent again as').count(), 1)
    })
  })

  test('opens the playground with the key of the session', () =>
    signedIn('/playground', async (page) => {
      const opened = page.waitForEvent('popup')
      await page.getByRole('link', { name: 'Open GraphiQL' }).click()
      const playground = await opened
      await playground.locator('.graphiql-query-editor .CodeMirror').first().click()
      await playground.keyboard.press('Control+a')
      // The editor takes note of an operation's name a moment late: this one it knows from the example.
      await playground.keyboard.insertText('query Send { viewer { role } }')
      await playground.keyboard.press('Control+Enter')
      await playground.locator('.result-window').getByText('TENANT_ADMIN').waitFor()
    }))
})
