import { Form, Input, InputNumber, Switch } from 'antd'
import { useTranslation } from 'react-i18next'
import { useChange } from '~/api/query'
import { FormModal } from '~/components/FormModal'
import { TenantField } from '~/components/TenantField'
import type { BusinessTypeInput, BusinessTypeRowFragment } from '~/gql/graphql'
import { useScope } from '~/session/scope'
import { CreateBusinessType, UpdateBusinessType } from './businessTypeDocuments'

interface Props {
  stored: BusinessTypeRowFragment | undefined
  onClose: () => void
}

export function BusinessTypeForm({ stored, onClose }: Props) {
  const { t } = useTranslation()
  const { tenantId } = useScope()
  const create = useChange(CreateBusinessType, 'businessTypes', 'templates')
  const update = useChange(UpdateBusinessType, 'businessTypes', 'templates')
  const save = async (fields: BusinessTypeInput) => {
    const input = {
      ...fields,
      tenantId: stored?.tenantId ?? fields.tenantId ?? tenantId ?? null,
      // Empty is the general lane; an absent one would stay as it was.
      lane: fields.lane ?? '',
    }
    if (stored) return (await update.mutateAsync({ id: stored.id, input })).updateBusinessType.userErrors
    return (await create.mutateAsync({ input })).createBusinessType.userErrors
  }
  const needed = [{ required: true, message: t('common.required') }]
  return (
    <FormModal<BusinessTypeInput>
      title={stored ? stored.name : t('businessTypes.create')}
      okText={stored ? t('common.save') : t('common.create')}
      initial={stored ?? { enabled: true, priority: 5 }}
      onSave={save}
      onClose={onClose}
      saving={create.isPending || update.isPending}
    >
      {!stored && <TenantField />}
      <Form.Item name="code" label={t('common.code')} extra={t('businessTypes.codeHelp')} rules={needed}>
        <Input maxLength={100} />
      </Form.Item>
      <Form.Item name="name" label={t('common.name')} rules={needed}>
        <Input maxLength={200} />
      </Form.Item>
      <Form.Item name="priority" label={t('channels.priority')} extra={t('businessTypes.priorityHelp')}>
        <InputNumber min={0} max={9} />
      </Form.Item>
      <Form.Item name="lane" label={t('businessTypes.lane')} extra={t('businessTypes.laneHelp')}>
        <Input maxLength={64} />
      </Form.Item>
      <Form.Item name="enabled" label={t('common.enabledField')} valuePropName="checked">
        <Switch />
      </Form.Item>
    </FormModal>
  )
}
