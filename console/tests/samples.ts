import type { ChannelFragment, MessageDetailFragment, MessageRowFragment, Role, TaskStatus } from '~/gql/graphql'
import { MessageStamp } from '~/message/documents'
import { ViewerDocument } from '~/session/viewer'
import type { mockApi } from './mockApi'

export const TENANT = { id: 'ten_1', code: 'acme', name: 'Acme', timezone: 'Asia/Shanghai', enabled: true }

/** All of a connection's nodes in one page. */
export const page = <Node>(nodes: Node[]) => ({ nodes, pageInfo: { hasNextPage: false, endCursor: null } })

export const CLOSED = { state: 'CLOSED', reason: null, openedAt: null, retryAt: null, consecutiveFailures: 0 } as const

export function row(n: number, change: Partial<MessageRowFragment> = {}): MessageRowFragment {
  const at = new Date(Date.UTC(2026, 0, 1) + n * 1000).toISOString()
  // As long for each n, since ids are in the order of their messages.
  const id = `msg_${String(n).padStart(3, '0')}`
  return {
    id,
    messageId: id,
    tenantId: TENANT.id,
    businessType: 'ORDER_PAID',
    status: 'PROCESSING',
    errorCode: null,
    totalChannels: 1,
    successChannels: 0,
    failedChannels: 0,
    recipients: [],
    recipientsMasked: false,
    tasks: [{ id: `task_${n}`, channelType: 'WEBHOOK', status: 'PENDING' }],
    createdAt: at,
    updatedAt: at,
    finishedAt: null,
    ...change,
  }
}

export function detail(status: TaskStatus, change: Partial<MessageDetailFragment> = {}): MessageDetailFragment {
  const ended = status === 'SUCCESS' || status === 'FAILED'
  return {
    id: 'msg_1',
    messageId: 'order-1',
    tenantId: TENANT.id,
    storeId: null,
    businessType: 'ORDER_PAID',
    businessData: { orderId: '1' },
    targetChannels: null,
    executionMode: 'PARALLEL',
    status: status === 'FAILED' ? 'FAILED' : ended ? 'SUCCESS' : 'PROCESSING',
    errorCode: status === 'FAILED' ? 'ALL_CHANNELS_FAILED' : null,
    errorMessage: null,
    totalChannels: 1,
    successChannels: 0,
    failedChannels: 0,
    attributes: null,
    resentFrom: null,
    scheduledAt: null,
    expiresAt: null,
    createdAt: '2026-01-01T00:00:00.000Z',
    updatedAt: '2026-01-01T00:00:02.000Z',
    finishedAt: ended ? '2026-01-01T00:00:02.500Z' : null,
    recipientsMasked: false,
    recipients: [
      {
        userId: 'u1',
        userType: null,
        mobile: '13800138000',
        email: 'ada@example.com',
        deviceNo: null,
        deviceType: null,
        customerNo: null,
        customerType: null,
        customerName: null,
        customerTag: null,
      },
    ],
    tasks: [
      {
        id: 'task_1',
        channelType: 'WEBHOOK',
        messageType: 'TEXT',
        renderedContent: { body: 'Order 1' },
        status,
        retryCount: 0,
        maxRetry: 3,
        nextRetryAt: null,
        errorCode: null,
        discardedAt: null,
        resultMessage: 'HTTP 400',
        thirdPartyResponse: null,
        createdAt: '2026-01-01T00:00:00.000Z',
        finishedAt: null,
        channelConfig: { id: 'chc_1', name: 'Orders', breaker: CLOSED },
        recipients: [],
      },
    ],
    timeline: [
      {
        at: '2026-01-01T00:00:00.000Z',
        stage: 'STATUS',
        outcome: 'PENDING',
        detail: 'accepted',
        durationMs: null,
        taskId: null,
        thirdPartyResponse: null,
      },
      {
        at: '2026-01-01T00:00:00.000Z',
        stage: 'RATE_LIMIT',
        outcome: 'SKIP',
        detail: 'no limit',
        durationMs: 0,
        taskId: null,
        thirdPartyResponse: null,
      },
      {
        at: '2026-01-01T00:00:02.500Z',
        stage: 'ATTEMPT',
        outcome: 'OK',
        detail: null,
        durationMs: 100,
        taskId: 'task_1',
        thirdPartyResponse: '{"errcode":0}',
      },
    ],
    ...change,
  }
}

/** A signed-in viewer of the one tenant, where no message changes after its end. */
export function viewer(api: ReturnType<typeof mockApi>, role: Role) {
  return api
    .on(ViewerDocument, () => ({ viewer: { name: 'Kim', role, tenantId: TENANT.id, tenant: TENANT } }))
    .on(MessageStamp, () => ({ message: null }))
}

export function channel(change: Partial<ChannelFragment> = {}): ChannelFragment {
  return {
    id: 'chc_1',
    tenantId: TENANT.id,
    storeId: null,
    channelType: 'WEBHOOK',
    name: 'Orders',
    config: { url: 'https://example.com', secret: '••••LaSw' },
    priority: 1,
    enabled: true,
    rateLimit: null,
    rateLimitInForce: null,
    onRateLimit: 'DEFER',
    timeWindow: null,
    onClosedWindow: 'DEFER',
    onUnknown: 'RETRY',
    breaker: CLOSED,
    deliveryMode: 'IMMEDIATE',
    schedule: null,
    createdAt: '2026-01-01T00:00:00.000Z',
    updatedAt: '2026-01-01T00:00:00.000Z',
    ...change,
  }
}
