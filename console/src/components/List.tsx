import { Button, Table, type TableColumnsType } from 'antd'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import type { Pages } from '~/api/usePages'
import { ErrorView } from './ErrorView'

interface Props<Node> {
  label: string
  pages: Pages<Node>
  columns: TableColumnsType<Node>
  /** Shown in place of the rows when there are none. */
  empty: ReactNode
}

/** A table over a connection: loading, empty, failed, and more at the end. */
export function List<Node extends { id: string }>({ label, pages, columns, empty }: Props<Node>) {
  const { t } = useTranslation()
  if (pages.error && pages.nodes.length === 0) return <ErrorView error={pages.error} reset={pages.again} />
  return (
    <div className="stack">
      <div className="card flush">
        <Table<Node>
          aria-label={label}
          size="middle"
          rowKey="id"
          columns={columns}
          dataSource={pages.nodes}
          loading={pages.loading}
          pagination={false}
          scroll={{ x: 'max-content' }}
          locale={{ emptyText: pages.loading ? <div style={{ height: 160 }} /> : empty }}
        />
      </div>
      {pages.hasMore && (
        <Button loading={pages.loadingMore} onClick={pages.more} style={{ alignSelf: 'center' }}>
          {t('common.more')}
        </Button>
      )}
    </div>
  )
}
