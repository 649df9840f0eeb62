import { Form, Input, Switch } from 'antd'
import { useTranslation } from 'react-i18next'
import { useChange } from '~/api/query'
import { FormModal } from '~/components/FormModal'
import { ZoneSelect } from '~/components/ZoneSelect'
import { graphql } from '~/gql'
import type { TenantInput, TenantsQuery } from '~/gql/graphql'

const CreateTenant = graphql(`
  mutation CreateTenant($input: TenantInput!) {
    createTenant(input: $input) { userErrors { field message code } }
  }
`)

const UpdateTenant = graphql(`
  mutation UpdateTenant($id: ID!, $input: TenantInput!) {
    updateTenant(id: $id, input: $input) { userErrors { field message code } }
  }
`)

interface Props {
  stored: TenantsQuery['tenants'][number] | undefined
  onClose: () => void
}

export function TenantForm({ stored, onClose }: Props) {
  const { t } = useTranslation()
  const create = useChange(CreateTenant, 'tenants', 'viewer')
  const update = useChange(UpdateTenant, 'tenants', 'viewer')
  const save = async (input: TenantInput) => {
    if (stored) return (await update.mutateAsync({ id: stored.id, input })).updateTenant.userErrors
    return (await create.mutateAsync({ input })).createTenant.userErrors
  }
  const needed = [{ required: true, message: t('common.required') }]
  return (
    <FormModal<TenantInput>
      title={stored ? stored.name : t('tenants.create')}
      okText={stored ? t('common.save') : t('common.create')}
      initial={stored ?? { enabled: true, timezone: Intl.DateTimeFormat().resolvedOptions().timeZone }}
      onSave={save}
      onClose={onClose}
      saving={create.isPending || update.isPending}
    >
      <Form.Item name="code" label={t('common.code')} extra={t('tenants.codeHelp')} rules={needed}>
        <Input maxLength={64} />
      </Form.Item>
      <Form.Item name="name" label={t('common.name')} rules={needed}>
        <Input maxLength={200} />
      </Form.Item>
      <Form.Item name="timezone" label={t('channels.zone')} extra={t('tenants.zoneHelp')}>
        <ZoneSelect />
      </Form.Item>
      <Form.Item
        name="strictBusinessTypes"
        label={t('tenants.strict')}
        extra={t('tenants.strictHelp')}
        valuePropName="checked"
      >
        <Switch />
      </Form.Item>
      <Form.Item
        name="enabled"
        label={t('common.enabledField')}
        extra={t('tenants.enabledHelp')}
        valuePropName="checked"
      >
        <Switch />
      </Form.Item>
    </FormModal>
  )
}
