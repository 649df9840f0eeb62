import { expect, it } from 'vitest'
import { texts as english } from '~/locales/en-US'
import { texts as chinese } from '~/locales/zh-CN'

/** What the server says in English is only translated. */
const { described: _, ...said } = english
const { described: __, ...translated } = chinese

function flat(texts: object, path = ''): [string, string][] {
  return Object.entries(texts).flatMap(([key, value]) =>
    typeof value === 'string' ? [[`${path}${key}`, value] as [string, string]] : flat(value, `${path}${key}.`),
  )
}

const placeholders = (text: string) => [...text.matchAll(/\{\{(\w+)\}\}/g)].map(([, name]) => name).sort()

it('both languages have the same texts with the same values in them', () => {
  const other = new Map(flat(translated))
  expect([...other.keys()].sort()).toEqual(
    flat(said)
      .map(([key]) => key)
      .sort(),
  )
  // Of the server's sentences a language takes what it needs.
  for (const [key, text] of flat(said).filter(([key]) => !key.startsWith('said.')))
    expect([key, placeholders(other.get(key) ?? '')]).toEqual([key, placeholders(text)])
})
