import { screen, waitFor, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { describe, expect, it } from 'vitest'
import { ChannelQuery, ChannelsQuery, ResetBreaker } from '~/channels/documents'
import type { ChannelFragment, ChannelHealthFragment, Role } from '~/gql/graphql'
import { session } from '~/session/session'
import { mockApi } from './mockApi'
import { open } from './render'
import { CLOSED, channel, viewer } from './samples'

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
  const api = viewer(mockApi(), role)
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
