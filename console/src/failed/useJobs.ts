import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect } from 'react'
import { query } from '~/api/query'
import { useScope } from '~/session/scope'
import { BulkJobsQuery } from './documents'

const SHOWN = 5
/** While a job is at work its numbers move; otherwise somebody else may begin one. */
const AT_WORK_MS = 1000
const AT_REST_MS = 10_000

/** The newest bulk jobs and how far they are. */
export function useJobs() {
  const { tenantId } = useScope()
  const client = useQueryClient()
  const { data, error, isPending, refetch } = useQuery({
    ...query('bulkJobs', BulkJobsQuery, { tenantId: tenantId ?? null, first: SHOWN }),
    refetchInterval: ({ state }) =>
      state.data?.bulkJobs.nodes.some(({ status }) => status === 'RUNNING') ? AT_WORK_MS : AT_REST_MS,
  })
  const jobs = data?.bulkJobs.nodes ?? []
  // What a job has done is no longer in the failed set.
  const progress = jobs.map(({ id, done, skipped }) => `${id} ${done + skipped}`).join()
  // biome-ignore lint/correctness/useExhaustiveDependencies: read again whenever a job has come further
  useEffect(() => void client.invalidateQueries({ queryKey: ['failed'] }), [client, progress])
  return { jobs, error: data ? null : error, isPending, again: () => void refetch() }
}
