import { screen, waitFor, within } from '@testing-library/react'
import { describe, expect, it, vi } from 'vitest'
import type { MessageNumbersFragment } from '~/gql/graphql'
import { BreakersQuery, OverviewQuery, StandingQuery } from '~/overview/documents'
import { breakersEvery } from '~/overview/useStanding'
import { session } from '~/session/session'
import { TenantsDocument, ViewerDocument } from '~/session/viewer'
import { mockApi } from './mockApi'
import { answerOverview, CLOSED_CHANNEL, counts, numbers, OPEN_CHANNEL } from './overviewSamples'
import { open } from './render'
import { TENANT, viewer } from './samples'

vi.mock('~/overview/Chart', () => ({
  default: ({ label }: { label: string }) => <div role="img" aria-label={label} />,
}))

type Api = ReturnType<typeof mockApi>

async function overview(change: (api: Api) => unknown = () => undefined, api = viewer(mockApi(), 'VIEWER')) {
  session.begin('ph_key', false)
  change(answerOverview(api))
  await open('/')
  await screen.findByRole('heading', { name: 'Overview' })
  return api
}

const region = (name: string) => within(screen.getByRole('region', { name }))

it('open breakers and the latest failures stand right below the totals', async () => {
  await overview()
  await screen.findByRole('link', { name: 'Hook' })
  const names = screen.getAllByRole('heading', { level: 2 }).map(({ textContent }) => textContent)
  expect(names.slice(0, 3)).toEqual(['Latest failures', 'Open breakers', 'Messages per minute'])
})

it('leads nowhere from what no list shows', async () => {
  await overview()
  const standing = region('At this moment')
  await standing.findByText('10,000+')
  expect(standing.getAllByRole('link').map((link) => link.getAttribute('href'))).toEqual(['/failed', '/channels'])
  standing.getByRole('button', { name: 'Deferred messages' })
})

describe('the totals', () => {
  const totals = async (messages: Partial<MessageNumbersFragment>) => {
    await overview((api) => api.on(OverviewQuery, () => numbers(counts(messages), counts())))
    const shown = region('Totals of the range')
    await shown.findByText(/that ended/)
    return shown
  }

  it('say in words why more ended than were accepted', async () => {
    const shown = await totals({ accepted: 56, succeeded: 16, failed: 51, reopened: 11 })
    shown.getByText('16 of 67 that ended')
    shown.getByRole('button', { name: 'incl. 11 opened again' })
  })

  it('also where they were accepted before', async () => {
    const shown = await totals({ accepted: 5, succeeded: 7 })
    shown.getByRole('button', { name: 'incl. some accepted earlier' })
  })

  it('say no more where nothing is odd, and no rate of an hour beside the number of that hour', async () => {
    vi.spyOn(Date, 'now').mockReturnValue(Date.parse('2026-01-01T00:59:20.000Z'))
    const shown = await totals({ accepted: 56, succeeded: 16 })
    expect(shown.queryByRole('button')).toBeNull()
    expect(shown.queryByText(/per hour/)).toBeNull()
  })
})

describe('open breakers', () => {
  it('are not told as if all channels had been looked at where there are too many', async () => {
    let asked = 0
    const api = await overview((api) =>
      api.on(BreakersQuery, () => ({
        channelConfigs: {
          nodes: [asked++ === 3 ? OPEN_CHANNEL : { ...CLOSED_CHANNEL, id: `chc_${asked}` }],
          pageInfo: { hasNextPage: true, endCursor: String(asked) },
        },
      })),
    )
    await region('Open breakers').findByText('20+ channels, not all looked at: only the newest 20.')
    await region('At this moment').findByText('1+')
    expect(api.callsOf(BreakersQuery)).toHaveLength(20)
  })

  it('are not said to be none either', async () => {
    await overview((api) =>
      api.on(BreakersQuery, () => ({
        channelConfigs: { nodes: [CLOSED_CHANNEL], pageInfo: { hasNextPage: true, endCursor: 'c' } },
      })),
    )
    await screen.findByText(/not all looked at/)
    expect(screen.queryByText('None. Every provider is being sent to.')).toBeNull()
  })

  it('are asked for often while that is one page, and rarely while it is many', () => {
    expect(breakersEvery(100)).toBe(5000)
    expect(breakersEvery(101)).toBe(30_000)
  })
})

it('the lanes are shown to a platform key', async () => {
  const lane = {
    lane: 'deliver.WEBHOOK',
    waiting: 7,
    delayed: 1,
    inHand: 2,
    oldestAgeSeconds: 3,
    workersPerInstance: 64,
  }
  const backlog = { deferredMessages: { value: 0, capped: false }, failedTasks: { value: 0, capped: false } }
  const root = { name: 'Root', role: 'PLATFORM_ADMIN' as const, tenantId: null, tenant: null }
  const platform = mockApi()
    .on(ViewerDocument, () => ({ viewer: root }))
    .on(TenantsDocument, () => ({ tenants: [TENANT] }))
  const api = await overview(
    (one) => one.on(StandingQuery, ({ lanes }) => ({ backlog, ...(lanes ? { laneStats: [lane] } : {}) })),
    platform,
  )
  const table = within(await screen.findByRole('table', { name: 'Lanes' }))
  await waitFor(() => expect(table.getAllByRole('row')).toHaveLength(2))
  const cells = table.getAllByRole('row')[1]?.querySelectorAll('th, td')
  expect([...(cells ?? [])].map(({ textContent }) => textContent)).toEqual([
    'Delivery · Webhook',
    '7',
    '1',
    '2',
    '3.0 s',
    '64',
  ])
  expect(api.callsOf(StandingQuery)[0]?.variables).toEqual({ tenantId: null, lanes: true })
})
