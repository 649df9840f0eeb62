import { graphql } from '~/gql'

export const RowFragment = graphql(`
  fragment MessageRow on Message {
    id
    messageId
    tenantId
    businessType
    status
    errorCode
    totalChannels
    successChannels
    failedChannels
    recipients { userId mobile email deviceNo customerName }
    recipientsMasked
    tasks { id channelType status }
    createdAt
    updatedAt
    finishedAt
  }
`)

export const MessagesQuery = graphql(`
  query Messages($filter: MessageFilter, $first: Int, $after: String) {
    messages(filter: $filter, first: $first, after: $after) {
      nodes { ...MessageRow }
      pageInfo { endCursor hasNextPage }
    }
  }
`)

export const MessageRowQuery = graphql(`
  query OneMessageRow($id: ID!) {
    message(id: $id) { ...MessageRow }
  }
`)

export const StatusEvents = graphql(`
  subscription StatusEvents($filter: StatusEventFilter, $after: String, $present: Int) {
    statusEvents(filter: $filter, after: $after, present: $present) {
      id cursor at messageId tenantId messageStatus taskId channelType taskStatus
    }
  }
`)

export const BulkResult = graphql(`
  fragment BulkResult on SendResult {
    success
    errorCode
    message { id messageId }
  }
`)

export const CancelMessages = graphql(`
  mutation CancelMessages($ids: [ID!]!) {
    cancelMessages(ids: $ids) {
      totalCount
      successCount
      results { ...BulkResult cancellation { sent { id } underWay { id } perhapsSent { id } } }
    }
  }
`)

export const RetryMessages = graphql(`
  mutation RetryMessages($ids: [ID!]!) {
    retryMessages(ids: $ids) {
      totalCount
      successCount
      results { ...BulkResult }
    }
  }
`)

export const RetryMessage = graphql(`
  mutation RetryMessage($messageId: String!, $tenantId: ID) {
    retryMessage(messageId: $messageId, tenantId: $tenantId) { success errorCode errorMessage }
  }
`)
