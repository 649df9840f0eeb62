import { CalendarOutlined } from '@ant-design/icons'
import { lazy, Suspense, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { clock, isoDay } from '~/components/timeFormat'
import { useScope } from '~/session/scope'
import './timeRange.css'

export interface TimeRangeProps {
  label: string
  from: string | undefined
  to: string | undefined
  onChange: (range: { from: string | undefined; to: string | undefined }) => void
}

const loadPicker = () => import('./RangePicker')
/** The calendar is a good part of a page's weight, and few visits open it: it comes when it is reached for. */
const RangePicker = lazy(loadPicker)

/** A range of times; until it is opened, a button that says which. */
export function TimeRange(props: TimeRangeProps) {
  const { label, from, to } = props
  const { t } = useTranslation()
  const { tenantId, zoneOf } = useScope()
  const [wanted, setWanted] = useState(false)
  const zone = zoneOf(undefined)
  const text = (time: string | undefined, none: string) => {
    if (!time) return <span className="time-range-none">{none}</span>
    const date = new Date(time)
    return `${isoDay(date, zone)} ${clock(date, zone).slice(0, 5)}`
  }
  const closed = (
    <button
      type="button"
      className="time-range"
      aria-haspopup="dialog"
      aria-busy={wanted}
      onClick={() => setWanted(true)}
      onPointerEnter={() => void loadPicker()}
      onFocus={() => void loadPicker()}
    >
      <span className="hidden-label">{label}: </span>
      <span>{text(from, t('messages.from'))}</span>
      <span aria-hidden>→</span>
      <span>{text(to, t('messages.to'))}</span>
      <CalendarOutlined aria-hidden />
    </button>
  )
  const range = wanted ? (
    <Suspense fallback={closed}>
      <RangePicker {...props} />
    </Suspense>
  ) : (
    closed
  )
  // Among the rows of all tenants nothing else says whose clock this is.
  if (tenantId) return range
  return (
    <div className="row">
      {range}
      <span className="muted zone-name">{zone}</span>
    </div>
  )
}
