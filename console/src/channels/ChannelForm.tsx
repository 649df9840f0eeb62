import { useNavigate } from '@tanstack/react-router'
import { Alert, Button, Form, Input, InputNumber, Select, Switch } from 'antd'
import { useTranslation } from 'react-i18next'
import { useChange } from '~/api/query'
import { TO_FIRST_ERROR } from '~/components/firstError'
import { Page } from '~/components/Page'
import { Enabled } from '~/components/State'
import { TenantField } from '~/components/TenantField'
import { useApp } from '~/components/useApp'
import { type InputProblem, useInputProblems } from '~/components/userErrors'
import { Overtaken } from '~/edits/Overtaken'
import { useEdits } from '~/edits/useEdits'
import type { Editing } from '~/edits/useHeld'
import type { ChannelFragment, ChannelType } from '~/gql/graphql'
import { useProblemText } from '~/i18n/problems'
import { useScope } from '~/session/scope'
import { BreakerCard } from './BreakerCard'
import { CopyButton } from './CopyButton'
import { atFields, valuesOf } from './config'
import { CreateChannel, UpdateChannel } from './documents'
import { type ChannelFields, fromFields, toFields } from './fields'
import { LimitFields } from './LimitFields'
import { SettingFields } from './SettingFields'
import { settingsOf } from './schema'
import { TestButton } from './TestButton'
import { useChannelTypes } from './types'
import { useWords } from './useWords'

interface Props {
  stored?: ChannelFragment
  editing?: Editing<ChannelFragment>
}

/** A stored channel, or a new one. */
export function ChannelForm({ stored, editing }: Props) {
  const { t } = useTranslation()
  const { can, tenantId } = useScope()
  const navigate = useNavigate()
  const app = useApp()
  const problem = useProblemText()
  const place = useInputProblems()
  const [form] = Form.useForm<ChannelFields>()
  const create = useChange(CreateChannel, 'channels')
  const update = useChange(UpdateChannel, 'channels')
  const types = useChannelTypes()
  const first = stored?.channelType ?? types[0]?.type ?? 'LOCAL'
  const channelType: ChannelType = Form.useWatch('channelType', form) ?? first
  const described = types.find(({ type }) => type === channelType)
  const { aboutType } = useWords(channelType)
  const settings = settingsOf(described?.configSchema)
  const settingsOfType = (type: ChannelType) => settingsOf(types.find((one) => one.type === type)?.configSchema)
  const initial: ChannelFields = {
    enabled: true,
    onRateLimit: 'DEFER',
    onClosedWindow: 'DEFER',
    onUnknown: 'RETRY',
    ...(stored
      ? toFields(stored, settings)
      : { channelType: first, name: '', config: valuesOf(settingsOfType(first)) }),
  }
  const { mayReplace, checking } = useEdits(form, initial, editing)
  const saving = create.isPending || update.isPending || checking
  const onError = (error: unknown) => void app.message.error(problem(error))

  const save = async (fields: ChannelFields) => {
    if (!(await mayReplace())) return
    const changed = fromFields({ ...initial, ...fields }, settings)
    // What this server does not describe can't be shown field by field: it goes back as it came.
    const config = described || !stored ? changed.config : stored.config
    const input = { tenantId: tenantId ?? null, ...changed, config }
    const placed = (problems: readonly InputProblem[]) => place(form, atFields(problems, settings, fields.config))
    if (stored) {
      update.mutate(
        { id: stored.id, input },
        {
          onSuccess: ({ updateChannelConfig: { userErrors } }) => {
            if (placed(userErrors)) return
            editing?.adopt()
            void app.message.success(t('common.saved'))
          },
          onError,
        },
      )
      return
    }
    create.mutate(
      { input },
      {
        onSuccess: ({ createChannelConfig: { channelConfig, userErrors } }) => {
          if (placed(userErrors) || !channelConfig) return
          void app.message.success(t('common.saved'))
          void navigate({ to: '/channels', ignoreBlocker: true })
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
          <>
            {stored && described && <TestButton channel={stored} />}
            {stored && <CopyButton channel={stored} />}
            <Button type="primary" loading={saving} onClick={() => form.submit()}>
              {stored ? t('common.save') : t('common.create')}
            </Button>
          </>
        )
      }
    >
      <Overtaken editing={editing} saving={saving} />
      {stored && <BreakerCard channel={editing?.latest ?? stored} />}
      {!can('configure') && <Alert type="info" showIcon title={t('common.readOnly')} />}
      <Form<ChannelFields>
        form={form}
        layout="vertical"
        scrollToFirstError={TO_FIRST_ERROR}
        className="columns"
        disabled={!can('configure')}
        initialValues={initial}
        onFinish={(fields) => void save(fields)}
      >
        <div className="card">
          <h2>{t('channels.reach')}</h2>
          {!stored && <TenantField />}
          <Form.Item name="channelType" label={t('channels.type')} extra={aboutType(described)}>
            <Select
              disabled={stored !== undefined}
              // Settings of the same name may be of another kind there.
              onChange={(type: ChannelType) => form.setFieldValue('config', valuesOf(settingsOfType(type)))}
              options={(stored ? [stored.channelType] : types.map(({ type }) => type)).map((one) => ({
                value: one,
                label: t(`channelTypes.${one}`),
              }))}
            />
          </Form.Item>
          <Form.Item name="name" label={t('common.name')} rules={[{ required: true, message: t('common.required') }]}>
            <Input maxLength={200} />
          </Form.Item>
          {described ? (
            <SettingFields
              key={channelType}
              channelType={channelType}
              settings={settings}
              name={['config']}
              stored={stored?.config}
            />
          ) : (
            <Alert type="warning" showIcon title={t('channels.notDescribed')} />
          )}
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
          <LimitFields described={described} stored={stored} />
          {described?.idempotencyKey === null && (
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
