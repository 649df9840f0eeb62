import { createFileRoute, redirect } from '@tanstack/react-router'
import { ApiError } from '~/api/errors'
import { BrokenConsole } from '~/components/BrokenPage'
import { Shell } from '~/components/shell/Shell'
import { session } from '~/session/session'
import { viewerQuery } from '~/session/viewer'

/** Everything that needs a session lies below this route. */
export const Route = createFileRoute('/_app')({
  beforeLoad: ({ location }) => {
    if (session.key() === undefined) throw redirect({ to: '/sign-in', search: { to: location.href } })
  },
  loader: async ({ context, location }) => {
    try {
      await context.queryClient.ensureQueryData(viewerQuery())
    } catch (error) {
      if (error instanceof ApiError && error.code === 'UNAUTHENTICATED') {
        throw redirect({ to: '/sign-in', search: { to: location.href } })
      }
      throw error
    }
  },
  component: Shell,
  errorComponent: BrokenConsole,
})
