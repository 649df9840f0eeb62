import { screen, waitFor, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { afterEach, describe, expect, it } from 'vitest'
import { BusinessTypesQuery, DeleteBusinessType } from '~/admin/businessTypeDocuments'
import { BusinessTypeNamesQuery, ChannelNamesQuery, TemplateNamesQuery } from '~/api/names'
import { ChannelQuery, ChannelsQuery, DeleteChannel, UpdateChannel } from '~/channels/documents'
import type { ChannelFragment, TemplateByIdQuery } from '~/gql/graphql'
import { chooseLanguage } from '~/i18n'
import { InboxQuery, MarkRead, UnreadQuery } from '~/inbox/documents'
import { session } from '~/session/session'
import { DeleteTemplate, PreviewTemplate, TemplateQuery, TemplatesQuery } from '~/templates/documents'
import { described } from './channelTypes'
import { mockApi } from './mockApi'
import { open } from './render'
import { channel, page, TENANT, viewer } from './samples'

const refusal = (message: string) => [{ field: ['id'], message, code: 'NOT_FOUND' as const }]
const UNUSED = { lastSuccessAt: null, lastFailureAt: null, lastErrorCode: null, lastErrorMessage: null }

/** Presses it in the dialog that asks again. */
async function confirm(name: string) {
  await userEvent.click(await screen.findByRole('button', { name }))
  await userEvent.click(within(await screen.findByRole('tooltip')).getByRole('button', { name }))
}

function begin() {
  session.begin('ph_key', false)
  return described(viewer(mockApi(), 'TENANT_ADMIN'))
    .on(BusinessTypeNamesQuery, () => ({ businessTypes: page([]) }))
    .on(TemplateNamesQuery, () => ({ templates: page([]) }))
    .on(ChannelNamesQuery, () => ({ channelConfigs: page([]) }))
}

/** The list of channels, of a server that keeps what it is told. */
async function channels(first: ChannelFragment) {
  const kept = { nodes: [first] }
  const api = begin()
    .on(ChannelsQuery, () => ({
      channelConfigs: { ...page(kept.nodes.map((one) => ({ ...one, health: UNUSED }))), totalCount: kept.nodes.length },
    }))
    .on(ChannelQuery, () => ({ channelConfig: kept.nodes[0] ?? null }))
  await open('/channels')
  await screen.findByRole('link', { name: first.name })
  return { api, kept }
}

describe('a channel in the list', () => {
  afterEach(() => chooseLanguage('en-US'))

  it('is disabled once that was asked for twice, with all that it had', async () => {
    const { api, kept } = await channels(channel({ priority: 7, storeId: 's1' }))
    api.on(UpdateChannel, ({ input }) => {
      const changed = channel({ ...kept.nodes[0], enabled: input.enabled ?? true })
      kept.nodes = [changed]
      return { updateChannelConfig: { channelConfig: changed, userErrors: [] } }
    })
    await confirm('Disable')
    await screen.findByRole('button', { name: 'Enable' })
    expect(api.callsOf(UpdateChannel)[0]?.variables).toMatchObject({
      id: 'chc_1',
      input: { enabled: false, name: 'Orders', priority: 7, storeId: 's1', config: { secret: '••••LaSw' } },
    })
  })

  it('is enabled at once', async () => {
    const { api, kept } = await channels(channel({ enabled: false }))
    api.on(UpdateChannel, ({ input }) => {
      const changed = channel({ ...kept.nodes[0], enabled: input.enabled ?? true })
      kept.nodes = [changed]
      return { updateChannelConfig: { channelConfig: changed, userErrors: [] } }
    })
    await userEvent.click(screen.getByRole('button', { name: 'Enable' }))
    await screen.findByRole('button', { name: 'Disable' })
    expect(api.callsOf(UpdateChannel)[0]?.variables).toMatchObject({ input: { enabled: true } })
  })

  it('says why it could not be enabled', async () => {
    const { api } = await channels(channel({ enabled: false }))
    const userErrors = refusal('the stored secret is gone')
    api.on(UpdateChannel, () => ({ updateChannelConfig: { channelConfig: null, userErrors } }))
    await userEvent.click(screen.getByRole('button', { name: 'Enable' }))
    await screen.findByText('the stored secret is gone')
  })

  it('says that it was deleted, once it was', async () => {
    const { api, kept } = await channels(channel({ name: 'Gone' }))
    api.on(DeleteChannel, () => {
      kept.nodes = []
      return { deleteChannelConfig: { deletedId: 'chc_1', userErrors: [] } }
    })
    await confirm('Delete')
    await screen.findByText('Deleted')
    await waitFor(() => expect(screen.queryByText('Gone')).toBeNull())
  })

  it("says in the reader's language why it was not deleted, and never that it was", async () => {
    await chooseLanguage('zh-CN')
    const { api } = await channels(channel({ name: 'Stays' }))
    const userErrors = refusal('channel config not found')
    api.on(DeleteChannel, () => ({ deleteChannelConfig: { deletedId: null, userErrors } }))
    await confirm('删除')
    await screen.findByText('渠道配置不存在')
    expect(screen.queryByText('已删除')).toBeNull()
    screen.getByText('Stays')
  })
})

it('a business type says why it was not deleted', async () => {
  const row = { id: 'bt_1', tenantId: TENANT.id, code: 'PAID', name: 'Paid', enabled: true, priority: 5, lane: null }
  begin()
    .on(BusinessTypesQuery, () => ({ businessTypes: page([{ ...row, updatedAt: '2026-01-01T00:00:00.000Z' }]) }))
    .on(DeleteBusinessType, () => ({
      deleteBusinessType: { deletedId: null, userErrors: refusal('business type not found') },
    }))
  await open('/business-types')
  await confirm('Delete')
  await screen.findByText('business type not found')
})

describe('a template', () => {
  const stored: NonNullable<TemplateByIdQuery['template']> = {
    id: 'tpl_1',
    tenantId: TENANT.id,
    businessType: 'PAID',
    channelType: 'WECHAT_WORK',
    messageType: 'TEXT',
    name: 'Paid',
    locale: null,
    enabled: true,
    version: 1,
    content: { text: 'x' },
    sampleData: null,
    variables: [],
    updatedAt: '2026-01-01T00:00:00.000Z',
    versions: [],
  }

  async function editor() {
    const kept = { template: stored as typeof stored | null }
    const api = begin()
      .on(TemplateQuery, () => kept)
      .on(TemplatesQuery, () => ({ templates: page([]) }))
      .on(PreviewTemplate, () => ({ previewTemplate: { rendered: null, variables: [], userErrors: [] } }))
    const { router } = await open('/templates/tpl_1')
    await screen.findByRole('heading', { name: 'Paid' })
    return { api, kept, router }
  }

  it('stays, and says why, where it was not deleted', async () => {
    const { api, router } = await editor()
    const userErrors = refusal('template not found')
    api.on(DeleteTemplate, () => ({ deleteTemplate: { deletedId: null, userErrors } }))
    await confirm('Delete')
    await screen.findByText('template not found')
    expect(router.state.location.pathname).toBe('/templates/tpl_1')
  })

  it('gives way to the list once it is gone', async () => {
    const { api, kept, router } = await editor()
    api.on(DeleteTemplate, () => {
      kept.template = null
      return { deleteTemplate: { deletedId: 'tpl_1', userErrors: [] } }
    })
    await confirm('Delete')
    await waitFor(() => expect(router.state.location.pathname).toBe('/templates'))
  })
})

it('an inbox says why its messages were not marked as read', async () => {
  begin()
    .on(InboxQuery, () => ({ inbox: page([]) }))
    .on(UnreadQuery, () => ({ unreadCount: 2 }))
    .on(MarkRead, () => ({ markRead: { count: 0, userErrors: refusal('tenant not found') } }))
  await open('/inbox?user=u1')
  await userEvent.click(await screen.findByRole('button', { name: 'Mark all as read' }))
  await screen.findByText('tenant not found')
})
