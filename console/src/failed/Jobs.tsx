import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect } from 'react'
import { useTranslation } from 'react-i18next'
import { query } from '~/api/query'
import { ErrorView } from '~/components/ErrorView'
import { useScope } from '~/session/scope'
import { BulkJobsQuery } from './documents'
import { JobItem } from './JobItem'

const SHOWN = 5
/** While a job is at work its numbers move; otherwise somebody else may begin one. */
const AT_WORK_MS = 1000
const AT_REST_MS = 10_000

/** The newest bulk jobs and how far they are. */
export function Jobs() {
  const { t } = useTranslation()
  const { tenantId } = useScope()
  const client = useQueryClient()
  const { data, error, refetch } = useQuery({
    ...query('bulkJobs', BulkJobsQuery, { tenantId: tenantId ?? null, first: SHOWN }),
    refetchInterval: ({ state }) =>
      state.data?.bulkJobs.nodes.some(({ status }) => status === 'RUNNING') ? AT_WORK_MS : AT_REST_MS,
  })
  const jobs = data?.bulkJobs.nodes ?? []
  // What a job has done is no longer in the failed set.
  const progress = jobs.map(({ id, done, skipped }) => `${id} ${done + skipped}`).join()
  // biome-ignore lint/correctness/useExhaustiveDependencies: read again whenever a job has come further
  useEffect(() => void client.invalidateQueries({ queryKey: ['failed'] }), [client, progress])

  if (error && !data) return <ErrorView error={error} reset={() => void refetch()} />
  if (jobs.length === 0) return null
  return (
    <section className="card flush" aria-labelledby="jobs">
      <h2 id="jobs" className="jobs-head">
        {t('failed.jobs')}
      </h2>
      <ul className="jobs">
        {jobs.map((job) => (
          <JobItem key={job.id} job={job} />
        ))}
      </ul>
    </section>
  )
}
