import { screen, waitFor, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { describe, expect, it, vi } from 'vitest'
import type { Role } from '~/gql/graphql'
import { MessageById, RevealRecipients } from '~/message/documents'
import { RetryMessage } from '~/messages/documents'
import { session } from '~/session/session'
import { ViewerDocument } from '~/session/viewer'
import { mockApi, Refusal } from './mockApi'
import { open } from './render'
import { detail, viewer } from './samples'

describe('signing in', () => {
  it('says so when the key is refused, and keeps nothing', async () => {
    mockApi().on(ViewerDocument, () => {
      throw new Refusal('UNAUTHENTICATED')
    })
    await open('/messages/msg_1')
    await userEvent.type(await screen.findByLabelText('API key'), 'ph_wrong')
    await userEvent.click(screen.getByRole('button', { name: 'Sign in' }))
    await screen.findByText('This key is not valid, or no longer.')
    expect(session.key()).toBeUndefined()
  })

  it('leads to the page that was asked for, and keeps the key for the tab alone', async () => {
    const api = viewer(mockApi(), 'OPERATOR').on(MessageById, () => ({ message: detail('SUCCESS') }))
    await open('/messages/msg_1')
    await userEvent.type(await screen.findByLabelText('API key'), 'ph_right')
    await userEvent.click(screen.getByRole('button', { name: 'Sign in' }))
    await screen.findByRole('heading', { name: 'ORDER_PAID' })
    expect(sessionStorage.getItem('posthorn.key')).toBe('ph_right')
    expect(localStorage.getItem('posthorn.key')).toBeNull()
    expect(api.callsOf(MessageById)[0]?.key).toBe('Bearer ph_right')
  })
})

/** As a role that may not see recipients has it answered. */
function maskedDetail() {
  const shown = detail('FAILED', { recipientsMasked: true })
  return {
    ...shown,
    recipients: shown.recipients.map((one) => ({ ...one, mobile: '138****8000', email: 'a***@example.com' })),
  }
}

async function message(role: Role, shown = detail('FAILED')) {
  session.begin('ph_key', false)
  const api = viewer(mockApi(), role).on(MessageById, () => ({ message: shown }))
  await open('/messages/msg_1')
  await screen.findByRole('heading', { name: 'ORDER_PAID' })
  return api
}

describe('a message', () => {
  it('offers a viewer no action and no look at personal data', async () => {
    await message('VIEWER', maskedDetail())
    for (const name of ['Retry', 'Cancel message', 'Send again', 'Reveal']) {
      expect(screen.queryByRole('button', { name }), name).toBeNull()
    }
    expect(screen.getByText('138****8000')).toBeDefined()
  })

  it('uncovers recipients for whom may see them, without asking the server', async () => {
    const api = await message('TENANT_ADMIN')
    expect(screen.queryByText('13800138000')).toBeNull()
    await userEvent.click(screen.getByRole('button', { name: 'Reveal' }))
    expect(screen.getByText('13800138000')).toBeDefined()
    expect(api.callsOf(RevealRecipients)).toHaveLength(0)
  })

  it('asks the server once for the recipients that it masked', async () => {
    const api = await message('OPERATOR', maskedDetail())
    api.on(RevealRecipients, () => ({ revealRecipients: { recipients: detail('FAILED').recipients, userErrors: [] } }))
    screen.getByText('138****8000')
    await userEvent.click(screen.getByRole('button', { name: 'Reveal' }))
    await screen.findByText('13800138000')
    // The button is busy for a moment longer than the answer takes.
    await userEvent.click(await screen.findByRole('button', { name: 'Cover' }))
    expect(screen.queryByText('13800138000')).toBeNull()
    await userEvent.click(screen.getByRole('button', { name: 'Reveal' }))
    await screen.findByText('13800138000')
    expect(api.callsOf(RevealRecipients).map(({ variables }) => variables)).toEqual([{ id: 'msg_1' }])
  })

  it('keeps the masks where the server refuses', async () => {
    const api = await message('OPERATOR', maskedDetail())
    api.on(RevealRecipients, () => {
      throw new Refusal('FORBIDDEN')
    })
    await userEvent.click(screen.getByRole('button', { name: 'Reveal' }))
    await waitFor(() => expect(api.callsOf(RevealRecipients)).toHaveLength(1))
    await screen.findByRole('button', { name: 'Reveal' })
    screen.getByText('138****8000')
  })

  it('asks before it retries, and sends the message by its own id', async () => {
    const api = await message('OPERATOR')
    api.on(RetryMessage, () => ({ retryMessage: { success: true, errorCode: null, errorMessage: null } }))
    await userEvent.click(screen.getByRole('button', { name: 'Retry' }))
    expect(api.callsOf(RetryMessage)).toHaveLength(0)
    const dialog = await screen.findByRole('tooltip')
    await userEvent.click(within(dialog).getByRole('button', { name: 'Retry' }))
    await waitFor(() => expect(api.callsOf(RetryMessage)).toHaveLength(1))
    expect(api.callsOf(RetryMessage)[0]?.variables).toEqual({ messageId: 'order-1', tenantId: 'ten_1' })
  })

  it('offers to cancel only what has not ended', async () => {
    await message('OPERATOR', detail('PENDING'))
    expect(screen.getByRole('button', { name: 'Cancel message' })).toBeDefined()
    expect(screen.queryByRole('button', { name: 'Retry' })).toBeNull()
  })

  it('shows the wait before a step, and skipped steps only when asked', async () => {
    await message('VIEWER')
    expect(screen.getByText('waited 2.4 s')).toBeDefined()
    expect(screen.queryByText('no limit')).toBeNull()
    await userEvent.click(screen.getByRole('switch'))
    expect(screen.getByText('no limit')).toBeDefined()
  })

  it('says so when it may not be read', async () => {
    // React and the router each report the error that the page then shows.
    vi.spyOn(console, 'error').mockImplementation(() => undefined)
    vi.spyOn(console, 'warn').mockImplementation(() => undefined)
    session.begin('ph_key', false)
    viewer(mockApi(), 'VIEWER').on(MessageById, () => {
      throw new Refusal('FORBIDDEN')
    })
    await open('/messages/msg_1')
    await screen.findByText('Your role may not do this.')
    expect(screen.getByRole('button', { name: 'Try again' })).toBeDefined()
  })
})
