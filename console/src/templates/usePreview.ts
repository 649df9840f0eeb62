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
  userErrors: readonly InputProblem[]
  error: unknown
}

/** What stands in for sample data that is not there: the names of what the content reads. */
export const standIn = (input: TemplateInput, variables: readonly string[]): unknown =>
  input.sampleData ?? withNames('{}', variables)

/** What the content in the editor would say with its sample data, asked of the server while one types. */
export function usePreview(input: TemplateInput, variables: readonly string[], ready: boolean): PreviewState {
  const now = JSON.stringify({ input, businessData: standIn(input, variables) })
  const [asked, setAsked] = useState(now)
  useEffect(() => {
    const timer = setTimeout(() => setAsked(now), PAUSE_MS)
    return () => clearTimeout(timer)
  }, [now])

  const { input: given, businessData } = JSON.parse(asked) as { input: TemplateInput; businessData: unknown }
  const written = Object.keys(given.content as object).length > 0
  const enabled = ready && written && given.tenantId !== undefined
  const named = { ...given, name: given.name || '-', businessType: given.businessType || '-' }
  const { data: answer, error } = useQuery({
    ...query('templates', PreviewTemplate, { input: named, businessData }),
    enabled,
    placeholderData: keepPreviousData,
    staleTime: Number.POSITIVE_INFINITY,
  })
  return {
    rendered: enabled ? answer?.previewTemplate.rendered : undefined,
    userErrors: enabled ? (answer?.previewTemplate.userErrors ?? []) : [],
    error,
  }
}
