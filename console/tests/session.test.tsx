import { screen, waitFor } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { describe, expect, it, vi } from 'vitest'
import { MessageById } from '~/message/documents'
import { session } from '~/session/session'
import { mockApi } from './mockApi'
import { open } from './render'
import { detail, viewer } from './samples'

const STORED_AS = 'posthorn.key'
const kept = () => [sessionStorage.getItem(STORED_AS), localStorage.getItem(STORED_AS)]

/** What another tab's change of what is kept on the device looks like from here. */
function elsewhere(oldValue: string | null, newValue: string | null) {
  if (newValue === null) localStorage.removeItem(STORED_AS)
  else localStorage.setItem(STORED_AS, newValue)
  window.dispatchEvent(new StorageEvent('storage', { key: STORED_AS, oldValue, newValue, storageArea: localStorage }))
}

it('a key is kept on this device when asked, and forgotten when its holder signs out', async () => {
  viewer(mockApi(), 'OPERATOR').on(MessageById, () => ({ message: detail('SUCCESS') }))
  await open('/messages/msg_1')
  await userEvent.type(await screen.findByLabelText('API key'), 'ph_right')
  await userEvent.click(screen.getByLabelText('Keep me signed in on this device'))
  await userEvent.click(screen.getByRole('button', { name: 'Sign in' }))
  await screen.findByRole('heading', { name: 'ORDER_PAID' })
  expect(kept()).toEqual(['ph_right', 'ph_right'])
  await userEvent.click(screen.getByRole('button', { name: 'Account: Kim' }))
  await userEvent.click(await screen.findByText('Sign out'))
  await waitFor(() => expect(kept()).toEqual([null, null]))
})

describe('signing out in another tab', () => {
  it('signs this one out, where it has the key from the device', () => {
    const told = vi.fn()
    session.begin('ph_key', true)
    const stop = session.subscribe(told)
    elsewhere('ph_key', null)
    stop()
    expect([session.key(), session.ended()]).toEqual([undefined, 'signed-out'])
    expect(told).toHaveBeenCalledTimes(1)
  })

  it('signs out a tab that never had a copy of its own', () => {
    session.begin('ph_key', true)
    sessionStorage.removeItem(STORED_AS)
    const told = vi.fn()
    const stop = session.subscribe(told)
    elsewhere('ph_key', null)
    stop()
    expect(told).toHaveBeenCalledTimes(1)
    expect(session.key()).toBeUndefined()
  })

  it('leaves alone a tab with a key of its own, and one that sees a key come', () => {
    session.begin('ph_mine', false)
    elsewhere(null, 'ph_theirs')
    elsewhere('ph_theirs', null)
    expect(session.key()).toBe('ph_mine')
  })
})
