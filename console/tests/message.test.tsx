import { cleanup, screen, waitFor, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { describe, expect, it, vi } from 'vitest'
import type { CancelWithAnswerMutation, MessageDetailFragment, Role } from '~/gql/graphql'
import { CancelWithAnswer, MessageById, ResendMessage } from '~/message/documents'
import { session } from '~/session/session'
import { mockApi } from './mockApi'
import { open } from './render'
import { CLOSED, detail, viewer } from './samples'

const ORIGIN = `msg_${'1'.repeat(32)}`
const AGAIN = `msg_${'2'.repeat(32)}`

async function shown(message: MessageDetailFragment, role: Role = 'OPERATOR') {
  session.begin('ph_key', false)
  const api = viewer(mockApi(), role).on(MessageById, () => ({ message }))
  const { router } = await open('/messages/msg_1')
  await screen.findByRole('heading', { name: 'ORDER_PAID' })
  return { api, router }
}

function task(change: Partial<MessageDetailFragment['tasks'][number]>): MessageDetailFragment {
  const message = detail(change.status ?? 'FAILED')
  return { ...message, tasks: message.tasks.map((one) => ({ ...one, ...change })) }
}

type Cancellation = NonNullable<CancelWithAnswerMutation['cancelMessage']['cancellation']>
const NOTHING: Cancellation = { cancelled: [], perhapsSent: [], sent: [], underWay: [], ended: [] }
const part = (id: string, name: string) => ({ id, channelType: 'WEBHOOK' as const, channelConfig: { id: 'chc', name } })

async function cancel(cancellation: Cancellation, errorCode: string | null = null) {
  const { api } = await shown(detail('PENDING'))
  api.on(CancelWithAnswer, () => ({
    cancelMessage: { success: errorCode === null, errorCode, errorMessage: null, cancellation },
  }))
  await userEvent.click(screen.getByRole('button', { name: 'Cancel message' }))
  expect(api.callsOf(CancelWithAnswer)).toHaveLength(0)
  await userEvent.click(within(await screen.findByRole('tooltip')).getByRole('button', { name: 'Cancel message' }))
  await waitFor(() => expect(api.callsOf(CancelWithAnswer)).toHaveLength(1))
  return within(await screen.findByRole('alert'))
}

describe('cancelling a message', () => {
  it('says so when nothing of it will be sent', async () => {
    const report = await cancel({ ...NOTHING, cancelled: [part('t1', 'A')] })
    report.getByText('Cancelled: nothing of it will be sent')
  })

  it('needs no list where no channel was planned yet', async () => {
    const report = await cancel(NOTHING)
    report.getByText('Cancelled: nothing of it will be sent')
    expect(report.queryByRole('term')).toBeNull()
  })

  it('tells what had gone, what may go, and what may have arrived', async () => {
    const perhaps = part('t2', 'Maybe')
    const report = await cancel({
      ...NOTHING,
      cancelled: [part('t1', 'Back'), perhaps],
      perhapsSent: [perhaps],
      sent: [part('t3', 'Gone')],
      underWay: [part('t4', 'Going')],
    })
    report.getByText('What could be taken back was cancelled')
    for (const [term, name] of [
      [/^Taken back:$/, 'Back'],
      [/may have arrived/, 'Maybe'],
      [/had already gone/i, 'Gone'],
      [/may still go/, 'Going'],
    ] as const) {
      expect(report.getByText(term).nextElementSibling?.textContent).toBe(`Webhook · ${name}`)
    }
    expect(report.queryByText(/had ended before/i)).toBeNull()
  })

  it('says that nothing is tried again where all was on its way', async () => {
    const report = await cancel({ ...NOTHING, underWay: [part('t1', 'Going')] })
    report.getByText('All that is left was being sent already; nothing is tried again')
    report.getByText('Webhook · Going')
  })

  it('tells the same where it came too late', async () => {
    const report = await cancel({ ...NOTHING, sent: [part('t1', 'Gone')] }, 'NOT_CANCELLABLE')
    report.getByText('It has ended; there is nothing left to cancel')
    report.getByText('Webhook · Gone')
  })
})

describe('sending a message again', () => {
  it('makes a new message of it and goes there', async () => {
    const { api, router } = await shown(detail('SUCCESS'))
    api.on(ResendMessage, () => ({
      resendMessage: { success: true, duplicate: false, errorCode: null, errorMessage: null, message: { id: AGAIN } },
    }))
    await userEvent.click(screen.getByRole('button', { name: 'Send again' }))
    const dialog = within(await screen.findByRole('dialog'))
    await userEvent.type(dialog.getByLabelText('Message id'), 'second-try')
    await userEvent.click(dialog.getByRole('button', { name: 'Send again' }))
    await waitFor(() => expect(router.state.location.pathname).toBe(`/messages/${AGAIN}`))
    expect(api.callsOf(ResendMessage)[0]?.variables).toEqual({ id: 'msg_1', input: { messageId: 'second-try' } })
  })

  it('stays, and says why, when it was refused', async () => {
    const { api, router } = await shown(detail('SUCCESS'))
    api.on(ResendMessage, () => ({
      resendMessage: {
        success: false,
        duplicate: false,
        errorCode: 'IDEMPOTENCY_CONFLICT',
        errorMessage: 'other content',
        message: null,
      },
    }))
    await userEvent.click(screen.getByRole('button', { name: 'Send again' }))
    const dialog = within(await screen.findByRole('dialog'))
    await userEvent.click(dialog.getByRole('button', { name: 'Send again' }))
    await screen.findByText('This message id was used for other content: other content')
    expect(router.state.location.pathname).toBe('/messages/msg_1')
  })

  it('is shown from both sides', async () => {
    const message = detail('SUCCESS', { resentFrom: ORIGIN })
    const entry = {
      at: message.updatedAt,
      stage: 'OPERATOR',
      outcome: 'RESENT',
      detail: `by Kim: sent once more as ${AGAIN}`,
      durationMs: null,
      taskId: null,
      thirdPartyResponse: null,
    }
    await shown({ ...message, timeline: [...message.timeline, entry] })
    const facts = within(screen.getByRole('region', { name: 'About this message' }))
    expect(facts.getByRole('link', { name: ORIGIN }).getAttribute('href')).toBe(`/messages/${ORIGIN}`)
    expect(facts.getByRole('link', { name: AGAIN }).getAttribute('href')).toBe(`/messages/${AGAIN}`)
  })

  it('is not offered to who may not send', async () => {
    await shown(detail('SUCCESS'), 'VIEWER')
    expect(screen.queryByRole('button', { name: 'Send again' })).toBeNull()
    expect(screen.queryByRole('link', { name: 'Use as draft' })).toBeNull()
  })
})

describe('the answers of attempts', () => {
  const attempt = (second: number, outcome: string, thirdPartyResponse: string | null) => ({
    at: `2026-01-01T00:00:0${second}.000Z`,
    stage: 'ATTEMPT',
    outcome,
    detail: 'WEBHOOK: HTTP 500',
    durationMs: 12,
    taskId: 'task_1',
    thirdPartyResponse,
  })
  const message = detail('SUCCESS')
  const timeline = [
    ...message.timeline.slice(0, 2),
    attempt(1, 'RETRY', '{"errcode":1,"errmsg":"away"}'),
    attempt(2, 'AMBIGUOUS', null),
    attempt(3, 'RETRY', '{"id":12345678901234567890}'),
    attempt(4, 'OK', 'not {json'),
  ]

  it('stand folded beside each, in lines where they are JSON, to be copied', async () => {
    await shown({ ...message, timeline })
    const answers = screen.getAllByText("Provider's answer", { selector: 'summary' }).map((summary) => {
      const folded = summary.closest('details')
      expect(folded?.open).toBe(false)
      return folded?.querySelector('pre')?.textContent
    })
    // A number that would be rounded is left as it came.
    expect(answers).toEqual(['{\n  "errcode": 1,\n  "errmsg": "away"\n}', '{"id":12345678901234567890}', 'not {json'])
    const first = screen.getByLabelText("Webhook 08:00:01.000: provider's answer")
    expect(first.textContent).toContain('away')
    const copied = vi.spyOn(navigator.clipboard, 'writeText')
    await userEvent.click(screen.getByLabelText("Copy Webhook 08:00:04.000: provider's answer"))
    expect(copied).toHaveBeenCalledWith('not {json')
  })

  it('stay with their attempts when skipped steps come in between', async () => {
    await shown({ ...message, timeline })
    await userEvent.click(screen.getAllByText("Provider's answer", { selector: 'summary' })[0] as HTMLElement)
    await userEvent.click(screen.getByRole('switch', { name: 'Show skipped' }))
    const folded = screen
      .getAllByText("Provider's answer", { selector: 'summary' })
      .map((one) => one.closest('details'))
    expect(folded.map((one) => one?.open)).toEqual([true, false, false])
  })
})

describe('a delivery', () => {
  it('of which nobody knows is not called failed', async () => {
    await shown(task({ status: 'FAILED', errorCode: 'AMBIGUOUS' }))
    expect(screen.getByText('Outcome unknown')).toBeDefined()
    expect(screen.getByText(/sending it again may deliver it twice/)).toBeDefined()
  })

  it('warns before the next attempt delivers it twice', async () => {
    await shown(task({ status: 'RETRY', errorCode: 'AMBIGUOUS' }))
    expect(screen.getByText('Outcome unknown, waits for retry')).toBeDefined()
    expect(screen.getByText(/next attempt may deliver it twice/)).toBeDefined()
  })

  it('says why it waits while the breaker of its channel is open', async () => {
    const breaker = { ...CLOSED, state: 'OPEN' as const, reason: 'HTTP 503', retryAt: '2026-01-01T00:01:00.000Z' }
    const channelConfig = { id: 'chc_1', name: 'Orders', breaker }
    await shown(task({ status: 'PENDING', channelConfig }))
    const note = within(screen.getByRole('alert'))
    note.getByText(/HTTP 503/)
    note.getByText('2026-01-01 08:01:00')
    expect(note.getByRole('link').getAttribute('href')).toBe('/channels/chc_1')
  })

  it('does not speak of the breaker once it has ended', async () => {
    const channelConfig = { id: 'chc_1', name: 'Orders', breaker: { ...CLOSED, state: 'OPEN' as const } }
    await shown(task({ status: 'SUCCESS', channelConfig, finishedAt: '2026-01-01T00:00:02.500Z' }))
    expect(screen.queryByText(/circuit breaker/)).toBeNull()
  })

  it('that was discarded can no longer be retried', async () => {
    await shown(task({ status: 'FAILED', errorCode: 'BAD_MSG', discardedAt: '2026-01-02T00:00:00.000Z' }))
    expect(screen.getByText('Failed · discarded')).toBeDefined()
    expect(screen.queryByRole('button', { name: 'Retry' })).toBeNull()
  })

  it.each([
    ['WECHAT_WORK', '0 ok', 'errcode 0: ok'],
    ['DINGTALK', '310000 no such keyword', 'errcode 310000: no such keyword'],
    ['WEBHOOK', '0 ok', '0 ok'],
  ] as const)("by %s tells the provider's code as one: %s", async (channelType, resultMessage, told) => {
    await shown(task({ status: 'SUCCESS', channelType, resultMessage, renderedContent: null }))
    expect(screen.getByText('Result').nextElementSibling?.textContent).toBe(told)
  })
})

it('no fact about a message stands alone in a row beside full ones', async () => {
  await shown(detail('SUCCESS'))
  const facts = () => screen.getByRole('region', { name: 'About this message' }).querySelector('dl') as HTMLElement
  const columns = () => ['--columns', '--few-columns'].map((name) => facts().style.getPropertyValue(name))
  expect(facts().querySelectorAll('dt')).toHaveLength(6)
  expect(columns()).toEqual(['6', '3'])
  cleanup()
  await shown(detail('SUCCESS', { storeId: 's1' }))
  expect(columns()).toEqual(['4', '4'])
})
