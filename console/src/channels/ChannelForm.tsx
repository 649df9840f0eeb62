import { useNavigate } from '@tanstack/react-router'
import { Alert, Button, Form, Input, InputNumber, Select, Switch } from 'antd'
import { useTranslation } from 'react-i18next'
import { useChange } from '~/api/query'
import { Page } from '~/components/Page'
import { Enabled } from '~/components/State'
import { TenantField } from '~/components/TenantField'
import { useApp } from '~/components/useApp'
import { useInputProblems } from '~/components/userErrors'
import type { ChannelFragment, ChannelType } from '~/gql/graphql'
import { useProblemText } from '~/i18n/problems'
import { useScope } from '~/session/scope'
import { BreakerCard } from './BreakerCard'
import { CreateChannel, UpdateChannel } from './documents'
import { type ChannelFields, fromFields } from './fields'
import { LimitFields } from './LimitFields'
import { SettingFields } from './SettingFields'
import { OFFERED, WITHOUT_IDEMPOTENCY } from './settings'

export function ChannelForm({ stored, initial }: { stored?: ChannelFragment; initial: ChannelFields }) {
  const { t } = useTranslation()
  const { can, tenantId } = useScope()
  const navigate = useNavigate()
  const app = useApp()
  const problem = useProblemText()
  const place = useInputProblems()
  const [form] = Form.useForm<ChannelFields>()
  const create = useChange(CreateChannel, 'channels')
  const update = useChange(UpdateChannel, 'channels')
  const channelType: ChannelType = Form.useWatch('channelType', form) ?? initial.channelType
  const onError = (error: unknown) => void app.message.error(problem(error))

  const save = (fields: ChannelFields) => {
    const input = { tenantId: tenantId ?? null, ...fromFields({ ...initial, ...fields }) }
    if (stored) {
      update.mutate(
        { id: stored.id, input },
        {
          onSuccess: ({ updateChannelConfig: { userErrors } }) =>
            place(form, userErrors) || void app.message.success(t('common.saved')),
          onError,
        },
      )
      return
    }
    create.mutate(
      { input },
      {
        onSuccess: ({ createChannelConfig: { channelConfig, userErrors } }) => {
          if (place(form, userErrors) || !channelConfig) return
          void app.message.success(t('common.saved'))
          void navigate({ to: '/channels' })
        },
        onError,
      },
    )
  }

  return (
    <Page
      title={stored?.name ?? t('channels.create')}
      beside={stored && <Enabled enabled={stored.enabled} />}
      {...(stored ? { explain: <span className="mono">{stored.id}</span> } : {})}
      actions={
        can('configure') && (
          <Button type="primary" loading={create.isPending || update.isPending} onClick={() => form.submit()}>
            {stored ? t('common.save') : t('common.create')}
          </Button>
        )
      }
    >
      {stored && <BreakerCard channel={stored} />}
      {!can('configure') && <Alert type="info" showIcon title={t('common.readOnly')} />}
      <Form<ChannelFields>
        form={form}
        layout="vertical"
        className="columns"
        disabled={!can('configure')}
        initialValues={{ enabled: true, onRateLimit: 'DEFER', onClosedWindow: 'DEFER', onUnknown: 'RETRY', ...initial }}
        onFinish={save}
      >
        <div className="card">
          <h2>{t('channels.reach')}</h2>
          {!stored && <TenantField />}
          <Form.Item name="channelType" label={t('channels.type')} extra={t(`channels.types.${channelType}`)}>
            <Select
              disabled={stored !== undefined}
              options={(stored ? [stored.channelType] : OFFERED).map((one) => ({
                value: one,
                label: t(`channelTypes.${one}`),
              }))}
            />
          </Form.Item>
          <Form.Item name="name" label={t('common.name')} rules={[{ required: true, message: t('common.required') }]}>
            <Input maxLength={200} />
          </Form.Item>
          <SettingFields key={channelType} channelType={channelType} stored={stored?.config} />
        </div>
        <div className="card">
          <h2>{t('channels.when')}</h2>
          <Form.Item
            name="enabled"
            label={t('common.enabledField')}
            valuePropName="checked"
            extra={t('channels.enabledHelp')}
          >
            <Switch />
          </Form.Item>
          <Form.Item name="storeId" label={t('messages.store')} extra={t('channels.storeHelp')}>
            <Input />
          </Form.Item>
          <LimitFields />
          {WITHOUT_IDEMPOTENCY.includes(channelType) && (
            <Form.Item name="onUnknown" label={t('channels.onUnknown')} extra={t('channels.onUnknownHelp')}>
              <Select
                options={(['RETRY', 'FAIL'] as const).map((one) => ({ value: one, label: t(`unknownPolicy.${one}`) }))}
              />
            </Form.Item>
          )}
          <Form.Item name="priority" label={t('channels.priority')} extra={t('channels.priorityHelp')}>
            <InputNumber />
          </Form.Item>
        </div>
      </Form>
    </Page>
  )
}
