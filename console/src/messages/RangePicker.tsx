import { DatePicker } from 'antd'
import type { Dayjs } from 'dayjs'
import { useTranslation } from 'react-i18next'
import { instantOf, wall } from '~/components/zoned'
import { useScope } from '~/session/scope'
import type { TimeRangeProps } from './TimeRange'

/** Shown and chosen in the tenant's zone, as the times in the list are. */
export default function RangePicker({ label, from, to, onChange }: TimeRangeProps) {
  const { t } = useTranslation()
  const { zoneOf } = useScope()
  const zone = zoneOf(undefined)
  const shown = (time: string | undefined) => (time ? wall(time, zone) : null)
  const instant = (time: Dayjs | null | undefined) => (time ? instantOf(time, zone) : undefined)
  const last = (amount: number, unit: 'hour' | 'day') =>
    [wall(undefined, zone).subtract(amount, unit), null] as [Dayjs, null]
  return (
    <DatePicker.RangePicker
      // It is here because somebody asked for it.
      defaultOpen
      autoFocus
      showTime={{ format: 'HH:mm' }}
      format="YYYY-MM-DD HH:mm"
      allowEmpty={[true, true]}
      style={{ width: 280 }}
      aria-label={label}
      placeholder={[t('messages.from'), t('messages.to')]}
      value={[shown(from), shown(to)]}
      presets={[
        { label: t('messages.lastHour'), value: () => last(1, 'hour') as unknown as [Dayjs, Dayjs] },
        { label: t('messages.lastDay'), value: () => last(1, 'day') as unknown as [Dayjs, Dayjs] },
        { label: t('messages.lastWeek'), value: () => last(7, 'day') as unknown as [Dayjs, Dayjs] },
      ]}
      onChange={(range) => onChange({ from: instant(range?.[0]), to: instant(range?.[1]) })}
    />
  )
}
