// Nothing jumps while a page loads: what moves what is already shown is counted by the browser, as web-vitals' CLS is.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { launch } from './browser.mjs'
import { openPage, settled } from './page.mjs'
import { prepare } from './sample.mjs'
import { pages } from './views.mjs'

/** What counts as good (https://web.dev/articles/cls) is a tenth; a shift of a line of text is well below that. */
const MOST = 0.02

let browser
let shown

before(async () => {
  browser = await launch()
  shown = pages(await prepare())
})
after(() => browser?.close())

test('no page shifts while it loads', async (t) => {
  const shifted = []
  for (const { name, path, key } of shown) {
    const { page, close } = await openPage(browser, {
      key,
      path,
      prepare: (page) =>
        page.addInitScript(() => {
          window.shifts = []
          new PerformanceObserver((list) => {
            for (const { value, sources } of list.getEntries()) {
              const what = sources.map(({ node }) => node?.className || node?.nodeName)
              window.shifts.push({ value, what: what.join(' ') })
            }
          }).observe({ type: 'layout-shift', buffered: true })
        }),
    })
    await settled(page)
    const shifts = await page.evaluate(() => window.shifts)
    const sum = shifts.reduce((all, { value }) => all + value, 0)
    t.diagnostic(`${name}: ${sum.toFixed(4)}`)
    if (sum > MOST) shifted.push(`${name}: ${sum.toFixed(4)} ${JSON.stringify(shifts)}`)
    await close()
  }
  assert.deepEqual(shifted, [])
})
