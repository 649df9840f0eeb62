import { FileTextOutlined, PlusOutlined } from '@ant-design/icons'
import { useQuery } from '@tanstack/react-query'
import { createFileRoute, Link } from '@tanstack/react-router'
import { Alert, Button, Skeleton } from 'antd'
import { useTranslation } from 'react-i18next'
import { Blank } from '~/components/Blank'
import { ErrorView } from '~/components/ErrorView'
import { Page } from '~/components/Page'
import { useScope } from '~/session/scope'
import { matrixQuery } from '~/templates/matrix'
import { TemplateMatrix } from '~/templates/TemplateMatrix'

export const Route = createFileRoute('/_app/templates/')({ component: Templates })

function Templates() {
  const { t } = useTranslation()
  const { tenantId, can } = useScope()
  const { data, error, refetch } = useQuery(matrixQuery(tenantId))
  const create = can('configure') && (
    <Link to="/templates/$id" params={{ id: 'new' }}>
      <Button type="primary" icon={<PlusOutlined aria-hidden />} tabIndex={-1}>
        {t('templates.create')}
      </Button>
    </Link>
  )
  return (
    <Page title={t('pages.templates')} explain={t('templates.explain')} actions={create}>
      {error && <ErrorView error={error} reset={() => void refetch()} />}
      {!data && !error && (
        <div className="card">
          <Skeleton active paragraph={{ rows: 6 }} />
        </div>
      )}
      {data?.cut && <Alert type="info" showIcon title={t('templates.cut')} />}
      {data && data.rows.length === 0 && (
        <div className="card">
          <Blank icon={<FileTextOutlined aria-hidden />} title={t('templates.none')}>
            {t('templates.noneExplain')}
            {create}
          </Blank>
        </div>
      )}
      {data && data.rows.length > 0 && <TemplateMatrix matrix={data} />}
    </Page>
  )
}
