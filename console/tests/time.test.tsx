import { render, screen } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { expect, it } from 'vitest'
import { Time } from '~/components/Time'
import { instant } from '~/components/timeFormat'

const AT = '2026-03-01T02:00:00.000Z'
const OWN = Intl.DateTimeFormat().resolvedOptions().timeZone

it("a time is in the tenant's zone; on hover it is in the viewer's too", () => {
  render(<Time at={AT} zone="Pacific/Apia" />)
  const time = screen.getByText('2026-03-01 15:00:00')
  expect(time.getAttribute('datetime')).toBe(AT)
  expect(time.title.split('\n')).toEqual([
    `${instant(new Date(AT), 'Pacific/Apia')} Pacific/Apia`,
    `${instant(new Date(AT), OWN)} ${OWN}`,
  ])
})

it('what has not happened has none', () => {
  render(<Time at={null} zone="UTC" />)
  expect(screen.getByText('–')).toBeTruthy()
})

it("the viewer's is reached by keyboard where it may be", async () => {
  render(<Time at={AT} zone="Pacific/Apia" reachable />)
  expect(screen.getByText('2026-03-01 15:00:00').title).toBe('')
  await userEvent.tab()
  const both = await screen.findByRole('tooltip')
  expect(both.textContent).toContain('Pacific/Apia')
  expect(both.textContent).toContain(`${instant(new Date(AT), OWN)} ${OWN}`)
})

it('a zone that nothing else tells is named', () => {
  render(<Time at={AT} zone="Pacific/Apia" named />)
  expect(document.body.textContent).toContain('2026-03-01 15:00:00 Pacific/Apia')
})
