import { screen, waitFor, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { describe, expect, it } from 'vitest'
import { BusinessTypeNamesQuery, ChannelNamesQuery, TemplateNamesQuery } from '~/api/names'
import type { PreviewTemplateQuery, PreviewTemplateQueryVariables, Role, TemplateByIdQuery } from '~/gql/graphql'
import { session } from '~/session/session'
import { carriedBy, contentFields, formsOf, used } from '~/templates/carried'
import { PreviewTemplate, TemplateQuery, TestTemplate, UpdateTemplate } from '~/templates/documents'
import { described, WEBHOOK, WECOM } from './channelTypes'
import { mockApi } from './mockApi'
import { open } from './render'
import { page, TENANT, viewer } from './samples'

const TYPES = [WEBHOOK, WECOM]

describe('a form of content', () => {
  it('has the fields and limits of the channel', () => {
    expect(formsOf(TYPES, 'WECHAT_WORK')).toEqual(['TEXT', 'CARD'])
    const fields = contentFields(carriedBy(TYPES, 'WECHAT_WORK', 'CARD'))
    expect(fields.map(({ key, kind, required }) => [key, kind, required])).toEqual([
      ['title', 'line', true],
      ['text', 'text', true],
      ['buttons', 'list', true],
      ['vertical', 'flag', false],
    ])
    // Posthorn itself would take eight, this provider three.
    expect(fields[2]).toMatchObject({ max: 3, of: [{ key: 'title' }, { key: 'url' }] })
  })
  it('is shown as another channel takes it, where its own is not known', () => {
    expect(formsOf(TYPES, 'SMS')).toEqual([])
    expect(contentFields(carriedBy(TYPES, 'SMS', 'TEXT')).map(({ key }) => key)).toEqual(['text'])
    expect(contentFields(carriedBy(TYPES, 'SMS', 'FILE'))).toEqual([])
  })
})

describe('a limit', () => {
  const limit = (key: string | null, field: string) => ({ key, field, max: 10, unit: 'BYTES' as const })
  it.each([
    [limit('text', 'text.content'), { text: { content: '订单 1' } }, 8],
    [limit('articles.title', 'news.articles.title'), { news: { articles: [{ title: 'a' }, { title: '长' }] } }, 3],
    [limit('base64', 'image.base64'), { image: { base64: 'aGVsbG8=' } }, 5],
    [limit(null, 'body'), { a: 1 }, 7],
    [limit('text', 'text.content'), { markdown: {} }, undefined],
    [limit(null, 'body'), null, undefined],
  ])('%j of %j is used to %s', (of, rendered, bytes) => expect(used(rendered, of)).toBe(bytes))
})

type Stored = NonNullable<TemplateByIdQuery['template']>

const STORED: Stored = {
  id: 'tpl_1',
  tenantId: TENANT.id,
  businessType: 'ORDER_PAID',
  channelType: 'WECHAT_WORK',
  messageType: 'TEXT',
  name: 'Paid',
  locale: null,
  enabled: true,
  version: 1,
  content: { text: 'Order {{ orderId }}' },
  sampleData: null,
  variables: ['orderId'],
  updatedAt: '2026-01-01T00:00:00.000Z',
  versions: [],
}

/** As the server reads a content: names in braces, strictly. */
function preview({ input, businessData }: PreviewTemplateQueryVariables): PreviewTemplateQuery {
  const text = JSON.stringify(input.content)
  const problem = (code: 'MISSING_VARIABLE' | 'TEMPLATE_SYNTAX', message: string) => ({
    previewTemplate: {
      rendered: null,
      variables,
      userErrors: [{ field: ['input', 'content', 'title'], message, code }],
    },
  })
  let variables: string[] = []
  if (/\{\{[^}]*"/.test(text)) return problem('TEMPLATE_SYNTAX', 'line 1, column 1: expected a name')
  variables = [...new Set([...text.matchAll(/\{\{ ([\w.]+) \}\}/g)].map(([, name]) => name as string))].sort()
  const missing = variables.find((name) => !((name.split('.')[0] as string) in (businessData as object)))
  if (missing) return problem('MISSING_VARIABLE', `missing variable \`${missing}\` in content.title`)
  return { previewTemplate: { rendered: { msgtype: 'text', text: { content: 'Order 7' } }, variables, userErrors: [] } }
}

async function editor(role: Role, change: Partial<Stored> = {}) {
  session.begin('ph_key', false)
  const api = described(viewer(mockApi(), role))
    .on(TemplateQuery, () => ({ template: { ...STORED, ...change } }))
    .on(BusinessTypeNamesQuery, () => ({ businessTypes: page([]) }))
    .on(TemplateNamesQuery, () => ({ templates: page([]) }))
    .on(PreviewTemplate, preview)
  await open('/templates/tpl_1')
  await screen.findByRole('heading', { name: 'Paid' })
  return api
}

describe('the editor', () => {
  it('previews with the sample data of the template, and says how much of the limit it uses', async () => {
    const api = await editor('VIEWER', { sampleData: { orderId: 7 } })
    await screen.findByText('7 of at most 2,048 bytes in this preview')
    expect(api.callsOf(PreviewTemplate)[0]?.variables).toMatchObject({ businessData: { orderId: 7 } })
    for (const name of ['Send a test', 'Fill in what the content reads', 'Save'])
      expect(screen.queryByRole('button', { name }), name).toBeNull()
  })

  it('keeps the sample data with the template', async () => {
    const api = await editor('TENANT_ADMIN')
    api.on(UpdateTemplate, () => ({ updateTemplate: { template: { id: 'tpl_1', version: 2 }, userErrors: [] } }))
    await userEvent.click(await screen.findByRole('button', { name: 'Fill in what the content reads' }))
    await userEvent.click(screen.getByRole('button', { name: 'Save' }))
    await waitFor(() => expect(api.callsOf(UpdateTemplate)).toHaveLength(1))
    expect(api.callsOf(UpdateTemplate)[0]?.variables).toMatchObject({
      input: { content: { text: 'Order {{ orderId }}' }, sampleData: { orderId: 'orderId' } },
    })
  })

  it('sends what is in it over a channel, and shows the answer', async () => {
    const api = await editor('TENANT_ADMIN', { sampleData: { orderId: 7 } })
    api
      .on(ChannelNamesQuery, () => ({
        channelConfigs: page([
          { id: 'chc_1', name: 'Robot', channelType: 'WECHAT_WORK' as const, storeId: 's1', enabled: false },
        ]),
      }))
      .on(TestTemplate, () => ({
        testTemplate: {
          testSend: {
            success: true,
            outcome: 'OK',
            message: 'HTTP 200',
            durationMs: 12,
            request: { text: { content: 'Order 7' } },
            response: '{"errcode":0}',
          },
          userErrors: [],
        },
      }))
    await userEvent.click(await screen.findByRole('button', { name: 'Send a test' }))
    const dialog = within(await screen.findByRole('dialog'))
    await userEvent.click(dialog.getByRole('button', { name: 'Send it' }))
    await dialog.findByText('Needed')
    expect(api.callsOf(TestTemplate)).toHaveLength(0)
    await userEvent.click(dialog.getByLabelText('Over the channel'))
    await userEvent.click(await screen.findByTitle('Robot · Store s1 · Disabled'))
    await userEvent.click(dialog.getByRole('button', { name: 'Send it' }))
    const found = await dialog.findByRole('region', { name: 'What became of the test' })
    within(found).getByText('accepted by the provider')
    within(found).getByText(/errcode/)
    expect(api.callsOf(TestTemplate)[0]?.variables).toMatchObject({
      input: { channelConfigId: 'chc_1', businessData: { orderId: 7 }, template: { channelType: 'WECHAT_WORK' } },
    })
  })
})

describe('the variables', () => {
  const listed = () => {
    const list = within(screen.getByRole('list', { name: 'The content reads' }))
    return list.getAllByRole('listitem').map(({ textContent }) => textContent?.trim())
  }

  it('are listed, and those that the sample data lacks are marked', async () => {
    await editor('VIEWER', {
      content: { text: '{{ orderId }} {{ order.total }}' },
      variables: ['orderId', 'order.total', 'gone'],
      sampleData: { orderId: 7 },
    })
    await waitFor(() => expect(listed()).toEqual(['order.total not in the sample data', 'orderId']))
  })

  it('are those of the content in the editor, and their names stand in for data', async () => {
    const content = { title: '', text: 'x', buttons: [] }
    const api = await editor('TENANT_ADMIN', { messageType: 'CARD', content, variables: ['gone'] })
    await waitFor(() => expect(screen.queryByRole('list', { name: 'The content reads' })).toBeNull())
    await userEvent.click(screen.getByLabelText('Title'))
    await userEvent.paste('{{ a }} {{ b }}')
    await waitFor(() => expect(listed()).toEqual(['a', 'b']))
    await waitFor(() =>
      expect(api.callsOf(PreviewTemplate).at(-1)?.variables).toMatchObject({ businessData: { a: 'a', b: 'b' } }),
    )
    expect(screen.queryByText(/missing variable/)).toBeNull()
    // While its syntax is wrong the list stays as it was.
    await userEvent.paste(' {{')
    await screen.findAllByText(/expected a name/)
    expect(listed()).toEqual(['a', 'b'])
    await userEvent.clear(screen.getByLabelText('Title'))
    await waitFor(() => expect(screen.queryByRole('list', { name: 'The content reads' })).toBeNull())
  })
})

describe('versions', () => {
  const version = (number: number, change: Partial<Stored['versions'][number]> = {}): Stored['versions'][number] => ({
    version: number,
    messageType: 'TEXT',
    name: 'Paid',
    content: { text: 'Order {{ orderId }}' },
    sampleData: null,
    enabled: true,
    createdAt: '2026-01-01T00:00:00.000Z',
    createdBy: 'Kim',
    ...change,
  })

  it('are compared with all that they hold, against the present one or another', async () => {
    await editor('VIEWER', {
      version: 3,
      versions: [version(3), version(2, { name: 'Was paid' }), version(1, { enabled: false, messageType: 'MARKDOWN' })],
    })
    await userEvent.click(await screen.findByRole('button', { name: /^Version 1/ }))
    const diff = await screen.findByLabelText('Changes from version 1 to version 3')
    for (const text of ['Markdown', 'no', 'Text', 'yes']) expect(diff.textContent).toContain(text)
    await userEvent.click(screen.getByLabelText('Compare version 1 with'))
    await userEvent.click(await screen.findByTitle('Version 2'))
    const other = await screen.findByLabelText('Changes from version 1 to version 2')
    expect(other.textContent).toContain('Was paid')
    expect(screen.queryByRole('button', { name: 'Restore' })).toBeNull()
  })
})
