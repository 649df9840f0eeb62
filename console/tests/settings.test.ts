import { describe, expect, it } from 'vitest'
import { atFields, configOf, valuesOf } from '~/channels/config'
import { toFields, toInput } from '~/channels/fields'
import { type Setting, settingsOf } from '~/channels/schema'
import { WEBHOOK } from './channelTypes'
import { channel } from './samples'

const SCHEMA = {
  type: 'object',
  properties: {
    host: { title: 'Host', type: 'string', maxLength: 80 },
    port: { type: 'integer', minimum: 1, maximum: 65535, default: 465 },
    ratio: { type: ['number', 'null'] },
    mode: { enum: ['tls', 'none'] },
    active: { type: ['boolean', 'null'], default: true },
    names: { type: ['array', 'null'], items: { type: 'string' }, maxItems: 3, default: [] },
    login: {
      type: 'object',
      properties: { user: { type: 'string' }, password: { type: ['string', 'null'], writeOnly: true } },
      required: ['user'],
    },
    routes: { type: 'array', items: { type: 'object', properties: { to: { type: 'string' } } }, maxItems: 2 },
    headers: { type: 'object', additionalProperties: { type: 'string' }, writeOnly: true },
    matrix: { type: 'array', items: { type: 'array' } },
  },
  required: ['host'],
}
const settings = settingsOf(SCHEMA)
const find = (key: string) => settings.find((one) => one.key === key) as Setting

describe("a schema's settings", () => {
  it('are typed in by what they hold, in the order of the server', () =>
    expect(settings.map(({ key, kind }) => `${key}: ${kind}`)).toEqual([
      'host: text',
      'port: number',
      'ratio: number',
      'mode: choice',
      'active: flag',
      'names: texts',
      'login: group',
      'routes: list',
      'headers: entries',
      'matrix: json',
    ]))
  it('have their limits, and a path of their own below groups and lists', () => {
    expect(find('host')).toMatchObject({ title: 'Host', required: true, secret: false, most: 80 })
    expect(find('port')).toMatchObject({ whole: true, min: 1, max: 65535, initial: 465 })
    expect(find('login')).toMatchObject({ of: [{ path: 'login/user' }, { path: 'login/password', secret: true }] })
    expect(find('routes')).toMatchObject({ most: 2, of: [{ path: 'routes/to' }] })
  })
  it('are none where there is no schema', () => expect(settingsOf(undefined)).toEqual([]))
})

describe("a form's values", () => {
  const stored = {
    host: 'a',
    active: false,
    names: ['x'],
    login: { user: 'u', password: '••••word' },
    routes: [{ to: 'y' }],
    headers: { Authorization: '••••', 'X-A': '••••' },
    matrix: [[1]],
  }
  it('go back as they came, masks too', () => {
    expect(configOf(settings, valuesOf(settings, stored))).toEqual({ ...stored, port: 465 })
    const config = { url: 'https://example.com', secret: '••••LaSw', headers: { 'X-A': '••••' } }
    const webhook = settingsOf(WEBHOOK.configSchema)
    expect(configOf(webhook, toFields(channel({ config }), webhook).config)).toEqual(config)
  })
  it('leave out what is empty, and say so where a secret is taken away', () => {
    const emptied = { ...valuesOf(settings, stored), host: ' b ', names: [], routes: [], headers: [], matrix: ' ' }
    const login = { user: 'u', password: null }
    expect(configOf(settings, { ...emptied, login, active: true })).toEqual({
      host: 'b',
      port: 465,
      login,
      headers: null,
    })
  })
  it('begin with the defaults', () =>
    expect(valuesOf(settings)).toMatchObject({ port: 465, active: true, names: [], headers: [] }))
})

describe("the server's problems", () => {
  const values = { headers: [{ name: 'X-A' }, { name: 'Host ' }], routes: [{ to: '' }] }
  it.each([
    [
      ['input', 'config', 'headers', 'Host'],
      ['config', 'headers', '1', 'name'],
    ],
    [
      ['input', 'config', 'headers', 'Gone'],
      ['config', 'headers'],
    ],
    [
      ['input', 'config', 'routes', '0', 'to'],
      ['config', 'routes', '0', 'to'],
    ],
    [
      ['input', 'config', 'login', 'user'],
      ['config', 'login', 'user'],
    ],
    [
      ['input', 'name'],
      ['input', 'name'],
    ],
  ])('with %j stand at %j', (field, place) =>
    expect(atFields([{ field, message: 'wrong' }], settings, values)[0]?.field).toEqual(place),
  )
})

it('nothing but what an input has goes back to the server', () =>
  expect(Object.keys(toInput(channel())).sort()).toEqual(
    [
      'channelType config deliveryMode enabled name onClosedWindow onRateLimit onUnknown priority rateLimit schedule',
      'storeId tenantId timeWindow',
    ]
      .join(' ')
      .split(' '),
  ))
