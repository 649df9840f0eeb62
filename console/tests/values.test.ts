import * as v from 'valibot'
import { describe, expect, it } from 'vitest'
import { masked } from '~/components/masked'
import { clock, duration, isoDay } from '~/components/timeFormat'
import { BLANK, toInput as toMessage } from '~/compose/fields'
import { hasName, withNames } from '~/compose/withNames'
import { pieces, readDetail } from '~/message/detail'
import { messageSearch, toFilter } from '~/messages/search'
import { may } from '~/session/permissions'
import { asText, toInput as toTemplate } from '~/templates/content'
import { lay } from '~/templates/matrix'
import { problemsOf } from '~/templates/problems'

describe('times', () => {
  const date = new Date('2026-11-21T16:27:18.308Z')
  it('are shown in the zone asked for', () => {
    expect(`${isoDay(date, 'Asia/Shanghai')} ${clock(date, 'Asia/Shanghai')}`).toBe('2026-11-22 00:27:18.308')
    expect(clock(date, 'UTC')).toBe('16:27:18.308')
  })
  it.each([
    [0.42, '0.4 ms'],
    [12.3, '12 ms'],
    [3210, '3.2 s'],
    [250_000, '4 min 10 s'],
    [7_500_000, '2 h 5 min'],
    [200_000_000, '2 d 7 h'],
  ])('%d ms is %s', (ms, text) => expect(duration(ms)).toBe(text))
})

describe("a timeline entry's detail", () => {
  const ID = '0'.repeat(32)
  it.each([
    ['WEBHOOK: HTTP 503', { channelType: 'WEBHOOK', text: 'HTTP 503' }],
    ['WECHAT_WORK: RATE_LIMITED: limit 20', { channelType: 'WECHAT_WORK', code: 'RATE_LIMITED', text: 'limit 20' }],
    ['ALL_CHANNELS_FAILED', { code: 'ALL_CHANNELS_FAILED', text: '' }],
    ['by Kim: sent: twice', { text: 'by Kim: sent: twice' }],
    ['PROCESSING: 1 now, 0 later', { text: 'PROCESSING: 1 now, 0 later' }],
    ['', { text: '' }],
  ])('%s is taken apart', (text, read) =>
    expect(readDetail(text, (code) => ['RATE_LIMITED', 'ALL_CHANNELS_FAILED'].includes(code))).toEqual(read),
  )
  it('names configs, templates and messages', () =>
    expect(pieces(`config "A (b)" (chc_${ID}), then msg_${ID}`)).toEqual([
      'config ',
      { kind: 'channel', id: `chc_${ID}`, name: 'A (b)' },
      ', then ',
      { kind: 'message', id: `msg_${ID}`, name: `msg_${ID}` },
    ]))
})

describe('masked', () => {
  it.each([
    ['13800138000', '138****8000'],
    ['ada@example.com', 'a***@example.com'],
    ['u1', 'u***'],
  ])('%s is %s', (text, cover) => expect(masked(text)).toBe(cover))
})

describe('a filter in the address', () => {
  const read = (search: object) => v.parse(messageSearch, search)
  it('leaves out what makes no sense', () => {
    expect(toFilter(read({ status: ['NONSENSE'], channelType: 'PIGEON', from: 'yesterday' }), undefined)).toEqual({})
  })
  it('names fields as the schema does', () => {
    const from = '2026-01-01T00:00:00.000Z'
    expect(toFilter(read({ status: ['FAILED'], messageId: 17, from }), 'ten_1')).toEqual({
      status: ['FAILED'],
      messageId: '17',
      createdFrom: from,
      tenantId: 'ten_1',
    })
  })
})

describe('a message to send', () => {
  it('leaves out what is empty', () => {
    const fields = { ...BLANK, businessType: 'X', recipients: [{}, { userId: 'u1', mobile: '' }], targetChannels: [] }
    expect(toMessage(fields, undefined)).toEqual({
      businessType: 'X',
      businessData: {},
      recipients: [{ userId: 'u1' }],
    })
  })
  it('gets the names that templates read, nested, without touching what is there', () => {
    expect(withNames('{"a": 1}', ['a', 'order.id', 'order.total'])).toEqual({
      a: 1,
      order: { id: 'id', total: 'total' },
    })
    expect(withNames('{}', ['order.items[0].name', 'tags[1]'])).toEqual({
      order: { items: [{ name: 'name' }] },
      tags: [undefined, 'tags'],
    })
  })
  it.each([
    ['a', true],
    ['order.id', true],
    ['order.none', false],
    ['none.at.all', false],
    ['items[0].name', true],
    ['items[1].name', false],
    ['items.size', true],
    ['nothing', true],
    ['a.b', false],
  ])('has %s: %s', (name, has) => {
    const data = { a: 1, order: { id: 2 }, items: [{ name: 'x' }], nothing: null }
    expect(hasName(data, name)).toBe(has)
  })
})

describe('a template', () => {
  const fields = {
    channelType: 'LOCAL',
    messageType: 'TEXT',
    name: 'T',
    enabled: true,
    content: { title: 'left over', text: 'x' },
    sampleData: '{"a": 1}',
  } as const
  it('is stored with the keys of its form only', () =>
    expect(toTemplate(fields, 'ten_1', [{ key: 'text' }])).toMatchObject({
      content: { text: 'x' },
      sampleData: { a: 1 },
    }))
  it('loses its sample data when that is emptied', () =>
    expect(toTemplate({ ...fields, sampleData: ' ' }, 'ten_1', []).sampleData).toBeNull())
  it('is compared line by line under its keys', () => {
    expect(asText({ title: 'A', buttons: [{ url: 'u' }] })).toBe('title:\nA\n\nbuttons.0.url:\nu\n')
  })
  it('has its problems at their line', () => {
    const found = problemsOf(
      [
        { field: ['input', 'content', 'text'], message: 'line 3, column 7: expected a tag' },
        { field: ['input', 'content', 'text'], message: 'missing variable `y`' },
      ],
      ({ message }) => `!${message}`,
    )
    expect(found.get('content.text')).toMatchObject([
      { line: 3, column: 7, message: '!expected a tag', said: '!line 3, column 7: expected a tag' },
      { line: 1, column: 1, message: '!missing variable `y`' },
    ])
  })
  it('has a row for a business type without any, and a column for a channel without any', () => {
    const businessTypes = [{ tenantId: 'ten_1', code: 'B', name: 'Bee' }]
    const cell = {
      id: 't',
      tenantId: 'ten_1',
      businessType: 'A',
      channelType: 'LOCAL',
      messageType: 'TEXT',
      name: 'T',
      locale: null,
      enabled: true,
      version: 1,
    } as const
    const { rows, columns } = lay([cell], businessTypes, [{ channelType: 'DINGTALK' }])
    expect(columns).toEqual(['LOCAL', 'DINGTALK'])
    expect(rows.map(({ businessType, name, cells }) => [businessType, name, cells.size])).toEqual([
      ['A', undefined, 1],
      ['B', 'Bee', 0],
    ])
  })
})

describe('roles', () => {
  it('may what the schema says', () => {
    expect(may('VIEWER', 'readConfig')).toBe(true)
    expect(may('VIEWER', 'operate')).toBe(false)
    expect(may('SENDER', 'send')).toBe(true)
    expect(may('SENDER', 'readConfig')).toBe(false)
    expect(may('OPERATOR', 'configure')).toBe(false)
    expect(may('TENANT_ADMIN', 'platform')).toBe(false)
  })
})
