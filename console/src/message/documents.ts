import { graphql } from '~/gql'

export const DetailFragment = graphql(`
  fragment MessageDetail on Message {
    id messageId tenantId storeId businessType businessData targetChannels executionMode status errorCode errorMessage
    totalChannels successChannels failedChannels attributes resentFrom scheduledAt expiresAt createdAt updatedAt finishedAt
    recipientsMasked
    recipients { userId userType mobile email deviceNo deviceType customerNo customerType customerName customerTag }
    tasks {
      id channelType messageType renderedContent status retryCount maxRetry nextRetryAt errorCode resultMessage
      thirdPartyResponse createdAt finishedAt discardedAt
      channelConfig { id name breaker { state reason retryAt consecutiveFailures } }
      recipients { userId mobile email deviceNo }
    }
    timeline { at stage outcome detail durationMs taskId thirdPartyResponse }
  }
`)

export const ResendMessage = graphql(`
  mutation ResendMessage($id: ID!, $input: ResendMessageInput) {
    resendMessage(id: $id, input: $input) { success duplicate errorCode errorMessage message { id } }
  }
`)

/** Leaves a line with the key's name in the server's log: asked for once, when somebody wants to see. */
export const RevealRecipients = graphql(`
  mutation RevealRecipients($id: ID!) {
    revealRecipients(id: $id) {
      recipients { userId userType mobile email deviceNo deviceType customerNo customerType customerName customerTag }
      userErrors { message }
    }
  }
`)

export const CancelledTask = graphql(`
  fragment CancelledTask on ChannelTask { id channelType channelConfig { id name } }
`)

/** With what it found, task by task: what was taken back, and what had gone all the same. */
export const CancelWithAnswer = graphql(`
  mutation CancelWithAnswer($messageId: String!, $tenantId: ID) {
    cancelMessage(messageId: $messageId, tenantId: $tenantId) {
      success errorCode errorMessage
      cancellation {
        cancelled { ...CancelledTask }
        perhapsSent { ...CancelledTask }
        sent { ...CancelledTask }
        underWay { ...CancelledTask }
        ended { ...CancelledTask }
      }
    }
  }
`)

export const MessageById = graphql(`
  query MessageById($id: ID!) { message(id: $id) { ...MessageDetail } }
`)

/** Whether an ended message has changed since: as little as tells it. */
export const MessageStamp = graphql(`
  query MessageStamp($id: ID!) { message(id: $id) { id updatedAt } }
`)

export const MessageByMessageId = graphql(`
  query MessageByMessageId($messageId: String!, $tenantId: ID) {
    message(messageId: $messageId, tenantId: $tenantId) { ...MessageDetail }
  }
`)

/** What tells a tenant's message from those that others gave the same id. */
export const MessageNamed = graphql(`
  query MessageNamed($messageId: String!, $tenantId: ID!) {
    message(messageId: $messageId, tenantId: $tenantId) { id tenantId businessType status createdAt }
  }
`)

export const MessageProgress = graphql(`
  subscription MessageProgress($messageId: String!, $tenantId: ID, $after: String) {
    messageStatus(messageId: $messageId, tenantId: $tenantId, after: $after) { id cursor at messageStatus taskId taskStatus }
  }
`)
