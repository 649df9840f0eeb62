// The messages list with tens of thousands of rows while hundreds of events come in each second: the main thread stays
// free. Sizes and threshold can be set.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { api, ended, makeTenant, SIMULATOR, script, sendMany, until } from './api.mjs'
import { launch } from './browser.mjs'
import { assertQuiet, drawn, openPage, scrollThrough, settled } from './page.mjs'

const ROWS = Number(process.env.LOAD_ROWS ?? 50_000)
const EVENTS_PER_SECOND = Number(process.env.LOAD_EVENTS ?? 200)
const SECONDS = Number(process.env.LOAD_SECONDS ?? 6)
const BLOCKED_MS = Number(process.env.LOAD_BLOCKED_MS ?? 50)

const path = `/webhook/load-${Date.now().toString(36)}`

let browser
let tenant

before(async () => {
  browser = await launch()
  tenant = await makeTenant('Load')
})
after(async () => {
  await script({ path, clear: true })
  await browser?.close()
})

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

/**
 * What holds up the main thread from now on, in milliseconds, longest first: the page's own share of each task, and by the
 * clock, as a reader feels it, the longest task of each second. The two differ where other programs want the same processor.
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
      // What has only begun when the trace ends has no length yet.
      events.filter((one) => one.name === 'RunTask' && one.ph === 'X' && one.pid === pid && one.tid === tid)
    // The browser keeps a spare renderer, which has nothing to do.
    const [tasks = []] = mains.map(tasksOf).sort((one, other) => other.length - one.length)
    assert.ok(tasks.length > 100, 'the trace has the tasks of the main thread')
    assert.ok(
      tasks.some(({ tdur }) => tdur > 0),
      'the trace has processor times',
    )
    const longest = (times) => times.map((micros = 0) => Math.round(micros / 1000)).sort((one, other) => other - one)
    const seconds = new Map()
    for (const { ts, dur } of tasks) {
      const second = Math.floor(ts / 1e6)
      seconds.set(second, Math.max(dur, seconds.get(second) ?? 0))
    }
    return { own: longest(tasks.map(({ tdur }) => tdur)), clock: longest([...seconds.values()]) }
  }
}

/** The provider refuses it. */
const refused = (n) => ({
  businessType: 'LOAD',
  businessData: { n },
  content: { body: `${n}` },
  targetChannels: ['WEBHOOK'],
})

/** Messages that failed for good, the newest of all. */
async function failSome(count) {
  const config = { url: SIMULATOR + path, secret: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw' }
  await api(
    'mutation($input: ChannelConfigInput!) { createChannelConfig(input: $input) { userErrors { message } } }',
    { input: { channelType: 'WEBHOOK', name: 'Load', config } },
    tenant.key,
  )
  await script({ path, status: 400 })
  const ids = await sendMany(
    Array.from({ length: count }, (_, n) => refused(n)),
    tenant.key,
  )
  await ended(ids, tenant.key)
  await script({ path, clear: true })
}

/** Retries them at an even pace; answers when the last one is through. */
async function retryAll(ratePerSecond) {
  const { retryTasks } = await api(
    'mutation($input: BulkTasksInput!) { retryTasks(input: $input) { bulkJob { id } userErrors { message } } }',
    { input: { filter: { errorCode: 'BAD_MSG' }, ratePerSecond } },
    tenant.key,
  )
  const job = { id: retryTasks.bulkJob.id }
  await until(
    'the retries',
    async () =>
      (await api('query($id: ID!) { bulkJob(id: $id) { status } }', job, tenant.key)).bulkJob.status === 'DONE',
    60_000,
  )
}

/** Scrolls up and down over the first rows until it is told to stop. */
function keepScrolling(page, rows) {
  let stopped = false
  const box = page.locator('.message-scroll')
  const done = (async () => {
    for (let step = 0; !stopped; step++) {
      // A wheel's notch, down the rows and up again.
      const at = (step * 3) % (2 * rows)
      await box.evaluate((element, top) => element.scrollTo(0, top), 40 * (at < rows ? at : 2 * rows - at))
      await drawn(page)
    }
  })()
  return () => {
    stopped = true
    return done
  }
}

/** Nothing held up the main thread, for as long as this went on. */
async function assertFree(page, what, during) {
  const tasks = await watchTasks(page)
  const events = await during()
  const { clock, own } = await tasks()
  const quiet = clock[Math.floor((3 * clock.length) / 4)]
  console.log(
    `${what}: ${Math.round(events)} events/s; longest tasks of the page, processor time (ms): ${own.slice(0, 5).join(' ')}; by the clock, of each second: ${clock.join(' ')}`,
  )
  assert.ok(events >= EVENTS_PER_SECOND * 0.9, 'the server was sent too little')
  assert.ok(own[0] < BLOCKED_MS, `blocked for ${own[0]} ms`)
  // By the clock a task is as long as the machine lets it be, where the server and the load run too: quiet seconds count.
  assert.ok(quiet < BLOCKED_MS, `blocked by the clock for ${quiet} ms even in a quiet second`)
}

test(`${ROWS} rows and ${EVENTS_PER_SECOND} events/s block the page for less than ${BLOCKED_MS} ms at a time`, async () => {
  // A retry makes two events: the message is under way again, and it is through.
  const retried = Math.ceil((EVENTS_PER_SECOND / EVENTS_EACH) * SECONDS)
  await sendMany(
    Array.from({ length: ROWS - retried }, (_, n) => message(n)),
    tenant.key,
  )
  await failSome(retried)
  const { page, errors, close } = await openPage(browser, { key: tenant.key, path: '/messages' })
  const scroller = page.locator('.message-scroll')
  await page.getByText('100+ loaded').waitFor()
  await scrollThrough(page, ROWS)
  const news = page.locator('.message-news')
  const rate = (messages) => (messages * EVENTS_EACH) / SECONDS

  await scroller.evaluate((element) => element.scrollTo(0, 0))
  await settled(page)
  await assertFree(page, 'loaded rows change while they are scrolled', async () => {
    const started = Date.now()
    const stop = keepScrolling(page, retried)
    // A little faster, since a job takes a moment to begin.
    await retryAll(Math.ceil((EVENTS_PER_SECOND / EVENTS_EACH) * 1.3))
    const seconds = (Date.now() - started) / 1000
    await stop()
    // The last one that was retried is on top, and shows what became of it.
    await scroller.evaluate((element) => element.scrollTo(0, 0))
    await page.getByRole('row').nth(1).getByText('Succeeded').waitFor()
    return (retried * EVENTS_EACH) / seconds
  })

  for (const place of ['in the middle', 'at the top']) {
    await scroller.evaluate((element, top) => element.scrollTo(0, top), place === 'at the top' ? 0 : 400_000)
    // At the top what was held back flows in first.
    if (place === 'at the top') await news.waitFor({ state: 'detached' })
    await settled(page)
    await assertFree(page, `new rows, ${place}`, async () => {
      const ids = await keepSending(SECONDS)
      // All that was sent has arrived: as rows, or as a number of rows that wait above.
      const row = page.getByRole('row').filter({ hasText: ids.at(-1) })
      await (place === 'at the top' ? row : news.getByText(`${ids.length} new`)).waitFor()
      return rate(ids.length)
    })
  }
  assertQuiet(errors)
  await close()
})
