import { graphql } from '~/gql'

/** Breakers open and close by themselves and no event tells it: what shows them asks now and then. */
export const BREAKERS_EVERY_MS = 5000

export const ChannelFragment = graphql(`
  fragment Channel on ChannelConfig {
    id tenantId storeId channelType name config priority enabled
    rateLimit { count window unit }
    rateLimitInForce { count window unit }
    onRateLimit
    timeWindow { startHour endHour timezone }
    onClosedWindow onUnknown deliveryMode schedule createdAt updatedAt
    breaker { state reason openedAt retryAt consecutiveFailures }
  }
`)

/** Only for the list: what a form has no use for. */
export const ChannelHealth = graphql(`
  fragment ChannelHealth on ChannelConfig {
    health { lastSuccessAt lastFailureAt lastErrorCode lastErrorMessage }
  }
`)

export const ChannelsQuery = graphql(`
  query Channels($filter: ChannelConfigFilter, $first: Int, $after: String) {
    channelConfigs(filter: $filter, first: $first, after: $after) {
      nodes { ...Channel ...ChannelHealth }
      pageInfo { hasNextPage endCursor }
      totalCount
    }
  }
`)

export const ChannelQuery = graphql(`
  query ChannelById($id: ID!) { channelConfig(id: $id) { ...Channel } }
`)

export const CreateChannel = graphql(`
  mutation CreateChannel($input: ChannelConfigInput!) {
    createChannelConfig(input: $input) { channelConfig { id } userErrors { field message code } }
  }
`)

export const UpdateChannel = graphql(`
  mutation UpdateChannel($id: ID!, $input: ChannelConfigInput!) {
    updateChannelConfig(id: $id, input: $input) { channelConfig { ...Channel } userErrors { field message code } }
  }
`)

export const ResetBreaker = graphql(`
  mutation ResetBreaker($id: ID!) {
    resetChannelConfigBreaker(id: $id) { channelConfig { ...Channel } userErrors { field message code } }
  }
`)

export const DeleteChannel = graphql(`
  mutation DeleteChannel($id: ID!) {
    deleteChannelConfig(id: $id) { deletedId userErrors { field message code } }
  }
`)

export const CopyChannel = graphql(`
  mutation CopyChannel($id: ID!, $storeId: ID, $name: String, $enabled: Boolean) {
    copyChannelConfig(id: $id, storeId: $storeId, name: $name, enabled: $enabled) {
      channelConfig { id }
      userErrors { field message code }
    }
  }
`)

export const TestSendFragment = graphql(`
  fragment TestSendFound on TestSend { success outcome message durationMs request response }
`)

export const TestChannel = graphql(`
  mutation TestChannel($input: TestChannelConfigInput!) {
    testChannelConfig(input: $input) { testSend { ...TestSendFound } userErrors { field message code } }
  }
`)
