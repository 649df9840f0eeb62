import type { ChannelOptionInput, ChannelType, ExecutionMode, RecipientInput, SendMessageInput } from '~/gql/graphql'

/** The form's values: JSON as text while it is typed. */
export interface ComposeFields {
  tenantId?: string
  businessType?: string
  businessData: string
  recipients?: RecipientInput[]
  inline: boolean
  content?: { title?: string; body?: string; messageType?: 'TEXT' | 'MARKDOWN' }
  targetChannels?: ChannelType[]
  channelOptions?: ChannelOptionInput[]
  executionMode?: ExecutionMode
  storeId?: string
  messageId?: string
  scheduledAt?: string
  expiresAt?: string
  attributes?: string
}

export const BLANK: ComposeFields = { businessData: '{\n  \n}', inline: false, recipients: [{}] }

export const filled = <T extends object>(value: T): T =>
  Object.fromEntries(
    Object.entries(value).filter(([, part]) => part !== undefined && part !== null && part !== ''),
  ) as T

/** Rows that were left empty are nobody. */
export const recipientsOf = (rows: readonly (RecipientInput | undefined)[]): RecipientInput[] =>
  rows.map((row) => filled(row ?? {})).filter((recipient) => Object.keys(recipient).length > 0)

/** What is sent: fields left empty are absent, so that the server's defaults hold. */
export function toInput(fields: ComposeFields, tenantId: string | undefined): SendMessageInput {
  const {
    businessType = '',
    businessData,
    recipients = [],
    inline,
    content,
    attributes,
    scheduledAt,
    expiresAt,
  } = fields
  const wanted = recipientsOf(recipients)
  return filled<SendMessageInput>({
    tenantId: fields.tenantId ?? tenantId,
    businessType,
    businessData: JSON.parse(businessData) as unknown,
    recipients: wanted.length > 0 ? wanted : undefined,
    content: inline ? filled({ ...content, body: content?.body ?? '' }) : undefined,
    targetChannels: fields.targetChannels?.length ? fields.targetChannels : undefined,
    channelOptions: fields.channelOptions?.length ? fields.channelOptions.map(filled) : undefined,
    executionMode: fields.executionMode,
    storeId: fields.storeId,
    messageId: fields.messageId,
    scheduledAt,
    expiresAt,
    attributes: attributes?.trim() ? (JSON.parse(attributes) as unknown) : undefined,
  })
}
