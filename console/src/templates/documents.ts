import { graphql } from '~/gql'

export const TemplateFragment = graphql(`
  fragment TemplateCell on Template {
    id tenantId businessType channelType messageType name locale enabled version
  }
`)

export const TemplatesQuery = graphql(`
  query Templates($filter: TemplateFilter, $first: Int, $after: String) {
    templates(filter: $filter, first: $first, after: $after) {
      nodes { ...TemplateCell }
      pageInfo { hasNextPage endCursor }
    }
  }
`)

export const TemplateQuery = graphql(`
  query TemplateById($id: ID!) {
    template(id: $id) {
      ...TemplateCell
      content sampleData variables updatedAt
      versions { version messageType name content sampleData enabled createdAt createdBy }
    }
  }
`)

export const PreviewTemplate = graphql(`
  query PreviewTemplate($input: TemplateInput!, $businessData: JSON) {
    previewTemplate(input: $input, businessData: $businessData) {
      rendered variables userErrors { field message code }
    }
  }
`)

export const TestTemplate = graphql(`
  mutation TestTemplate($input: TestTemplateInput!) {
    testTemplate(input: $input) { testSend { ...TestSendFound } userErrors { field message code } }
  }
`)

export const LastDataQuery = graphql(`
  query LastBusinessData($filter: MessageFilter) {
    messages(filter: $filter, first: 1) { nodes { id businessData } }
  }
`)

export const CreateTemplate = graphql(`
  mutation CreateTemplate($input: TemplateInput!) {
    createTemplate(input: $input) { template { id } userErrors { field message code } }
  }
`)

export const UpdateTemplate = graphql(`
  mutation UpdateTemplate($id: ID!, $input: TemplateInput!) {
    updateTemplate(id: $id, input: $input) { template { id version } userErrors { field message code } }
  }
`)

export const DeleteTemplate = graphql(`
  mutation DeleteTemplate($id: ID!) {
    deleteTemplate(id: $id) { deletedId userErrors { field message code } }
  }
`)
