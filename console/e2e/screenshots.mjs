// Writes console/screenshots/<view>.<lang>.<theme>.png of every page and of what opens on them, each as tall as what it
// shows; ONLY=<name>,<name> limits it to some.
import { execFileSync } from 'node:child_process'
import { mkdir, readFile } from 'node:fs/promises'
import { launch } from './browser.mjs'
import { SIZE, settled, showView } from './page.mjs'
import { prepare } from './sample.mjs'
import { views } from './views.mjs'

const OUT = new URL('../screenshots/', import.meta.url).pathname
const ONLY = process.env.ONLY?.split(',')
/** In pixels. */
const TALLEST = 6000

/** Without a font for it, Chinese is a row of boxes. */
function demandFont() {
  const found = execFileSync('fc-list', [':lang=zh'], { encoding: 'utf8' })
  if (!found.trim()) throw new Error('no Chinese font found: install one, on Debian fonts-wqy-zenhei')
}

/** What documents show stays as large as a window: the pictures that are kept. */
async function keptPictures() {
  const ignored = await readFile(new URL('../.gitignore', import.meta.url), 'utf8')
  return new Set([...ignored.matchAll(/^!screenshots\/(.+)$/gm)].map(([, name]) => name))
}

/** How much of it is below the window's edge: of the dialog where one is open, else of the page and of a list that fills it. */
const hidden = (page) =>
  page.evaluate(() => {
    const open = [...document.querySelectorAll('.ant-modal-wrap')].filter((one) => one.checkVisibility())
    const scrollers = open.length > 0 ? open : document.querySelectorAll('html, .shell-page, .message-scroll')
    return Math.max(0, ...[...scrollers].map((one) => one.scrollHeight - one.clientHeight))
  })

/** Makes the window as tall as what is in it. What only now comes into view may load more. */
async function stretch(page) {
  let { height } = SIZE
  for (let more = await hidden(page); more > 0 && height < TALLEST; more = await hidden(page)) {
    height = Math.min(height + more, TALLEST)
    await page.setViewportSize({ ...SIZE, height })
    await settled(page)
  }
}

demandFont()
await mkdir(OUT, { recursive: true })
const kept = await keptPictures()
const wanted = views(await prepare()).filter(({ name }) => !ONLY || ONLY.includes(name))
const browser = await launch()
try {
  for (const lang of ['en-US', 'zh-CN']) {
    for (const view of wanted) {
      await showView(browser, view, lang, async (page, theme) => {
        const name = `${view.name}.${lang}.${theme}.png`
        await page.setViewportSize(SIZE)
        if (kept.has(name)) await settled(page)
        else await stretch(page)
        await page.screenshot({ path: OUT + name, animations: 'disabled' })
      })
    }
  }
} finally {
  await browser.close()
}
