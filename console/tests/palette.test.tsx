import { fireEvent, screen, waitFor, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { beforeEach, expect, it, vi } from 'vitest'
import { ChannelNamesQuery, TemplateNamesQuery } from '~/api/names'
import { session } from '~/session/session'
import { mockApi } from './mockApi'
import { open } from './render'
import { page, viewer } from './samples'

const CHANNELS = 250
const channels = Array.from({ length: CHANNELS }, (_, n) => ({
  id: `chc_${n}`,
  name: `Robot ${n}`,
  channelType: 'DINGTALK' as const,
  storeId: null,
  enabled: true,
}))

let api: ReturnType<typeof mockApi>
beforeEach(() => {
  session.begin('ph_key', false)
  api = viewer(mockApi(), 'OPERATOR')
    .on(TemplateNamesQuery, () => ({ templates: page([]) }))
    .on(ChannelNamesQuery, ({ first, after }) => {
      const from = Number(after ?? 0)
      const next = from + (first ?? 20)
      const pageInfo = { hasNextPage: next < CHANNELS, endCursor: String(next) }
      return { channelConfigs: { nodes: channels.slice(from, next), pageInfo } }
    })
})

async function palette() {
  const { router } = await open('/playground')
  await screen.findByRole('heading', { name: 'Playground' })
  fireEvent.keyDown(window, { key: 'k', ctrlKey: true })
  const dialog = within(await screen.findByRole('dialog', { name: 'Jump to' }))
  await waitFor(() => expect(api.callsOf(ChannelNamesQuery)).toHaveLength(3))
  return { router, dialog, field: dialog.getByRole('combobox') }
}

it('knows every channel, however many there are', async () => {
  const { router, dialog, field } = await palette()
  await userEvent.type(field, 'robot 249')
  await dialog.findByRole('option', { name: /^Robot 249/ })
  await userEvent.keyboard('{Enter}')
  await waitFor(() => expect(router.state.location.pathname).toBe('/channels/chc_249'))
})

it('brings into view what the arrow keys choose', async () => {
  const { dialog, field } = await palette()
  // Browsers differ in whether it answers a promise.
  const shown = vi.spyOn(Element.prototype, 'scrollIntoView').mockReturnValue(Promise.resolve() as never)
  await userEvent.type(field, 'robot')
  await dialog.findByRole('option', { name: /^Robot 39/ })
  await userEvent.keyboard('{ArrowUp}{ArrowUp}')
  const chosen = dialog.getByRole('option', { selected: true })
  expect(field.getAttribute('aria-activedescendant')).toBe(chosen.id)
  expect(shown.mock.contexts.at(-1)).toBe(chosen)
})
