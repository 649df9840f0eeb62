import type { FormInstance } from 'antd'
import { useTranslation } from 'react-i18next'
import type { UserErrorCode } from '~/gql/graphql'
import { useSaidOfInput } from '~/i18n/said'
import { TO_FIRST_ERROR } from './firstError'
import { useApp } from './useApp'

export interface InputProblem {
  field?: string[] | null
  message: string
  code?: UserErrorCode
}

/** What is wrong in the reader's language: as a sentence that is known, else by its code, with the server's words. */
export function useProblemWords(): (problem: InputProblem) => string {
  const { t } = useTranslation()
  const said = useSaidOfInput()
  return ({ message, code }) => {
    const words = said(message)
    return words === message && code ? t(`userErrors.${code}`, { message }) : words
  }
}

/** Says aloud what the server found wrong where there is no form to say it in. Answers whether there was anything. */
export function useRefused() {
  const { message } = useApp()
  const words = useProblemWords()
  return (problems: readonly InputProblem[]): boolean => {
    if (problems.length > 0) void message.error(problems.map(words).join('; '))
    return problems.length > 0
  }
}

/**
 * Puts what the server found wrong beside the fields it is about; what belongs to no field of the form is said aloud.
 * Answers whether there was anything.
 */
export function useInputProblems() {
  const { message } = useApp()
  const words = useProblemWords()
  return (
    form: Pick<FormInstance, 'setFields' | 'getFieldsError' | 'scrollToField'>,
    problems: readonly InputProblem[],
  ): boolean => {
    // The form's own name is used: it counts a list's items by numbers, the server by texts.
    const names = new Map(form.getFieldsError().map(({ name }) => [name.join('.'), name]))
    const rest: string[] = []
    let first: (string | number)[] | undefined
    for (const problem of problems) {
      const path = (problem.field ?? []).filter((part) => part !== 'input')
      const name = longestKnown(path, names)
      if (name) form.setFields([{ name, errors: [words(problem)] }])
      else rest.push(words(problem))
      first ??= name
    }
    if (first) form.scrollToField(first, TO_FIRST_ERROR)
    if (rest.length > 0) void message.error(rest.join('; '))
    return problems.length > 0
  }
}

function longestKnown<Name>(path: string[], names: ReadonlyMap<string, Name>): Name | undefined {
  for (let length = path.length; length > 0; length--) {
    const name = names.get(path.slice(0, length).join('.'))
    if (name) return name
  }
  return undefined
}
