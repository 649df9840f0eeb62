import { Form, InputNumber, Select, Switch } from 'antd'
import { useTranslation } from 'react-i18next'

const NUMBERS = {
  retry: [
    ['maxCount', 0, 20],
    ['intervalSeconds', 1, 86_400],
    ['backoffMultiplier', 1, 10],
    ['maxIntervalSeconds', 1, 604_800],
    ['jitter', 0, 1],
  ],
  timeout: [
    ['singleChannelSeconds', 1, 300],
    ['allChannelsSeconds', 1, 3600],
  ],
  breaker: [
    ['failures', 1, 1000],
    ['openSeconds', 1, 3600],
    ['maxOpenSeconds', 1, 86_400],
  ],
  retention: [
    ['messagesMonths', 1, 120],
    ['timelineMonths', 1, 120],
    ['inboxMonths', 1, 120],
  ],
  workers: [
    ['processConcurrency', 1, 10_000],
    ['deliverConcurrency', 1, 10_000],
  ],
} as const

const MODES = ['PARALLEL', 'SEQUENTIAL', 'PRIORITY'] as const

export function SettingGroup({ group }: { group: keyof typeof NUMBERS | 'execution' }) {
  const { t } = useTranslation()
  return (
    <section className="card">
      <h2>{t(`settings.groups.${group}`)}</h2>
      {group === 'execution' ? (
        <Execution />
      ) : (
        <div className="facts">
          {group === 'breaker' && (
            <Form.Item name={['breaker', 'enabled']} label={t('common.enabledField')} valuePropName="checked">
              <Switch />
            </Form.Item>
          )}
          {NUMBERS[group].map(([name, min, max]) => (
            <Form.Item
              key={name}
              name={[group, name]}
              label={t(`settings.names.${name}`)}
              extra={t('settings.range', { min, max })}
              rules={[{ required: true, message: t('common.required') }]}
            >
              <InputNumber min={min} max={max} step={name === 'jitter' ? 0.05 : 1} style={{ width: '100%' }} />
            </Form.Item>
          ))}
        </div>
      )}
    </section>
  )
}

function Execution() {
  const { t } = useTranslation()
  return (
    <div className="facts">
      <Form.Item name={['execution', 'mode']} label={t('message.mode')}>
        <Select options={MODES.map((one) => ({ value: one, label: t(`executionMode.${one}`) }))} />
      </Form.Item>
      {(['continueOnFail', 'skipOnSuccess'] as const).map((name) => (
        <Form.Item
          key={name}
          name={['execution', name]}
          label={t(`settings.names.${name}`)}
          extra={t('settings.priorityOnly')}
          valuePropName="checked"
        >
          <Switch />
        </Form.Item>
      ))}
    </div>
  )
}
