// How the server hands out the console's files: what may be kept and for how long, and how they are packed.
import assert from 'node:assert/strict'
import http from 'node:http'
import https from 'node:https'
import { describe, test } from 'node:test'
import { brotliDecompressSync, gunzipSync } from 'node:zlib'
import { CONSOLE } from './api.mjs'

const UNPACK = { br: brotliDecompressSync, gzip: gunzipSync, identity: (bytes) => bytes }
/** Smaller files are not worth packing. */
const WORTH_IT = 1024

/** As it comes over the wire: `fetch` would unpack it. */
function get(path, encoding, headers = {}) {
  const { get } = CONSOLE.startsWith('https:') ? https : http
  return new Promise((resolve, reject) => {
    get(CONSOLE + path, { headers: { 'Accept-Encoding': encoding, ...headers } }, async (response) => {
      const chunks = await response.toArray()
      resolve({ status: response.statusCode, headers: response.headers, body: Buffer.concat(chunks) })
    }).on('error', reject)
  })
}

/** Asks in each encoding; what is worth packing is packed as asked, and unpacks to the same. */
async function inEachEncoding(path, cacheControl) {
  const { body: plain } = await get(path, 'identity')
  for (const [encoding, unpack] of Object.entries(UNPACK)) {
    const { status, headers, body } = await get(path, encoding)
    const what = `${path} as ${encoding}`
    assert.equal(status, 200, what)
    assert.equal(headers['cache-control'], cacheControl, what)
    assert.match(headers.vary, /accept-encoding/i, what)
    const packed = encoding !== 'identity' && plain.length >= WORTH_IT
    assert.equal(headers['content-encoding'], packed ? encoding : undefined, what)
    assert.ok((packed ? unpack(body) : body).equals(plain), what)
    if (packed) assert.ok(body.length < plain.length, what)
  }
  return plain.toString()
}

describe('files', () => {
  test('the page is asked for each time, by every address within the console', async () => {
    const page = await inEachEncoding('/', 'no-cache')
    const { headers, body } = await get('/messages/msg_1', 'identity', { Accept: 'text/html' })
    assert.equal(headers['cache-control'], 'no-cache')
    assert.equal(body.toString(), page)
    const policy = headers['content-security-policy']
    assert.match(policy, /script-src 'self'(;|$)/)
    assert.doesNotMatch(policy.match(/script-src[^;]*/)[0], /unsafe/)
  })

  test('every file that the page names is kept for ever', async () => {
    const page = (await get('/', 'identity')).body.toString()
    const named = [...page.matchAll(/(?:src|href)="(\/assets\/[^"]+)"/g)].map(([, path]) => path)
    assert.ok(named.length > 2, page)
    for (const path of named) {
      assert.match(path, /-[\w-]{8}\.(js|css)$/, 'its name has a digest')
      await inEachEncoding(path, 'public, max-age=31536000, immutable')
    }
  })

  test('a file that is not there is not found, and not kept', async () => {
    for (const path of ['/assets/gone-00000000.js', '/assets/gone-00000000.js.br']) {
      const { status, headers } = await get(path, 'br', { Accept: 'text/html,*/*' })
      assert.equal(status, 404, path)
      assert.doesNotMatch(headers['cache-control'] ?? '', /immutable|max-age=[1-9]/)
    }
  })
})
