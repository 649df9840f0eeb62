import { useState } from 'react'
import type { InputProblem } from '~/components/userErrors'

const MISSING = /missing variable `([^`]+)`/

const missingIn = (problems: readonly InputProblem[]): string[] =>
  problems.map(({ message }) => MISSING.exec(message)?.[1]).filter((name) => name !== undefined)

/** How a name may begin within the text; it may be reached over another name, so only its head is looked for. */
const headOf = (name: string) => name.split(/[.[]/, 1)[0] as string

/**
 * What the content in the editor reads from the business data: what the stored one reads, and what previews have missed
 * since, one after the other. A preview does not tell all of them.
 */
export function useVariables(stored: readonly string[], content: unknown) {
  const [missed, setMissed] = useState<readonly string[]>([])
  const text = JSON.stringify(content)
  const variables = [...new Set([...stored, ...missed])].filter((name) => text.includes(headOf(name)))
  /** To be told of each preview's problems. */
  const learn = (problems: readonly InputProblem[]) => {
    const fresh = missingIn(problems).filter((name) => !stored.includes(name) && !missed.includes(name))
    if (fresh.length > 0) setMissed([...missed, ...fresh])
  }
  return { variables, learn }
}
