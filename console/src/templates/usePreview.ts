import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { query } from '~/api/query'
import type { InputProblem } from '~/components/userErrors'
import { withNames } from '~/compose/withNames'
import { isJsonObject } from '~/editor/JsonField'
import { useScope } from '~/session/scope'
import { type TemplateFields, toInput } from './content'
import { PreviewTemplate } from './documents'

/** Typing is not interrupted by a question for each letter. */
const PAUSE_MS = 350

export interface PreviewState {
  sample: string
  setSample: (text: string) => void
  rendered: unknown
  userErrors: readonly InputProblem[]
  error: unknown
}

/** What the content in the editor would say with the sample data, asked of the server while one types. */
export function usePreview(fields: TemplateFields, variables: readonly string[] = []): PreviewState {
  const { tenantId } = useScope()
  const [sample, setSample] = useState(() => JSON.stringify(withNames('{}', variables), null, 2))
  const now = JSON.stringify({ input: toInput(fields, tenantId), sample })
  const [asked, setAsked] = useState(now)
  useEffect(() => {
    const timer = setTimeout(() => setAsked(now), PAUSE_MS)
    return () => clearTimeout(timer)
  }, [now])

  const { input, sample: data } = JSON.parse(asked) as { input: ReturnType<typeof toInput>; sample: string }
  const written = Object.keys(input.content as object).length > 0
  const ready = written && input.tenantId !== undefined && isJsonObject(data)
  const question = { input: { ...input, name: input.name || '-', businessType: input.businessType || '-' } }
  const { data: answer, error } = useQuery({
    ...query('templates', PreviewTemplate, { ...question, businessData: ready ? (JSON.parse(data) as unknown) : {} }),
    enabled: ready,
    placeholderData: keepPreviousData,
    staleTime: Number.POSITIVE_INFINITY,
  })
  return {
    sample,
    setSample,
    rendered: ready ? answer?.previewTemplate.rendered : undefined,
    userErrors: ready ? (answer?.previewTemplate.userErrors ?? []) : [],
    error,
  }
}
