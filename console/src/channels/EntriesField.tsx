import { DeleteOutlined, PlusOutlined } from '@ant-design/icons'
import { Button, Form, Input } from 'antd'
import { useTranslation } from 'react-i18next'
import { useScope } from '~/session/scope'
import { isMask } from './config'
import { SecretField } from './SecretField'

interface Props {
  name: (string | number)[]
  title: string
  secret: boolean
}

/** Names with values, e.g. headers. A value that is stored as a secret belongs to its name, so that stays while it is kept. */
export function EntriesField({ name, title, secret }: Props) {
  const { t } = useTranslation()
  const { can } = useScope()
  return (
    <Form.List name={name}>
      {(rows, { add, remove }, { errors }) => (
        <div className="stack" style={{ gap: 8 }}>
          {rows.map(({ key, name: at }, index) => {
            const nameLabel = t('channels.entryName', { title, number: index + 1 })
            const valueLabel = t('channels.entryValue', { title, number: index + 1 })
            return (
              <div key={key} className="entry">
                <EntryName list={name} at={at} label={nameLabel} />
                <Form.Item name={[at, 'value']} style={{ flex: 2, marginBottom: 0 }}>
                  {secret ? <SecretField bare label={valueLabel} /> : <Input aria-label={valueLabel} />}
                </Form.Item>
                {can('configure') && (
                  <Button
                    type="text"
                    icon={<DeleteOutlined aria-hidden />}
                    aria-label={t('channels.removeEntry', { title, number: index + 1 })}
                    onClick={() => remove(at)}
                  />
                )}
              </div>
            )
          })}
          <Form.ErrorList errors={errors} />
          {can('configure') && (
            <div>
              <Button type="dashed" icon={<PlusOutlined aria-hidden />} onClick={() => add({})}>
                {t('channels.addEntry', { title })}
              </Button>
            </div>
          )}
        </div>
      )}
    </Form.List>
  )
}

function EntryName({ list, at, label }: { list: (string | number)[]; at: number; label: string }) {
  const { t } = useTranslation()
  const form = Form.useFormInstance()
  return (
    <Form.Item noStyle shouldUpdate>
      {() => (
        <Form.Item
          name={[at, 'name']}
          style={{ flex: 1, marginBottom: 0 }}
          rules={[{ required: true, whitespace: true, message: t('common.required') }]}
        >
          <Input
            aria-label={label}
            placeholder={t('common.name')}
            readOnly={isMask(form.getFieldValue([...list, at, 'value']))}
          />
        </Form.Item>
      )}
    </Form.Item>
  )
}
