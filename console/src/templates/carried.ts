import type { DescribedType } from '~/channels/types'
import type { ChannelType, MessageType } from '~/gql/graphql'

export type Carried = DescribedType['messageTypes'][number]
export type Limit = Carried['limits'][number]

/** A key of a content, by the way in which it is typed in. */
export interface ContentField {
  key: string
  kind: 'line' | 'text' | 'flag' | 'list'
  required: boolean
  /** Of a list: its items' fields. */
  of: readonly ContentField[]
  /** Of a list: how many items there may be. */
  max: number
  /** How much of it the provider takes, once it is rendered. */
  limits: readonly Limit[]
}

/**
 * A form of content as the channel takes it. One that was stored for a channel that this server does not know is shown
 * as another channel takes it.
 */
export function carriedBy(types: readonly DescribedType[], channel: ChannelType, form: MessageType) {
  const find = (type: DescribedType | undefined) => type?.messageTypes.find(({ messageType }) => messageType === form)
  return find(types.find(({ type }) => type === channel)) ?? types.map(find).find((found) => found !== undefined)
}

/** The forms that a channel takes. */
export const formsOf = (types: readonly DescribedType[], channel: ChannelType): MessageType[] =>
  (types.find(({ type }) => type === channel)?.messageTypes ?? []).map(({ messageType }) => messageType)

interface ContentSchema {
  type?: string | string[]
  properties?: Record<string, ContentSchema>
  required?: string[]
  items?: ContentSchema
  maxItems?: number
}

/** The key that holds what is read; other texts are a line each. */
const LONG = 'text'

/** The fields of a form of content, in the server's order. */
export function contentFields(carried: Carried | undefined): readonly ContentField[] {
  return carried ? fieldsOf(carried.contentSchema as ContentSchema, carried.limits, '') : []
}

function fieldsOf({ properties = {}, required = [] }: ContentSchema, limits: readonly Limit[], above: string) {
  return Object.entries(properties).map(([key, schema]): ContentField => {
    const types = [schema.type ?? []].flat()
    const path = `${above}${key}`
    const own = limits.filter((limit) => limit.key === path)
    const most = own.filter(({ unit }) => unit === 'ENTRIES').map(({ max }) => max)
    return {
      key,
      kind: types.includes('array') ? 'list' : types.includes('boolean') ? 'flag' : key === LONG ? 'text' : 'line',
      required: required.includes(key),
      of: schema.items ? fieldsOf(schema.items, limits, `${path}.`) : [],
      max: Math.min(schema.maxItems ?? Number.POSITIVE_INFINITY, ...most),
      limits: own.filter(({ unit }) => unit === 'BYTES'),
    }
  })
}

const utf8 = new TextEncoder()

/**
 * How much of a limit the rendered body uses: of several items the longest. Nothing where the body has no such place,
 * as when the provider is given something else instead.
 */
export function used(rendered: unknown, { key, field }: Limit): number | undefined {
  if (rendered == null) return undefined
  if (key == null) return utf8.encode(JSON.stringify(rendered)).length
  // What was base64 is counted before it was encoded.
  const lengths = textsAt(rendered, field.split('.')).map((text) =>
    field.endsWith('base64') ? Math.floor((text.replace(/=+$/, '').length * 3) / 4) : utf8.encode(text).length,
  )
  return lengths.length > 0 ? Math.max(...lengths) : undefined
}

function textsAt(value: unknown, path: readonly string[]): string[] {
  if (Array.isArray(value)) return value.flatMap((one) => textsAt(one, path))
  const [key, ...rest] = path
  if (key === undefined) return typeof value === 'string' ? [value] : []
  if (typeof value !== 'object' || value === null) return []
  return textsAt((value as Record<string, unknown>)[key], rest)
}
