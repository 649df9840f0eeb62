import { graphql } from '~/gql'

export const InboxFragment = graphql(`
  fragment InboxRow on InboxMessage { id tenantId messageId businessType messageType title body content readAt createdAt }
`)

export const InboxQuery = graphql(`
  query Inbox($tenantId: ID, $userId: String!, $unreadOnly: Boolean, $first: Int, $after: String) {
    inbox(tenantId: $tenantId, userId: $userId, unreadOnly: $unreadOnly, first: $first, after: $after) {
      nodes { ...InboxRow }
      pageInfo { hasNextPage endCursor }
    }
  }
`)

export const UnreadQuery = graphql(`
  query UnreadCount($tenantId: ID, $userId: String!) {
    unreadCount(tenantId: $tenantId, userId: $userId)
  }
`)

export const MarkRead = graphql(`
  mutation MarkRead($tenantId: ID, $userId: String!, $ids: [ID!]) {
    markRead(tenantId: $tenantId, userId: $userId, ids: $ids) { count userErrors { field message code } }
  }
`)

export const NewInboxMessages = graphql(`
  subscription NewInboxMessages($tenantId: ID, $userId: String!) {
    inboxMessages(tenantId: $tenantId, userId: $userId) { id }
  }
`)
