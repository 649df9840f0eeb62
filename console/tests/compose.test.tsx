import { screen, waitFor } from '@testing-library/react'
import userEvent from '@testing-library/user-event'
import { describe, expect, it, vi } from 'vitest'
import { BusinessTypeNamesQuery, TemplateNamesQuery } from '~/api/names'
import { SendMessage, VariablesQuery } from '~/compose/documents'
import type { MessageDetailFragment, Role } from '~/gql/graphql'
import { MessageById, MessageByMessageId } from '~/message/documents'
import { session } from '~/session/session'
import { mockApi } from './mockApi'
import { open } from './render'
import { detail, page, viewer } from './samples'

vi.setConfig({ testTimeout: 40_000 })

async function draftOf(message: MessageDetailFragment, role: Role) {
  session.begin('ph_key', false)
  const api = viewer(mockApi(), role)
    .on(BusinessTypeNamesQuery, () => ({ businessTypes: page([]) }))
    .on(TemplateNamesQuery, () => ({ templates: page([]) }))
    .on(VariablesQuery, () => ({ templates: page([]) }))
    .on(MessageById, () => ({ message }))
    .on(SendMessage, () => ({
      sendMessage: {
        success: false,
        messageId: null,
        duplicate: false,
        errorCode: 'NO_CHANNEL',
        errorMessage: null,
        message: null,
      },
    }))
  await open('/compose?like=msg_1')
  await screen.findByRole('heading', { name: 'Compose' })
  return api
}

const masked = detail('SUCCESS', {
  recipientsMasked: true,
  businessData: { phone: '138****8000' },
  attributes: { card: '622****1234' },
  targetChannels: ['WEBHOOK'],
  recipients: detail('SUCCESS').recipients.map((one) => ({ ...one, userId: 'u***', mobile: '138****8000' })),
})

describe('what is wrong', () => {
  async function blank() {
    session.begin('ph_key', false)
    viewer(mockApi(), 'TENANT_ADMIN')
      .on(BusinessTypeNamesQuery, () => ({ businessTypes: page([]) }))
      .on(TemplateNamesQuery, () => ({ templates: page([]) }))
      .on(VariablesQuery, () => ({ templates: page([]) }))
    await open('/compose')
    return screen.findByLabelText('Business type')
  }
  const press = (name: string) => userEvent.click(screen.getByRole('button', { name }))

  it('is where the reader is led to', async () => {
    const businessType = await blank()
    await press('Explain first')
    await waitFor(() => expect(document.activeElement).toBe(businessType))
  })

  it('is unfolded, and says what is needed', async () => {
    const businessType = await blank()
    await userEvent.type(businessType, 'PAID')
    const more = screen.getByRole('button', { name: /Times, ids/ })
    await userEvent.click(more)
    await press('Add a channel')
    await userEvent.click(more)
    expect(more.getAttribute('aria-expanded')).toBe('false')
    await press('Send')
    await screen.findByText('Choose a channel, or remove the line')
    expect(more.getAttribute('aria-expanded')).toBe('true')
    await waitFor(() => expect(document.activeElement).toBe(screen.getByLabelText('Channel')))
  })
})

it('what is wished for a channel is sent, and what is left empty is absent', async () => {
  const api = await draftOf(detail('SUCCESS'), 'TENANT_ADMIN')
  await userEvent.click(screen.getByRole('button', { name: /Times, ids/ }))
  const add = () => userEvent.click(screen.getByRole('button', { name: 'Add a channel' }))
  await add()
  await add()
  for (const [index, name] of ['Webhook', 'DingTalk'].entries()) {
    await userEvent.click(screen.getAllByLabelText('Channel')[index] as HTMLElement)
    const options = await screen.findAllByTitle(name)
    await userEvent.click(options.at(-1) as HTMLElement)
  }
  await userEvent.type(screen.getAllByLabelText('Priority')[0] as HTMLElement, '2')
  await userEvent.type(screen.getAllByLabelText('Retries')[0] as HTMLElement, '5')
  await userEvent.click(screen.getAllByLabelText('One attempt only')[1] as HTMLElement)
  screen.getByText('Priority: Order of channels within the message, smaller first.')
  await userEvent.click(screen.getByRole('button', { name: 'Send' }))
  await waitFor(() => expect(api.callsOf(SendMessage)).toHaveLength(1))
  expect(api.callsOf(SendMessage)[0]?.variables).toMatchObject({
    input: {
      channelOptions: [
        { channelType: 'WEBHOOK', priority: 2, maxRetry: 5 },
        { channelType: 'DINGTALK', retryOnFail: false },
      ],
    },
  })
})

describe('a draft', () => {
  it('takes everything over where it is in clear', async () => {
    const api = await draftOf(detail('SUCCESS'), 'TENANT_ADMIN')
    await userEvent.click(screen.getByRole('button', { name: 'Send' }))
    await waitFor(() => expect(api.callsOf(SendMessage)).toHaveLength(1))
    expect(api.callsOf(SendMessage)[0]?.variables).toMatchObject({
      input: {
        businessType: 'ORDER_PAID',
        businessData: { orderId: '1' },
        recipients: [{ userId: 'u1', mobile: '13800138000', email: 'ada@example.com' }],
      },
    })
  })

  it('never takes masks over, and says so', async () => {
    const api = await draftOf(masked, 'OPERATOR')
    screen.getByText(/masked for your role/)
    const original = screen.getByRole('link', { name: /Send again/ })
    expect(original.getAttribute('href')).toBe('/messages/msg_1')
    await userEvent.click(screen.getByRole('button', { name: 'Send' }))
    await waitFor(() => expect(api.callsOf(SendMessage)).toHaveLength(1))
    expect(api.callsOf(SendMessage)[0]?.variables).toEqual({
      input: {
        tenantId: 'ten_1',
        businessType: 'ORDER_PAID',
        businessData: {},
        targetChannels: ['WEBHOOK'],
        executionMode: 'PARALLEL',
      },
    })
  })

  const brought = (message: MessageDetailFragment): MessageDetailFragment => ({
    ...message,
    executionMode: 'SEQUENTIAL',
    timeline: message.timeline.map((entry) =>
      entry.stage === 'RATE_LIMIT'
        ? { ...entry, stage: 'TEMPLATE_RENDER', detail: 'the message brings its content' }
        : entry,
    ),
  })
  const handed = (channelType: 'WEBHOOK' | 'DINGTALK', messageType: 'TEXT' | 'MARKDOWN', renderedContent: unknown) => {
    const message = brought(detail('SUCCESS'))
    return { ...message, tasks: message.tasks.map((one) => ({ ...one, channelType, messageType, renderedContent })) }
  }

  it.each([
    [
      handed('WEBHOOK', 'MARKDOWN', { content: { title: 'Paid', text: '**1**' } }),
      { messageType: 'MARKDOWN', title: 'Paid', body: '**1**' },
    ],
    [
      handed('DINGTALK', 'TEXT', { msgtype: 'text', text: { content: 'Order 1' } }),
      { messageType: 'TEXT', body: 'Order 1' },
    ],
  ])(
    'takes over the text that the message brought, and how its channels follow one another',
    async (message, content) => {
      const api = await draftOf(message, 'TENANT_ADMIN')
      expect(screen.queryByText(/write it anew/)).toBeNull()
      await userEvent.click(screen.getByRole('button', { name: 'Send' }))
      await waitFor(() => expect(api.callsOf(SendMessage)).toHaveLength(1))
      expect(api.callsOf(SendMessage)[0]?.variables).toMatchObject({ input: { content, executionMode: 'SEQUENTIAL' } })
    },
  )

  it('says so where the text can not be read back, and does not send a template instead', async () => {
    const message = handed('DINGTALK', 'MARKDOWN', { msgtype: 'markdown', markdown: { title: 'a', text: '@138 a' } })
    const api = await draftOf(message, 'TENANT_ADMIN')
    screen.getByText(/write it anew/)
    await userEvent.click(screen.getByRole('button', { name: 'Send' }))
    await screen.findByText('Needed')
    expect(api.callsOf(SendMessage)).toHaveLength(0)
  })

  it('says so where the message can not be read', async () => {
    session.begin('ph_key', false)
    viewer(mockApi(), 'TENANT_ADMIN')
      .on(BusinessTypeNamesQuery, () => ({ businessTypes: page([]) }))
      .on(TemplateNamesQuery, () => ({ templates: page([]) }))
      .on(VariablesQuery, () => ({ templates: page([]) }))
      .on(MessageById, () => ({ message: null }))
      .on(MessageByMessageId, () => ({ message: null }))
    await open('/compose?like=msg_1')
    await screen.findByText('The message that this was to begin with could not be read')
    screen.getByText('There is no such thing, or not for your key.')
  })

  it('is not offered of a masked message: sending again is', async () => {
    session.begin('ph_key', false)
    viewer(mockApi(), 'OPERATOR').on(MessageById, () => ({ message: masked }))
    await open('/messages/msg_1')
    await screen.findByRole('button', { name: 'Send again' })
    expect(screen.queryByRole('link', { name: 'Use as draft' })).toBeNull()
  })

  it('is offered of one in clear', async () => {
    session.begin('ph_key', false)
    viewer(mockApi(), 'SENDER').on(MessageById, () => ({ message: detail('SUCCESS') }))
    await open('/messages/msg_1')
    const draft = await screen.findByRole('link', { name: 'Use as draft' })
    expect(draft.getAttribute('href')).toBe('/compose?like=msg_1')
  })
})
