// The messages list with tens of thousands of rows while hundreds of events come in each second: the main thread stays
// free. Thresholds and sizes can be set, for machines that do other work at the same time.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { makeTenant, sendMany } from './api.mjs'
import { launch } from './browser.mjs'
import { assertQuiet, openPage, settled } from './page.mjs'

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

/** Sends at an even pace; answers the ids, oldest first. */
async function keepSending(seconds) {
  const perTick = Math.ceil(EVENTS_PER_SECOND / EVENTS_EACH / 5)
  const end = Date.now() + seconds * 1000
  const ids = []
  while (Date.now() < end) {
    const started = Date.now()
    const batch = Array.from({ length: perTick }, (_, n) => message(ids.length + n))
    ids.push(...(await sendMany(batch, tenant.key)))
    await new Promise((resolve) => setTimeout(resolve, Math.max(0, 200 - (Date.now() - started))))
  }
  return ids
}

/** Scrolls to the end again and again, each time as soon as there is more, until all rows are loaded. */
async function loadAll(page) {
  const count = page.locator('.page-head .muted').first()
  await page.getByText('100+ loaded').waitFor()
  for (let shown = await count.innerText(); shown !== `${ROWS} loaded`; shown = await count.innerText()) {
    await page.locator('.message-scroll').evaluate((element) => element.scrollTo(0, element.scrollHeight))
    await page.waitForFunction((before) => document.querySelector('.page-head .muted').textContent !== before, shown, {
      timeout: 60_000,
    })
  }
}

/**
 * What holds up the main thread from now on, in milliseconds at a time: by the clock, as a reader feels it, and the page's
 * own share of it. The two differ where other programs want the same processor.
 */
async function watchTasks(page) {
  const tracing = await page.context().newCDPSession(page)
  const events = []
  tracing.on('Tracing.dataCollected', ({ value }) => events.push(...value))
  const includedCategories = ['disabled-by-default-devtools.timeline', 'devtools.timeline']
  await tracing.send('Tracing.start', { transferMode: 'ReportEvents', traceConfig: { includedCategories } })
  return async () => {
    const complete = new Promise((resolve) => tracing.once('Tracing.tracingComplete', resolve))
    await tracing.send('Tracing.end')
    await complete
    await tracing.detach()
    const mains = events.filter(({ name, args }) => name === 'thread_name' && args.name === 'CrRendererMain')
    const tasksOf = ({ pid, tid }) =>
      events.filter((one) => one.name === 'RunTask' && one.pid === pid && one.tid === tid)
    // The browser keeps a spare renderer, which has nothing to do.
    const [tasks = []] = mains.map(tasksOf).sort((one, other) => other.length - one.length)
    assert.ok(tasks.length > 100, 'the trace has the tasks of the main thread')
    const longest = (times) => times.map((micros) => Math.round(micros / 1000)).sort((one, other) => other - one)
    return { clock: longest(tasks.map(({ dur }) => dur)), own: longest(tasks.map(({ tdur }) => tdur)) }
  }
}

test(`${ROWS} rows and ${EVENTS_PER_SECOND} events/s block the page for less than ${BLOCKED_MS} ms at a time`, async () => {
  await sendMany(
    Array.from({ length: ROWS }, (_, n) => message(n)),
    tenant.key,
  )
  const { page, errors, close } = await openPage(browser, { key: tenant.key, path: '/messages' })
  const scroller = page.locator('.message-scroll')
  await loadAll(page)
  const news = page.locator('.message-news')
  for (const place of ['in the middle', 'at the top']) {
    await scroller.evaluate((element, top) => element.scrollTo(0, top), place === 'at the top' ? 0 : 400_000)
    // At the top what was held back flows in first.
    if (place === 'at the top') await news.waitFor({ state: 'detached' })
    await settled(page)
    const tasks = await watchTasks(page)
    const ids = await keepSending(SECONDS)
    // All that was sent has arrived: as rows, or as a number of rows that wait above.
    if (place === 'at the top')
      await page
        .getByRole('row')
        .filter({ hasText: ids.at(-1) })
        .waitFor()
    else await news.getByText(`${ids.length} new`).waitFor()
    const { clock, own } = await tasks()
    const rate = (ids.length * EVENTS_EACH) / SECONDS
    const few = (times) => times.slice(0, 5).join(' ')
    console.log(
      `${place}: ${ids.length} messages, ${rate} events/s; longest tasks (ms): ${few(clock)}, of the page itself: ${few(own)}`,
    )
    assert.ok(rate >= EVENTS_PER_SECOND * 0.9, 'the server was sent too little')
    assert.ok(own[0] < BLOCKED_MS, `blocked for ${own[0]} ms`)
  }
  assertQuiet(errors)
  await close()
})
