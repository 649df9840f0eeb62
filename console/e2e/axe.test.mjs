// axe on every page, and on what opens on them, in both languages and themes: no violations. Nor does any of them log an
// error, break its policy or ask anyone but the server for anything.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { launch } from './browser.mjs'
import { showView, violations } from './page.mjs'
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
  test(`axe finds nothing in ${lang}`, async (t) => {
    for (const view of shown) {
      await t.test(view.name, async () => {
        const found = []
        await showView(browser, view, lang, async (page, theme) => {
          for (const violation of await violations(page)) found.push(`${theme}: ${violation}`)
        })
        assert.deepEqual(found, [])
      })
    }
  })
}
