// axe on every page, light in English and dark in Chinese: no violations.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { launch } from './browser.mjs'
import { openPage, settled, violations } from './page.mjs'
import { prepare } from './sample.mjs'

let browser
let sample

before(async () => {
  browser = await launch()
  sample = await prepare()
})
after(() => browser?.close())

for (const [lang, theme] of [
  ['en-US', 'light'],
  ['zh-CN', 'dark'],
]) {
  test(`axe finds nothing in ${lang}, ${theme}`, async () => {
    const found = []
    for (const { name, path, key } of sample.pages) {
      const { page, close } = await openPage(browser, { key, lang, theme, path })
      await page.locator('h1').first().waitFor()
      await settled(page)
      for (const violation of await violations(page)) found.push(`${name}: ${violation}`)
      await close()
    }
    assert.deepEqual(found, [])
  })
}
