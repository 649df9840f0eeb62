// What a first visit loads, with nothing kept from before, by the page it begins with.
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { api, ended, makeTenant, sendMany } from './api.mjs'
import { launch } from './browser.mjs'
import { settled, visit } from './page.mjs'

/** Before the page can be used; and with the charts, which come afterwards. KB are 1,024 bytes. */
const BUDGET_KB = 350
const WITH_CHARTS_KB = 480

let browser
let tenant
let id

before(async () => {
  browser = await launch()
  tenant = await makeTenant('Sizes')
  await api(
    'mutation($input: ChannelConfigInput!) { createChannelConfig(input: $input) { userErrors { message } } }',
    { input: { channelType: 'LOCAL', name: 'Inbox', config: {} } },
    tenant.key,
  )
  const message = {
    businessType: 'NOTICE',
    businessData: {},
    content: { body: 'Hello' },
    recipients: [{ userId: 'u1' }],
  }
  ;[id] = await sendMany([message], tenant.key)
  await ended([id], tenant.key)
})
after(() => browser?.close())

const total = (files) => files.reduce((sum, { size }) => sum + size, 0) / 1024

/** The files of a first visit, each with its size as it came over the wire. */
async function firstVisit(path, { lang, key = tenant.key }) {
  const requests = []
  const prepare = (page) => page.on('requestfinished', (request) => requests.push(request))
  let files = []
  await visit(browser, { key, lang, path, prepare }, async (page) => {
    await page.locator('h1').first().waitFor()
    await settled(page)
    const own = requests.filter((request) => !new URL(request.url()).pathname.startsWith('/graphql'))
    files = await Promise.all(
      own.map(async (request) => {
        const response = await request.response()
        const packed = (await response.allHeaders())['content-encoding']
        return { name: new URL(request.url()).pathname, packed, size: (await request.sizes()).responseBodySize }
      }),
    )
  })
  return files
}

describe(`a first visit loads less than ${BUDGET_KB} KB`, () => {
  for (const lang of ['en-US', 'zh-CN']) {
    for (const [name, path, key] of [
      ['sign-in', () => '/sign-in', null],
      ['overview', () => '/'],
      ['messages', () => '/messages'],
      ['message', () => `/messages/${id}`],
    ]) {
      test(`${name}, ${lang}`, async () => {
        const files = await firstVisit(path(), { lang, key })
        // The charts come when the page is there and can be read; they are counted apart.
        const charts = files.filter(({ name }) => /\/charts?-/i.test(name))
        const first = total(files) - total(charts)
        console.log(
          `${name}, ${lang}: ${first.toFixed(1)} KB in ${files.length - charts.length} files` +
            (charts.length > 0 ? `, then charts ${total(charts).toFixed(1)} KB` : ''),
        )
        assert.ok(
          files.some(({ packed }) => packed === 'br'),
          'the browser is sent brotli',
        )
        assert.equal(charts.length > 0, name === 'overview')
        assert.ok(first < BUDGET_KB, `${first.toFixed(1)} KB`)
        assert.ok(total(files) < WITH_CHARTS_KB, `${total(files).toFixed(1)} KB with all that comes later`)
      })
    }
  }
})
