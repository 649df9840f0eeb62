import type { FormInstance } from 'antd'
import { useApp } from './useApp'

export interface InputProblem {
  field?: string[] | null
  message: string
}

/**
 * Puts what the server found wrong beside the fields it is about; what belongs to no field of the form is said aloud.
 * Answers whether there was anything.
 */
export function useInputProblems() {
  const { message } = useApp()
  return (form: Pick<FormInstance, 'setFields' | 'getFieldsError'>, problems: readonly InputProblem[]): boolean => {
    const names = form.getFieldsError().map(({ name }) => name.join('.'))
    const rest: string[] = []
    for (const problem of problems) {
      const path = (problem.field ?? []).filter((part) => part !== 'input')
      const name = longestKnown(path, names)
      if (name) form.setFields([{ name, errors: [problem.message] }])
      else rest.push(problem.message)
    }
    if (rest.length > 0) void message.error(rest.join('; '))
    return problems.length > 0
  }
}

function longestKnown(path: string[], names: string[]): string[] | undefined {
  for (let length = path.length; length > 0; length--) {
    const head = path.slice(0, length)
    if (names.includes(head.join('.'))) return head
  }
  return undefined
}
