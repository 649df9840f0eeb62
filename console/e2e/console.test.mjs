// The console against a real server and its provider simulator, step by step as people use it.
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import {
  accepted,
  api,
  makeTenant,
  PLATFORM_KEY,
  quickRetries,
  received,
  SIMULATOR,
  script,
  sendMany,
  until,
} from './api.mjs'
import { launch } from './browser.mjs'
import {
  assertQuiet,
  choose,
  confirm,
  drawn,
  openPage,
  scrollThrough,
  settled,
  state,
  violations,
  visit,
  write,
} from './page.mjs'

let browser
let tenant
let restore
const hook = `/webhook/e2e-${Date.now().toString(36)}`
const BUSINESS_TYPE = 'ORDER_PAID'
const ROWS = Number(process.env.E2E_MESSAGES ?? 10_000)

before(async () => {
  browser = await launch()
  tenant = await makeTenant('Console test')
  restore = await quickRetries()
})
after(async () => {
  await script({ path: hook, clear: true })
  await restore?.()
  await browser?.close()
})

const signedIn = (path, body, options = {}) => visit(browser, { key: tenant.key, path, ...options }, body)

describe('console', () => {
  test('refuses a wrong key, takes a right one, and forgets it with the tab', async () => {
    const { page, errors, close } = await openPage(browser, { path: '/messages' })
    await page.getByLabel('API key').fill('ph_wrong')
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.getByText('This key is not valid, or no longer.').waitFor()
    await page.getByLabel('API key').fill(tenant.key)
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.getByRole('heading', { name: 'Messages', level: 1 }).waitFor()
    assert.equal(await page.evaluate(() => localStorage.getItem('posthorn.key')), null)
    await page.getByRole('button', { name: 'Account' }).click()
    await page.getByText('Sign out').click()
    await page.getByRole('button', { name: 'Sign in' }).waitFor()
    assert.equal(await page.evaluate(() => sessionStorage.getItem('posthorn.key')), null)
    // The browser itself logs the refusal.
    assertQuiet(errors, /status of 401/)
    await close()
  })

  test('creates a channel, and shows its secret masked', () =>
    signedIn('/channels', async (page) => {
      await page.getByRole('link', { name: 'New channel' }).first().click()
      await choose(page, 'Kind', 'Webhook')
      await page.getByLabel('Name').fill('Orders')
      await page.getByLabel('URL').fill(`${SIMULATOR}${hook}`)
      await page.getByLabel('Signing secret', { exact: true }).fill('whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw')
      await page.getByRole('button', { name: 'Create' }).click()
      await page.getByRole('link', { name: 'Orders' }).click()
      await page.getByRole('heading', { name: 'Orders' }).waitFor()
      assert.match(await page.getByLabel('Signing secret', { exact: true }).inputValue(), /^•+LaSw$/)
    }))

  test('says what is wrong beside the field', () =>
    signedIn('/channels/new', async (page) => {
      await choose(page, 'Kind', 'DingTalk')
      await page.getByLabel('Name').fill('Robot')
      await page.getByLabel('Webhook', { exact: true }).fill('ftp://nowhere')
      await page.getByRole('button', { name: 'Create' }).click()
      await page.locator('.ant-form-item-explain-error').filter({ hasText: 'https' }).waitFor()
      const { channelConfigs } = await api('{ channelConfigs { totalCount } }', {}, tenant.key)
      assert.equal(channelConfigs.totalCount, 1)
    }))

  test('creates a template with a live preview, its error at its line', () =>
    signedIn('/templates', async (page) => {
      await page.getByRole('link', { name: 'New template' }).first().click()
      await page.getByLabel('Name').fill('Order paid')
      await page.getByLabel('Business type').fill(BUSINESS_TYPE)
      await choose(page, 'Channel', 'Webhook')
      await write(page, 'Text', 'Order ${orderId}\n{% if total %}')
      await page.getByText('It cannot be rendered like this').waitFor()
      await page.locator('.cm-lint-marker-error').waitFor()
      await write(page, 'Sample data', '{"orderId": "A-17", "total": 5}')
      await write(page, 'Text', 'Order ${orderId}: {{ total }}')
      await page.locator('.bubble').getByText('Order A-17: 5').waitFor()
      await page.getByRole('button', { name: 'Create' }).click()
      await page.getByText('Version 1', { exact: true }).first().waitFor()
    }))

  test('keeps versions, shows their difference, and restores one', () =>
    signedIn('/templates', async (page) => {
      await page.getByRole('link', { name: 'Text Default language' }).click()
      await write(page, 'Text', 'Paid: ${orderId}, {{ total }}')
      await page.getByRole('button', { name: 'Save' }).click()
      await page.getByText('Version 2', { exact: true }).first().waitFor()
      await page.getByRole('button', { name: /^Version 1/ }).click()
      await page.locator('.diff .cm-deletedChunk').waitFor()
      await page.getByRole('button', { name: 'Restore' }).click()
      await confirm(page, 'Restore')
      await page.getByText('Version 3', { exact: true }).first().waitFor()
      assert.match(await page.locator('.cm-content[aria-label="Text"]').innerText(), /^Order \$\{orderId\}/)
    }))

  async function compose(page, orderId) {
    await page.getByLabel('Business type').fill(BUSINESS_TYPE)
    await write(page, 'Business data', JSON.stringify({ orderId, total: 42 }))
  }

  test('sends, and follows the message to its end without a reload', () =>
    signedIn('/compose', async (page) => {
      await compose(page, 'S-1')
      await page.getByRole('button', { name: 'Send', exact: true }).click()
      await page.getByRole('heading', { name: BUSINESS_TYPE }).waitFor()
      await state(page, 'Succeeded')
      await page.getByText('accepted by the provider').waitFor()
      await page.locator('.bubble').getByText('Order S-1: 42').waitFor()
      assert.equal((await received(hook)).length, 1)
    }))

  test('shows the retry while it waits, and the success after it', () =>
    signedIn('/compose', async (page) => {
      await script({ path: hook, failNext: 1, status: 503 })
      await compose(page, 'R-1')
      await page.getByRole('button', { name: 'Send', exact: true }).click()
      await page.locator('.delivery').getByText('Waits for retry').waitFor()
      await state(page, 'Succeeded')
      await page.locator('.trace').getByText('failed, tries again').waitFor()
      await page.locator('.trace-pause').waitFor()
    }))

  test('retries a message that failed for good', () =>
    signedIn('/compose', async (page) => {
      await script({ path: hook, failNext: 1, status: 400 })
      await compose(page, 'F-1')
      await page.getByRole('button', { name: 'Send', exact: true }).click()
      await state(page, 'Failed')
      await page.getByRole('alert').getByText('All channels failed').waitFor()
      await page.getByRole('button', { name: 'Retry' }).click()
      await confirm(page, 'Retry')
      await state(page, 'Succeeded')
    }))

  test('cancels a scheduled message', async () => {
    const scheduledAt = new Date(Date.now() + 3_600_000).toISOString()
    const input = { businessType: BUSINESS_TYPE, businessData: { orderId: 'C-1', total: 1 }, scheduledAt }
    const [id] = await sendMany([input], tenant.key)
    const sent = (await received(hook)).length
    await signedIn(`/messages/${id}`, async (page) => {
      await state(page, 'Scheduled')
      await page.getByRole('button', { name: 'Cancel message' }).click()
      await confirm(page, 'Cancel message')
      await page.getByText('Cancelled: nothing of it will be sent').waitFor()
      await state(page, 'Cancelled')
    })
    assert.equal((await received(hook)).length, sent)
  })

  test('brings new messages into the list, and changes in place', () =>
    signedIn('/messages', async (page) => {
      await page.getByRole('link', { name: /^msg_/ }).first().waitFor()
      const [id] = await sendMany(
        [{ businessType: BUSINESS_TYPE, businessData: { orderId: 'L-1', total: 1 } }],
        tenant.key,
      )
      const row = page.getByRole('row').filter({ hasText: id })
      await row.getByText('Succeeded').waitFor()
      assert.equal(await page.getByRole('row').nth(1).getByRole('link').innerText(), id)
    }))

  test('says when the live connection is lost, and catches up when it is back', async () => {
    let cut = false
    const sockets = []
    const subscribed = []
    const prepare = (page) =>
      page.routeWebSocket('**/graphql', (socket) => {
        if (cut) return socket.close({ code: 1012, reason: 'restarting' })
        const server = socket.connectToServer()
        sockets.push(socket, server)
        socket.onMessage((message) => {
          server.send(message)
          const { type, payload } = JSON.parse(message)
          if (type === 'subscribe') subscribed.push(payload.variables)
        })
      })
    await signedIn(
      '/messages',
      async (page) => {
        await page.getByRole('link', { name: /^msg_/ }).first().waitFor()
        await until('the first cursor', () => subscribed.length > 0)
        const [seen] = await sendMany(
          [{ businessType: BUSINESS_TYPE, businessData: { orderId: 'B-0', total: 1 } }],
          tenant.key,
        )
        await page.getByRole('row').filter({ hasText: seen }).getByText('Succeeded').waitFor()
        const place = () => page.locator('.message-table').boundingBox()
        const before = await place()
        cut = true
        for (const socket of sockets) await socket.close({ code: 1012, reason: 'restarting' })
        await page.getByText('Live connection lost.').waitFor()
        assert.deepEqual(await place(), before)
        const [id] = await sendMany(
          [{ businessType: BUSINESS_TYPE, businessData: { orderId: 'B-1', total: 1 } }],
          tenant.key,
        )
        assert.equal(await page.getByRole('row').filter({ hasText: id }).count(), 0)
        cut = false
        await page.getByText('Live connection lost.').waitFor({ state: 'detached' })
        assert.deepEqual(await place(), before)
        await page.getByRole('row').filter({ hasText: id }).waitFor()
        // What was missed is told from the last cursor on, not read anew as a whole.
        assert.match(subscribed.at(-1).after, /^[0-9a-f]+\.[0-9a-f]+$/)
      },
      { prepare },
    )
  })

  test('says when the server is away on pages that only poll, and reads them anew when it is back', async () => {
    const { page, errors, close } = await openPage(browser, { key: tenant.key, path: '/channels' })
    const table = page.getByRole('table')
    await table.getByRole('link').first().waitFor()
    await drawn(page)
    const before = await table.boundingBox()
    await page.route('**/graphql', (route) => route.abort())
    const banner = page.getByText('The server is not available just now.')
    await banner.waitFor()
    assert.deepEqual(await table.boundingBox(), before)
    await page.unroute('**/graphql')
    await banner.waitFor({ state: 'detached' })
    assert.deepEqual(await table.boundingBox(), before)
    assertQuiet(errors, /ERR_FAILED/)
    await close()
  })

  test('keeps filters in the address', () =>
    signedIn('/messages', async (page) => {
      await choose(page, 'Status', 'Cancelled')
      await page.waitForURL(/status=/)
      await page.keyboard.press('Escape')
      await page.getByText('1 loaded').waitFor()
      await page.reload()
      await page.getByText('1 loaded').waitFor()
      await page.getByRole('button', { name: 'Clear filters' }).click()
      await page.getByText('1 loaded').waitFor({ state: 'detached' })
    }))

  test(`pages through ${ROWS} messages, and never jumps while new ones come`, async () => {
    const bulk = Array.from({ length: ROWS }, (_, n) => ({
      businessType: 'BULK',
      businessData: { n },
      targetChannels: ['LOCAL'],
    }))
    await sendMany(bulk, tenant.key)
    await signedIn('/messages?businessType=BULK', async (page) => {
      const scroller = page.locator('.message-scroll')
      await page.getByText('100+ loaded').waitFor()
      await scrollThrough(page, ROWS)
      await scroller.evaluate((element) => element.scrollTo(0, element.scrollHeight))
      assert.ok((await page.getByRole('row').count()) < 80, 'only rows in view exist')
      await scroller.evaluate((element) => element.scrollTo(0, 4000))
      await drawn(page)
      const before = await page.evaluate(() => {
        const box = document.querySelector('.message-scroll').getBoundingClientRect()
        return document
          .elementFromPoint(box.left + 600, box.top + 200)
          .closest('.message-row')
          .querySelector('a').innerText
      })
      await sendMany([{ businessType: 'BULK', businessData: {} }], tenant.key)
      await page.getByRole('button', { name: '1 new' }).waitFor()
      const after = await page.evaluate(() => {
        const box = document.querySelector('.message-scroll').getBoundingClientRect()
        return document
          .elementFromPoint(box.left + 600, box.top + 200)
          .closest('.message-row')
          .querySelector('a').innerText
      })
      assert.equal(after, before)
    })
  })

  test('switches the language and the theme, and remembers both', () =>
    signedIn('/messages', async (page) => {
      await page.getByRole('button', { name: 'Language' }).click()
      await page.getByText('中文', { exact: true }).click()
      await page.getByRole('heading', { name: '消息', level: 1 }).waitFor()
      assert.equal(await page.evaluate(() => document.documentElement.lang), 'zh-CN')
      await page.getByRole('button', { name: '主题' }).click()
      await page.getByText('深色').click()
      assert.equal(await page.evaluate(() => document.documentElement.dataset.theme), 'dark')
      await page.reload()
      await page.getByRole('heading', { name: '消息', level: 1 }).waitFor()
      assert.equal(await page.evaluate(() => document.documentElement.dataset.theme), 'dark')
    }))

  test('jumps to a message by the command palette, with the keyboard alone', async () => {
    const [id] = await sendMany(
      [{ messageId: `mine-${tenant.code}`, businessType: BUSINESS_TYPE, businessData: { orderId: 'P', total: 1 } }],
      tenant.key,
    )
    await signedIn('/', async (page) => {
      await page.getByRole('heading', { name: 'Overview' }).waitFor()
      await page.keyboard.press('Control+k')
      const field = page.getByRole('combobox', { name: /message id/ })
      const dialog = page.getByRole('dialog', { name: 'Jump to' })
      await dialog.waitFor()
      await settled(page)
      assert.deepEqual(await violations(page), [])
      // The last entry, which is below the edge of the list.
      await field.press('ArrowUp')
      const list = await dialog.getByRole('listbox').boundingBox()
      const chosen = await dialog.getByRole('option', { selected: true }).boundingBox()
      assert.ok(chosen.y >= list.y && chosen.y + chosen.height <= list.y + list.height + 1)
      await field.fill(id)
      await page.keyboard.press('Enter')
      await page.getByText(id, { exact: true }).first().waitFor()
      await state(page, 'Succeeded')
    })
  })

  test('lets a platform admin switch tenants, and carries the tenant along', () =>
    signedIn(
      '/channels',
      async (page) => {
        await page.getByRole('link', { name: 'Orders' }).first().waitFor()
        await page.getByLabel('Tenant', { exact: true }).fill(tenant.code)
        await page.keyboard.press('Enter')
        await page.waitForURL(new RegExp(`tenant=${tenant.code}`))
        await page.getByRole('link', { name: 'Messages' }).click()
        await page.waitForURL(new RegExp(`/messages\\?.*tenant=${tenant.code}`))
      },
      { key: PLATFORM_KEY },
    ))

  test('offers a viewer nothing that it may not do', async () => {
    const { createApiKey } = await api(
      'mutation($input: ApiKeyInput!) { createApiKey(input: $input) { secret userErrors { message } } }',
      { input: { name: 'looks', role: 'VIEWER' } },
      tenant.key,
    )
    await signedIn(
      '/channels',
      async (page) => {
        await page.getByRole('link', { name: 'Orders' }).waitFor()
        for (const name of ['New channel', 'Delete', 'Disable']) {
          assert.equal(await page.getByRole('button', { name }).count(), 0, name)
        }
        assert.equal(await page.getByRole('link', { name: 'Compose' }).count(), 0)
        assert.equal(await page.getByRole('link', { name: 'API keys' }).count(), 0)
      },
      { key: createApiKey.secret },
    )
  })

  test('shows a new key once, and a revoked one signs its holder out', () =>
    signedIn('/api-keys', async (page) => {
      await page.getByRole('button', { name: 'New API key' }).click()
      await page.getByLabel('Name').fill('short-lived')
      await page.getByRole('dialog').getByRole('button', { name: 'Create' }).click()
      const secret = (await page.getByTestId('secret').innerText()).trim()
      await page.getByRole('button', { name: 'I have kept it' }).click()
      const other = await openPage(browser, { key: secret, path: '/messages' })
      await other.page.getByRole('heading', { name: 'Messages', level: 1 }).waitFor()
      const row = page.getByRole('row').filter({ hasText: 'short-lived' })
      await row.getByRole('button', { name: 'Revoke' }).click()
      await confirm(page, 'Revoke')
      await row.getByText('Revoked').waitFor()
      await until('the key to be refused', async () => !(await accepted(secret)))
      await other.page.reload()
      await other.page.getByRole('button', { name: 'Sign in' }).waitFor()
      await other.close()
    }))

  test('says that there is nothing at an unknown address', () =>
    signedIn('/nowhere', async (page) => {
      await page.getByRole('heading', { name: 'Not found' }).waitFor()
    }))
})
