import { screen, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { describe, expect, it, vi } from 'vitest'
import { outcomeOf } from '~/messages/bulk'
import { MessagesQuery } from '~/messages/documents'
import { chooseTarget, counting, exportAddress, fetchExport } from '~/messages/export'
import { session } from '~/session/session'
import { mockApi } from './mockApi'
import { open } from './render'
import { row, viewer } from './samples'

const chosen = [1, 2, 3, 4].map((n) => ({ id: `msg_${n}`, messageId: `order-${n}` }))
const message = (n: number) => chosen[n - 1] ?? null

describe('what became of many', () => {
  it('counts what went through, and gathers the others by their reason', () => {
    const outcome = outcomeOf('retry', chosen, [
      { success: true, errorCode: null, message: message(1) },
      { success: false, errorCode: 'NOTHING_TO_RETRY', message: message(2) },
      { success: false, errorCode: 'MESSAGE_NOT_FOUND', message: null },
      { success: false, errorCode: 'NOTHING_TO_RETRY', message: message(4) },
    ])
    expect(outcome).toEqual({
      action: 'retry',
      total: 4,
      done: 1,
      partly: [],
      refused: [
        { code: 'NOTHING_TO_RETRY', messages: [chosen[1], chosen[3]] },
        // One that is gone is named by what was chosen.
        { code: 'MESSAGE_NOT_FOUND', messages: [chosen[2]] },
      ],
    })
  })

  it('does not call cancelled what had gone in part', () => {
    const none = { sent: [], underWay: [], perhapsSent: [] }
    const { done, partly } = outcomeOf('cancel', chosen, [
      { success: true, errorCode: null, message: message(1), cancellation: none },
      { success: true, errorCode: null, message: message(2), cancellation: { ...none, underWay: [{ id: 'task_1' }] } },
    ])
    expect([done, partly]).toEqual([2, [chosen[1]]])
  })
})

describe('an export', () => {
  it('asks for what the list shows', () => {
    const filter = {
      tenantId: 'ten_1',
      status: ['FAILED' as const, 'SKIPPED' as const],
      createdFrom: '2026-01-01T00:00:00Z',
    }
    expect(exportAddress(filter, 'xlsx')).toBe(
      '/api/v1/messages/export?format=xlsx&tenantId=ten_1&status=FAILED%2CSKIPPED&createdFrom=2026-01-01T00%3A00%3A00Z',
    )
  })

  it('goes with the key in a header, and says why it was refused', async () => {
    session.begin('ph_key', false)
    const fetched = vi.fn(async () =>
      Response.json({ errorCode: 'FORBIDDEN', errorMessage: 'no', success: false }, { status: 403 }),
    )
    vi.stubGlobal('fetch', fetched)
    await expect(fetchExport('/x', new AbortController().signal)).rejects.toMatchObject({ code: 'FORBIDDEN' })
    expect(fetched).toHaveBeenCalledWith('/x', expect.objectContaining({ headers: { Authorization: 'Bearer ph_key' } }))
  })

  it('ends the session where the key is no longer taken', async () => {
    session.begin('ph_key', false)
    vi.stubGlobal('fetch', async () => new Response('', { status: 401 }))
    await expect(fetchExport('/x', new AbortController().signal)).rejects.toMatchObject({ code: 'UNAUTHENTICATED' })
    expect(session.ended()).toBe('expired')
  })

  it('is written as it comes where the browser can, and counted', async () => {
    const written: string[] = []
    const createWritable = async () =>
      new WritableStream<Uint8Array>({ write: (chunk) => void written.push(new TextDecoder().decode(chunk)) })
    vi.stubGlobal('showSaveFilePicker', async () => ({ createWritable }))
    const target = await chooseTarget('messages.csv', 'csv')
    const sums: number[] = []
    const body = new Response('id,messageId').body as ReadableStream<Uint8Array>
    await target?.save(body.pipeThrough(counting((sum) => sums.push(sum))), new AbortController().signal)
    expect(written.join('')).toBe('id,messageId')
    expect(sums.at(-1)).toBe(12)
  })

  it('is let go without a word where nobody chose a file', async () => {
    vi.stubGlobal('showSaveFilePicker', async () => {
      throw new DOMException('', 'AbortError')
    })
    expect(await chooseTarget('messages.csv', 'csv')).toBeUndefined()
  })

  it('says before how much fits into it, and that a viewer gets masks', async () => {
    session.begin('ph_key', false)
    viewer(mockApi(), 'VIEWER').on(MessagesQuery, () => ({
      messages: { nodes: [row(1)], pageInfo: { hasNextPage: false, endCursor: null } },
    }))
    await open('/messages')
    await userEvent.click(await screen.findByRole('button', { name: 'Export' }))
    const dialog = within(await screen.findByRole('dialog'))
    dialog.getByText(/newest 100,000 rows at most/)
    dialog.getByText(/Recipients are masked/)
    expect(screen.queryByRole('checkbox')).toBeNull()
  })
})
