import type { InputProblem } from '~/components/userErrors'
import type { Problem } from '~/editor/CodeMirrorEditor'

interface PlacedProblem extends Problem {
  /** The server's words with the place in them. */
  said: string
}

/** By the path of the field in the form, e.g. content.text. */
export type FieldProblems = ReadonlyMap<string, readonly PlacedProblem[]>

const PLACE = /^line (\d+), column (\d+): (.*)$/s

/** The server names line and column at the head of its message. */
export function problemsOf(userErrors: readonly InputProblem[]): FieldProblems {
  const found = new Map<string, PlacedProblem[]>()
  for (const { field, message } of userErrors) {
    const path = (field ?? []).filter((part) => part !== 'input').join('.')
    const [, line = '1', column = '1', words = message] = PLACE.exec(message) ?? []
    const problem = { line: Number(line), column: Number(column), message: words, said: message }
    found.set(path, [...(found.get(path) ?? []), problem])
  }
  return found
}
