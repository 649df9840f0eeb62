import { cleanup, configure } from '@testing-library/react'
import { afterEach, beforeEach, vi } from 'vitest'
import { startI18n } from '~/i18n'
import { session } from '~/session/session'

await startI18n('en-US')
// A page is drawn when its parts are loaded: on a busy machine that takes longer than the usual second.
configure({ asyncUtilTimeout: 8000 })

// No live connection in component tests: what is subscribed to stays silent.
vi.mock('graphql-ws', () => ({ createClient: () => ({ subscribe: () => () => undefined, dispose: () => undefined }) }))

beforeEach(() => {
  sessionStorage.clear()
  localStorage.clear()
})

afterEach(() => {
  cleanup()
  session.end()
  vi.unstubAllGlobals()
  vi.restoreAllMocks()
})
