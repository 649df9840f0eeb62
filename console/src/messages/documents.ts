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

export const CancelMessage = graphql(`
  mutation CancelMessage($messageId: String!, $tenantId: ID) {
    cancelMessage(messageId: $messageId, tenantId: $tenantId) { success errorCode errorMessage }
  }
`)

export const RetryMessage = graphql(`
  mutation RetryMessage($messageId: String!, $tenantId: ID) {
    retryMessage(messageId: $messageId, tenantId: $tenantId) { success errorCode errorMessage }
  }
`)
