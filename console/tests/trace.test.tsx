import { screen, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { describe, expect, it } from 'vitest'
import type { MessageDetailFragment } from '~/gql/graphql'
import { MessageById } from '~/message/documents'
import { spansOf } from '~/message/spans'
import { session } from '~/session/session'
import { mockApi } from './mockApi'
import { open } from './render'
import { detail, viewer } from './samples'

type Entry = MessageDetailFragment['timeline'][number]

const entry = (stage: string, durationMs: number | null, change: Partial<Entry> = {}): Entry => ({
  at: '2026-01-01T00:00:00.000Z',
  stage,
  outcome: 'PASS',
  detail: null,
  durationMs,
  taskId: null,
  thirdPartyResponse: null,
  ...change,
})

async function trace(timeline: Entry[]) {
  session.begin('ph_key', false)
  viewer(mockApi(), 'VIEWER').on(MessageById, () => ({ message: detail('SUCCESS', { timeline }) }))
  await open('/messages/msg_1')
  const heading = await screen.findByRole('heading', { name: 'Timeline' })
  const card = heading.closest('section') as HTMLElement
  return { card, times: () => [...card.querySelectorAll('.trace-time')].map(({ textContent }) => textContent) }
}

describe('the trace', () => {
  it('says the day on its first step, and wherever it is another, in the zone of the tenant', async () => {
    const { times, card } = await trace([
      entry('STATUS', null, { at: '2026-01-01T13:15:00.000Z' }),
      // Another day in UTC, the same in Shanghai is not: 07:59 is the next day there already.
      entry('ATTEMPT', 12, { at: '2026-01-01T23:59:00.000Z', outcome: 'RETRY' }),
      entry('ATTEMPT', 12, { at: '2026-01-02T00:00:00.000Z', outcome: 'OK' }),
    ])
    expect(times()).toEqual(['2026-01-01 21:15:00.000', '12 ms · 2026-01-02 07:59:00.000', '12 ms · 08:00:00.000'])
    // Where the day is said the time of the viewer can be reached; not in each step.
    expect(within(card).getAllByRole('button')).toHaveLength(2)
  })

  it('tells how long each handler took, however short, and once for all of its verdicts', async () => {
    const { times, card } = await trace([
      entry('VALIDATION', 0.004),
      entry('CHANNEL_ROUTER', null, { detail: 'WEBHOOK' }),
      entry('CHANNEL_ROUTER', null, { detail: 'LOCAL' }),
      entry('CHANNEL_ROUTER', 0.31, { detail: 'SMS' }),
      entry('TEMPLATE_RENDER', null, { detail: 'LOCAL' }),
      entry('TEMPLATE_RENDER', 0.2, { outcome: 'SKIP' }),
    ])
    expect(times().map((time) => time?.split(' · ').slice(0, -1).join())).toEqual([
      '<0.1 ms',
      '0.3 ms for these 3',
      '',
      '',
      '0.2 ms',
    ])
    await userEvent.click(within(card).getByRole('switch'))
    expect(times()[4]).toMatch(/^0\.2 ms for these 2 · /)
  })
})

it('attempts are timed one by one, and so is a handler that ran twice', () => {
  const steps = [
    { stage: 'ATTEMPT', durationMs: null },
    { stage: 'ATTEMPT', durationMs: 3 },
    { stage: 'RATE_LIMIT', durationMs: 1 },
    { stage: 'RATE_LIMIT', durationMs: 2 },
  ]
  expect([...spansOf(steps, () => true)]).toEqual([
    [1, { ms: 3, steps: 1 }],
    [2, { ms: 1, steps: 1 }],
    [3, { ms: 2, steps: 1 }],
  ])
})
