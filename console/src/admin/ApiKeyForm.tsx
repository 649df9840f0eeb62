import { Alert, Button, Form, type FormInstance, Input, Modal, Select } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useChange } from '~/api/query'
import { Copy } from '~/components/Copy'
import { FormModal } from '~/components/FormModal'
import { TimeField } from '~/components/TimeField'
import type { ApiKeyInput, Role } from '~/gql/graphql'
import { useScope } from '~/session/scope'
import { CreateApiKey } from './apiKeyDocuments'

interface Fields extends Omit<ApiKeyInput, 'expiresAt'> {
  expiresAt?: string
}

const TENANT_ROLES: readonly Role[] = ['SENDER', 'OPERATOR', 'VIEWER', 'TENANT_ADMIN']

export function ApiKeyForm({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation()
  const { can, tenantId, tenants, zoneOf } = useScope()
  const [secret, setSecret] = useState<string>()
  const create = useChange(CreateApiKey, 'apiKeys')
  const platform = can('platform')
  const save = async ({ expiresAt, ...fields }: Fields) => {
    const forPlatform = fields.role === 'PLATFORM_ADMIN'
    const { createApiKey } = await create.mutateAsync({
      input: {
        ...fields,
        tenantId: forPlatform ? null : (fields.tenantId ?? tenantId ?? null),
        expiresAt: expiresAt ?? null,
      },
    })
    setSecret(createApiKey.secret ?? undefined)
    return createApiKey.userErrors
  }
  const ownZone = ({ getFieldValue }: Pick<FormInstance<Fields>, 'getFieldValue'>) =>
    zoneOf(getFieldValue('role') === 'PLATFORM_ADMIN' ? undefined : (getFieldValue('tenantId') ?? tenantId))
  if (secret) return <Secret secret={secret} onClose={onClose} />
  const roles = platform ? [...TENANT_ROLES, 'PLATFORM_ADMIN' as const] : TENANT_ROLES
  return (
    <FormModal<Fields>
      title={t('apiKeys.create')}
      okText={t('common.create')}
      initial={{ role: 'SENDER', ...(tenantId ? { tenantId } : {}) }}
      onSave={save}
      onClose={onClose}
      // The secret takes this dialog's place.
      onSaved={() => undefined}
      saving={create.isPending}
    >
      <Form.Item
        name="name"
        label={t('common.name')}
        extra={t('apiKeys.nameHelp')}
        rules={[{ required: true, message: t('common.required') }]}
      >
        <Input maxLength={200} />
      </Form.Item>
      <Form.Item name="role" label={t('apiKeys.role')}>
        <Select
          options={roles.map((one) => ({ value: one, label: `${t(`roles.${one}`)}: ${t(`apiKeys.may.${one}`)}` }))}
        />
      </Form.Item>
      {platform && (
        <Form.Item noStyle dependencies={['role']}>
          {({ getFieldValue }) =>
            getFieldValue('role') !== 'PLATFORM_ADMIN' && (
              <Form.Item
                name="tenantId"
                label={t('common.tenant')}
                rules={[{ required: true, message: t('common.tenantNeeded') }]}
              >
                <Select options={tenants.map((one) => ({ value: one.id, label: `${one.name} (${one.code})` }))} />
              </Form.Item>
            )
          }
        </Form.Item>
      )}
      <Form.Item noStyle dependencies={['role', 'tenantId']}>
        {(form) => (
          <Form.Item name="expiresAt" label={t('message.expiresAt')} extra={t('apiKeys.expiresHelp')}>
            <TimeField zone={ownZone(form)} />
          </Form.Item>
        )}
      </Form.Item>
    </FormModal>
  )
}

function Secret({ secret, onClose }: { secret: string; onClose: () => void }) {
  const { t } = useTranslation()
  return (
    <Modal
      open
      title={t('apiKeys.made')}
      closable={false}
      mask={{ closable: false }}
      footer={
        <Button type="primary" onClick={onClose}>
          {t('apiKeys.haveIt')}
        </Button>
      }
    >
      <div className="stack" style={{ marginTop: 12 }}>
        <Alert type="warning" showIcon title={t('apiKeys.once')} />
        <pre className="code" data-testid="secret">
          {secret}
        </pre>
        <Copy text={secret} what={t('signIn.key')} labelled />
      </div>
    </Modal>
  )
}
