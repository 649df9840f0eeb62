/** The part of JSON Schema (draft 2020-12) that a form can be made from. */
export interface Schema {
  type?: string | string[]
  title?: string
  description?: string
  format?: string
  enum?: unknown[]
  default?: unknown
  writeOnly?: boolean
  minimum?: number
  maximum?: number
  maxLength?: number
  items?: Schema
  minItems?: number
  maxItems?: number
  properties?: Record<string, Schema>
  required?: string[]
  additionalProperties?: boolean | Schema
}

interface Common {
  key: string
  /** The keys from the top down, with slashes; of a list's items without their numbers. */
  path: string
  title: string
  about: string
  required: boolean
  /** Never shown: kept, replaced or taken away. */
  secret: boolean
  /** What holds where nothing is said. */
  initial: unknown
}

/** A setting, by the way in which it is typed in. */
export type Setting = Common &
  (
    | { kind: 'text'; url: boolean; most: number | undefined }
    | { kind: 'choice'; options: readonly (string | number)[] }
    | { kind: 'number'; whole: boolean; min: number | undefined; max: number | undefined }
    | { kind: 'flag' }
    | { kind: 'texts'; most: number | undefined }
    | { kind: 'list'; of: readonly Setting[]; least: number; most: number }
    | { kind: 'group'; of: readonly Setting[] }
    /** Names and values, both free. */
    | { kind: 'entries' }
    /** What has no field of its own is typed in as JSON. */
    | { kind: 'json' }
  )

/** An object's properties in the server's order. */
export function settingsOf(schema: unknown, above = ''): readonly Setting[] {
  const { properties = {}, required = [] } = (schema ?? {}) as Schema
  return Object.entries(properties).map(([key, property]) =>
    settingOf(key, above ? `${above}/${key}` : key, property, required.includes(key)),
  )
}

function settingOf(key: string, path: string, schema: Schema, required: boolean): Setting {
  const common: Common = {
    key,
    path,
    title: schema.title ?? key,
    about: schema.description ?? '',
    required,
    secret: schema.writeOnly ?? false,
    initial: schema.default,
  }
  const options = (schema.enum ?? []).filter((one) => typeof one === 'string' || typeof one === 'number')
  if (options.length > 0) return { ...common, kind: 'choice', options }
  switch (typeOf(schema)) {
    case 'string':
      return { ...common, kind: 'text', url: schema.format?.startsWith('uri') ?? false, most: schema.maxLength }
    case 'integer':
    case 'number': {
      const { minimum: min, maximum: max } = schema
      return { ...common, kind: 'number', whole: typeOf(schema) === 'integer', min, max }
    }
    case 'boolean':
      return { ...common, kind: 'flag' }
    case 'array':
      return listOf(common, path, schema)
    case 'object':
      if (schema.properties) return { ...common, kind: 'group', of: settingsOf(schema, path) }
      return hasFreeTexts(schema) ? { ...common, kind: 'entries' } : { ...common, kind: 'json' }
    default:
      return { ...common, kind: 'json' }
  }
}

function listOf(common: Common, path: string, { items = {}, minItems = 0, maxItems }: Schema): Setting {
  if (typeOf(items) === 'string') return { ...common, kind: 'texts', most: maxItems }
  if (typeOf(items) !== 'object' || !items.properties) return { ...common, kind: 'json' }
  return {
    ...common,
    kind: 'list',
    of: settingsOf(items, path),
    least: minItems,
    most: maxItems ?? Number.POSITIVE_INFINITY,
  }
}

/** Null beside a type only says that it may be absent. */
function typeOf({ type }: Schema): string | undefined {
  const types = [type ?? []].flat().filter((one) => one !== 'null')
  return types.length === 1 ? types[0] : undefined
}

const hasFreeTexts = ({ additionalProperties: values }: Schema) =>
  typeof values === 'object' && typeOf(values) === 'string'
