import { DatePicker } from 'antd'
import type { TimeFieldProps } from './TimeField'
import { instantOf, wall } from './zoned'

/** Loaded by TimeField alone: the calendar is a good part of a page's weight. */
export default function ZonedDatePicker({ value, onChange, zone, ...field }: TimeFieldProps) {
  return (
    <DatePicker
      {...field}
      showTime
      // Its now would be the browser's clock.
      showNow={false}
      defaultPickerValue={wall(undefined, zone)}
      value={value ? wall(value, zone) : null}
      onChange={(shown) => onChange?.(shown && !Array.isArray(shown) ? instantOf(shown, zone) : undefined)}
      style={{ flex: 1 }}
    />
  )
}
