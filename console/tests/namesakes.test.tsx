import { screen, waitFor } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { MessageById, MessageByMessageId, MessageNamed } from '~/message/documents'
import { session } from '~/session/session'
import { TenantsDocument, ViewerDocument } from '~/session/viewer'
import { mockApi, Refusal } from './mockApi'
import { open } from './render'
import { detail, TENANT } from './samples'

const OTHER = { ...TENANT, id: 'ten_2', code: 'bolt', name: 'Bolt' }
const one = detail('SUCCESS')
const named = (id: string, tenantId: string) => ({
  id,
  tenantId,
  businessType: 'ORDER_PAID',
  status: 'SUCCESS' as const,
  createdAt: one.createdAt,
})

/** A platform key, as the server answers it: a messageId alone names nothing. */
function platform(found: ReturnType<typeof named>[], tenants = [TENANT, OTHER]) {
  return mockApi()
    .on(ViewerDocument, () => ({
      viewer: { name: 'Kim', role: 'PLATFORM_ADMIN' as const, tenantId: null, tenant: null },
    }))
    .on(TenantsDocument, () => ({ tenants }))
    .on(MessageById, ({ id }) => ({
      message: found.some((each) => each.id === id) ? { ...one, id: String(id) } : null,
    }))
    .on(MessageByMessageId, ({ tenantId }) => {
      if (!tenantId) throw new Refusal('BAD_INPUT', 'tenantId is required')
      return { message: found.some((each) => each.tenantId === tenantId) ? one : null }
    })
    .on(MessageNamed, ({ tenantId }) => ({ message: found.find((each) => each.tenantId === tenantId) ?? null }))
}

beforeEach(() => session.begin('ph_key', false))

describe('where all tenants are looked at', () => {
  it("a caller's id opens the only message that has it", async () => {
    platform([named('msg_1', TENANT.id)])
    await open('/messages/order-1')
    await screen.findByRole('heading', { name: 'ORDER_PAID' })
  })

  it('several of one id are told apart by their tenants', async () => {
    platform([named('msg_1', TENANT.id), named('msg_2', OTHER.id)])
    const { router } = await open('/messages/order-1')
    await screen.findByRole('heading', { name: 'Whose message?' })
    await userEvent.click(screen.getByRole('link', { name: 'Bolt' }))
    await waitFor(() => expect(router.state.location.pathname).toBe('/messages/msg_2'))
    await screen.findByRole('heading', { name: 'ORDER_PAID' })
  })

  it('the tenant is asked for where there are too many to look through', async () => {
    const many = Array.from({ length: 60 }, (_, n) => ({ ...TENANT, id: `ten_${n}`, code: `t${n}`, name: `T ${n}` }))
    const api = platform([named('msg_1', 'ten_7')], many)
    const { router } = await open('/messages/order-1')
    await userEvent.click(await screen.findByLabelText('Tenant', { selector: 'main *' }))
    await userEvent.click(await screen.findByTitle('T 7 (t7)'))
    await waitFor(() => expect(router.state.location.search).toMatchObject({ tenant: 't7' }))
    await screen.findByRole('heading', { name: 'ORDER_PAID' })
    expect(api.callsOf(MessageNamed)).toHaveLength(0)
  })

  it.each(['order-1', `msg_${'0'.repeat(32)}`])('%s that nobody has is not found', async (id) => {
    platform([])
    await open(`/messages/${id}`)
    await screen.findByRole('heading', { name: 'Not found' })
    expect(screen.queryByText(/tenantId/)).toBeNull()
  })
})

it('where a tenant is chosen, its message is opened', async () => {
  vi.spyOn(console, 'warn').mockImplementation(() => undefined)
  const api = platform([named('msg_1', TENANT.id), named('msg_2', OTHER.id)])
  await open('/messages/order-1?tenant=acme')
  await screen.findByRole('heading', { name: 'ORDER_PAID' })
  expect(api.callsOf(MessageByMessageId)[0]?.variables).toEqual({ messageId: 'order-1', tenantId: TENANT.id })
})
