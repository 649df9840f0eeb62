// What people who watch do: read the numbers, cancel and retry many at once, take the list away as a file, reveal recipients.
import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { after, before, describe, test } from 'node:test'
import { api, ended, makeTenant, received, SIMULATOR, script, sendMany, until } from './api.mjs'
import { launch } from './browser.mjs'
import { confirm, visit } from './page.mjs'

let browser
let tenant
const path = `/webhook/watch-${Date.now().toString(36)}`
const MOBILE = '13912345678'
/** As the dialog names them, with the endings of their files. */
const FORMATS = { 'CSV (UTF-8)': 'csv', 'Excel (XLSX)': 'xlsx' }

before(async () => {
  browser = await launch()
  tenant = await makeTenant('Watching')
  const config = { url: SIMULATOR + path, secret: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw' }
  await api(
    'mutation($input: ChannelConfigInput!) { createChannelConfig(input: $input) { userErrors { message } } }',
    { input: { channelType: 'WEBHOOK', name: 'Hook', config } },
    tenant.key,
  )
})
after(async () => {
  await script({ path, clear: true })
  await browser?.close()
})

const signedIn = (at, body, options = {}) => visit(browser, { key: tenant.key, path: at, ...options }, body)

const send = (count, more = {}) =>
  sendMany(
    Array.from({ length: count }, (_, n) => ({
      businessType: 'NOTICE',
      businessData: { n, phone: MOBILE },
      content: { body: `Notice ${n}` },
      recipients: [{ userId: 'zhangsan', mobile: MOBILE }],
      ...more,
    })),
    tenant.key,
  )

/** The row that a total stands in, without its name. */
const tile = async (page, name) =>
  (await page.locator('.tile').filter({ hasText: name }).locator('.tile-value').innerText()).trim()

describe('watching', () => {
  test('counts what happens on the overview while it is open, and keeps the range in the address', async () => {
    await ended(await send(3), tenant.key)
    await script({ path, failNext: 2, status: 400 })
    await ended(await send(2), tenant.key)
    await signedIn('/', async (page) => {
      await until('the totals', async () => (await tile(page, 'Accepted')) === '5')
      assert.equal(await tile(page, 'Success rate'), '60%')
      assert.equal(await tile(page, 'Failed or partial'), '2')
      // Without a reload.
      await ended(await send(1), tenant.key)
      await until('the sixth', async () => (await tile(page, 'Accepted')) === '6')
      const channel = page.getByRole('row').filter({ hasText: 'Webhook' })
      assert.match(await channel.innerText(), /^Webhook\s+4\s+2\s+0\s+66\.67%/)
      const chart = page.locator('.card').filter({ has: page.getByRole('heading', { name: 'Messages per minute' }) })
      await chart.getByRole('img', { name: /^Messages over time/ }).waitFor()
      await chart.getByRole('button', { name: 'As table' }).click()
      await chart.getByRole('table').waitFor()
      assert.equal(await chart.locator('tbody tr').count(), 60)
      await page.getByText('7 days', { exact: true }).click()
      await page.waitForURL(/range=week/)
      await page.getByRole('heading', { name: 'Messages per hour' }).waitFor()
      await page.reload()
      await page.getByRole('heading', { name: 'Messages per hour' }).waitFor()
      await page.getByRole('link', { name: 'Message refused' }).click()
      await page.waitForURL(/\/failed\?.*code=BAD_MSG/)
      await page.locator('tbody tr.ant-table-row').nth(1).waitFor()
    })
  })

  test('cancels the chosen messages, and says why it could not cancel the others', async () => {
    const later = await send(4, { businessType: 'MIXED', scheduledAt: new Date(Date.now() + 3_600_000).toISOString() })
    const gone = await send(2, { businessType: 'MIXED' })
    await ended(gone, tenant.key)
    const sent = (await received(path)).length
    await signedIn('/messages?businessType=MIXED', async (page) => {
      await page.getByText('6 loaded').waitFor()
      await page.getByLabel('Choose all loaded messages').check()
      await page.getByRole('button', { name: 'Cancel message' }).click()
      await confirm(page, 'Cancel message')
      const report = page.getByRole('alert')
      await report.getByText('Cancelled 4 of 6').waitFor()
      const kept = report.getByRole('listitem').filter({ hasText: 'It has ended; there is nothing left to cancel' })
      assert.match(await kept.innerText(), /^2 · /)
      assert.deepEqual((await kept.getByRole('link').allInnerTexts()).sort(), gone.sort())
    })
    await ended(later, tenant.key)
    assert.equal((await received(path)).length, sent)
  })

  test('retries the chosen messages, and says which of them have nothing to retry', async () => {
    const businessType = 'AGAIN'
    await script({ path, failNext: 3, status: 400 })
    const failed = await send(3, { businessType })
    await ended(failed, tenant.key)
    const [fine] = await send(1, { businessType })
    await ended([fine], tenant.key)
    const sent = (await received(path)).length
    await signedIn(`/messages?businessType=${businessType}`, async (page) => {
      await page.getByText('4 loaded').waitFor()
      const row = (id) => page.getByRole('row').filter({ hasText: id })
      for (const id of failed) await row(id).getByText('All channels failed').waitFor()
      // One of the failed ones is left out.
      const [left, ...chosen] = failed
      for (const id of [...chosen, fine]) await page.getByLabel(`Choose message ${id}`).check()
      await page.getByText('3 chosen').waitFor()
      await page.getByRole('button', { name: 'Retry' }).click()
      await confirm(page, 'Retry')
      const report = page.getByRole('alert')
      await report.getByText('Retried 2 of 3').waitFor()
      const kept = report.getByRole('listitem').filter({ hasText: 'No channel has failed; there is nothing to retry' })
      assert.deepEqual(await kept.getByRole('link').allInnerTexts(), [fine])
      for (const id of chosen) await row(id).getByText('Succeeded').waitFor()
      await row(left).getByText('All channels failed').waitFor()
      await report.getByRole('button', { name: 'Close' }).click()
      await report.waitFor({ state: 'detached' })
    })
    await ended(failed, tenant.key)
    assert.equal((await received(path)).length, sent + 2)
  })

  test('keeps a filtered list in its order, and marks what no longer matches', async () => {
    const listed = '/messages?businessType=LATE&status=%5B%22FAILED%22%2C%22CANCELLED%22%5D'
    const [older] = await send(1, { businessType: 'LATE', scheduledAt: new Date(Date.now() + 3_600_000).toISOString() })
    await script({ path, failNext: 1, status: 400 })
    const [newer] = await send(1, { businessType: 'LATE' })
    await ended([newer], tenant.key)
    await signedIn(listed, async (page) => {
      const rows = page.locator('.message-row')
      const shown = async () => {
        // Rows are placed by transform: where they are is what counts.
        const places = await rows.evaluateAll((all) =>
          all
            .map((one) => ({ top: one.getBoundingClientRect().top, id: one.querySelector('a').textContent }))
            .sort((one, other) => one.top - other.top),
        )
        return places.map(({ id }) => id)
      }
      await page.getByText('1 loaded').waitFor()
      assert.deepEqual(await shown(), [newer])
      // The older one comes to match later.
      await api('mutation($id: String!) { cancelMessage(messageId: $id) { errorCode } }', { id: older }, tenant.key)
      await page.getByText('2 loaded').waitFor()
      assert.deepEqual(await shown(), [newer, older])
      await page.reload()
      await page.getByText('2 loaded').waitFor()
      assert.deepEqual(await shown(), [newer, older])
      await api('mutation($id: String!) { retryMessage(messageId: $id) { errorCode } }', { id: newer }, tenant.key)
      const row = rows.filter({ hasText: newer })
      await row.getByText('Succeeded').waitFor()
      await row.getByText('Left the filter').waitFor()
      assert.doesNotMatch(await row.innerText(), /All channels failed/)
      assert.deepEqual(await shown(), [newer, older])
    })
  })

  const FILTERED = '/messages?businessType=MIXED&status=%5B%22CANCELLED%22%5D'

  /** Exports the list in this format. */
  async function take(page, format) {
    await page.getByRole('button', { name: 'Export' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByText('100,000 rows at most').waitFor()
    await dialog.getByLabel(format).check()
    await dialog.getByRole('button', { name: 'Export' }).click()
    await dialog.waitFor({ state: 'hidden' })
  }

  /** The filtered messages and nothing else. */
  function assertExported(format, name, bytes) {
    const content = bytes.toString()
    const begin = format.startsWith('CSV') ? 'id,messageId,' : 'PK'
    assert.equal(content.slice(0, begin.length), begin)
    if (format.startsWith('CSV')) assert.equal(content.trimEnd().split('\r\n').length, 5)
    assert.match(name, new RegExp(`^messages-${tenant.code}-\\d{4}-\\d\\d-\\d\\d\\.${FORMATS[format]}$`))
  }

  test('hands the filtered list out as a file', () =>
    signedIn(
      FILTERED,
      async (page) => {
        await page.getByText('4 loaded').waitFor()
        for (const format of Object.keys(FORMATS)) {
          const download = page.waitForEvent('download')
          await take(page, format)
          const file = await download
          assertExported(format, file.suggestedFilename(), await readFile(await file.path()))
        }
      },
      // Where the browser can write into a chosen file it asks a person, and there is none here.
      { prepare: (page) => page.addInitScript(() => delete window.showSaveFilePicker) },
    ))

  test('writes the file as it comes where the browser lets the reader choose one', () =>
    signedIn(
      FILTERED,
      async (page) => {
        await page.getByText('4 loaded').waitFor()
        for (const format of Object.keys(FORMATS)) {
          await take(page, format)
          const { name, type, base64 } = await page.evaluate(async () => {
            const file = await window.chosen.handle.getFile()
            const bytes = new Uint8Array(await file.arrayBuffer())
            const [{ accept }] = window.chosen.options.types
            return { name: file.name, type: Object.values(accept)[0], base64: btoa(String.fromCharCode(...bytes)) }
          })
          assert.deepEqual(type, [`.${FORMATS[format]}`])
          assertExported(format, name, Buffer.from(base64, 'base64'))
        }
      },
      {
        // Only the choice is played: the file is a real one, in the browser's own file system.
        prepare: (page) =>
          page.addInitScript(() => {
            window.showSaveFilePicker = async (options) => {
              const root = await navigator.storage.getDirectory()
              const handle = await root.getFileHandle(options.suggestedName, { create: true })
              window.chosen = { handle, options }
              return handle
            }
          }),
      },
    ))

  test('shows an operator masks until they ask', async () => {
    const [id] = await send(1)
    await ended([id], tenant.key)
    const { createApiKey } = await api(
      'mutation($input: ApiKeyInput!) { createApiKey(input: $input) { secret userErrors { message } } }',
      { input: { name: 'operates', role: 'OPERATOR' } },
      tenant.key,
    )
    await signedIn(
      `/messages/${id}`,
      async (page) => {
        await page.getByText('Mobile 139****5678').waitFor()
        assert.doesNotMatch(await page.locator('main').innerText(), new RegExp(MOBILE))
        await page.getByText('are masked in here too').waitFor()
        await page.getByRole('button', { name: 'Reveal' }).click()
        await page.getByText(`Mobile ${MOBILE}`).waitFor()
        // A draft of masks would be for nobody; sending again takes the original.
        await page.getByRole('button', { name: 'Send again' }).waitFor()
        assert.equal(await page.getByRole('link', { name: 'Use as draft' }).count(), 0)
      },
      { key: createApiKey.secret },
    )
  })
})
