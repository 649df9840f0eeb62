import { Explained } from './Explained'
import { clock, instant, isoDay } from './timeFormat'

interface Props {
  at: string | null | undefined
  zone: string
  /** To the millisecond, without the day or with it: in a trace, which says the day where it is another. */
  exact?: 'clock' | 'instant'
  /** Names the zone beside it, where it is no tenant's that the page is about. */
  named?: boolean
  /** The viewer's time is reached by keyboard and touch too. Not in lists, where it would be a stop in each row. */
  reachable?: boolean
}

const ownZone = Intl.DateTimeFormat().resolvedOptions().timeZone

/** A time in the tenant's zone; the viewer's on hover. */
export function Time({ at, zone, exact, named, reachable }: Props) {
  if (!at) return <span className="muted">–</span>
  const date = new Date(at)
  const both = `${instant(date, zone)} ${zone}${zone === ownZone ? '' : `\n${instant(date, ownZone)} ${ownZone}`}`
  const time = (
    <time
      dateTime={at}
      title={reachable ? undefined : both}
      className="nowrap"
      style={{ fontVariantNumeric: 'tabular-nums' }}
    >
      {textOf(date, zone, exact)}
    </time>
  )
  return (
    <>
      {reachable ? <Explained why={both}>{time}</Explained> : time}
      {named && <span className="muted zone-name"> {zone}</span>}
    </>
  )
}

function textOf(date: Date, zone: string, exact: Props['exact']): string {
  if (exact === 'instant') return instant(date, zone)
  return exact === 'clock' ? clock(date, zone) : `${isoDay(date, zone)} ${clock(date, zone).slice(0, 8)}`
}
