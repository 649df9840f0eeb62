import { DeleteOutlined, PlusOutlined } from '@ant-design/icons'
import { Button, Form, Input } from 'antd'
import { useTranslation } from 'react-i18next'

const SHOWN = ['userId', 'mobile', 'email'] as const

export function RecipientFields() {
  const { t } = useTranslation()
  return (
    <Form.Item label={t('messages.recipients')} extra={t('compose.recipientsHelp')}>
      <Form.List name="recipients">
        {(fields, { add, remove }) => (
          <div className="stack" style={{ gap: 8 }}>
            {fields.map(({ key, name }, index) => (
              <div key={key} className="row">
                {SHOWN.map((one) => (
                  <Form.Item key={one} name={[name, one]} noStyle>
                    <Input
                      placeholder={t(`recipient.${one}`)}
                      aria-label={t('compose.recipientField', { number: index + 1, field: t(`recipient.${one}`) })}
                    />
                  </Form.Item>
                ))}
                <Button
                  type="text"
                  icon={<DeleteOutlined aria-hidden />}
                  aria-label={t('compose.removeRecipient', { number: index + 1 })}
                  onClick={() => remove(name)}
                />
              </div>
            ))}
            <Button type="dashed" icon={<PlusOutlined aria-hidden />} onClick={() => add({})}>
              {t('compose.addRecipient')}
            </Button>
          </div>
        )}
      </Form.List>
    </Form.Item>
  )
}
