import { graphql } from '~/gql'

export const DetailFragment = graphql(`
  fragment MessageDetail on Message {
    id messageId tenantId storeId businessType businessData targetChannels executionMode status errorCode errorMessage
    totalChannels successChannels failedChannels attributes scheduledAt expiresAt createdAt updatedAt finishedAt
    recipients { userId userType mobile email deviceNo deviceType customerNo customerType customerName customerTag }
    tasks {
      id channelType messageType renderedContent status retryCount maxRetry nextRetryAt resultMessage thirdPartyResponse
      createdAt finishedAt
      channelConfig { id name }
      recipients { userId mobile email deviceNo }
    }
    timeline { at stage outcome detail durationMs taskId }
  }
`)

export const MessageById = graphql(`
  query MessageById($id: ID!) { message(id: $id) { ...MessageDetail } }
`)

export const MessageByMessageId = graphql(`
  query MessageByMessageId($messageId: String!, $tenantId: ID) {
    message(messageId: $messageId, tenantId: $tenantId) { ...MessageDetail }
  }
`)

export const MessageProgress = graphql(`
  subscription MessageProgress($messageId: String!, $tenantId: ID, $after: String) {
    messageStatus(messageId: $messageId, tenantId: $tenantId, after: $after) { cursor at messageStatus taskId taskStatus }
  }
`)
