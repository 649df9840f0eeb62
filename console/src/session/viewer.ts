import { queryOptions } from '@tanstack/react-query'
import { request } from '~/api/client'
import { graphql } from '~/gql'
import type { ViewerQuery, ViewerTenantsQuery } from '~/gql/graphql'
import { may } from './permissions'

/** What a key is worth; also asked before there is a session. */
export const ViewerDocument = graphql(`
  query Viewer {
    viewer { name role tenantId tenant { id code name timezone enabled } }
  }
`)

/** Exported for tests, which answer it. */
export const TenantsDocument = graphql(`
  query ViewerTenants {
    tenants { id code name timezone enabled }
  }
`)

export interface ViewerAndTenants {
  viewer: ViewerQuery['viewer']
  /** Of a tenant's key its own; empty for platform keys that may not read configuration. */
  tenants: ViewerTenantsQuery['tenants']
}

export const viewerQuery = () =>
  queryOptions({
    queryKey: ['viewer'],
    queryFn: async ({ signal }): Promise<ViewerAndTenants> => {
      const { viewer } = await request(ViewerDocument, {}, { signal })
      if (viewer.tenant) return { viewer, tenants: [viewer.tenant] }
      if (!may(viewer.role, 'readConfig')) return { viewer, tenants: [] }
      return { viewer, ...(await request(TenantsDocument, {}, { signal })) }
    },
    staleTime: 60_000,
  })
