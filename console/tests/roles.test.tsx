import { screen, waitFor, within } from '@testing-library/react'
import { describe, expect, it, vi } from 'vitest'
import { PAGES } from '~/components/shell/pages'
import type { Role } from '~/gql/graphql'
import { may } from '~/session/permissions'
import { session } from '~/session/session'
import { mockApi, Refusal } from './mockApi'
import { open } from './render'
import { viewer } from './samples'

const ROLES: readonly Role[] = ['PLATFORM_ADMIN', 'TENANT_ADMIN', 'OPERATOR', 'SENDER', 'VIEWER']
const CASES = ROLES.flatMap((role) =>
  PAGES.map((page) => ({ role, ...page, allowed: !page.needs || may(role, page.needs) })),
)

const TITLES: Record<(typeof PAGES)[number]['name'], string> = {
  overview: 'Overview',
  messages: 'Messages',
  failed: 'Failed tasks',
  compose: 'Compose',
  inbox: 'Inbox',
  channels: 'Channels',
  templates: 'Templates',
  businessTypes: 'Business types',
  tenants: 'Tenants',
  apiKeys: 'API keys',
  settings: 'Settings',
  playground: 'Playground',
}

/** What each role is kept from, as the description of `Role` has it. */
const KEPT_FROM: Record<Role, string[]> = {
  PLATFORM_ADMIN: [],
  TENANT_ADMIN: [],
  OPERATOR: ['apiKeys'],
  SENDER: ['failed', 'inbox', 'channels', 'templates', 'businessTypes', 'tenants', 'apiKeys', 'settings'],
  VIEWER: ['compose', 'apiKeys'],
}

describe.each(CASES)('$role at $to', ({ role, to, name, allowed }) => {
  it(allowed ? 'is shown the page' : 'is told that it is not for the role, and offered nothing', async () => {
    // What pages ask for is of no matter here: each of them shows its frame, and that something is missing.
    vi.spyOn(console, 'error').mockImplementation(() => undefined)
    vi.spyOn(console, 'warn').mockImplementation(() => undefined)
    session.begin('ph_key', false)
    const api = viewer(mockApi(), role).otherwise(() => {
      throw new Refusal('FORBIDDEN')
    })
    await open(to)
    expect(allowed).toBe(!KEPT_FROM[role].includes(name))
    const note = /^This page is not for your role/
    const main = within(await screen.findByRole('main'))
    if (allowed) {
      await waitFor(() =>
        expect(main.queryAllByRole('heading').length + main.queryAllByRole('alert').length).toBeGreaterThan(0),
      )
      expect(main.queryByText(note)).toBeNull()
    } else {
      await main.findByText(note)
      main.getByRole('heading', { name: TITLES[name] })
      expect(main.queryAllByRole('button')).toEqual([])
      // Nothing was asked for that the server would refuse.
      expect(api.calls.map(({ operation }) => operation)).toEqual(['Viewer'])
    }
    const link = screen.queryByRole('link', { name: TITLES[name] })
    expect(link !== null).toBe(allowed)
  })
})
