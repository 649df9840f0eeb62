import { DeleteOutlined, PlusOutlined } from '@ant-design/icons'
import { Button, Form, Input, Switch } from 'antd'
import { useTranslation } from 'react-i18next'
import { CodeEditor } from '~/editor/CodeEditor'
import type { Problem } from '~/editor/CodeMirrorEditor'
import type { MessageType } from '~/gql/graphql'
import { CONTENT, type ContentField } from './content'
import type { FieldProblems } from './problems'
import './templates.css'

interface Props {
  messageType: MessageType
  problems: FieldProblems
  readOnly: boolean
}

/** The fields of a form of content; what is wrong in one stands in it, at its line. */
export function ContentFields({ messageType, problems, readOnly }: Props) {
  return CONTENT[messageType].map((field) =>
    field.kind === 'list' ? (
      <ItemsField key={field.key} field={field} problems={problems} />
    ) : (
      <OneField key={field.key} name={['content', field.key]} field={field} problems={problems} readOnly={readOnly} />
    ),
  )
}

interface OneProps {
  name: (string | number)[]
  /** The whole path, where the name is within a list. */
  path?: (string | number)[]
  field: ContentField
  problems: FieldProblems
  readOnly?: boolean
}

function OneField({ name, path = name, field, problems, readOnly = false }: OneProps) {
  const { t } = useTranslation()
  const label = t(`templates.keys.${field.key}`)
  const wrong = problems.get(path.join('.'))
  return (
    <Form.Item
      name={name}
      label={label}
      required={field.required ?? false}
      {...(wrong ? { validateStatus: 'error', help: wrong.map(({ said }) => said).join('; ') } : {})}
      {...(field.kind === 'flag' ? { valuePropName: 'checked' } : {})}
    >
      {field.kind === 'text' ? (
        <LiquidField label={label} problems={wrong} readOnly={readOnly} />
      ) : field.kind === 'flag' ? (
        <Switch />
      ) : (
        <Input />
      )}
    </Form.Item>
  )
}

interface LiquidProps {
  label: string
  value?: string
  onChange?: (value: string) => void
  problems: readonly Problem[] | undefined
  readOnly: boolean
}

function LiquidField({ label, value, onChange, problems, readOnly }: LiquidProps) {
  return (
    <CodeEditor
      language="liquid"
      label={label}
      value={typeof value === 'string' ? value : ''}
      onChange={onChange}
      readOnly={readOnly}
      minHeight={200}
      {...(problems ? { problems } : {})}
    />
  )
}

function ItemsField({ field, problems }: { field: ContentField; problems: FieldProblems }) {
  const { t } = useTranslation()
  return (
    <Form.Item label={t(`templates.keys.${field.key}`)} required={field.required ?? false}>
      <Form.List name={['content', field.key]}>
        {(items, { add, remove }) => (
          <div className="stack">
            {items.map(({ key, name }, index) => (
              <div key={key} className="content-item">
                <div className="row spread">
                  <strong>{index + 1}</strong>
                  <Button
                    type="text"
                    size="small"
                    icon={<DeleteOutlined aria-hidden />}
                    aria-label={t('templates.removeItem', { number: index + 1 })}
                    onClick={() => remove(name)}
                  />
                </div>
                {field.of?.map((part) => (
                  <OneField
                    key={part.key}
                    name={[name, part.key]}
                    path={['content', field.key, name, part.key]}
                    field={part}
                    problems={problems}
                  />
                ))}
              </div>
            ))}
            <Button
              type="dashed"
              icon={<PlusOutlined aria-hidden />}
              disabled={items.length >= (field.max ?? Number.POSITIVE_INFINITY)}
              onClick={() => add({})}
            >
              {t('templates.addItem')}
            </Button>
          </div>
        )}
      </Form.List>
    </Form.Item>
  )
}
