// The messages list with tens of thousands of rows while hundreds of events come in each second: the main thread stays
// free. Thresholds and sizes can be set, for machines that do other work at the same time.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { makeTenant, sendMany } from './api.mjs'
import { launch } from './browser.mjs'
import { assertQuiet, openPage } from './page.mjs'

const ROWS = Number(process.env.LOAD_ROWS ?? 50_000)
const EVENTS_PER_SECOND = Number(process.env.LOAD_EVENTS ?? 200)
const SECONDS = Number(process.env.LOAD_SECONDS ?? 10)
const BLOCKED_MS = Number(process.env.LOAD_BLOCKED_MS ?? 50)

let browser
let tenant

before(async () => {
  browser = await launch()
  tenant = await makeTenant('Load')
})
after(() => browser?.close())

/** A message without a channel ends at once: it makes two events, accepted and failed. */
const EVENTS_EACH = 2
const message = (n) => ({ businessType: 'LOAD', businessData: { n }, targetChannels: ['SMS'] })

async function keepSending(seconds) {
  const perTick = Math.ceil(EVENTS_PER_SECOND / EVENTS_EACH / 5)
  const end = Date.now() + seconds * 1000
  let sent = 0
  while (Date.now() < end) {
    const started = Date.now()
    await sendMany(
      Array.from({ length: perTick }, (_, n) => message(sent + n)),
      tenant.key,
    )
    sent += perTick
    await new Promise((resolve) => setTimeout(resolve, Math.max(0, 200 - (Date.now() - started))))
  }
  return sent
}

test(`${ROWS} rows and ${EVENTS_PER_SECOND} events/s block the page for less than ${BLOCKED_MS} ms at a time`, async () => {
  await sendMany(
    Array.from({ length: ROWS }, (_, n) => message(n)),
    tenant.key,
  )
  const { page, errors, close } = await openPage(browser, { key: tenant.key, path: '/messages' })
  const scroller = page.locator('.message-scroll')
  await page.getByText('100+ loaded').waitFor()
  const deadline = Date.now() + 600_000
  while (!(await page.getByText(`${ROWS} loaded`).isVisible())) {
    assert.ok(Date.now() < deadline, 'the end was not reached in time')
    await scroller.evaluate((element) => element.scrollTo(0, element.scrollHeight))
    await page.waitForTimeout(20)
  }
  for (const place of ['in the middle', 'at the top']) {
    await scroller.evaluate((element, top) => element.scrollTo(0, top), place === 'at the top' ? 0 : 400_000)
    await page.waitForTimeout(2000)
    await page.evaluate(() => {
      globalThis.blocked = []
      globalThis.observer?.disconnect()
      globalThis.observer = new PerformanceObserver((list) => {
        for (const entry of list.getEntries()) globalThis.blocked.push(Math.round(entry.duration))
      })
      globalThis.observer.observe({ type: 'longtask' })
    })
    const sent = await keepSending(SECONDS)
    await page.waitForTimeout(1500)
    const blocked = await page.evaluate(() => globalThis.blocked)
    console.log(
      `${place}: ${sent} messages, ${(sent * EVENTS_EACH) / SECONDS} events/s, long tasks (ms): ${blocked.join(' ') || 'none'}`,
    )
    assert.ok(sent * EVENTS_EACH >= EVENTS_PER_SECOND * SECONDS * 0.9, 'the server was sent too little')
    assert.deepEqual(
      blocked.filter((ms) => ms > BLOCKED_MS),
      [],
    )
  }
  assertQuiet(errors)
  await close()
})
