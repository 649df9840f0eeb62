import type { Link } from './shape'

/** Bodies are what providers are handed: any JSON, of which only what is there in the expected form is shown. */
export type Json = Record<string, unknown>

export const object = (value: unknown): Json => (value !== null && typeof value === 'object' ? (value as Json) : {})
export const list = (value: unknown): Json[] => (Array.isArray(value) ? value.map(object) : [])
export const text = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' ? value : undefined
export const texts = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((one): one is string => typeof one === 'string' && one !== '') : []
export const link = (title: unknown, url: unknown): Link => ({ title: text(title) ?? '', url: text(url) ?? '' })
