import { Form, Input, Select, Switch } from 'antd'
import { useTranslation } from 'react-i18next'
import type { DescribedType } from '~/channels/types'
import { BusinessTypeSelect } from '~/components/BusinessTypeSelect'
import { TenantField } from '~/components/TenantField'
import type { ChannelType } from '~/gql/graphql'
import { formsOf } from './carried'

interface Props {
  stored: boolean
  types: readonly DescribedType[]
  channelType: ChannelType
}

/** What the template is for. */
export function TemplateHead({ stored, types, channelType }: Props) {
  const { t } = useTranslation()
  const needed = [{ required: true, message: t('common.required') }]
  return (
    <>
      {!stored && <TenantField />}
      <Form.Item name="name" label={t('common.name')} rules={needed}>
        <Input maxLength={200} />
      </Form.Item>
      <div className="columns" style={{ gap: '0 16px' }}>
        <Form.Item name="businessType" label={t('common.businessType')} rules={needed}>
          <BusinessTypeSelect width="100%" />
        </Form.Item>
        <Form.Item name="channelType" label={t('messages.channel')} rules={needed}>
          <Select options={types.map(({ type: one }) => ({ value: one, label: t(`channelTypes.${one}`) }))} />
        </Form.Item>
        <Form.Item name="messageType" label={t('templates.messageType')} rules={needed}>
          <Select
            options={formsOf(types, channelType).map((one) => ({ value: one, label: t(`messageTypes.${one}`) }))}
          />
        </Form.Item>
        <Form.Item name="locale" label={t('templates.locale')} tooltip={t('templates.localeHelp')}>
          <Input placeholder={t('templates.defaultLocale')} />
        </Form.Item>
      </div>
      <Form.Item name="enabled" label={t('common.enabledField')} valuePropName="checked" style={{ marginBottom: 0 }}>
        <Switch />
      </Form.Item>
    </>
  )
}
