import { useTranslation } from 'react-i18next'
import { ErrorView } from '~/components/ErrorView'
import { JobItem } from './JobItem'
import type { useJobs } from './useJobs'

/** Bulk jobs, the newest first. */
export function Jobs({ jobs, error, again }: ReturnType<typeof useJobs>) {
  const { t } = useTranslation()
  if (error) return <ErrorView error={error} reset={again} />
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
