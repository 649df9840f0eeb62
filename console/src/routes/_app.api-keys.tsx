import { KeyOutlined, PlusOutlined } from '@ant-design/icons'
import { useQuery } from '@tanstack/react-query'
import { createFileRoute } from '@tanstack/react-router'
import { Button } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { ApiKeyForm } from '~/admin/ApiKeyForm'
import { ApiKeysQuery } from '~/admin/apiKeyDocuments'
import { useApiKeyColumns } from '~/admin/useApiKeyColumns'
import { query } from '~/api/query'
import { Blank } from '~/components/Blank'
import { List } from '~/components/List'
import { onePage } from '~/components/onePage'
import { Page } from '~/components/Page'
import { useScope } from '~/session/scope'

export const Route = createFileRoute('/_app/api-keys')({ component: ApiKeys })

function ApiKeys() {
  const { t } = useTranslation()
  const { tenantId, can } = useScope()
  const [making, setMaking] = useState(false)
  const keys = useQuery(query('apiKeys', ApiKeysQuery, { tenantId: tenantId ?? null }))
  const columns = useApiKeyColumns()
  return (
    <Page
      title={t('pages.apiKeys')}
      explain={t('apiKeys.explain')}
      actions={
        can('configure') && (
          <Button type="primary" icon={<PlusOutlined aria-hidden />} onClick={() => setMaking(true)}>
            {t('apiKeys.create')}
          </Button>
        )
      }
    >
      <List
        label={t('pages.apiKeys')}
        pages={onePage(keys, keys.data?.apiKeys)}
        columns={columns}
        empty={<Blank icon={<KeyOutlined aria-hidden />} title={t('common.none')} />}
      />
      {making && <ApiKeyForm onClose={() => setMaking(false)} />}
    </Page>
  )
}
