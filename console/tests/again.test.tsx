import { screen, waitFor } from '@testing-library/react'
import { afterEach, expect, it, vi } from 'vitest'
import { MessageById, MessageStamp } from '~/message/documents'
import { session } from '~/session/session'
import { mockApi } from './mockApi'
import { open } from './render'
import { detail, viewer } from './samples'

afterEach(() => void vi.useRealTimers())

it('a message that has ended is followed on: one that a colleague retries goes under way again', async () => {
  session.begin('ph_key', false)
  let message = detail('FAILED')
  const api = viewer(mockApi(), 'VIEWER')
    .on(MessageById, () => ({ message }))
    .on(MessageStamp, () => ({ message: { id: message.id, updatedAt: message.updatedAt } }))
  await open('/messages/msg_1')
  await screen.findByRole('heading', { name: 'ORDER_PAID' })
  await waitFor(() => expect(api.callsOf(MessageStamp)).toHaveLength(1))
  // What has not changed is not read anew.
  expect(api.callsOf(MessageById)).toHaveLength(1)
  message = detail('SENDING', { updatedAt: '2026-01-01T00:01:00.000Z' })
  await screen.findByText('Processing')
  expect(api.callsOf(MessageById)).toHaveLength(2)
}, 40_000)

it('a message under way is followed by its events alone', async () => {
  vi.useFakeTimers({ shouldAdvanceTime: true })
  session.begin('ph_key', false)
  const api = viewer(mockApi(), 'VIEWER').on(MessageById, () => ({ message: detail('SENDING') }))
  await open('/messages/msg_1')
  await screen.findByRole('heading', { name: 'ORDER_PAID' })
  await vi.advanceTimersByTimeAsync(20_000)
  expect(api.callsOf(MessageStamp)).toHaveLength(0)
})
