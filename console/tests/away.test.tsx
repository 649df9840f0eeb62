import { screen, waitFor } from '@testing-library/react'
import { expect, it, vi } from 'vitest'
import { MessageById } from '~/message/documents'
import { session } from '~/session/session'
import { mockApi } from './mockApi'
import { open } from './render'
import { detail, viewer } from './samples'

/** An ended message is not watched: it is looked at now and then, and so is the session itself. */
it('says when the server is away, and reads the page anew once it is back', async () => {
  session.begin('ph_key', false)
  const api = viewer(mockApi(), 'VIEWER').on(MessageById, () => ({ message: detail('SUCCESS') }))
  const { router } = await open('/messages/msg_1')
  await screen.findByRole('heading', { name: 'ORDER_PAID' })
  const { queryClient } = router.options.context
  const poll = () => queryClient.refetchQueries({ queryKey: ['viewer'] }, { cancelRefetch: true })
  const answered = fetch
  vi.stubGlobal('fetch', () => Promise.reject(new TypeError('Failed to fetch')))
  void poll()
  await screen.findByText(/server is not available just now/)
  screen.getByRole('heading', { name: 'ORDER_PAID' })
  const asked = api.callsOf(MessageById).length
  vi.stubGlobal('fetch', answered)
  await poll()
  await waitFor(() => expect(screen.queryByText(/server is not available just now/)).toBeNull())
  await waitFor(() => expect(api.callsOf(MessageById).length).toBeGreaterThan(asked))
})
