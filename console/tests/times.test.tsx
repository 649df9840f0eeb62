import { screen, waitFor, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { beforeEach, expect, it } from 'vitest'
import { ApiKeysQuery, CreateApiKey } from '~/admin/apiKeyDocuments'
import { BusinessTypeNamesQuery, TemplateNamesQuery } from '~/api/names'
import { SendMessage, VariablesQuery } from '~/compose/documents'
import { MessageById, ResendMessage } from '~/message/documents'
import { session } from '~/session/session'
import { mockApi } from './mockApi'
import { open } from './render'
import { detail, page, viewer } from './samples'

/** Ten in the morning in Shanghai, which is the zone of the tenant. */
const WALL = '2026-03-01 10:00:00'
const TIME = '2026-03-01T02:00:00.000Z'

let api: ReturnType<typeof mockApi>
beforeEach(() => {
  session.begin('ph_key', false)
  api = viewer(mockApi(), 'TENANT_ADMIN')
    .on(MessageById, () => ({ message: detail('SUCCESS') }))
    .on(BusinessTypeNamesQuery, () => ({ businessTypes: page([]) }))
    .on(TemplateNamesQuery, () => ({ templates: page([]) }))
    .on(VariablesQuery, () => ({ templates: page([]) }))
    .on(ApiKeysQuery, () => ({ apiKeys: [] }))
})

/** As a reader does it; the picker comes a moment after its form. */
async function type(label: string) {
  const field = () => screen.getByLabelText<HTMLInputElement>(label)
  await waitFor(() => expect(field().disabled).toBe(false))
  await userEvent.click(field())
  await userEvent.type(field(), WALL)
  await userEvent.keyboard('{Enter}')
}

const inputOf = (document: typeof SendMessage | typeof ResendMessage | typeof CreateApiKey) =>
  waitFor(() => {
    const [call] = api.callsOf(document)
    if (!call) throw new Error('not yet asked')
    return (call.variables as { input: unknown }).input
  })

it("a message is scheduled in the tenant's zone, which stands beside the field", async () => {
  await open('/compose?like=msg_1')
  await screen.findByRole('heading', { name: 'Compose' })
  await type('Scheduled for')
  expect(screen.getAllByText('Asia/Shanghai')).toHaveLength(2)
  api.on(SendMessage, () => ({
    sendMessage: {
      success: false,
      messageId: null,
      duplicate: false,
      errorCode: 'NO_CHANNEL',
      errorMessage: null,
      message: null,
    },
  }))
  await userEvent.click(screen.getByRole('button', { name: 'Send' }))
  expect(await inputOf(SendMessage)).toMatchObject({ scheduledAt: TIME })
})

it('so is one that is sent again', async () => {
  await open('/messages/msg_1')
  await userEvent.click(await screen.findByRole('button', { name: 'Send again' }))
  const dialog = within(await screen.findByRole('dialog'))
  await type('Expires')
  api.on(ResendMessage, () => ({
    resendMessage: { success: false, duplicate: false, errorCode: 'EXPIRED', errorMessage: null, message: null },
  }))
  await userEvent.click(dialog.getByRole('button', { name: 'Send again' }))
  expect(await inputOf(ResendMessage)).toEqual({ expiresAt: TIME })
})

it('so is the end of an API key', async () => {
  await open('/api-keys')
  await userEvent.click(await screen.findByRole('button', { name: 'New API key' }))
  const dialog = within(await screen.findByRole('dialog'))
  await userEvent.type(dialog.getByLabelText('Name'), 'Kim')
  await type('Expires')
  api.on(CreateApiKey, () => ({ createApiKey: { apiKey: null, secret: null, userErrors: [] } }))
  await userEvent.click(dialog.getByRole('button', { name: 'Create' }))
  expect(await inputOf(CreateApiKey)).toMatchObject({ name: 'Kim', expiresAt: TIME })
})
