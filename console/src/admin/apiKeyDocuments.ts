import { graphql } from '~/gql'

export const ApiKeyFragment = graphql(`
  fragment ApiKeyRow on ApiKey { id name tenantId role prefix createdAt lastUsedAt expiresAt revokedAt }
`)

export const ApiKeysQuery = graphql(`
  query ApiKeys($tenantId: ID) {
    apiKeys(tenantId: $tenantId) { ...ApiKeyRow }
  }
`)

export const CreateApiKey = graphql(`
  mutation CreateApiKey($input: ApiKeyInput!) {
    createApiKey(input: $input) { secret userErrors { field message code } }
  }
`)

export const RevokeApiKey = graphql(`
  mutation RevokeApiKey($id: ID!) {
    revokeApiKey(id: $id) { apiKey { id revokedAt } userErrors { field message code } }
  }
`)
