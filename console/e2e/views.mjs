// What a page shows only when asked: the palette, dialogs, an explanation, the banner. In no language, so that axe and
// the screenshots have them in both.

const dialog = (page) => page.locator('.ant-modal').filter({ visible: true }).waitFor()
const action = (page, nth = 0) => page.locator('.page-head button').nth(nth).click()

/** Every page, and then what can be opened on some of them; `open` brings it about. */
export function views({ pages, key, ids: { shown, robot } }) {
  const view = (name, path, open, more = {}) => ({ name, path, key, open, ...more })
  return [
    ...pages,
    view('palette', '/', async (page) => {
      await page.keyboard.press('Control+k')
      await dialog(page)
    }),
    view('explanation', `/compose?like=${shown}`, async (page) => {
      await action(page)
      await page.locator('.planned').first().waitFor()
    }),
    view('dialog-export', '/messages', async (page) => {
      await action(page)
      await dialog(page)
    }),
    view('dialog-test', `/channels/${robot}`, async (page) => {
      await page.getByRole('button', { name: /^(Send a test|测试发送)/ }).click()
      await dialog(page)
    }),
    view('dialog-key', '/api-keys', async (page) => {
      await action(page)
      await dialog(page)
    }),
    view('dialog-resend', `/messages/${shown}`, async (page) => {
      await page.locator('.page-head button').last().click()
      await dialog(page)
    }),
    view('banner', '/messages', (page) => page.locator('.banner').waitFor(), {
      prepare: (page) =>
        page.routeWebSocket('**/graphql', (socket) => socket.close({ code: 1012, reason: 'restarting' })),
    }),
  ]
}
