import { PauseOutlined, PlayCircleOutlined, StopOutlined } from '@ant-design/icons'
import { Button, Progress } from 'antd'
import { useTranslation } from 'react-i18next'
import { useChange } from '~/api/query'
import { Confirm } from '~/components/Confirm'
import { JobState } from '~/components/State'
import { Time } from '~/components/Time'
import { useApp } from '~/components/useApp'
import { type InputProblem, useProblemWords, useRefused } from '~/components/userErrors'
import type { BulkJobFragment } from '~/gql/graphql'
import { useProblemText } from '~/i18n/problems'
import { useScope } from '~/session/scope'
import { CancelBulkJob, PauseBulkJob, ResumeBulkJob } from './documents'
import { FilterSummary } from './FilterSummary'

const HUES = {
  RUNNING: 'var(--busy)',
  PAUSED: 'var(--idle)',
  DONE: 'var(--ok)',
  CANCELLED: 'var(--idle)',
  FAILED: 'var(--bad)',
}

export function JobItem({ job }: { job: BulkJobFragment }) {
  const { t } = useTranslation()
  const { can, tenantId, zoneOf } = useScope()
  const words = useProblemWords()
  const { kind, status, total, done, skipped, ratePerSecond, errorMessage, createdBy, createdAt } = job
  const open = status === 'RUNNING' || status === 'PAUSED'
  // All that there was may have been dealt with by someone else meanwhile.
  const percent = status === 'DONE' ? 100 : total ? Math.floor(((done + skipped) / total) * 100) : 0
  const through = total == null ? t('failed.doneOfUnknown', { done }) : t('failed.doneOf', { done, total })
  return (
    <li className="job">
      <div className="job-what">
        <strong>{t(`failed.kind.${kind}`)}</strong> <JobState status={status} />
        <div className="muted">
          <FilterSummary filter={job.filter} />
        </div>
        {errorMessage && <div className="job-error">{words({ message: errorMessage })}</div>}
      </div>
      <div>
        <Progress
          percent={percent}
          showInfo={false}
          size="small"
          strokeColor={HUES[status]}
          aria-label={`${t(`failed.kind.${kind}`)}: ${through}`}
        />
        <span className="number">{through}</span>
        {skipped > 0 && <span className="muted"> · {t('failed.skipped', { count: skipped })}</span>}
        {open && <span className="muted"> · {t('failed.perSecond', { count: ratePerSecond })}</span>}
      </div>
      <div className="muted">
        <Time at={createdAt} zone={zoneOf(job.filter.tenantId)} named={tenantId === undefined} />
        <div className="clip" title={createdBy}>
          {createdBy}
        </div>
      </div>
      <div className="job-actions">{open && can('operate') && <Steer job={job} />}</div>
    </li>
  )
}

function Steer({ job: { id, status } }: { job: BulkJobFragment }) {
  const { t } = useTranslation()
  const app = useApp()
  const problem = useProblemText()
  const refused = useRefused()
  const pause = useChange(PauseBulkJob, 'bulkJobs')
  const resume = useChange(ResumeBulkJob, 'bulkJobs')
  const cancel = useChange(CancelBulkJob, 'bulkJobs')
  const onError = (error: unknown) => void app.message.error(problem(error))
  /** It may have ended a moment before. */
  const tell = ({ userErrors }: { userErrors: readonly InputProblem[] }) => void refused(userErrors)
  return (
    <>
      {status === 'RUNNING' ? (
        <Button
          size="small"
          icon={<PauseOutlined aria-hidden />}
          loading={pause.isPending}
          onClick={() => pause.mutate({ id }, { onSuccess: (data) => tell(data.pauseBulkJob), onError })}
        >
          {t('failed.pause')}
        </Button>
      ) : (
        <Button
          size="small"
          icon={<PlayCircleOutlined aria-hidden />}
          loading={resume.isPending}
          onClick={() => resume.mutate({ id }, { onSuccess: (data) => tell(data.resumeBulkJob), onError })}
        >
          {t('failed.resume')}
        </Button>
      )}
      <Confirm
        danger
        size="small"
        icon={<StopOutlined aria-hidden />}
        question={t('failed.stopQuestion')}
        loading={cancel.isPending}
        onConfirm={() => cancel.mutate({ id }, { onSuccess: (data) => tell(data.cancelBulkJob), onError })}
      >
        {t('failed.stop')}
      </Confirm>
    </>
  )
}
