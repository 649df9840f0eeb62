import { clock, instant, isoDay } from './timeFormat'

interface Props {
  at: string | null | undefined
  zone: string
  /** Leaves out the day, to the millisecond: in a trace, which is within one. */
  clockOnly?: boolean
}

const ownZone = Intl.DateTimeFormat().resolvedOptions().timeZone

/** A time in the tenant's zone; the viewer's on hover. */
export function Time({ at, zone, clockOnly }: Props) {
  if (!at) return <span className="muted">–</span>
  const date = new Date(at)
  const hover = `${instant(date, zone)} ${zone}${zone === ownZone ? '' : `\n${instant(date, ownZone)} ${ownZone}`}`
  return (
    <time dateTime={at} title={hover} className="nowrap" style={{ fontVariantNumeric: 'tabular-nums' }}>
      {clockOnly ? clock(date, zone) : `${isoDay(date, zone)} ${clock(date, zone).slice(0, 8)}`}
    </time>
  )
}
