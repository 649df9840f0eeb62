import { PlusOutlined } from '@ant-design/icons'
import { useQuery } from '@tanstack/react-query'
import { createFileRoute } from '@tanstack/react-router'
import { Button, type TableColumnsType } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { TenantForm } from '~/admin/TenantForm'
import { query } from '~/api/query'
import { Blank } from '~/components/Blank'
import { List } from '~/components/List'
import { onePage } from '~/components/onePage'
import { Page } from '~/components/Page'
import { Enabled } from '~/components/State'
import { Time } from '~/components/Time'
import { graphql } from '~/gql'
import type { TenantsQuery as TenantsResult } from '~/gql/graphql'
import { useScope } from '~/session/scope'

const TenantsQuery = graphql(`
  query Tenants {
    tenants { id code name timezone enabled strictBusinessTypes createdAt }
  }
`)

export const Route = createFileRoute('/_app/tenants')({ component: Tenants })

type Tenant = TenantsResult['tenants'][number]

function Tenants() {
  const { t } = useTranslation()
  const { can } = useScope()
  const [edited, setEdited] = useState<Tenant | 'new'>()
  const tenants = useQuery(query('tenants', TenantsQuery, {}))
  const columns: TableColumnsType<Tenant> = [
    { title: t('common.name'), render: (_, { name }) => name },
    { title: t('common.code'), render: (_, { code }) => <span className="mono">{code}</span> },
    { title: t('common.state'), render: (_, { enabled }) => <Enabled enabled={enabled} /> },
    { title: t('channels.zone'), render: (_, { timezone }) => timezone },
    {
      title: t('tenants.unregistered'),
      render: (_, { strictBusinessTypes }) => t(strictBusinessTypes ? 'tenants.refused' : 'tenants.taken'),
    },
    { title: t('common.created'), render: (_, { createdAt, timezone }) => <Time at={createdAt} zone={timezone} /> },
    ...(can('platform')
      ? [
          {
            title: t('common.actions'),
            width: 1,
            render: (_: unknown, tenant: Tenant) => (
              <Button size="small" type="text" onClick={() => setEdited(tenant)}>
                {t('common.edit')}
              </Button>
            ),
          },
        ]
      : []),
  ]
  return (
    <Page
      title={t('pages.tenants')}
      explain={t('tenants.explain')}
      actions={
        can('platform') && (
          <Button type="primary" icon={<PlusOutlined aria-hidden />} onClick={() => setEdited('new')}>
            {t('tenants.create')}
          </Button>
        )
      }
    >
      <List
        label={t('pages.tenants')}
        pages={onePage(tenants, tenants.data?.tenants)}
        columns={columns}
        empty={<Blank title={t('common.none')} />}
      />
      {edited && <TenantForm stored={edited === 'new' ? undefined : edited} onClose={() => setEdited(undefined)} />}
    </Page>
  )
}
