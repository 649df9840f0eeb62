// axe on every page, and on what opens on them, in both themes and one of the languages (AXE_LANGUAGES=both: in both): no
// violations. Nor does any of them log an error, break its policy or ask anyone but the server for anything.
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

const LANGS = ['en-US', 'zh-CN']
// What axe looks at depends on words only where these are wider or missing, so the languages take turns.
const BOTH = process.env.AXE_LANGUAGES === 'both'

test('axe finds nothing', async (t) => {
  for (const [at, view] of shown.entries()) {
    for (const lang of BOTH ? LANGS : [LANGS[at % LANGS.length]]) {
      await t.test(`${view.name}, ${lang}`, async () => {
        const found = []
        await showView(browser, view, lang, async (page, theme) => {
          for (const violation of await violations(page)) found.push(`${theme}: ${violation}`)
        })
        assert.deepEqual(found, [])
      })
    }
  }
})
