import { Form, InputNumber, Select, Switch } from 'antd'
import { useTranslation } from 'react-i18next'
import type { ChannelFragment } from '~/gql/graphql'
import type { DescribedType } from './types'
import { useLimitWords } from './useLimitWords'

const UNITS = ['SECOND', 'MINUTE', 'HOUR', 'DAY'] as const
const POLICIES = ['DEFER', 'REJECT'] as const
const HOURS = Array.from({ length: 24 }, (_, hour) => ({ value: hour, label: `${String(hour).padStart(2, '0')}` }))

interface Switchable {
  name: 'rateLimit' | 'timeWindow'
  label: string
  initial: object
  /** What holds while it is off. */
  off?: string | undefined
}

/** A field that is absent while its switch is off. */
function Switched({ name, label, initial, off }: Switchable) {
  const form = Form.useFormInstance()
  const value = Form.useWatch(name, form)
  return (
    <Form.Item label={label} htmlFor={`${name}-on`} extra={value == null ? off : undefined}>
      <Switch
        id={`${name}-on`}
        checked={value != null}
        onChange={(on) => form.setFieldValue(name, on ? initial : null)}
      />
    </Form.Item>
  )
}

interface Props {
  described: DescribedType | undefined
  stored: ChannelFragment | undefined
}

export function LimitFields({ described, stored }: Props) {
  const { t } = useTranslation()
  const words = useLimitWords()
  const form = Form.useFormInstance()
  const limited = Form.useWatch('rateLimit', form) != null
  const windowed = Form.useWatch('timeWindow', form) != null
  const needed = [{ required: true, message: t('channels.limitNeeded') }]
  const policies = POLICIES.map((one) => ({ value: one, label: t(`overLimit.${one}`) }))
  const ofProvider = described?.providerLimit
  // Whether it is the provider's own host is known of what is stored; of a new channel it is said as a condition.
  const kept = stored && !stored.rateLimit ? stored.rateLimitInForce : undefined
  const unlimited = kept
    ? t('channels.keptToProvider', { limit: words(kept) })
    : ofProvider && t('channels.providerTakes', { host: ofProvider.host, limit: words(ofProvider.limit) })
  return (
    <>
      {/* Registered whatever the switches say, so that the values outlive them. */}
      <Form.Item name="rateLimit" hidden noStyle />
      <Form.Item name="timeWindow" hidden noStyle />
      <Switched
        name="rateLimit"
        label={t('channels.rateLimit')}
        initial={{ count: 20, window: 1, unit: 'MINUTE' }}
        off={unlimited ?? undefined}
      />
      {limited && (
        <Form.Item label={t('channels.atMost')} required>
          <div className="row">
            <Form.Item name={['rateLimit', 'count']} noStyle rules={needed}>
              <InputNumber min={1} max={100000} aria-label={t('channels.limitCount')} />
            </Form.Item>
            <span className="nowrap">{t('channels.in')}</span>
            <Form.Item name={['rateLimit', 'window']} noStyle rules={needed}>
              <InputNumber min={1} aria-label={t('channels.limitWindow')} />
            </Form.Item>
            <Form.Item name={['rateLimit', 'unit']} noStyle>
              <Select
                style={{ width: 120 }}
                aria-label={t('channels.limitUnit')}
                options={UNITS.map((one) => ({ value: one, label: t(`timeUnit.${one}`) }))}
              />
            </Form.Item>
          </div>
        </Form.Item>
      )}
      {/* Also without a limit of its own, where the provider's is kept to. */}
      {(limited || unlimited) && (
        <Form.Item name="onRateLimit" label={t('channels.onRateLimit')}>
          <Select options={policies} />
        </Form.Item>
      )}
      <Switched name="timeWindow" label={t('channels.timeWindow')} initial={{ startHour: 8, endHour: 21 }} />
      {windowed && (
        <>
          <Form.Item label={t('channels.hours')} extra={t('channels.hoursHelp')} required>
            <div className="row">
              <Form.Item name={['timeWindow', 'startHour']} noStyle>
                <Select style={{ width: 90 }} aria-label={t('channels.firstHour')} options={HOURS} />
              </Form.Item>
              –
              <Form.Item name={['timeWindow', 'endHour']} noStyle>
                <Select style={{ width: 90 }} aria-label={t('channels.lastHour')} options={HOURS} />
              </Form.Item>
              <Form.Item name={['timeWindow', 'timezone']} noStyle>
                <Select
                  allowClear
                  showSearch
                  style={{ flex: 1 }}
                  aria-label={t('channels.zone')}
                  placeholder={t('channels.tenantZone')}
                  options={Intl.supportedValuesOf('timeZone').map((zone) => ({ value: zone, label: zone }))}
                />
              </Form.Item>
            </div>
          </Form.Item>
          <Form.Item name="onClosedWindow" label={t('channels.onClosedWindow')}>
            <Select options={policies} />
          </Form.Item>
        </>
      )}
    </>
  )
}
