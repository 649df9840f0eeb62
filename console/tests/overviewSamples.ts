import type { OverviewQuery as Answer, MessageNumbersFragment } from '~/gql/graphql'
import { BreakersQuery, LatestQuery, OverviewQuery, StandingQuery } from '~/overview/documents'
import { SetupQuery } from '~/overview/Setup'
import type { mockApi } from './mockApi'
import { CLOSED, TENANT } from './samples'

export function counts(change: Partial<MessageNumbersFragment> = {}): MessageNumbersFragment {
  const none = { accepted: 0, succeeded: 0, partiallySucceeded: 0, failed: 0, skipped: 0, cancelled: 0, reopened: 0 }
  return { ...none, latency: { count: 0, p50Ms: null, p99Ms: null }, ...change }
}

export function numbers(messages: MessageNumbersFragment, before: MessageNumbersFragment): Answer {
  const at = '2026-01-01T00:00:00.000Z'
  const span = { from: at, to: at, interval: 'MINUTE' as const }
  const took = { count: 1, p50Ms: 20, p99Ms: 30 }
  const failed = { tasks: { failed: 2 } }
  return {
    now: { ...span, total: { messages, tasks: { retried: 4 } }, groups: [{ buckets: [{ at, counts: { messages } }] }] },
    before: { total: { messages: before, tasks: { retried: 0 } } },
    channels: {
      groups: [{ key: 'WEBHOOK', total: { tasks: { sent: 6, failed: 2, retried: 4, sendDuration: took } } }],
    },
    businessTypes: { groups: [{ key: 'ORDER_PAID', total: { messages } }] },
    reasons: {
      groups: [
        { key: 'ALL_CHANNELS_FAILED', total: { messages: { failed: 2, partiallySucceeded: 0 }, tasks: { failed: 0 } } },
        { key: 'BAD_MSG', total: { messages: null, ...failed } },
      ],
    },
  }
}

const failedMessage = {
  id: 'msg_9',
  messageId: 'order-9',
  tenantId: TENANT.id,
  businessType: 'ORDER_PAID',
  status: 'FAILED' as const,
  errorCode: 'ALL_CHANNELS_FAILED',
  createdAt: '2026-01-01T00:00:00.000Z',
  tasks: [
    {
      id: 'task_9',
      channelType: 'WEBHOOK' as const,
      status: 'FAILED' as const,
      errorCode: 'BAD_MSG',
      resultMessage: 'HTTP 400',
    },
  ],
}

const CHANNEL = { id: 'chc_1', name: 'Hook', storeId: null, tenantId: TENANT.id, channelType: 'WEBHOOK' as const }
export const CLOSED_CHANNEL = { ...CHANNEL, id: 'chc_0', breaker: CLOSED }
export const OPEN_CHANNEL = {
  ...CHANNEL,
  breaker: { ...CLOSED, state: 'OPEN' as const, reason: 'HTTP 503', retryAt: null },
}

/** All that the overview asks for. */
export function answerOverview(api: ReturnType<typeof mockApi>) {
  const messages = counts({ accepted: 10, succeeded: 6, failed: 2, latency: { count: 8, p50Ms: 120, p99Ms: 2500 } })
  const before = counts({ accepted: 8, succeeded: 8 })
  return api
    .on(OverviewQuery, () => numbers(messages, before))
    .on(StandingQuery, () => ({
      backlog: { deferredMessages: { value: 10_000, capped: true }, failedTasks: { value: 3, capped: false } },
    }))
    .on(BreakersQuery, ({ after }) => ({
      channelConfigs: after
        ? { nodes: [OPEN_CHANNEL], pageInfo: { hasNextPage: false, endCursor: null } }
        : { nodes: [CLOSED_CHANNEL], pageInfo: { hasNextPage: true, endCursor: 'c' } },
    }))
    .on(SetupQuery, () => ({
      enabled: { totalCount: 1 },
      disabled: { totalCount: 0 },
      templates: { totalCount: 2 },
      businessTypes: { totalCount: 3 },
    }))
    .on(LatestQuery, ({ filter }) => ({
      messages: { nodes: filter?.status?.includes('FAILED') ? [failedMessage] : [] },
    }))
}
