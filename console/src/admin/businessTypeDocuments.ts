import { graphql } from '~/gql'

export const BusinessTypeFragment = graphql(`
  fragment BusinessTypeRow on BusinessType { id tenantId code name enabled priority lane updatedAt }
`)

export const BusinessTypesQuery = graphql(`
  query BusinessTypes($tenantId: ID, $first: Int, $after: String) {
    businessTypes(tenantId: $tenantId, first: $first, after: $after) {
      nodes { ...BusinessTypeRow }
      pageInfo { hasNextPage endCursor }
    }
  }
`)

export const CreateBusinessType = graphql(`
  mutation CreateBusinessType($input: BusinessTypeInput!) {
    createBusinessType(input: $input) { userErrors { field message code } }
  }
`)

export const UpdateBusinessType = graphql(`
  mutation UpdateBusinessType($id: ID!, $input: BusinessTypeInput!) {
    updateBusinessType(id: $id, input: $input) { userErrors { field message code } }
  }
`)

export const DeleteBusinessType = graphql(`
  mutation DeleteBusinessType($id: ID!) {
    deleteBusinessType(id: $id) { deletedId userErrors { field message code } }
  }
`)
