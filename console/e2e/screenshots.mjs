// Writes console/screenshots/<view>.<lang>.<theme>.png of every page and of what opens on them; ONLY=<name>,<name> limits
// it to some.
import { execFileSync } from 'node:child_process'
import { mkdir } from 'node:fs/promises'
import { launch } from './browser.mjs'
import { openView } from './page.mjs'
import { prepare } from './sample.mjs'
import { views } from './views.mjs'

const OUT = new URL('../screenshots/', import.meta.url).pathname
const ONLY = process.env.ONLY?.split(',')

/** Without a font for it, Chinese is a row of boxes. */
function demandFont() {
  const found = execFileSync('fc-list', [':lang=zh'], { encoding: 'utf8' })
  if (!found.trim()) throw new Error('no Chinese font found: install one, on Debian fonts-wqy-zenhei')
}

demandFont()
await mkdir(OUT, { recursive: true })
const wanted = views(await prepare()).filter(({ name }) => !ONLY || ONLY.includes(name))
const browser = await launch()
try {
  for (const lang of ['en-US', 'zh-CN']) {
    for (const theme of ['light', 'dark']) {
      for (const view of wanted) {
        const { page, close } = await openView(browser, view, { lang, theme })
        await page.screenshot({ path: `${OUT}${view.name}.${lang}.${theme}.png`, animations: 'disabled' })
        await close()
      }
    }
  }
} finally {
  await browser.close()
}
