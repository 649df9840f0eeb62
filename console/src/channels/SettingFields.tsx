import { Form, Input, Select, Switch } from 'antd'
import { useTranslation } from 'react-i18next'
import type { ChannelType } from '~/gql/graphql'
import { SETTINGS, type Setting } from './settings'

interface Props {
  channelType: ChannelType
  /** The config of a channel that is there already, its secrets masked. */
  stored: unknown
}

/** The fields that a kind of channel needs, by the table of settings. */
export function SettingFields({ channelType, stored }: Props) {
  const { t } = useTranslation()
  const settings = SETTINGS[channelType] ?? []
  return settings.map((setting) => {
    const { key, kind, required } = setting
    const has = typeof stored === 'object' && stored !== null && key in stored
    const kept = has && (kind === 'secret' || key === 'webhook')
    return (
      <Form.Item
        key={key}
        name={['config', key]}
        label={t(`channels.settings.${key}`)}
        extra={kept ? t('channels.secretKept') : t(`channels.settingHelp.${key}`)}
        rules={required ? [{ required, message: t('common.required') }] : []}
        {...(kind === 'flag' ? { valuePropName: 'checked' } : {})}
      >
        {control(setting)}
      </Form.Item>
    )
  })
}

function control({ kind, example = '' }: Setting) {
  switch (kind) {
    case 'flag':
      return <Switch />
    case 'texts':
      return (
        <Select mode="tags" open={false} suffixIcon={null} tokenSeparators={[',', ' ', '，']} placeholder={example} />
      )
    case 'headers':
      return <Input.TextArea autoSize={{ minRows: 2 }} placeholder={example} className="mono" />
    case 'secret':
      return <Input.Password autoComplete="new-password" placeholder={example} />
    case 'url':
      return <Input type="text" inputMode="url" placeholder={example} />
  }
}
