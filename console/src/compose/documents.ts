import { graphql } from '~/gql'

export const SendMessage = graphql(`
  mutation SendMessage($input: SendMessageInput!) {
    sendMessage(input: $input) { success messageId duplicate errorCode errorMessage message { id } }
  }
`)

export const ExplainSend = graphql(`
  query ExplainSend($input: SendMessageInput!) {
    explainSend(input: $input) {
      accepted errorCode errorMessage
      verdicts { handler order outcome code detail channelType channelConfigId }
      tasks {
        channelType messageType renderedContent sendAt
        channelConfig { id name tenantId }
        template { id name version }
        recipients { userId mobile email }
      }
    }
  }
`)

export const VariablesQuery = graphql(`
  query TemplateVariables($filter: TemplateFilter, $first: Int, $after: String) {
    templates(filter: $filter, first: $first, after: $after) {
      nodes { id variables }
      pageInfo { hasNextPage endCursor }
    }
  }
`)
