import { screen, waitFor, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { describe, expect, it } from 'vitest'
import {
  ChannelQuery,
  ChannelsQuery,
  CopyChannel,
  ResetBreaker,
  TestChannel,
  UpdateChannel,
} from '~/channels/documents'
import type { ChannelFragment, ChannelHealthFragment, Role } from '~/gql/graphql'
import { session } from '~/session/session'
import { described } from './channelTypes'
import { mockApi } from './mockApi'
import { open } from './render'
import { CLOSED, channel, page, viewer } from './samples'

const OPEN = {
  state: 'OPEN',
  reason: 'HTTP 503',
  openedAt: '2026-01-01T00:00:00.000Z',
  retryAt: '2026-01-01T00:01:00.000Z',
  consecutiveFailures: 5,
} as const

const UNUSED = { lastSuccessAt: null, lastFailureAt: null, lastErrorCode: null, lastErrorMessage: null }

async function at(path: string, role: Role, shown: ChannelFragment, health: ChannelHealthFragment['health'] = UNUSED) {
  session.begin('ph_key', false)
  const api = described(viewer(mockApi(), role))
    .on(ChannelsQuery, () => ({
      channelConfigs: {
        nodes: [{ ...shown, health }],
        pageInfo: { hasNextPage: false, endCursor: null },
        totalCount: 1,
      },
    }))
    .on(ChannelQuery, () => ({ channelConfig: shown }))
  await open(path)
  return api
}

describe('a circuit breaker', () => {
  it('is in the list with its reason, and can be closed by an operator who is asked first', async () => {
    const api = await at('/channels', 'OPERATOR', channel({ breaker: OPEN }))
    await screen.findByText('Breaker open')
    screen.getByText('HTTP 503')
    api.on(ResetBreaker, () => ({ resetChannelConfigBreaker: { channelConfig: channel(), userErrors: [] } }))
    await userEvent.click(screen.getByRole('button', { name: 'Close the breaker' }))
    expect(api.callsOf(ResetBreaker)).toHaveLength(0)
    await userEvent.click(within(await screen.findByRole('tooltip')).getByRole('button', { name: 'Close the breaker' }))
    await waitFor(() => expect(api.callsOf(ResetBreaker)).toHaveLength(1))
    expect(api.callsOf(ResetBreaker)[0]?.variables).toEqual({ id: 'chc_1' })
    for (const name of ['Disable', 'Delete', 'Copy']) expect(screen.queryByRole('button', { name })).toBeNull()
  })

  it('is only to be looked at for a viewer', async () => {
    await at('/channels/chc_1', 'VIEWER', channel({ breaker: OPEN }))
    await screen.findByRole('heading', { name: 'Circuit breaker' })
    screen.getByText('2026-01-01 08:01:00')
    expect(screen.queryByRole('button', { name: 'Close the breaker' })).toBeNull()
  })

  it('shows failures before it opens, and nothing while all is well', async () => {
    await at('/channels/chc_1', 'OPERATOR', channel({ breaker: { ...CLOSED, consecutiveFailures: 2 } }))
    await screen.findByRole('heading', { name: 'Circuit breaker' })
    expect(screen.getByText('Failures in a row').nextElementSibling?.textContent).toBe('2')
    expect(screen.queryByRole('button', { name: 'Close the breaker' })).toBeNull()
  })

  it('takes no room while all is well', async () => {
    await at('/channels/chc_1', 'OPERATOR', channel())
    await screen.findByRole('heading', { name: 'Orders' })
    expect(screen.queryByRole('heading', { name: 'Circuit breaker' })).toBeNull()
  })
})

describe('what an unknown outcome means', () => {
  it('is asked where the provider cannot tell a repetition', async () => {
    await at(
      '/channels/chc_1',
      'TENANT_ADMIN',
      channel({ channelType: 'WECHAT_WORK', config: { webhook: 'https://a/•' }, onUnknown: 'FAIL' }),
    )
    await screen.findByLabelText('When the outcome is unknown')
    screen.getByText('Give up: it may not arrive')
  })

  it('is not asked where it can', async () => {
    await at('/channels/chc_1', 'TENANT_ADMIN', channel())
    await screen.findByRole('heading', { name: 'Orders' })
    expect(screen.queryByLabelText('When the outcome is unknown')).toBeNull()
  })
})

it('a limit without its numbers says what is needed, and what is wrong is led to', async () => {
  const limit = { count: 20, window: 1, unit: 'MINUTE' as const }
  const api = await at('/channels/chc_1', 'TENANT_ADMIN', channel({ rateLimit: limit, rateLimitInForce: limit }))
  const count = await screen.findByLabelText('Messages', { selector: 'input' })
  await userEvent.clear(count)
  await userEvent.click(screen.getByRole('button', { name: 'Save' }))
  await screen.findByText('Say how many messages, and in what length of time')
  expect(document.activeElement).toBe(count)
  expect(api.callsOf(UpdateChannel)).toHaveLength(0)
})

describe('the limit of a channel', () => {
  const limit = { count: 20, window: 1, unit: 'MINUTE' as const }
  const robot = channel({ channelType: 'WECHAT_WORK', config: { webhook: 'https://a/•' } })

  it('in the list is the one that it keeps to', async () => {
    await at('/channels', 'VIEWER', channel({ ...robot, rateLimitInForce: limit }))
    expect((await screen.findByText(/^20 per 1/)).textContent).toMatch(/^20 per 1 \S+ · the provider's$/)
    expect(screen.queryByText('None')).toBeNull()
  })

  it("of its own is not called the provider's", async () => {
    await at('/channels', 'VIEWER', channel({ ...robot, rateLimit: limit, rateLimitInForce: limit }))
    expect((await screen.findByText(/^20 per 1/)).textContent).not.toMatch(/provider/)
  })

  it('stands beside the switch while it has none, with what happens beyond it', async () => {
    await at('/channels/chc_1', 'TENANT_ADMIN', channel({ ...robot, rateLimitInForce: limit }))
    await screen.findByText(/keeps to the provider's own limit, 20 per 1/)
    screen.getByLabelText('Over the limit')
    await userEvent.click(screen.getByLabelText('Rate limit'))
    expect(screen.queryByText(/keeps to the provider's own limit/)).toBeNull()
  })

  it("depends on the host where it is not the provider's own", async () => {
    await at('/channels/chc_1', 'TENANT_ADMIN', robot)
    await screen.findByText(/where it sends to qyapi\.weixin\.qq\.com, it keeps to what the provider takes/)
  })

  it('is nothing to speak of where the provider says none', async () => {
    await at('/channels/chc_1', 'TENANT_ADMIN', channel())
    await screen.findByLabelText('Rate limit')
    expect(screen.queryByText(/keeps to/)).toBeNull()
    expect(screen.queryByLabelText('Over the limit')).toBeNull()
  })
})

describe('how a channel did lately', () => {
  it('says when it last worked, and when and why it last failed', async () => {
    await at('/channels', 'VIEWER', channel(), {
      lastSuccessAt: '2026-01-01T00:00:00.000Z',
      lastFailureAt: '2026-01-01T00:01:00.000Z',
      lastErrorCode: 'BAD_MSG',
      lastErrorMessage: 'HTTP 400',
    })
    const cell = (await screen.findByText('2026-01-01 08:00:00')).closest('td')
    expect(cell?.textContent).toBe(
      'Last success 2026-01-01 08:00:00Last failed attempt 2026-01-01 08:01:00refused: the message · HTTP 400',
    )
  })

  it('says so where it never sent', async () => {
    await at('/channels', 'VIEWER', channel())
    await screen.findByText('Not used yet')
  })
})

describe('the settings', () => {
  const config = { url: 'https://example.com', secret: '••••LaSw', headers: { 'X-A': '••••' } }

  it('keep secrets as they are, and replace only the one that is typed anew', async () => {
    const api = await at('/channels/chc_1', 'TENANT_ADMIN', channel({ config }))
    const secret = await screen.findByLabelText<HTMLInputElement>('Signing secret')
    expect([secret.value, secret.readOnly]).toEqual(['••••LaSw', true])
    await userEvent.click(screen.getByRole('button', { name: 'Replace: Signing secret' }))
    await userEvent.type(screen.getByLabelText('Signing secret'), 'whsec_new')
    api.on(UpdateChannel, () => ({ updateChannelConfig: { channelConfig: channel({ config }), userErrors: [] } }))
    await userEvent.click(screen.getByRole('button', { name: 'Save' }))
    await waitFor(() => expect(api.callsOf(UpdateChannel)).toHaveLength(1))
    expect(api.callsOf(UpdateChannel)[0]?.variables).toMatchObject({
      input: { config: { ...config, secret: 'whsec_new' } },
    })
  })

  it('ask for a replaced secret that is needed, and go back to the stored one', async () => {
    const api = await at('/channels/chc_1', 'TENANT_ADMIN', channel({ config }))
    await userEvent.click(await screen.findByRole('button', { name: 'Replace: Signing secret' }))
    await userEvent.click(screen.getByRole('button', { name: 'Save' }))
    await screen.findByText('Needed')
    expect(api.callsOf(UpdateChannel)).toHaveLength(0)
    await userEvent.click(screen.getByRole('button', { name: 'Keep what is stored: Signing secret' }))
    expect(screen.getByLabelText<HTMLInputElement>('Signing secret').value).toBe('••••LaSw')
  })

  it('show what the server found wrong beside the header that it is about', async () => {
    const api = await at('/channels/chc_1', 'TENANT_ADMIN', channel({ config }))
    await userEvent.click(await screen.findByRole('button', { name: 'Add to Headers' }))
    await userEvent.type(screen.getByLabelText('Headers 2: name'), 'Host')
    const userErrors = [
      { field: ['input', 'config', 'headers', 'Host'], message: 'is set by Posthorn itself', code: 'INVALID' as const },
    ]
    api.on(UpdateChannel, () => ({ updateChannelConfig: { channelConfig: null, userErrors } }))
    await userEvent.click(screen.getByRole('button', { name: 'Save' }))
    await screen.findByText('is set by Posthorn itself')
    expect(screen.getByLabelText('Headers 2: name').getAttribute('aria-invalid')).toBe('true')
    expect(screen.getByLabelText('Headers 1: name').getAttribute('aria-invalid')).not.toBe('true')
    expect(api.callsOf(UpdateChannel)[0]?.variables).toMatchObject({
      input: { config: { headers: { 'X-A': '••••', Host: '' } } },
    })
  })

  it('are only to be looked at for an operator', async () => {
    await at('/channels/chc_1', 'OPERATOR', channel({ config }))
    await screen.findByLabelText('Signing secret')
    for (const name of [/^Replace/, /^Add/, /^Remove/, 'Send a test', 'Copy'])
      expect(screen.queryByRole('button', { name }), String(name)).toBeNull()
  })
})

it('a test shows what the provider answered, and can be sent again', async () => {
  const api = await at('/channels/chc_1', 'TENANT_ADMIN', channel())
  api.on(TestChannel, () => ({
    testChannelConfig: {
      testSend: {
        success: false,
        outcome: 'BAD_MSG',
        message: 'HTTP 400',
        durationMs: 12,
        request: { body: 'Hello' },
        response: '{"error":"no such robot"}',
      },
      userErrors: [],
    },
  }))
  await userEvent.click(await screen.findByRole('button', { name: 'Send a test' }))
  await userEvent.type(await screen.findByLabelText('Text'), 'Hello')
  await userEvent.click(screen.getByRole('button', { name: 'Send it' }))
  const found = await screen.findByRole('region', { name: 'What became of the test' })
  for (const text of ['refused: the message', 'HTTP 400', 'took 12 ms', /no such robot/]) within(found).getByText(text)
  screen.getByRole('button', { name: 'Send again' })
  expect(api.callsOf(TestChannel)[0]?.variables).toEqual({
    input: { id: 'chc_1', content: { title: null, body: 'Hello', messageType: null }, recipients: [] },
  })
})

it('a copy is made by the server, and a name that is taken is said beside it', async () => {
  const api = await at('/channels', 'TENANT_ADMIN', channel())
  const userErrors = [{ field: ['name'], message: 'store s1 has one', code: 'TAKEN' as const }]
  api.on(CopyChannel, () => ({ copyChannelConfig: { channelConfig: null, userErrors } }))
  await userEvent.click(await screen.findByRole('button', { name: 'Copy' }))
  const dialog = within(await screen.findByRole('dialog'))
  await userEvent.type(dialog.getByLabelText('Store'), 's1')
  await userEvent.click(dialog.getByRole('button', { name: 'Copy' }))
  await dialog.findByText('store s1 has one')
  expect(api.callsOf(CopyChannel)[0]?.variables).toEqual({ id: 'chc_1', storeId: 's1', name: 'Orders', enabled: false })
})

it('are filtered by what the address says, and the filters go into it', async () => {
  const api = await at('/channels?enabled=false&store=s1', 'VIEWER', channel())
  await screen.findByText('Orders')
  expect(api.callsOf(ChannelsQuery)[0]?.variables).toMatchObject({
    filter: { tenantId: 'ten_1', storeId: 's1', enabled: false },
  })
  await userEvent.clear(screen.getByLabelText('Store'))
  await waitFor(() => expect(api.callsOf(ChannelsQuery).at(-1)?.variables).not.toHaveProperty('filter.storeId'))
  await userEvent.click(screen.getByLabelText('Kind'))
  await userEvent.click(await screen.findByTitle('DingTalk'))
  await waitFor(() =>
    expect(api.callsOf(ChannelsQuery).at(-1)?.variables).toMatchObject({
      filter: { tenantId: 'ten_1', channelType: 'DINGTALK', enabled: false },
    }),
  )
})

it('says so when no channel matches', async () => {
  const api = await at('/channels?store=nowhere', 'TENANT_ADMIN', channel())
  api.on(ChannelsQuery, () => ({ channelConfigs: { ...page([]), totalCount: 0 } }))
  await userEvent.type(await screen.findByLabelText('Store'), '2{Enter}')
  await screen.findByText('No channel matches these filters')
})
