import type { ChannelType, MessageType, TemplateInput } from '~/gql/graphql'

export type ContentKey =
  | 'title'
  | 'text'
  | 'url'
  | 'imageUrl'
  | 'base64'
  | 'mediaId'
  | 'name'
  | 'description'
  | 'vertical'
  | 'buttons'
  | 'links'
  | 'articles'

export interface ContentField {
  key: ContentKey
  kind: 'line' | 'text' | 'flag' | 'list'
  required?: boolean
  /** Of a list: its items' fields, and how many there may be. */
  of?: readonly ContentField[]
  max?: number
}

const line = (key: ContentKey, required = false): ContentField => ({ key, kind: 'line', required })
const title = line('title', true)
const text: ContentField = { key: 'text', kind: 'text', required: true }

/** What each form of content consists of: the server's rules, for the editor's fields. */
export const CONTENT: Record<MessageType, readonly ContentField[]> = {
  TEXT: [text],
  MARKDOWN: [title, text],
  LINK: [title, text, line('url', true), line('imageUrl')],
  CARD: [
    title,
    text,
    { key: 'buttons', kind: 'list', required: true, of: [title, line('url', true)], max: 10 },
    { key: 'vertical', kind: 'flag' },
  ],
  FEED: [
    { key: 'links', kind: 'list', required: true, of: [title, line('url', true), line('imageUrl', true)], max: 8 },
  ],
  IMAGE: [line('url'), line('base64')],
  NEWS: [
    {
      key: 'articles',
      kind: 'list',
      required: true,
      of: [title, line('description'), line('url', true), line('imageUrl')],
      max: 8,
    },
  ],
  FILE: [line('url'), line('mediaId'), line('name')],
}

export const MESSAGE_TYPES = Object.keys(CONTENT) as MessageType[]

export interface TemplateFields {
  tenantId?: string | null
  businessType?: string
  channelType: ChannelType
  messageType: MessageType
  name: string
  locale?: string | null
  enabled: boolean
  content: Record<string, unknown>
}

const blank = (value: unknown) => value === undefined || value === null || value === '' || value === false

/** What is stored: only the keys of this form of content, and of those only what is filled in. */
export function toInput(fields: TemplateFields, tenantId: string | undefined): TemplateInput {
  const keys = CONTENT[fields.messageType].map(({ key }) => key)
  return {
    tenantId: fields.tenantId ?? tenantId ?? null,
    businessType: fields.businessType ?? '',
    channelType: fields.channelType,
    messageType: fields.messageType,
    name: fields.name ?? '',
    locale: fields.locale?.trim() || null,
    enabled: fields.enabled,
    content: pruned(Object.fromEntries(keys.map((key) => [key, fields.content?.[key]]))),
  }
}

function pruned(value: unknown): unknown {
  if (Array.isArray(value)) return value.map((item) => pruned(item ?? {}))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, part]) => !blank(part))
      .map(([key, part]) => [key, pruned(part)]),
  )
}

/** The content as text to compare: one line for each line, under its key. */
export function asText(content: unknown, path = ''): string {
  if (typeof content !== 'object' || content === null) return `${path}:\n${String(content)}\n`
  return Object.entries(content)
    .map(([key, part]) => asText(part, path ? `${path}.${key}` : key))
    .join('\n')
}
