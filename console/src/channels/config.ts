import type { InputProblem } from '~/components/userErrors'
import type { Setting } from './schema'

type Values = Record<string, unknown>

/** A name with its value, as the form has it; of a secret that is stored the value is its mask. */
export interface Entry {
  name?: string
  value?: string
}

/** What a stored secret is shown as; handed back like this, it stays what it is. */
export const isMask = (value: unknown): value is string => typeof value === 'string' && value.includes('•')

/** The form's values of a stored config, or of a new one. */
export function valuesOf(settings: readonly Setting[], config: unknown = {}): Values {
  const given = (config ?? {}) as Values
  const values = settings.map((setting) => [setting.key, shownOf(setting, given[setting.key])] as const)
  return Object.fromEntries(values.filter(([, value]) => value !== undefined))
}

function shownOf(setting: Setting, given: unknown): unknown {
  const value = given ?? setting.initial ?? undefined
  switch (setting.kind) {
    case 'entries':
      return Object.entries((value ?? {}) as Values).map(([name, one]) => ({ name, value: one }))
    case 'list':
      return ((value ?? []) as unknown[]).map((one) => valuesOf(setting.of, one))
    case 'group':
      return valuesOf(setting.of, value)
    case 'json':
      return value === undefined ? '' : JSON.stringify(value, null, 2)
    default:
      return value
  }
}

/** The config to store: what is empty is left out, what is a mask goes back as it came. */
export function configOf(settings: readonly Setting[], values: Values = {}): Values {
  const config = settings.map((setting) => [setting.key, given(setting, values[setting.key])] as const)
  return Object.fromEntries(config.filter(([, value]) => value !== undefined))
}

function given(setting: Setting, value: unknown): unknown {
  switch (setting.kind) {
    case 'entries':
      return entriesOf(setting, (value ?? []) as (Entry | undefined)[])
    case 'list': {
      const items = ((value ?? []) as (Values | undefined)[]).map((one) => configOf(setting.of, one))
      return items.length > 0 || setting.required ? items : undefined
    }
    case 'group': {
      const group = configOf(setting.of, value as Values | undefined)
      return Object.keys(group).length > 0 || setting.required ? group : undefined
    }
    case 'json':
      return String(value ?? '').trim() === '' ? undefined : (JSON.parse(String(value)) as unknown)
    case 'flag':
      return (value ?? false) === (setting.initial ?? false) && !setting.required ? undefined : (value ?? false)
    case 'texts':
      return (value as string[] | undefined)?.length ? value : undefined
    case 'text':
      // Null takes a stored secret away; one that is absent stays.
      return value === null && setting.secret ? null : String(value ?? '').trim() || undefined
    default:
      return value ?? undefined
  }
}

function entriesOf({ secret }: Setting, entries: (Entry | undefined)[]): unknown {
  const named = entries.filter((entry) => entry?.name?.trim())
  if (named.length === 0) return secret ? null : undefined
  return Object.fromEntries(named.map((entry) => [entry?.name?.trim(), entry?.value ?? '']))
}

/** The server names an entry by its name; the form has it at its place in a list. */
export function atFields(problems: readonly InputProblem[], settings: readonly Setting[], values: Values = {}) {
  return problems.map((problem) => {
    const path = (problem.field ?? []).filter((part) => part !== 'input')
    return path[0] === 'config'
      ? { ...problem, field: ['config', ...fieldOf(settings, path.slice(1), values)] }
      : problem
  })
}

function fieldOf(settings: readonly Setting[], path: readonly string[], values: unknown): string[] {
  const [key, ...rest] = path
  const setting = settings.find((one) => one.key === key)
  if (!key || !setting) return [...path]
  const value = (values as Values | undefined)?.[key]
  switch (setting.kind) {
    case 'group':
      return [key, ...fieldOf(setting.of, rest, value)]
    case 'list':
      return [key, ...rest.slice(0, 1), ...fieldOf(setting.of, rest.slice(1), (value as unknown[])?.[Number(rest[0])])]
    case 'entries': {
      const at = ((value ?? []) as (Entry | undefined)[]).findIndex((entry) => entry?.name?.trim() === rest[0])
      return at < 0 ? [key] : [key, String(at), 'name']
    }
    default:
      return [...path]
  }
}
