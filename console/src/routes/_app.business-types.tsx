import { AppstoreOutlined, PlusOutlined } from '@ant-design/icons'
import { createFileRoute } from '@tanstack/react-router'
import { Button } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { BusinessTypeForm } from '~/admin/BusinessTypeForm'
import { BusinessTypesQuery } from '~/admin/businessTypeDocuments'
import { useBusinessTypeColumns } from '~/admin/useBusinessTypeColumns'
import { usePages } from '~/api/usePages'
import { Blank } from '~/components/Blank'
import { List } from '~/components/List'
import { Page } from '~/components/Page'
import type { BusinessTypeRowFragment } from '~/gql/graphql'
import { useScope } from '~/session/scope'

export const Route = createFileRoute('/_app/business-types')({ component: BusinessTypes })

function BusinessTypes() {
  const { t } = useTranslation()
  const { tenantId, can } = useScope()
  const [edited, setEdited] = useState<BusinessTypeRowFragment | 'new'>()
  const pages = usePages(
    'businessTypes',
    BusinessTypesQuery,
    { tenantId: tenantId ?? null },
    (data) => data.businessTypes,
  )
  const columns = useBusinessTypeColumns(setEdited)
  const create = can('configure') && (
    <Button type="primary" icon={<PlusOutlined aria-hidden />} onClick={() => setEdited('new')}>
      {t('businessTypes.create')}
    </Button>
  )
  return (
    <Page title={t('pages.businessTypes')} explain={t('businessTypes.explain')} actions={create}>
      <List
        label={t('pages.businessTypes')}
        pages={pages}
        columns={columns}
        empty={
          <Blank icon={<AppstoreOutlined aria-hidden />} title={t('businessTypes.none')}>
            {t('businessTypes.noneExplain')}
            {create}
          </Blank>
        }
      />
      {edited && (
        <BusinessTypeForm stored={edited === 'new' ? undefined : edited} onClose={() => setEdited(undefined)} />
      )}
    </Page>
  )
}
