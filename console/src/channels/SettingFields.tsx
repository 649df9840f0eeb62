import { DeleteOutlined, PlusOutlined } from '@ant-design/icons'
import { Button, Form, Input, InputNumber, Select, Switch } from 'antd'
import type { Rule } from 'antd/es/form'
import { useTranslation } from 'react-i18next'
import { JsonField } from '~/editor/JsonField'
import type { ChannelType } from '~/gql/graphql'
import { useScope } from '~/session/scope'
import { isMask } from './config'
import { EntriesField } from './EntriesField'
import { SecretField } from './SecretField'
import type { Setting } from './schema'
import { useWords } from './useWords'
import './channels.css'

type Path = (string | number)[]

interface Props {
  channelType: ChannelType
  settings: readonly Setting[]
  /** Where the settings stand in the form, below the list that they are in. */
  name: Path
  /** The config of a channel that is there already, its secrets masked. */
  stored?: unknown
}

/** The fields of a channel's settings, as the server describes them. */
export function SettingFields({ channelType, settings, name, stored }: Props) {
  return settings.map((setting) => (
    <SettingField
      key={setting.key}
      channelType={channelType}
      setting={setting}
      name={[...name, setting.key]}
      stored={(stored as Record<string, unknown> | undefined)?.[setting.key]}
    />
  ))
}

interface FieldProps {
  channelType: ChannelType
  setting: Setting
  name: Path
  stored: unknown
}

function SettingField({ channelType, setting, name, stored }: FieldProps) {
  const { t } = useTranslation()
  const { titleOf, helpOf } = useWords(channelType)
  const label = titleOf(setting)
  const { kind, required } = setting
  const kept = setting.secret && (isMask(stored) || (kind === 'entries' && stored != null))
  const extra = (
    <>
      {helpOf(setting)}
      {kept && <div>{t('channels.secretKept')}</div>}
    </>
  )
  if (kind === 'group')
    return (
      <fieldset className="setting-group">
        <legend>{label}</legend>
        <p className="muted">{helpOf(setting)}</p>
        <SettingFields channelType={channelType} settings={setting.of} name={name} stored={stored} />
      </fieldset>
    )
  if (kind === 'entries' || kind === 'list')
    return (
      <Form.Item label={label} required={required} extra={extra}>
        {kind === 'entries' ? (
          <EntriesField name={name} title={label} secret={setting.secret} />
        ) : (
          <Items channelType={channelType} setting={setting} name={name} title={label} />
        )}
      </Form.Item>
    )
  const rules: Rule[] = []
  if (required) rules.push({ required, whitespace: kind === 'text', message: t('common.required') })
  // Blank would quietly keep what is stored; there are buttons for that and for taking it away.
  else if (isMask(stored) && setting.secret)
    rules.push({ validator: (_, value) => (value === '' ? Promise.reject(t('common.required')) : Promise.resolve()) })
  if (kind === 'json')
    rules.push({ validator: (_, value) => (isJson(value) ? Promise.resolve() : Promise.reject(t('channels.notJson'))) })
  return (
    <Form.Item
      name={name}
      label={label}
      extra={extra}
      rules={rules}
      // One who has just asked to replace a secret need not hear at once that it is missing.
      {...(setting.secret ? { validateTrigger: [] } : {})}
      {...(kind === 'flag' ? { valuePropName: 'checked' } : {})}
    >
      {control(setting, label)}
    </Form.Item>
  )
}

function control(setting: Setting, label: string) {
  switch (setting.kind) {
    case 'text':
      if (setting.secret) return <SecretField label={label} clearable={!setting.required} />
      return (
        <Input
          type="text"
          {...(setting.url ? { inputMode: 'url' } : {})}
          {...(setting.most ? { maxLength: setting.most } : {})}
        />
      )
    case 'choice':
      return (
        <Select
          allowClear={!setting.required}
          options={setting.options.map((value) => ({ value, label: String(value) }))}
        />
      )
    case 'number': {
      const { min, max, whole } = setting
      return (
        <InputNumber
          style={{ width: 200 }}
          {...(min === undefined ? {} : { min })}
          {...(max === undefined ? {} : { max })}
          {...(whole ? { precision: 0 } : {})}
        />
      )
    }
    case 'flag':
      return <Switch />
    case 'texts':
      return (
        <Select
          mode="tags"
          open={false}
          suffixIcon={null}
          tokenSeparators={[',', ' ', '，']}
          {...(setting.most ? { maxCount: setting.most } : {})}
        />
      )
    default:
      return <JsonField label={label} />
  }
}

interface ItemsProps {
  channelType: ChannelType
  setting: Extract<Setting, { kind: 'list' }>
  name: Path
  title: string
}

function Items({ channelType, setting: { of, least, most }, name, title }: ItemsProps) {
  const { t } = useTranslation()
  const { can } = useScope()
  return (
    <Form.List name={name}>
      {(items, { add, remove }, { errors }) => (
        <div className="stack" style={{ gap: 8 }}>
          {items.map(({ key, name: at }, index) => (
            <fieldset key={key} className="setting-group">
              <legend>{index + 1}</legend>
              <SettingFields channelType={channelType} settings={of} name={[at]} />
              {can('configure') && items.length > least && (
                <Button
                  size="small"
                  icon={<DeleteOutlined aria-hidden />}
                  aria-label={t('channels.removeEntry', { title, number: index + 1 })}
                  onClick={() => remove(at)}
                >
                  {t('common.delete')}
                </Button>
              )}
            </fieldset>
          ))}
          <Form.ErrorList errors={errors} />
          {can('configure') && (
            <div>
              <Button
                type="dashed"
                icon={<PlusOutlined aria-hidden />}
                disabled={items.length >= most}
                onClick={() => add({})}
              >
                {t('channels.addEntry', { title })}
              </Button>
            </div>
          )}
        </div>
      )}
    </Form.List>
  )
}

function isJson(text: unknown): boolean {
  try {
    JSON.parse(String(text ?? '').trim() || 'null')
    return true
  } catch {
    return false
  }
}
