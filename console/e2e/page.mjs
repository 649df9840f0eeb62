// A page that fails the test on any error it shows in its console, and the few things that every test does.
import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { CONSOLE } from './api.mjs'

const axeSource = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

export async function openPage(browser, { key, lang = 'en-US', theme = 'light', path = '/', size, prepare } = {}) {
  const context = await browser.newContext({
    locale: lang,
    colorScheme: theme,
    // Nothing slides: what is to be clicked is where it is.
    reducedMotion: 'reduce',
    viewport: size ?? { width: 1440, height: 900 },
    timezoneId: 'Europe/Berlin',
    // axe is put into the page by the test; the page's own scripts are still bound by its policy.
    bypassCSP: false,
  })
  if (key) await context.addInitScript((value) => sessionStorage.setItem('posthorn.key', value), key)
  const page = await context.newPage()
  page.setDefaultTimeout(15_000)
  const errors = []
  page.on('pageerror', (error) => errors.push(String(error)))
  page.on('console', (message) => message.type() === 'error' && errors.push(message.text()))
  page.on('request', (request) => {
    const own = [CONSOLE, CONSOLE.replace(/^http/, 'ws'), 'data:', 'blob:'].some((begin) =>
      request.url().startsWith(begin),
    )
    if (!own) errors.push(`request to a third party: ${request.url()}`)
  })
  await prepare?.(page)
  await page.goto(CONSOLE + path)
  return { page, errors, close: () => context.close() }
}

/** Waits until the page has drawn what was asked of it. */
export const drawn = (page) =>
  page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))))

/** Waits until nothing loads any more, neither a page nor a part of one, and nothing moves. */
export async function settled(page) {
  await page.waitForLoadState('networkidle').catch(() => undefined)
  await page.waitForFunction(
    () =>
      document.querySelector('[aria-busy="true"], .ant-skeleton-active, .ant-spin-spinning, .ant-btn-loading') ===
        null &&
      // What turns for ever is a loading sign that is hidden or named above.
      document
        .getAnimations()
        .every(
          ({ playState, effect }) => playState !== 'running' || effect.getComputedTiming().iterations === Infinity,
        ),
  )
  await drawn(page)
}

/** One of the views, as it is when all of it is there. */
export async function openView(browser, { key, path, prepare, open }, { lang, theme }) {
  const opened = await openPage(browser, { key, path, prepare, lang, theme })
  await opened.page.locator('h1').first().waitFor()
  await settled(opened.page)
  if (open) {
    await open(opened.page)
    await settled(opened.page)
  }
  return opened
}

/** No error was logged, other than the ones that the test brought about. */
export function assertQuiet(errors, allowed = /(?!)/) {
  assert.deepEqual(
    errors.filter((error) => !allowed.test(error)),
    [],
  )
}

/** Runs a body on a page, and asserts that it logged no error. */
export async function visit(browser, options, body) {
  const { page, errors, close } = await openPage(browser, options)
  try {
    await body(page)
    assertQuiet(errors)
  } finally {
    await close()
  }
}

/** Waits until a message's page shows this state. */
export const state = (page, text) => page.locator('.page-head .state').filter({ hasText: text }).waitFor()

/** axe's findings on the page as it is now, in one line each. */
export async function violations(page) {
  await page.evaluate(axeSource)
  const { violations } = await page.evaluate(() =>
    globalThis.axe.run(document, {
      runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
    }),
  )
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(
      ({ target, failureSummary }) => `${id}: ${target.join(' ')}: ${failureSummary.split('\n').slice(1, 3).join(' ')}`,
    ),
  )
}

/** Scrolls the messages list on and on until so many rows are loaded. */
export const scrollThrough = (page, rows) =>
  page.waitForFunction(
    (wanted) => {
      const list = document.querySelector('.message-scroll')
      list.scrollTo(0, list.scrollHeight)
      return document.querySelector('.page-head .muted')?.textContent === wanted
    },
    `${rows} loaded`,
    { timeout: 180_000 },
  )

/** Chooses in a select, and waits until that is what it holds. */
export async function choose(page, label, option) {
  await page.getByLabel(label, { exact: true }).click()
  const list = page.locator('.ant-select-dropdown').filter({ visible: true })
  await list.locator('.ant-select-item-option').filter({ hasText: option }).first().click()
  await page
    .locator('.ant-select-item-option-selected')
    .filter({ hasText: option })
    .first()
    .waitFor({ state: 'attached' })
}

/** Answers the question that an action asks first. */
export async function confirm(page, name) {
  const question = page.locator('.ant-popover').filter({ visible: true })
  await question.getByRole('button', { name, exact: true }).click()
  await question.waitFor({ state: 'hidden' })
}

/** Puts a text into a CodeMirror editor. */
export async function write(page, label, text) {
  const editor = page.locator(`.cm-content[aria-label="${label}"]`)
  await editor.click()
  await page.keyboard.press('Control+a')
  await page.keyboard.press('Delete')
  await page.keyboard.insertText(text)
}
