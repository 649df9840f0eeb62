import { DeleteOutlined, PlusOutlined } from '@ant-design/icons'
import { Button, Form, Input, Switch } from 'antd'
import { useTranslation } from 'react-i18next'
import { CodeEditor } from '~/editor/CodeEditor'
import type { Problem } from '~/editor/CodeMirrorEditor'
import type { ContentField, Limit } from './carried'
import { LimitText } from './LimitText'
import type { FieldProblems } from './problems'
import './templates.css'

interface Props {
  fields: readonly ContentField[]
  /** Keys of which there must be exactly one; none where there is no such choice. */
  exactlyOneOf: readonly string[]
  /** About the body as a whole. */
  limits: readonly Limit[]
  /** The body as the preview has it. */
  rendered: unknown
  problems: FieldProblems
  readOnly: boolean
}

/** What a key of a content is called; one that this console does not know goes by its own name. */
function useKeyName() {
  const { t, i18n } = useTranslation()
  return (key: string) =>
    i18n.exists(`templates.keys.${key}`) ? t(`templates.keys.${key}` as 'templates.keys.text') : key
}

/** The fields of a form of content; what is wrong in one stands in it, at its line. */
export function ContentFields({ fields, exactlyOneOf, limits, rendered, problems, readOnly }: Props) {
  const { t } = useTranslation()
  const nameOf = useKeyName()
  const shared = { problems, rendered, readOnly }
  return (
    <>
      {exactlyOneOf.length > 0 && (
        <p className="muted content-note">{t('templates.oneOf', { keys: exactlyOneOf.map(nameOf).join(' / ') })}</p>
      )}
      {fields.map((field) =>
        field.kind === 'list' ? (
          <ItemsField key={field.key} field={field} {...shared} />
        ) : (
          <OneField key={field.key} name={['content', field.key]} field={field} {...shared} />
        ),
      )}
      {limits.map((limit) => (
        <div key={limit.field} className="muted">
          {t('templates.wholeBody')} <LimitText limit={limit} rendered={rendered} />
        </div>
      ))}
    </>
  )
}

interface OneProps {
  name: (string | number)[]
  /** The whole path, where the name is within a list. */
  path?: (string | number)[]
  field: ContentField
  problems: FieldProblems
  rendered: unknown
  readOnly: boolean
}

function OneField({ name, path = name, field, problems, rendered, readOnly }: OneProps) {
  const label = useKeyName()(field.key)
  const wrong = problems.get(path.join('.'))
  return (
    <Form.Item
      name={name}
      label={label}
      required={field.required}
      {...(field.limits.length > 0
        ? { extra: field.limits.map((limit) => <LimitText key={limit.field} limit={limit} rendered={rendered} />) }
        : {})}
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

function ItemsField({ field, ...shared }: Pick<OneProps, 'field' | 'problems' | 'rendered' | 'readOnly'>) {
  const { t } = useTranslation()
  const nameOf = useKeyName()
  return (
    <Form.Item
      label={nameOf(field.key)}
      required={field.required}
      {...(Number.isFinite(field.max) ? { extra: t('templates.maxItems', { max: field.max }) } : {})}
    >
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
                {field.of.map((part) => (
                  <OneField
                    key={part.key}
                    name={[name, part.key]}
                    path={['content', field.key, name, part.key]}
                    field={part}
                    {...shared}
                  />
                ))}
              </div>
            ))}
            <Button
              type="dashed"
              icon={<PlusOutlined aria-hidden />}
              disabled={items.length >= field.max}
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
