import { graphql } from '~/gql'

export const MessageNumbers = graphql(`
  fragment MessageNumbers on MessageCounts {
    accepted succeeded partiallySucceeded failed skipped cancelled reopened latency { count p50Ms p99Ms }
  }
`)

export const TaskNumbers = graphql(`
  fragment TaskNumbers on TaskCounts { sent failed retried sendDuration { count p50Ms p99Ms } }
`)

/** All numbers of a range in one request, so that they are of one moment. */
export const OverviewQuery = graphql(`
  query Overview(
    $filter: MessageStatsFilter
    $from: DateTime!
    $interval: StatsInterval!
    $beforeFrom: DateTime!
    $beforeTo: DateTime!
    $beforeInterval: StatsInterval!
  ) {
    now: messageStats(filter: $filter, from: $from, interval: $interval) {
      from
      to
      interval
      total { messages { ...MessageNumbers } tasks { retried } }
      groups { buckets { at counts { messages { ...MessageNumbers } } } }
    }
    before: messageStats(filter: $filter, from: $beforeFrom, to: $beforeTo, interval: $beforeInterval) {
      total { messages { ...MessageNumbers } tasks { retried } }
    }
    channels: messageStats(filter: $filter, from: $from, interval: $interval, groupBy: CHANNEL_TYPE) {
      groups { key total { tasks { ...TaskNumbers } } }
    }
    businessTypes: messageStats(filter: $filter, from: $from, interval: $interval, groupBy: BUSINESS_TYPE) {
      groups { key total { messages { ...MessageNumbers } } }
    }
    reasons: messageStats(filter: $filter, from: $from, interval: $interval, groupBy: ERROR_CODE) {
      groups { key total { messages { failed partiallySucceeded } tasks { failed } } }
    }
  }
`)

/** What is not on its way at this moment; how full the lanes are is told to platform keys only. */
export const StandingQuery = graphql(`
  query Standing($tenantId: ID, $lanes: Boolean!) {
    backlog(tenantId: $tenantId) {
      deferredMessages { value capped }
      failedTasks { value capped }
    }
    laneStats @include(if: $lanes) { lane waiting delayed inHand oldestAgeSeconds workersPerInstance }
  }
`)

export const BreakersQuery = graphql(`
  query Breakers($filter: ChannelConfigFilter, $first: Int, $after: String) {
    channelConfigs(filter: $filter, first: $first, after: $after) {
      nodes { id name storeId tenantId channelType breaker { state reason retryAt } }
      pageInfo { hasNextPage endCursor }
    }
  }
`)

/** With what became of their tasks: a message says only that all of them failed. */
export const LatestQuery = graphql(`
  query Latest($filter: MessageFilter, $first: Int) {
    messages(filter: $filter, first: $first) {
      nodes {
        id messageId tenantId businessType status errorCode createdAt
        tasks { id channelType status errorCode resultMessage }
      }
    }
  }
`)
