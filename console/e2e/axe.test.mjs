// axe on every page, and on what opens on them, in both languages and themes: no violations.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { launch } from './browser.mjs'
import { openView, violations } from './page.mjs'
import { prepare } from './sample.mjs'
import { views } from './views.mjs'

let browser
let shown

before(async () => {
  browser = await launch()
  shown = views(await prepare())
})
after(() => browser?.close())

for (const lang of ['en-US', 'zh-CN']) {
  for (const theme of ['light', 'dark']) {
    test(`axe finds nothing in ${lang}, ${theme}`, async () => {
      const found = []
      for (const view of shown) {
        const { page, close } = await openView(browser, view, { lang, theme })
        for (const violation of await violations(page)) found.push(`${view.name}: ${violation}`)
        await close()
      }
      assert.deepEqual(found, [])
    })
  }
}
