import { Form, Select } from 'antd'
import { useTranslation } from 'react-i18next'
import { useScope } from '~/session/scope'

/** Asks for the tenant where neither the key nor the page says which: a platform key that looks at all of them. */
export function TenantField({ disabled }: { disabled?: boolean }) {
  const { t } = useTranslation()
  const { tenants, tenantId, can } = useScope()
  if (!can('platform') || tenantId) return null
  return (
    <Form.Item
      name="tenantId"
      label={t('common.tenant')}
      rules={[{ required: true, message: t('common.tenantNeeded') }]}
    >
      <Select
        disabled={disabled ?? false}
        options={tenants.map((one) => ({ value: one.id, label: `${one.name} (${one.code})` }))}
      />
    </Form.Item>
  )
}
