import { screen, waitFor } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { beforeEach, describe, expect, it } from 'vitest'
import { MessagesQuery } from '~/messages/documents'
import { session } from '~/session/session'
import { mockApi, Refusal } from './mockApi'
import { open } from './render'
import { row, viewer } from './samples'

const pageOf = (ns: number[], endCursor: string | null) => ({
  messages: { nodes: ns.map((n) => row(n)), pageInfo: { hasNextPage: endCursor !== null, endCursor } },
})

describe('the list of messages, while its end is in view', () => {
  beforeEach(() => session.begin('ph_key', false))

  it('goes on after a page that brings nothing new, without being scrolled', async () => {
    const pages = new Map([
      [null, pageOf([6, 5], 'a')],
      // What came to match late is there already.
      ['a', pageOf([6, 5], 'b')],
      ['b', pageOf([6], 'c')],
      ['c', pageOf([4, 3], null)],
    ])
    const api = viewer(mockApi(), 'VIEWER').on(
      MessagesQuery,
      ({ after = null }) => pages.get(after) as ReturnType<typeof pageOf>,
    )
    await open('/messages')
    await screen.findByText('4 loaded')
    expect(api.callsOf(MessagesQuery)).toHaveLength(4)
  })

  it('does not ask again by itself for a page that failed', async () => {
    let away = true
    const api = viewer(mockApi(), 'VIEWER').on(MessagesQuery, ({ after = null }) => {
      if (after !== null && away) throw new Refusal('INTERNAL')
      return after === null ? pageOf([6, 5], 'a') : pageOf([4], null)
    })
    await open('/messages')
    const again = await screen.findByRole('button', { name: 'Older messages could not be loaded. Try again' })
    expect(api.callsOf(MessagesQuery)).toHaveLength(2)
    away = false
    await userEvent.click(again)
    await screen.findByText('3 loaded')
    await waitFor(() => expect(api.callsOf(MessagesQuery)).toHaveLength(3))
  })
})
