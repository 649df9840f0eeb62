import type { QueryClient } from '@tanstack/react-query'
import { createRootRouteWithContext, Outlet, retainSearchParams } from '@tanstack/react-router'
import * as v from 'valibot'

/** `tenant` goes along with every link, so that an address shared by a platform admin shows the same thing. */
const search = v.object({ tenant: v.optional(v.fallback(v.string(), '')) })

export const Route = createRootRouteWithContext<{ queryClient: QueryClient }>()({
  validateSearch: search,
  search: { middlewares: [retainSearchParams(['tenant'])] },
  component: Outlet,
})
