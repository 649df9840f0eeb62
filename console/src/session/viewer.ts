import { query } from '~/api/query'
import { graphql } from '~/gql'

const ViewerQuery = graphql(`
  query Viewer {
    viewer { name role tenantId }
    tenants { id code name timezone enabled }
  }
`)

export const viewerQuery = () => ({ ...query('viewer', ViewerQuery, {}), staleTime: 60_000 })

/** What a key is worth, asked before there is a session. */
export const ViewerDocument = ViewerQuery
