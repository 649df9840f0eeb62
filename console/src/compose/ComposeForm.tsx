import { Collapse, Form, type FormInstance, Input, Select, Switch } from 'antd'
import { useTranslation } from 'react-i18next'
import { BusinessTypeSelect } from '~/components/BusinessTypeSelect'
import { CHANNEL_TYPES } from '~/components/ChannelName'
import { TenantField } from '~/components/TenantField'
import { isJsonObject, JsonField } from '~/editor/JsonField'
import { useScope } from '~/session/scope'
import { BusinessDataHelp } from './BusinessDataHelp'
import type { ComposeFields } from './fields'
import { MoreFields } from './MoreFields'
import { RecipientFields } from './RecipientFields'

interface Props {
  form: FormInstance<ComposeFields>
  initial: ComposeFields
  onChange: () => void
  /** Whether what few messages need is unfolded. */
  more: boolean
  onMore: (open: boolean) => void
}

export function ComposeForm({ form, initial, onChange, more, onMore }: Props) {
  const { t } = useTranslation()
  const { tenantId } = useScope()
  const inline = Form.useWatch('inline', form) ?? initial.inline
  const businessType = Form.useWatch('businessType', form)
  const chosenTenant = Form.useWatch('tenantId', form) ?? tenantId
  return (
    <Form<ComposeFields>
      form={form}
      layout="vertical"
      initialValues={initial}
      onValuesChange={onChange}
      className="columns"
    >
      <div className="card">
        <h2>{t('compose.what')}</h2>
        <TenantField />
        <Form.Item
          name="businessType"
          label={t('common.businessType')}
          extra={t('inputs.SendMessageInput.businessType')}
          rules={[{ required: true, message: t('common.required') }]}
        >
          <BusinessTypeSelect width="100%" {...(chosenTenant ? { tenantId: chosenTenant } : {})} />
        </Form.Item>
        <Form.Item
          name="businessData"
          label={t('message.businessData')}
          tooltip={t('inputs.SendMessageInput.businessData')}
          extra={<BusinessDataHelp form={form} businessType={businessType} tenantId={chosenTenant} />}
          rules={[
            {
              validator: (_, text: string) =>
                isJsonObject(text) ? Promise.resolve() : Promise.reject(new Error(t('compose.jsonObject'))),
            },
          ]}
        >
          <JsonField label={t('message.businessData')} minHeight={180} />
        </Form.Item>
        <Form.Item
          name="inline"
          label={t('compose.inline')}
          valuePropName="checked"
          extra={t('inputs.SendMessageInput.content')}
        >
          <Switch />
        </Form.Item>
        {inline && (
          <>
            <Form.Item name={['content', 'messageType']} label={t('compose.form')} initialValue="TEXT">
              <Select
                options={(['TEXT', 'MARKDOWN'] as const).map((one) => ({
                  value: one,
                  label: t(`messageTypes.${one}`),
                }))}
              />
            </Form.Item>
            <Form.Item name={['content', 'title']} label={t('compose.title')}>
              <Input />
            </Form.Item>
            <Form.Item
              name={['content', 'body']}
              label={t('compose.body')}
              rules={[{ required: true, message: t('common.required') }]}
            >
              <Input.TextArea autoSize={{ minRows: 4, maxRows: 14 }} />
            </Form.Item>
          </>
        )}
      </div>
      <div className="stack">
        <div className="card">
          <h2>{t('compose.who')}</h2>
          <RecipientFields />
          <Form.Item
            name="targetChannels"
            label={t('message.targetChannels')}
            extra={t('inputs.SendMessageInput.targetChannels')}
          >
            <Select
              mode="multiple"
              allowClear
              options={CHANNEL_TYPES.map((one) => ({ value: one, label: t(`channelTypes.${one}`) }))}
            />
          </Form.Item>
        </div>
        <Collapse
          activeKey={more ? ['more'] : []}
          onChange={(open) => onMore(open.length > 0)}
          items={[
            {
              key: 'more',
              label: t('compose.more'),
              forceRender: true,
              children: <MoreFields tenantId={chosenTenant} />,
            },
          ]}
        />
      </div>
    </Form>
  )
}
