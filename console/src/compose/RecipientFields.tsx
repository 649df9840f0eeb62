import { DeleteOutlined, EllipsisOutlined, PlusOutlined } from '@ant-design/icons'
import { Button, Form, Input } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { MoreOfRecipient } from './MoreOfRecipient'
import './recipients.css'

/** What most channels go by; the others are a click away. */
const SHOWN = ['userId', 'mobile', 'email'] as const

export function RecipientFields() {
  const { t } = useTranslation()
  return (
    <Form.Item
      label={t('messages.recipients')}
      tooltip={t('inputs.SendMessageInput.recipients')}
      extra={t('compose.recipientsHelp')}
    >
      <Form.List name="recipients">
        {(fields, { add, remove }) => (
          <div className="stack" style={{ gap: 8 }}>
            {fields.map(({ key, name }, index) => (
              <RecipientRow key={key} name={name} number={index + 1} onRemove={() => remove(name)} />
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

function RecipientRow({ name, number, onRemove }: { name: number; number: number; onRemove: () => void }) {
  const { t } = useTranslation()
  const [more, setMore] = useState(false)
  return (
    <div>
      <div className="row recipient-row">
        {SHOWN.map((one) => (
          <Form.Item key={one} name={[name, one]} noStyle>
            <Input
              placeholder={t(`recipient.${one}`)}
              title={t(`inputs.RecipientInput.${one}`)}
              aria-label={t('compose.recipientField', { number, field: t(`recipient.${one}`) })}
            />
          </Form.Item>
        ))}
        <Button
          type="text"
          icon={<EllipsisOutlined aria-hidden />}
          aria-label={t('compose.moreOfRecipient', { number })}
          title={t('compose.moreOfRecipient', { number })}
          aria-expanded={more}
          onClick={() => setMore(!more)}
        />
        <Button
          type="text"
          icon={<DeleteOutlined aria-hidden />}
          aria-label={t('compose.removeRecipient', { number })}
          onClick={onRemove}
        />
      </div>
      {more && <MoreOfRecipient name={name} number={number} />}
    </div>
  )
}
