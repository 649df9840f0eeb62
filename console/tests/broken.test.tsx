import { screen } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { expect, it, vi } from 'vitest'
import { MessageById } from '~/message/documents'
import { session } from '~/session/session'
import { mockApi } from './mockApi'
import { open } from './render'
import { detail, viewer } from './samples'

it('a page that breaks says so in its place, and can be tried again', async () => {
  // React tells of what it caught.
  const told = vi.spyOn(console, 'error').mockImplementation(() => undefined)
  session.begin('ph_key', false)
  let broken = true
  viewer(mockApi(), 'VIEWER').on(MessageById, () => ({
    message: broken ? { ...detail('SUCCESS'), timeline: null as never } : detail('SUCCESS'),
  }))
  await open('/messages/msg_1')
  const alert = await screen.findByRole('alert')
  expect(alert.textContent).toContain('Try again')
  // What stands around the page is still there.
  expect(screen.getByRole('link', { name: 'Messages' })).toBeTruthy()
  broken = false
  await userEvent.click(screen.getByRole('button', { name: 'Try again' }))
  await screen.findByRole('heading', { name: 'Timeline' })
  expect(told).toHaveBeenCalled()
  told.mockRestore()
})
