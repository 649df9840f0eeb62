import type { ChannelType, MessageType, TemplateInput } from '~/gql/graphql'
import type { ContentField } from './carried'

export interface TemplateFields {
  tenantId?: string | null
  businessType?: string
  channelType: ChannelType
  messageType: MessageType
  name: string
  locale?: string | null
  enabled: boolean
  content: Record<string, unknown>
  /** JSON as text while it is typed. */
  sampleData: string
}

const blank = (value: unknown) => value === undefined || value === null || value === '' || value === false

/** What is stored: only the keys of this form of content, and of those only what is filled in. */
export function toInput(
  fields: TemplateFields,
  tenantId: string | undefined,
  keys: readonly Pick<ContentField, 'key'>[],
): TemplateInput {
  return {
    tenantId: fields.tenantId ?? tenantId ?? null,
    businessType: fields.businessType ?? '',
    channelType: fields.channelType,
    messageType: fields.messageType,
    name: fields.name ?? '',
    locale: fields.locale?.trim() || null,
    enabled: fields.enabled,
    content: pruned(Object.fromEntries(keys.map(({ key }) => [key, fields.content?.[key]]))),
    sampleData: sampleOf(fields.sampleData) ?? null,
  }
}

/** The sample data as it was typed; nothing where there is none, or where it is no JSON yet. */
export function sampleOf(text: string | undefined): unknown {
  try {
    return text?.trim() ? (JSON.parse(text) as unknown) : undefined
  } catch {
    return undefined
  }
}

export const sampleText = (data: unknown): string => (data == null ? '' : JSON.stringify(data, null, 2))

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
