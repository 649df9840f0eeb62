// Writes console/screenshots/<page>.<lang>.<theme>.png of every page; ONLY=<name>,<name> limits it to some.
import { mkdir } from 'node:fs/promises'
import { launch } from './browser.mjs'
import { openPage, settled } from './page.mjs'
import { prepare } from './sample.mjs'

const OUT = new URL('../screenshots/', import.meta.url).pathname
await mkdir(OUT, { recursive: true })
const { pages } = await prepare()
const browser = await launch()
try {
  for (const lang of ['en-US', 'zh-CN']) {
    for (const theme of ['light', 'dark']) {
      for (const { name, path, key } of pages) {
        if (process.env.ONLY && !process.env.ONLY.split(',').includes(name)) continue
        const { page, close } = await openPage(browser, { key, lang, theme, path })
        await page.locator('h1').first().waitFor()
        await settled(page)
        await page.screenshot({ path: `${OUT}${name}.${lang}.${theme}.png`, animations: 'disabled' })
        await close()
      }
    }
  }
} finally {
  await browser.close()
}
