import { render, screen, waitFor, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { Modal } from 'antd'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { Copy } from '~/components/Copy'
import { ThemeProvider } from '~/theme/ThemeProvider'

/** As over plain HTTP: no clipboard, and the old way as the browser would have it. */
function withoutClipboard(execCommand: () => boolean) {
  const user = userEvent.setup()
  vi.spyOn(navigator, 'clipboard', 'get').mockReturnValue(undefined as never)
  const copied: string[] = []
  Object.assign(document, {
    execCommand: (command: string) => {
      const area = document.activeElement as HTMLTextAreaElement
      if (command === 'copy') copied.push(area.value.slice(area.selectionStart ?? 0, area.selectionEnd ?? 0))
      return execCommand()
    },
  })
  return { user, copied }
}

const button = () => screen.getByRole('button', { name: 'Copy key' })

afterEach(() => {
  Reflect.deleteProperty(document, 'execCommand')
})

function shown() {
  render(
    <ThemeProvider>
      <Copy text="ph_secret" what="key" labelled />
    </ThemeProvider>,
  )
}

describe('copying', () => {
  it('goes through the clipboard where there is one', async () => {
    const user = userEvent.setup()
    const written = vi.spyOn(navigator.clipboard, 'writeText')
    shown()
    await user.click(button())
    await screen.findByRole('button', { name: 'Copied' })
    expect(written).toHaveBeenCalledWith('ph_secret')
  })

  it('copies a selection where there is none, and leaves nothing behind', async () => {
    const { user, copied } = withoutClipboard(() => true)
    shown()
    await user.click(button())
    const done = await screen.findByRole('button', { name: 'Copied' })
    expect(copied).toEqual(['ph_secret'])
    expect(document.querySelector('textarea')).toBeNull()
    expect(document.activeElement).toBe(done)
  })

  it.each([
    ['is refused', () => false],
    [
      'is not known',
      () => {
        throw new Error('no such command')
      },
    ],
  ])('says so where that %s too, and selects the text', async (_, execCommand) => {
    const { user } = withoutClipboard(execCommand)
    shown()
    await user.click(button())
    await screen.findByText(/did not allow copying/)
    const area = screen.getByRole<HTMLTextAreaElement>('textbox', { name: 'key' })
    expect([area.value, area.readOnly]).toEqual(['ph_secret', true])
    await waitFor(() => expect([area.selectionStart, area.selectionEnd]).toEqual([0, 'ph_secret'.length]))
    expect(screen.queryByRole('button', { name: 'Copied' })).toBeNull()
  })

  it('has the text selected within the dialog that it is in', async () => {
    const { user } = withoutClipboard(() => false)
    render(
      <ThemeProvider>
        <Modal open title="New key">
          <Copy text="ph_secret" what="key" labelled />
        </Modal>
      </ThemeProvider>,
    )
    await user.click(button())
    const area = await within(screen.getByRole('dialog')).findByRole('textbox', { name: 'key' })
    await waitFor(() => expect(document.activeElement).toBe(area))
  })
})
