import { screen, within } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { BusinessTypeNamesQuery, TemplateNamesQuery } from '~/api/names'
import { ChannelQuery, ChannelsQuery, TestChannel } from '~/channels/documents'
import { ExplainSend, SendMessage, VariablesQuery } from '~/compose/documents'
import { chooseLanguage } from '~/i18n'
import { MessageById, ResendMessage } from '~/message/documents'
import { RetryMessage } from '~/messages/documents'
import { latencyTick } from '~/overview/steps'
import { session } from '~/session/session'
import { described } from './channelTypes'
import { mockApi } from './mockApi'
import { open } from './render'
import { channel, detail, page, viewer } from './samples'

const SILENT = 'no answer within 10s; it may have arrived'
const SILENT_IN_CHINESE = '10s 内没有应答；消息可能已送达'

beforeEach(() => {
  session.begin('ph_key', false)
  return chooseLanguage('zh-CN')
})
afterEach(() => chooseLanguage('en-US'))

const api = () =>
  described(viewer(mockApi(), 'TENANT_ADMIN'))
    .on(BusinessTypeNamesQuery, () => ({ businessTypes: page([]) }))
    .on(TemplateNamesQuery, () => ({ templates: page([]) }))
    .on(VariablesQuery, () => ({ templates: page([]) }))

describe('in Chinese', () => {
  it('stands why a breaker is open, in the list', async () => {
    const breaker = { state: 'OPEN' as const, reason: SILENT, openedAt: null, retryAt: null, consecutiveFailures: 5 }
    const health = { lastSuccessAt: null, lastFailureAt: null, lastErrorCode: null, lastErrorMessage: null }
    api().on(ChannelsQuery, () => ({
      channelConfigs: { ...page([{ ...channel({ breaker }), health }]), totalCount: 1 },
    }))
    await open('/channels')
    expect((await screen.findByText(SILENT_IN_CHINESE)).title).toBe(SILENT_IN_CHINESE)
  })

  it('stands what became of a test', async () => {
    api()
      .on(ChannelQuery, () => ({ channelConfig: channel() }))
      .on(TestChannel, () => ({
        testChannelConfig: {
          testSend: {
            success: false,
            outcome: 'AMBIGUOUS',
            message: SILENT,
            durationMs: 12,
            request: {},
            response: null,
          },
          userErrors: [],
        },
      }))
    await open('/channels/chc_1')
    await userEvent.click(await screen.findByRole('button', { name: '测试发送' }))
    await userEvent.click(await screen.findByRole('button', { name: '发送' }))
    await screen.findByText(SILENT_IN_CHINESE)
  })

  it('stands why a message was refused, and why it would be', async () => {
    const refusal = { errorCode: 'VALIDATION_ERROR', errorMessage: 'expiresAt must be in the future' }
    api()
      .on(MessageById, () => ({ message: detail('SUCCESS') }))
      .on(SendMessage, () => ({
        sendMessage: { ...refusal, success: false, messageId: null, duplicate: false, message: null },
      }))
      .on(ExplainSend, () => ({ explainSend: { ...refusal, accepted: false, verdicts: [], tasks: [] } }))
    await open('/compose?like=msg_1')
    await userEvent.click(await screen.findByRole('button', { name: '发送' }))
    await screen.findByText('过期时间须为将来的时间')
    await userEvent.click(screen.getByRole('button', { name: '先看去向' }))
    expect(await screen.findAllByText('过期时间须为将来的时间')).toHaveLength(2)
  })

  it('stands why a message was not sent again', async () => {
    api()
      .on(MessageById, () => ({ message: detail('SUCCESS') }))
      .on(ResendMessage, () => ({
        resendMessage: {
          success: false,
          duplicate: false,
          errorCode: 'IDEMPOTENCY_CONFLICT',
          errorMessage: 'messageId order-1 was accepted before with other content',
          message: null,
        },
      }))
    await open('/messages/msg_1')
    await userEvent.click(await screen.findByRole('button', { name: '再次发送' }))
    await userEvent.click(within(await screen.findByRole('dialog')).getByRole('button', { name: '再次发送' }))
    await screen.findByText('此消息 ID 已用于其他内容：消息 ID order-1 已用于其他内容')
  })

  it('stands why a message was not retried, also without a code', async () => {
    api()
      .on(MessageById, () => ({ message: detail('FAILED') }))
      .on(RetryMessage, () => ({
        retryMessage: { success: false, errorCode: null, errorMessage: 'the message has no failed task' },
      }))
    await open('/messages/msg_1')
    await userEvent.click(await screen.findByRole('button', { name: '重试' }))
    await userEvent.click(within(await screen.findByRole('tooltip')).getByRole('button', { name: '重试' }))
    await screen.findByText('该消息没有失败的任务')
  })

  it.each([
    [100, '100 毫秒'],
    [10_000, '10 秒'],
    [60_000, '1 分'],
    [36_000_000, '10 小时'],
  ])('%d ms is %s on the axis of latencies', (ms, text) => expect(latencyTick(ms)).toBe(text))
})
