// A page that fails the test on any error it shows in its console, and the few things that every test does.
import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { CONSOLE } from './api.mjs'

/** Of the window, in pixels. */
export const SIZE = { width: 1440, height: 900 }
const THEMES = ['light', 'dark']
const axeSource = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

export async function openPage(browser, { key, lang = 'en-US', theme = 'light', path = '/', size, prepare } = {}) {
  const context = await browser.newContext({
    locale: lang,
    colorScheme: theme,
    // Nothing slides: what is to be clicked is where it is.
    reducedMotion: 'reduce',
    viewport: size ?? SIZE,
    timezoneId: 'Europe/Berlin',
    // axe is put into the page by the test; the page's own scripts are still bound by its policy.
    bypassCSP: false,
  })
  // An empty page has no storage.
  const signIn = (value) => location.origin === 'null' || sessionStorage.setItem('posthorn.key', value)
  if (key) await context.addInitScript(signIn, key)
  const errors = await listen(context)
  const page = await context.newPage()
  page.setDefaultTimeout(15_000)
  await prepare?.(page)
  await page.goto(CONSOLE + path)
  return { page, errors, close: () => context.close() }
}

const OWN = [`${CONSOLE}/`, `${CONSOLE.replace(/^http/, 'ws')}/`, 'data:', 'blob:']

/** All that no page may do, those included that it opens: fail, log an error, break its policy, ask anyone else for anything. */
async function listen(context) {
  const errors = []
  const asked = (url) => {
    if (!OWN.some((begin) => url.startsWith(begin))) errors.push(`request to a third party: ${url}`)
  }
  context.on('weberror', (one) => errors.push(String(one.error())))
  context.on('console', (message) => {
    if (message.type() === 'error') errors.push(`${message.text()} (${message.location().url})`)
  })
  context.on('request', (request) => asked(request.url()))
  context.on('page', (page) => page.on('websocket', (socket) => asked(socket.url())))
  // What only reports, or breaks it in a frame, is not in every browser's log.
  await context.addInitScript(() =>
    document.addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI }) =>
      console.error(`against the policy: ${violatedDirective} ${blockedURI}`),
    ),
  )
  return errors
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

/**
 * Shows one of the views when all of it is there, in each theme in turn, and asserts that nothing went wrong on the way. The
 * system's theme changes while it is open: what was opened stays open.
 */
export async function showView(browser, { key, path, prepare, open, noise }, lang, inEach) {
  const { page, errors, close } = await openPage(browser, { key, path, prepare, lang, theme: THEMES[0] })
  try {
    await page.locator('h1, [role="alert"]').first().waitFor()
    await settled(page)
    await open?.(page)
    for (const theme of THEMES) {
      await page.emulateMedia({ colorScheme: theme })
      await settled(page)
      await inEach(page, theme)
    }
    assertQuiet(errors, noise)
  } finally {
    await close()
  }
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
  const violations = await page.evaluate(async () => {
    const { violations } = await globalThis.axe.run(document, {
      runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
    })
    // What pops up belongs to the button that opened it, not to one of the page's regions.
    const popped = ({ target: [selector] }) => document.querySelector(selector)?.closest('.ant-popover, .ant-dropdown')
    const counts = ({ id, nodes }) => ({ id, nodes: id === 'region' ? nodes.filter((one) => !popped(one)) : nodes })
    return violations.map(counts)
  })
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
