import { graphql } from '~/gql'

export const FailedTaskFragment = graphql(`
  fragment FailedTask on ChannelTask {
    id messageId channelType retryCount maxRetry errorCode resultMessage finishedAt
    channelConfig { id name }
  }
`)

export const FailedTasksQuery = graphql(`
  query FailedTasks($filter: FailedTaskFilter, $first: Int, $after: String) {
    failedTasks(filter: $filter, first: $first, after: $after) {
      nodes { ...FailedTask }
      pageInfo { hasNextPage endCursor }
    }
  }
`)

export const BulkJobFragment = graphql(`
  fragment BulkJob on BulkJob {
    id kind status total done skipped ratePerSecond errorMessage createdBy createdAt finishedAt
    filter { tenantId errorCode channelType channelConfigId businessType failedFrom failedTo }
  }
`)

export const BulkJobsQuery = graphql(`
  query BulkJobs($tenantId: ID, $first: Int) {
    bulkJobs(tenantId: $tenantId, first: $first) { nodes { ...BulkJob } }
  }
`)

export const RetryTasks = graphql(`
  mutation RetryTasks($input: BulkTasksInput!) {
    retryTasks(input: $input) { bulkJob { id } userErrors { field message code } }
  }
`)

export const DiscardTasks = graphql(`
  mutation DiscardTasks($input: BulkTasksInput!) {
    discardTasks(input: $input) { bulkJob { id } userErrors { field message code } }
  }
`)

export const PauseBulkJob = graphql(`
  mutation PauseBulkJob($id: ID!) { pauseBulkJob(id: $id) { bulkJob { id } userErrors { message } } }
`)

export const ResumeBulkJob = graphql(`
  mutation ResumeBulkJob($id: ID!) { resumeBulkJob(id: $id) { bulkJob { id } userErrors { message } } }
`)

export const CancelBulkJob = graphql(`
  mutation CancelBulkJob($id: ID!) { cancelBulkJob(id: $id) { bulkJob { id } userErrors { message } } }
`)
