// Every page by its address, and what is shown only when it is asked for: the palette, dialogs, questions, reports, what
// went wrong. In no language, so that axe and the screenshots have them in both.

const dialog = (page) => page.locator('.ant-modal').filter({ visible: true }).waitFor()
const head = (page, nth = 0) => page.locator('.page-head button').nth(nth)
const named = (page, name) => page.getByRole('button', { name }).first()

/** Opens a dialog by a click. */
const byClick = (button) => async (page) => {
  await button(page).click()
  await dialog(page)
}

/** Asks the question that stands before an action. */
const byQuestion = (button) => async (page) => {
  await button(page).click()
  await page.locator('.ant-popover').filter({ visible: true }).waitFor()
}

/** Opens a menu or a list of choices. */
const byMenu = (opener, menu) => async (page) => {
  await opener(page).click()
  await page.locator(menu).filter({ visible: true }).waitFor()
}

/** Answers queries that hold this word by `answer`, all others as always. */
const answering = (word, answer) => (page) =>
  page.route('**/graphql', (route) => (route.request().postData()?.includes(word) ? answer(route) : route.fallback()))

const LOST = (route) => route.abort()
const BROKEN = (route) =>
  route.fulfill({ json: { data: null, errors: [{ message: 'broken', extensions: { code: 'INTERNAL' } }] } })

export function pages({ code, key, platform, sender, operator, fresh, ids }) {
  const page = (name, path, as = key) => ({ name, path, key: as })
  return [
    page('sign-in', '/sign-in', null),
    page('overview', '/'),
    page('overview-platform', '/', platform),
    page('overview-sender', '/', sender),
    page('overview-empty', '/', fresh),
    page('messages', '/messages'),
    page('messages-all-tenants', '/messages', platform),
    page('messages-empty', '/messages', fresh),
    page('message', `/messages/${ids.shown}`),
    page('message-retried', `/messages/${ids.retried}`),
    page('message-scheduled', `/messages/${ids.later}`),
    page('message-waiting', `/messages/${ids.waiting}`),
    page('message-unknown', `/messages/${ids.unknown}`),
    page('message-masked', `/messages/${ids.shown}`, operator),
    page('failed', '/failed'),
    page('failed-empty', '/failed', fresh),
    page('compose', `/compose?like=${ids.shown}`),
    page('compose-empty', '/compose', fresh),
    page('channels', '/channels'),
    page('channels-empty', '/channels', fresh),
    page('channels-not-for-role', '/channels', sender),
    page('channel', `/channels/${ids.robot}`),
    page('channel-resting', `/channels/${ids.resting}`),
    page('channel-read-only', `/channels/${ids.robot}`, operator),
    page('channel-new', '/channels/new'),
    page('templates', '/templates'),
    page('templates-empty', '/templates', fresh),
    page('template', `/templates/${ids.template}`),
    page('template-new', '/templates/new'),
    page('business-types', '/business-types'),
    page('business-types-empty', '/business-types', fresh),
    page('inbox', '/inbox?user=u1003'),
    page('inbox-whose', '/inbox'),
    page('inbox-empty', '/inbox?user=nobody'),
    page('tenants', `/tenants?tenant=${code}`, platform),
    page('api-keys', '/api-keys'),
    page('settings', '/settings', platform),
    page('settings-read-only', '/settings', operator),
    page('playground', '/playground'),
    page('graphiql', '/graphiql'),
    page('not-found', '/nowhere'),
  ]
}

/** What opens over a page. */
function dialogs({ key, platform, fresh, ids }) {
  const view = (name, path, open, as = key) => ({ name, path, key: as, open })
  return [
    view('palette', '/', async (page) => {
      await page.keyboard.press('Control+k')
      await dialog(page)
    }),
    view('dialog-export', '/messages', byClick(head)),
    view(
      'dialog-resend',
      `/messages/${ids.shown}`,
      byClick((page) => page.locator('.page-head button').last()),
    ),
    view(
      'dialog-discard-all',
      '/failed',
      byClick((page) => head(page, 1)),
    ),
    view(
      'dialog-retry-all',
      '/failed',
      byClick((page) => head(page, 2)),
    ),
    view(
      'dialog-copy',
      '/channels',
      byClick((page) => named(page, /^(Copy|复制)$/)),
    ),
    view('dialog-test', `/channels/${ids.robot}`, async (page) => {
      await byClick((page) => named(page, /^(Send a test|测试发送)$/))(page)
      await page.locator('.ant-modal-footer .ant-btn-primary').click()
      await page.locator('.trial').waitFor()
    }),
    view(
      'dialog-template-test',
      `/templates/${ids.template}`,
      byClick((page) => named(page, /^(Send a test|测试发送)$/)),
    ),
    view('dialog-business-type', '/business-types', byClick(head)),
    view(
      'dialog-business-type-edit',
      '/business-types',
      byClick((page) => named(page, /^(Edit|编辑)$/)),
    ),
    view('dialog-tenant', '/tenants', byClick(head), platform),
    view('dialog-key', '/api-keys', byClick(head)),
    // A key of the tenant that has nothing: each run makes one.
    view(
      'dialog-secret',
      '/api-keys',
      async (page) => {
        await byClick(head)(page)
        await page.locator('#name').fill('Till 5 / 五号收银台')
        await page.locator('.ant-modal-footer .ant-btn-primary').click()
        await page.getByTestId('secret').waitFor()
      },
      fresh,
    ),
    view(
      'question-delete',
      '/channels',
      byQuestion((page) => page.locator('.row-actions .ant-btn-dangerous').first()),
    ),
    view(
      'question-cancel',
      `/messages/${ids.later}`,
      byQuestion((page) => page.locator('.page-head button').last()),
    ),
    view(
      'menu-theme',
      '/failed',
      byMenu((page) => page.locator('.shell-top button').nth(2), '.ant-dropdown'),
    ),
    view(
      'menu-account',
      '/failed',
      byMenu((page) => page.locator('.shell-top button').last(), '.ant-dropdown'),
    ),
  ]
}

/** What a page shows once something was done on it, or went wrong. */
function states({ key, ids }) {
  const view = (name, path, open, more = {}) => ({ name, path, key, open, ...more })
  return [
    view('explanation', `/compose?like=${ids.shown}`, async (page) => {
      await head(page).click()
      await page.locator('.planned').first().waitFor()
    }),
    view('charts-as-tables', '/', async (page) => {
      for (const button of await page.locator('.chart-head button[aria-pressed]').all()) await button.click()
      await page.locator('.chart-table').first().waitFor()
    }),
    view('template-versions', `/templates/${ids.template}`, async (page) => {
      await page.locator('.version').last().click()
      await page.locator('.diff .cm-deletedChunk').waitFor()
    }),
    view('messages-chosen', '/messages', async (page) => {
      for (const nth of [1, 2]) await page.locator('.message-row input').nth(nth).check()
      await page.locator('.page-head .ant-btn-dangerous').waitFor()
    }),
    // Of what has gone well nothing can be retried: the report says so, and nothing is sent.
    view('report-bulk', '/messages?status=%5B%22SUCCESS%22%5D&businessType=ORDER_PAID', async (page) => {
      await page.locator('.message-head input').check()
      await named(page, /^(Retry|重试)$/).click()
      await page.locator('.ant-popover .ant-btn-primary').click()
      await page.locator('.bulk-notes').waitFor()
    }),
    view('problem-beside-field', '/channels/new', async (page) => {
      await page.locator('.page-head .ant-btn-primary').click()
      await page.locator('.ant-form-item-explain-error').first().waitFor()
    }),
    view('banner', '/messages', (page) => page.locator('.banner').waitFor(), {
      prepare: (page) =>
        page.routeWebSocket('**/graphql', (socket) => socket.close({ code: 1012, reason: 'restarting' })),
    }),
    view('error-list', '/channels', (page) => page.locator('.blank[role="alert"]').waitFor(), {
      prepare: answering('channelConfigs', LOST),
      noise: /ERR_FAILED/,
    }),
    view('error-console', '/', undefined, { prepare: answering('viewer', LOST), noise: /ERR_FAILED|ApiError/ }),
    view('error-page', '/settings', undefined, { prepare: answering('systemSettings', BROKEN), noise: /ApiError/ }),
  ]
}

/** Every page, and then what can be opened on some of them; `open` brings it about, `noise` is what that logs. */
export const views = (sample) => [...pages(sample), ...dialogs(sample), ...states(sample)]
