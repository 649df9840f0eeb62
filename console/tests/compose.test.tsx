import { screen, waitFor } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { describe, expect, it } from 'vitest'
import { BusinessTypeNamesQuery, TemplateNamesQuery } from '~/api/names'
import { SendMessage, VariablesQuery } from '~/compose/documents'
import type { MessageDetailFragment, Role } from '~/gql/graphql'
import { MessageById } from '~/message/documents'
import { session } from '~/session/session'
import { mockApi } from './mockApi'
import { open } from './render'
import { detail, page, viewer } from './samples'

async function draftOf(message: MessageDetailFragment, role: Role) {
  session.begin('ph_key', false)
  const api = viewer(mockApi(), role)
    .on(BusinessTypeNamesQuery, () => ({ businessTypes: page([]) }))
    .on(TemplateNamesQuery, () => ({ templates: page([]) }))
    .on(VariablesQuery, () => ({ templates: page([]) }))
    .on(MessageById, () => ({ message }))
    .on(SendMessage, () => ({
      sendMessage: {
        success: false,
        messageId: null,
        duplicate: false,
        errorCode: 'NO_CHANNEL',
        errorMessage: null,
        message: null,
      },
    }))
  await open('/compose?like=msg_1')
  await screen.findByRole('heading', { name: 'Compose' })
  return api
}

const masked = detail('SUCCESS', {
  recipientsMasked: true,
  businessData: { phone: '138****8000' },
  attributes: { card: '622****1234' },
  targetChannels: ['WEBHOOK'],
  recipients: detail('SUCCESS').recipients.map((one) => ({ ...one, userId: 'u***', mobile: '138****8000' })),
})

describe('a draft', () => {
  it('takes everything over where it is in clear', async () => {
    const api = await draftOf(detail('SUCCESS'), 'TENANT_ADMIN')
    await userEvent.click(screen.getByRole('button', { name: 'Send' }))
    await waitFor(() => expect(api.callsOf(SendMessage)).toHaveLength(1))
    expect(api.callsOf(SendMessage)[0]?.variables).toMatchObject({
      input: {
        businessType: 'ORDER_PAID',
        businessData: { orderId: '1' },
        recipients: [{ userId: 'u1', mobile: '13800138000', email: 'ada@example.com' }],
      },
    })
  })

  it('never takes masks over, and says so', async () => {
    const api = await draftOf(masked, 'OPERATOR')
    screen.getByText(/masked for your role/)
    const original = screen.getByRole('link', { name: /Send again/ })
    expect(original.getAttribute('href')).toBe('/messages/msg_1')
    await userEvent.click(screen.getByRole('button', { name: 'Send' }))
    await waitFor(() => expect(api.callsOf(SendMessage)).toHaveLength(1))
    expect(api.callsOf(SendMessage)[0]?.variables).toEqual({
      input: { tenantId: 'ten_1', businessType: 'ORDER_PAID', businessData: {}, targetChannels: ['WEBHOOK'] },
    })
  })

  it('is not offered of a masked message: sending again is', async () => {
    session.begin('ph_key', false)
    viewer(mockApi(), 'OPERATOR').on(MessageById, () => ({ message: masked }))
    await open('/messages/msg_1')
    await screen.findByRole('button', { name: 'Send again' })
    expect(screen.queryByRole('link', { name: 'Use as draft' })).toBeNull()
  })

  it('is offered of one in clear', async () => {
    session.begin('ph_key', false)
    viewer(mockApi(), 'SENDER').on(MessageById, () => ({ message: detail('SUCCESS') }))
    await open('/messages/msg_1')
    const draft = await screen.findByRole('link', { name: 'Use as draft' })
    expect(draft.getAttribute('href')).toBe('/compose?like=msg_1')
  })
})
