import { CheckCircleOutlined, DeleteOutlined, RedoOutlined, ReloadOutlined } from '@ant-design/icons'
import { createFileRoute } from '@tanstack/react-router'
import { Button } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { usePages } from '~/api/usePages'
import { Blank } from '~/components/Blank'
import { List } from '~/components/List'
import { Page } from '~/components/Page'
import { Loading } from '~/components/PageLoading'
import { BulkModal } from '~/failed/BulkModal'
import { FailedTasksQuery } from '~/failed/documents'
import { FailedFilters } from '~/failed/FailedFilters'
import { Jobs } from '~/failed/Jobs'
import { type FailedSearch, failedSearch, toFilter } from '~/failed/search'
import { useFailedColumns } from '~/failed/useFailedColumns'
import { useJobs } from '~/failed/useJobs'
import type { BulkKind } from '~/gql/graphql'
import { useScope } from '~/session/scope'
import '~/failed/failed.css'

export const Route = createFileRoute('/_app/failed')({ validateSearch: failedSearch, component: Failed })

function Failed() {
  const { t } = useTranslation()
  const { tenantId, can } = useScope()
  const { tenant: _, ...search } = Route.useSearch()
  const navigate = Route.useNavigate()
  const filter = toFilter(search, tenantId)
  const pages = usePages('failed', FailedTasksQuery, { filter }, (data) => data.failedTasks)
  const columns = useFailedColumns()
  const jobs = useJobs()
  const [starting, setStarting] = useState<BulkKind>()
  const change = (part: Partial<FailedSearch>) =>
    void navigate({ search: (before) => ({ ...before, ...part }), replace: true })
  const some = pages.nodes.length > 0

  return (
    <Page
      title={t('pages.failed')}
      explain={t('failed.about')}
      actions={
        <>
          <Button icon={<ReloadOutlined aria-hidden />} onClick={pages.again}>
            {t('common.refresh')}
          </Button>
          {can('operate') && (
            <>
              <Button
                danger
                disabled={!some}
                icon={<DeleteOutlined aria-hidden />}
                onClick={() => setStarting('DISCARD')}
              >
                {t('failed.begin.DISCARD')}
              </Button>
              <Button
                type="primary"
                disabled={!some}
                icon={<RedoOutlined aria-hidden />}
                onClick={() => setStarting('RETRY')}
              >
                {t('failed.begin.RETRY')}
              </Button>
            </>
          )}
        </>
      }
    >
      {/* What stands below the jobs comes with them, so that nothing jumps. */}
      {jobs.isPending ? (
        <Loading />
      ) : (
        <>
          <Jobs {...jobs} />
          <FailedFilters search={search} onChange={change} />
          <List
            label={t('pages.failed')}
            pages={pages}
            columns={columns}
            empty={
              <Blank icon={<CheckCircleOutlined aria-hidden />} title={t('failed.none')}>
                {t('failed.noneExplain')}
              </Blank>
            }
          />
        </>
      )}
      {starting && <BulkModal kind={starting} filter={filter} onClose={() => setStarting(undefined)} />}
    </Page>
  )
}
