import { DownloadOutlined } from '@ant-design/icons'
import { createFileRoute } from '@tanstack/react-router'
import { Button } from 'antd'
import { lazy, Suspense, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { ErrorView } from '~/components/ErrorView'
import { Page } from '~/components/Page'
import { BulkActions } from '~/messages/BulkActions'
import { BulkReport } from '~/messages/BulkReport'
import type { BulkOutcome } from '~/messages/bulk'
import { ClearFilters } from '~/messages/ClearFilters'
import { Filters } from '~/messages/Filters'
import { MessageTable } from '~/messages/MessageTable'
import { type MessageSearch, messageSearch, toFilter } from '~/messages/search'
import { useMessageFeed } from '~/messages/useMessageFeed'
import { useScope } from '~/session/scope'

export const Route = createFileRoute('/_app/messages/')({
  validateSearch: messageSearch,
  component: Messages,
})

const ExportModal = lazy(() => import('~/messages/ExportModal').then(({ ExportModal }) => ({ default: ExportModal })))

const NONE: ReadonlySet<string> = new Set()

function Messages() {
  const { t } = useTranslation()
  const { tenantId, can } = useScope()
  const { tenant: _, ...search } = Route.useSearch()
  const navigate = Route.useNavigate()
  const wanted = toFilter(search, tenantId)
  const { feed, state } = useMessageFeed(wanted)
  const [selected, setSelected] = useState(NONE)
  const [outcome, setOutcome] = useState<BulkOutcome>()
  const [exporting, setExporting] = useState(false)
  const filter = (change: Partial<MessageSearch>) => {
    setSelected(NONE)
    void navigate({ search: (before) => ({ ...before, ...change }), replace: true })
  }
  const chosen = selected.size === 0 ? [] : state.rows.filter(({ id }) => selected.has(id))

  return (
    <Page
      full
      title={t('pages.messages')}
      beside={
        <>
          {state.status === 'ready' && (
            <span className="muted">
              {t('messages.loaded', { count: state.rows.length, more: state.hasOlder ? '+' : '' })}
            </span>
          )}
          <ClearFilters search={search} onChange={filter} />
        </>
      }
      actions={
        <>
          {can('operate') && chosen.length > 0 && (
            <BulkActions
              rows={chosen}
              onDone={(done) => {
                setSelected(NONE)
                setOutcome(done)
                void feed.refresh()
              }}
            />
          )}
          <Button icon={<DownloadOutlined aria-hidden />} onClick={() => setExporting(true)}>
            {t('messages.export')}
          </Button>
        </>
      }
    >
      {outcome && <BulkReport outcome={outcome} onClose={() => setOutcome(undefined)} />}
      <Filters search={search} onChange={filter} />
      {state.status === 'failed' ? (
        <ErrorView error={state.error} reset={() => void feed.start()} />
      ) : (
        <MessageTable
          feed={feed}
          state={state}
          statuses={wanted.status ?? undefined}
          selected={selected}
          onSelect={can('operate') ? setSelected : undefined}
        />
      )}
      {exporting && (
        <Suspense fallback={null}>
          <ExportModal filter={wanted} masked={!can('seeRecipients')} onClose={() => setExporting(false)} />
        </Suspense>
      )}
    </Page>
  )
}
