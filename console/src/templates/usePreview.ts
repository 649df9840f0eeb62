import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { query } from '~/api/query'
import type { InputProblem } from '~/components/userErrors'
import { withNames } from '~/compose/withNames'
import type { TemplateInput } from '~/gql/graphql'
import { PreviewTemplate } from './documents'

/** Typing is not interrupted by a question for each letter. */
const PAUSE_MS = 350

export interface PreviewState {
  rendered: unknown
  /** What the content reads from the business data. While its syntax is wrong: what it read before. */
  variables: readonly string[]
  userErrors: readonly InputProblem[]
  error: unknown
}

/** What stands in for sample data that is not there: the names of what the content reads. */
export const standIn = (input: TemplateInput, variables: readonly string[]): unknown =>
  input.sampleData ?? withNames('{}', variables)

/** What the content in the editor reads, and what it would say with its sample data, asked of the server while one types. */
export function usePreview(input: TemplateInput, stored: readonly string[], ready: boolean): PreviewState {
  const now = JSON.stringify(input)
  const [asked, setAsked] = useState(now)
  const [variables, setVariables] = useState(stored)
  useEffect(() => {
    const timer = setTimeout(() => setAsked(now), PAUSE_MS)
    return () => clearTimeout(timer)
  }, [now])

  const given = JSON.parse(asked) as TemplateInput
  const written = Object.keys(given.content as object).length > 0
  const enabled = ready && written && given.tenantId !== undefined
  const named = { ...given, name: given.name || '-', businessType: given.businessType || '-' }
  const {
    data: answer,
    error,
    isPlaceholderData,
  } = useQuery({
    // With the names of what was found to be read: a name that is new is asked for again, as it now has a value.
    ...query('templates', PreviewTemplate, { input: named, businessData: standIn(given, variables) }),
    enabled,
    placeholderData: keepPreviousData,
    staleTime: Number.POSITIVE_INFINITY,
  })
  const found = enabled ? answer?.previewTemplate : undefined
  const readable = found && !found.userErrors.some(({ code }) => code === 'TEMPLATE_SYNTAX')
  if (readable && !isPlaceholderData && found.variables.join() !== variables.join()) setVariables(found.variables)

  // What stands in for a name is on its way then.
  const passing = isPlaceholderData && given.sampleData == null
  return {
    rendered: found?.rendered,
    variables: written ? variables : [],
    userErrors: (found?.userErrors ?? []).filter(({ code }) => !(passing && code === 'MISSING_VARIABLE')),
    error,
  }
}
