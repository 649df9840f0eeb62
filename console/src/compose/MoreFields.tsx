import { DeleteOutlined, PlusOutlined } from '@ant-design/icons'
import { Button, Checkbox, type CheckboxChangeEvent, Form, Input, InputNumber, Select } from 'antd'
import { useTranslation } from 'react-i18next'
import { CHANNEL_TYPES } from '~/components/ChannelName'
import { TimeField } from '~/components/TimeField'
import { isJsonObject, JsonField } from '~/editor/JsonField'
import { useScope } from '~/session/scope'

/** Whether a field is one of those below. */
export const isOfMore = ([field]: readonly (string | number)[]) =>
  ['messageId', 'storeId', 'scheduledAt', 'expiresAt', 'executionMode', 'channelOptions', 'attributes'].includes(
    String(field),
  )

/** What few messages need: ids, times, retries per channel, routing keys. */
export function MoreFields({ tenantId }: { tenantId: string | undefined }) {
  const { t } = useTranslation()
  const { zoneOf } = useScope()
  return (
    <>
      <Form.Item name="messageId" label={t('messages.messageId')} extra={t('inputs.SendMessageInput.messageId')}>
        <Input maxLength={128} />
      </Form.Item>
      <Form.Item name="storeId" label={t('messages.store')} extra={t('inputs.SendMessageInput.storeId')}>
        <Input />
      </Form.Item>
      <Form.Item name="scheduledAt" label={t('message.scheduledAt')} extra={t('compose.scheduledHelp')}>
        <TimeField zone={zoneOf(tenantId)} />
      </Form.Item>
      <Form.Item name="expiresAt" label={t('message.expiresAt')} extra={t('compose.expiresHelp')}>
        <TimeField zone={zoneOf(tenantId)} />
      </Form.Item>
      <Form.Item name="executionMode" label={t('message.mode')} extra={t('inputs.SendMessageInput.executionMode')}>
        <Select
          allowClear
          options={(['PARALLEL', 'SEQUENTIAL', 'PRIORITY'] as const).map((one) => ({
            value: one,
            label: t(`executionMode.${one}`),
          }))}
        />
      </Form.Item>
      <ChannelOptions />
      <Form.Item
        name="attributes"
        label={t('message.attributes')}
        tooltip={t('inputs.SendMessageInput.attributes')}
        extra={t('compose.attributesHelp')}
        rules={[
          {
            validator: (_, text?: string) =>
              !text?.trim() || isJsonObject(text)
                ? Promise.resolve()
                : Promise.reject(new Error(t('compose.jsonObject'))),
          },
        ]}
      >
        <JsonField label={t('message.attributes')} minHeight={90} />
      </Form.Item>
    </>
  )
}

function ChannelOptions() {
  const { t } = useTranslation()
  const helps = [
    [t('channels.priority'), t('inputs.ChannelOptionInput.priority')],
    [t('message.retries'), t('inputs.ChannelOptionInput.maxRetry')],
    [t('compose.onceOnly'), t('compose.onceOnlyHelp')],
  ] as const
  return (
    <Form.Item label={t('compose.channelOptions')} extra={t('inputs.SendMessageInput.channelOptions')}>
      <Form.List name="channelOptions">
        {(fields, { add, remove }) => (
          <div className="stack" style={{ gap: 8 }}>
            {fields.map(({ key, name }) => (
              <div key={key} className="row wrap">
                <Form.Item
                  name={[name, 'channelType']}
                  noStyle
                  rules={[{ required: true, message: t('compose.optionChannel') }]}
                >
                  <Select
                    aria-label={t('messages.channel')}
                    style={{ flex: 1, minWidth: 120 }}
                    options={CHANNEL_TYPES.map((one) => ({ value: one, label: t(`channelTypes.${one}`) }))}
                  />
                </Form.Item>
                <Form.Item name={[name, 'priority']} noStyle>
                  <InputNumber
                    min={0}
                    max={1_000_000}
                    precision={0}
                    prefix={t('channels.priority')}
                    aria-label={t('channels.priority')}
                  />
                </Form.Item>
                <Form.Item name={[name, 'maxRetry']} noStyle>
                  <InputNumber
                    min={0}
                    max={20}
                    precision={0}
                    prefix={t('message.retries')}
                    aria-label={t('message.retries')}
                  />
                </Form.Item>
                {/* What is not ticked is absent, so that the settings decide. */}
                <Form.Item
                  name={[name, 'retryOnFail']}
                  noStyle
                  getValueProps={(retry?: boolean) => ({ checked: retry === false })}
                  getValueFromEvent={({ target }: CheckboxChangeEvent) => (target.checked ? false : undefined)}
                >
                  <Checkbox>{t('compose.onceOnly')}</Checkbox>
                </Form.Item>
                <Button
                  type="text"
                  icon={<DeleteOutlined aria-hidden />}
                  aria-label={t('compose.removeOption')}
                  onClick={() => remove(name)}
                />
              </div>
            ))}
            {fields.length > 0 && (
              <div className="muted">
                {helps.map(([name, help]) => (
                  <div key={name}>{t('compose.optionHelp', { name, help })}</div>
                ))}
              </div>
            )}
            <Button type="dashed" icon={<PlusOutlined aria-hidden />} onClick={() => add({})}>
              {t('compose.addOption')}
            </Button>
          </div>
        )}
      </Form.List>
    </Form.Item>
  )
}
