import { act, screen, waitFor } from '@testing-library/react'
import { beforeEach, expect, it, vi } from 'vitest'
import type { StatusEventsSubscription } from '~/gql/graphql'
import { LatestQuery } from '~/overview/documents'
import { ends } from '~/overview/ends'
import { session } from '~/session/session'
import { mockApi } from './mockApi'
import { open } from './render'
import { TENANT, viewer } from './samples'

type Event = StatusEventsSubscription['statusEvents']
type Batch = (batch: StatusEventsSubscription[]) => void

const live = vi.hoisted(() => ({ readers: [] as Batch[] }))
vi.mock('~/api/useLive', () => ({
  useLive: (_: unknown, __: unknown, { onBatch }: { onBatch: Batch }) => void live.readers.push(onBatch),
}))
vi.mock('~/overview/LiveChart', () => ({ default: () => null }))

function event(change: Partial<Event>): Event {
  return {
    id: '1',
    cursor: 'c',
    at: '2026-01-01T00:00:01.000Z',
    messageId: 'm1',
    tenantId: TENANT.id,
    messageStatus: 'SUCCESS',
    taskId: null,
    channelType: null,
    taskStatus: null,
    ...change,
  } as Event
}

beforeEach(() => {
  live.readers = []
})

it('a message ends once, however many of its tasks are taken back after one succeeded', async () => {
  session.begin('ph_key', false)
  viewer(mockApi(), 'SENDER').on(LatestQuery, () => ({ messages: { nodes: [] } }))
  await open('/')
  await screen.findByRole('heading', { name: 'Live, the last five minutes' })
  const at = new Date(Date.now() - 2000).toISOString()
  const batch = [
    event({ at, messageStatus: 'PENDING' }),
    event({ at, messageStatus: 'PROCESSING', taskId: 't1', taskStatus: 'SENDING' }),
    event({ at, taskId: 't1', taskStatus: 'SUCCESS' }),
    event({ at, taskId: 't2', taskStatus: 'CANCELLED' }),
    event({ at, taskId: 't3', taskStatus: 'CANCELLED' }),
    event({ at, messageId: 'm2', messageStatus: 'FAILED', taskId: 't4', taskStatus: 'FAILED' }),
    event({ at, messageId: 'm3', messageStatus: 'SKIPPED' }),
    event({ at, messageId: 'm4', messageStatus: 'CANCELLED', taskId: 't5', taskStatus: 'CANCELLED' }),
    event({ at, messageId: 'm4', messageStatus: 'CANCELLED', taskId: 't6', taskStatus: 'CANCELLED' }),
  ]
  // The card's own, which is drawn first.
  act(() => live.readers[0]?.(batch.map((statusEvents) => ({ statusEvents }))))
  const numbers = () =>
    Object.fromEntries(
      [...document.querySelectorAll('.live-counts > div')].map((one) => [
        one.querySelector('dt')?.textContent?.trim(),
        one.querySelector('dd')?.textContent,
      ]),
    )
  await waitFor(() =>
    expect(numbers()).toEqual({
      Accepted: '1',
      Succeeded: '1',
      'Failed or partial': '1',
      'Skipped or cancelled': '2',
    }),
  )
})

it('one that was opened again ends again, and what comes late opens nothing', () => {
  const endOf = ends()
  const at = (second: number, messageStatus: Event['messageStatus']) =>
    endOf(event({ at: `2026-01-01T00:00:0${second}.000Z`, messageStatus }))
  expect(at(3, 'FAILED')).toBe('failed')
  expect(at(2, 'PROCESSING')).toBeUndefined()
  expect(at(4, 'FAILED')).toBeUndefined()
  expect(at(5, 'PROCESSING')).toBeUndefined()
  expect(at(6, 'SUCCESS')).toBe('succeeded')
})

it('the same id of two tenants is two messages', () => {
  const endOf = ends()
  expect(endOf(event({}))).toBe('succeeded')
  expect(endOf(event({ tenantId: 'ten_2' }))).toBe('succeeded')
})

it('no more messages are remembered than there is room for', () => {
  const endOf = ends(2)
  for (const messageId of ['m1', 'm2', 'm3']) endOf(event({ messageId }))
  expect(endOf(event({ messageId: 'm3' }))).toBeUndefined()
  expect(endOf(event({ messageId: 'm1' }))).toBe('succeeded')
})
