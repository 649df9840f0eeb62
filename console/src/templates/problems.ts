import type { InputProblem } from '~/components/userErrors'
import type { Problem } from '~/editor/CodeMirrorEditor'

interface PlacedProblem extends Problem {
  /** The server's words with the place in them. */
  said: string
}

/** By the path of the field in the form, e.g. content.text. */
export type FieldProblems = ReadonlyMap<string, readonly PlacedProblem[]>

const PLACE = /^line (\d+), column (\d+): (.*)$/s

/** The server names line and column at the head of its message. `words` says both in the reader's language. */
export function problemsOf(
  userErrors: readonly InputProblem[],
  words: (problem: InputProblem) => string,
): FieldProblems {
  const found = new Map<string, PlacedProblem[]>()
  for (const userError of userErrors) {
    const { field, message } = userError
    const path = (field ?? []).filter((part) => part !== 'input').join('.')
    const [, line = '1', column = '1', what] = PLACE.exec(message) ?? []
    const said = words(userError)
    const problem = {
      line: Number(line),
      column: Number(column),
      message: what ? words({ message: what }) : said,
      said,
    }
    found.set(path, [...(found.get(path) ?? []), problem])
  }
  return found
}
