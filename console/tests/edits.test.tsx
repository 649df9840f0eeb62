import { fireEvent, screen, waitFor, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { describe, expect, it, vi } from 'vitest'
import { BusinessTypeNamesQuery, ChannelNamesQuery, TemplateNamesQuery } from '~/api/names'
import { ChannelQuery, ChannelsQuery, UpdateChannel } from '~/channels/documents'
import { VariablesQuery } from '~/compose/documents'
import type { ChannelFragment, TemplateByIdQuery } from '~/gql/graphql'
import { session } from '~/session/session'
import { PreviewTemplate, TemplateQuery, TemplatesQuery, UpdateTemplate } from '~/templates/documents'
import { described } from './channelTypes'
import { mockApi } from './mockApi'
import { open } from './render'
import { channel, page, TENANT, viewer } from './samples'

vi.setConfig({ testTimeout: 40_000 })

function begin() {
  session.begin('ph_key', false)
  return described(viewer(mockApi(), 'TENANT_ADMIN'))
    .on(BusinessTypeNamesQuery, () => ({ businessTypes: page([]) }))
    .on(TemplateNamesQuery, () => ({ templates: page([]) }))
    .on(ChannelNamesQuery, () => ({ channelConfigs: page([]) }))
    .on(VariablesQuery, () => ({ templates: page([]) }))
    .on(ChannelsQuery, () => ({ channelConfigs: { ...page([]), totalCount: 0 } }))
    .on(TemplatesQuery, () => ({ templates: page([]) }))
    .on(PreviewTemplate, () => ({ previewTemplate: { rendered: null, variables: [], userErrors: [] } }))
}

/** A channel that others may change, at a server that keeps what it is told. */
async function form() {
  const kept: { channel: ChannelFragment | null } = { channel: channel() }
  let changes = 0
  const change = (part: Partial<ChannelFragment>) => {
    const updatedAt = new Date(Date.UTC(2026, 0, 2) + ++changes * 1000).toISOString()
    kept.channel = channel({ ...kept.channel, ...part, updatedAt })
    return kept.channel
  }
  const api = begin()
    .on(ChannelQuery, () => ({ channelConfig: kept.channel }))
    .on(UpdateChannel, ({ input: { name } }) => ({
      updateChannelConfig: { channelConfig: change({ name }), userErrors: [] },
    }))
  const view = await open('/channels/chc_1')
  /** As the page does by itself every few seconds. */
  const lookAgain = () => view.queryClient.invalidateQueries({ queryKey: ['channels'] })
  await screen.findByLabelText('Name')
  return { api, kept, change, lookAgain, ...view }
}

const field = () => screen.getByLabelText<HTMLInputElement>('Name')
/** At once: typed letter by letter it would take longer than the page waits before it looks again. */
const edit = (value: string) => void fireEvent.change(field(), { target: { value } })
const save = () => userEvent.click(screen.getByRole('button', { name: 'Save' }))

describe('a channel that somebody else changes', () => {
  it('is shown as it is now while there are no edits', async () => {
    const { change, lookAgain } = await form()
    change({ name: 'Theirs' })
    await lookAgain()
    await waitFor(() => expect(field().value).toBe('Theirs'))
    expect(screen.queryByText(/changed elsewhere/)).toBeNull()
  })

  it('leaves the edits alone and says so; saving then replaces it', async () => {
    const { api, change, lookAgain } = await form()
    edit('Orders of mine')
    change({ enabled: false })
    await lookAgain()
    await screen.findByText('This was changed elsewhere meanwhile')
    expect(field().value).toBe('Orders of mine')
    await save()
    await screen.findByText('Saved')
    expect(api.callsOf(UpdateChannel)).toHaveLength(1)
    expect(screen.queryByText(/changed elsewhere/)).toBeNull()
    expect(field().value).toBe('Orders of mine')
  })

  it('is not replaced by who has not seen it, who can load it instead', async () => {
    const { api, change } = await form()
    edit('Orders of mine')
    change({ name: 'Theirs' })
    // At once: the page must not have looked again by itself.
    fireEvent.click(screen.getByRole('button', { name: 'Save' }))
    await screen.findByText(/^Not saved/)
    expect(api.callsOf(UpdateChannel)).toHaveLength(0)
    await userEvent.click(screen.getByRole('button', { name: 'Load the newer one' }))
    await waitFor(() => expect(field().value).toBe('Theirs'))
    expect(screen.queryByText('This was changed elsewhere meanwhile')).toBeNull()
  })

  it('keeps the edits to be copied where it was deleted', async () => {
    const { kept } = await form()
    edit('Orders of mine')
    kept.channel = null
    await save()
    await screen.findByText('This was deleted elsewhere meanwhile')
    expect(field().value).toBe('Orders of mine')
  })
})

describe('leaving', () => {
  const leave = () => userEvent.click(screen.getByRole('link', { name: 'Channels' }))

  it('with unsaved edits asks first, and stays where that is wished', async () => {
    const { router } = await form()
    edit('Orders!')
    await leave()
    await userEvent.click(await screen.findByRole('button', { name: 'Stay here' }))
    expect(router.state.location.pathname).toBe('/channels/chc_1')
    expect(field().value).toBe('Orders!')
  })

  it('with unsaved edits goes on where that is wished', async () => {
    const { router } = await form()
    edit('Orders!')
    await leave()
    await userEvent.click(await screen.findByRole('button', { name: 'Leave and lose it' }))
    await waitFor(() => expect(router.state.location.pathname).toBe('/channels'))
  })

  it('asks nothing where nothing was changed, or changed back, or saved', async () => {
    const { router } = await form()
    edit('Orders!')
    edit('Orders')
    await leave()
    await waitFor(() => expect(router.state.location.pathname).toBe('/channels'))
    await router.navigate({ to: '/channels/$id', params: { id: 'chc_1' } })
    await screen.findByLabelText('Name')
    edit('Orders!')
    await save()
    await screen.findByText('Saved')
    await leave()
    await waitFor(() => expect(router.state.location.pathname).toBe('/channels'))
  })

  it('by closing the tab is asked by the browser', async () => {
    const { router } = await form()
    const blocked = vi.spyOn(router.history, 'block')
    edit('Orders!')
    await waitFor(() => expect(blocked.mock.lastCall?.[0]).toMatchObject({ enableBeforeUnload: true }))
  })

  it('a message that was begun asks too', async () => {
    begin()
    const { router } = await open('/compose')
    await userEvent.type(await screen.findByLabelText('Recipient 1: User id'), 'u1')
    await leave()
    await userEvent.click(await screen.findByRole('button', { name: 'Stay here' }))
    expect(router.state.location.pathname).toBe('/compose')
  })
})

describe('restoring a version', () => {
  const version = (number: number) => ({
    version: number,
    messageType: 'TEXT' as const,
    name: `Was ${number}`,
    content: { text: 'x' },
    sampleData: null,
    enabled: true,
    createdAt: '2026-01-01T00:00:00.000Z',
    createdBy: 'Kim',
  })
  const stored: NonNullable<TemplateByIdQuery['template']> = {
    ...version(2),
    id: 'tpl_1',
    tenantId: TENANT.id,
    businessType: 'PAID',
    channelType: 'WECHAT_WORK',
    locale: null,
    variables: [],
    updatedAt: '2026-01-01T00:00:00.000Z',
    versions: [version(2), version(1)],
  }

  async function restore() {
    let template = stored
    const api = begin()
      .on(TemplateQuery, () => ({ template }))
      .on(UpdateTemplate, ({ input: { name } }) => {
        template = { ...template, name, version: 3 }
        return { updateTemplate: { template: { id: 'tpl_1', version: 3 }, userErrors: [] } }
      })
    await open('/templates/tpl_1')
    await userEvent.click(await screen.findByRole('button', { name: /^Version 1/ }))
    const press = async () => {
      await userEvent.click(await screen.findByRole('button', { name: 'Restore' }))
      return within(await screen.findByRole('tooltip'))
    }
    return { api, press }
  }

  it('says before that it drops edits, and shows the version then', async () => {
    const { api, press } = await restore()
    edit('Paid of mine')
    const asked = await press()
    asked.getByText(/have not saved will be lost/)
    await userEvent.click(asked.getByRole('button', { name: 'Restore' }))
    await screen.findByRole('heading', { name: 'Was 1' })
    expect(field().value).toBe('Was 1')
    expect(api.callsOf(UpdateTemplate)[0]?.variables).toMatchObject({ input: { name: 'Was 1' } })
  })

  it('does not speak of edits where there are none', async () => {
    const { press } = await restore()
    const asked = await press()
    expect(asked.queryByText(/lost/)).toBeNull()
  })
})
