import { screen, waitFor, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { BusinessTypeNamesQuery, ChannelNamesQuery, TemplateNamesQuery } from '~/api/names'
import { InboxQuery, UnreadQuery } from '~/inbox/documents'
import { BreakersQuery, LatestQuery, OverviewQuery, StandingQuery } from '~/overview/documents'
import { SetupQuery } from '~/overview/Setup'
import { session } from '~/session/session'
import { TenantsDocument, ViewerDocument } from '~/session/viewer'
import { PreviewTemplate, TemplateQuery } from '~/templates/documents'
import { described } from './channelTypes'
import { mockApi, Refusal } from './mockApi'
import { open } from './render'
import { page, TENANT, viewer } from './samples'

vi.mock('~/overview/Chart', () => ({ default: () => null }))

const TROUBLE = 'Something went wrong.'

beforeEach(() => session.begin('ph_key', false))

const refuse = (): never => {
  throw new Refusal('INTERNAL')
}

/** Keeps all answers back until it is called. */
function held(): () => void {
  const answer = globalThis.fetch
  let release = () => {}
  const gate = new Promise<void>((open) => {
    release = open
  })
  vi.stubGlobal('fetch', async (url: string, init: RequestInit) => {
    if (!/query Viewer/.test(String(init.body))) await gate
    return answer(url, init)
  })
  return release
}

const NO_COUNTS = {
  accepted: 0,
  succeeded: 0,
  partiallySucceeded: 0,
  failed: 0,
  skipped: 0,
  cancelled: 0,
  reopened: 0,
  latency: { count: 0, p50Ms: null, p99Ms: null },
}

function platform() {
  const at = '2026-01-01T00:00:00.000Z'
  const total = { messages: NO_COUNTS, tasks: { retried: 0 } }
  return mockApi()
    .on(ViewerDocument, () => ({
      viewer: { name: 'Kim', role: 'PLATFORM_ADMIN' as const, tenantId: null, tenant: null },
    }))
    .on(TenantsDocument, () => ({ tenants: [TENANT] }))
    .on(LatestQuery, () => ({ messages: { nodes: [] } }))
    .on(OverviewQuery, () => ({
      now: { from: at, to: at, interval: 'MINUTE' as const, total, groups: [{ buckets: [] }] },
      before: { total },
      channels: { groups: [] },
      businessTypes: { groups: [] },
      reasons: { groups: [] },
    }))
    .on(StandingQuery, refuse)
    .on(BreakersQuery, refuse)
    .on(SetupQuery, refuse)
}

const region = (name: string) => within(screen.getByRole('region', { name }))

describe('the overview', () => {
  it('says of each part why it is not there, and reads it again when asked', async () => {
    const api = platform()
    await open('/')
    await waitFor(() => expect(screen.getAllByText(TROUBLE)).toHaveLength(4))
    for (const name of ['At this moment', 'Open breakers', 'Lanes', 'What is set up']) region(name).getByText(TROUBLE)
    api.on(BreakersQuery, () => ({ channelConfigs: page([]) }))
    await userEvent.click(region('Open breakers').getByRole('button', { name: 'Try again' }))
    await region('Open breakers').findByText(/^None/)
    expect(region('Open breakers').queryByText(TROUBLE)).toBeNull()
  })

  it('says of each part that it is on its way, and not that there is nothing', async () => {
    platform()
    const release = held()
    await open('/')
    await screen.findByRole('region', { name: 'Lanes' })
    for (const name of ['Open breakers', 'Lanes', 'By channel', 'By business type', 'Why it failed'])
      region(name).getByText('Loading')
    release()
    await waitFor(() => expect(region('By channel').queryByText('Loading')).toBeNull())
  })
})

describe('the inbox', () => {
  it('counts nothing as unread while it is not known', async () => {
    const api = viewer(mockApi(), 'OPERATOR')
      .on(InboxQuery, () => ({ inbox: page([]) }))
      .on(UnreadQuery, refuse)
    await open('/inbox?user=u1')
    await screen.findByText(TROUBLE)
    expect(screen.queryByText(/^Unread: /)).toBeNull()
    api.on(UnreadQuery, () => ({ unreadCount: 2 }))
    await userEvent.click(screen.getByRole('button', { name: 'Try again' }))
    await screen.findByText('Unread: 2')
    expect(screen.queryByText(TROUBLE)).toBeNull()
  })
})

it('the test of a template does not say that there is no channel where it could not ask', async () => {
  const content = { messageType: 'TEXT' as const, name: 'Paid', content: { text: 'x' }, sampleData: null }
  const of = { tenantId: TENANT.id, businessType: 'PAID', channelType: 'WECHAT_WORK' as const, locale: null }
  const updatedAt = '2026-01-01T00:00:00.000Z'
  described(viewer(mockApi(), 'TENANT_ADMIN'))
    .on(BusinessTypeNamesQuery, () => ({ businessTypes: page([]) }))
    .on(TemplateNamesQuery, () => ({ templates: page([]) }))
    .on(PreviewTemplate, () => ({ previewTemplate: { rendered: null, variables: [], userErrors: [] } }))
    .on(ChannelNamesQuery, refuse)
    .on(TemplateQuery, () => ({
      template: { ...content, ...of, id: 'tpl_1', enabled: true, version: 1, variables: [], updatedAt, versions: [] },
    }))
  await open('/templates/tpl_1')
  await userEvent.click(await screen.findByRole('button', { name: 'Send a test' }))
  const dialog = within(await screen.findByRole('dialog'))
  await dialog.findByText(TROUBLE)
  await userEvent.click(dialog.getByLabelText('Over the channel'))
  expect(screen.queryByText(/There is no channel of this kind/)).toBeNull()
})
