import { useNavigate } from '@tanstack/react-router'
import { Select } from 'antd'
import { useTranslation } from 'react-i18next'
import { useScope } from '~/session/scope'

/** Platform admins choose the tenant that pages are about; everyone else reads which one it is. */
export function TenantSwitch() {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const { tenant, tenants, can } = useScope()

  if (!can('platform')) {
    return (
      <span className="clip" title={tenant?.code}>
        {tenant?.name}
      </span>
    )
  }
  return (
    <Select
      aria-label={t('shell.tenant')}
      value={tenant?.code ?? ''}
      style={{ width: 220 }}
      showSearch={{ optionFilterProp: 'label' }}
      onChange={(code) =>
        navigate({ to: '.', search: (before) => ({ ...before, tenant: code === '' ? undefined : code }) })
      }
      options={[
        { value: '', label: t('shell.allTenants') },
        ...tenants.map((one) => ({ value: one.code, label: `${one.name} (${one.code})` })),
      ]}
    />
  )
}
