import i18next from 'i18next'

const cache = new Map<string, Intl.DateTimeFormat>()

/** Making a formatter costs far more than using it, and a list formats hundreds of times. */
function formatter(zone: string): Intl.DateTimeFormat {
  const known = cache.get(zone)
  if (known) return known
  const made = new Intl.DateTimeFormat('en-CA', {
    timeZone: zone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    fractionalSecondDigits: 3,
    hourCycle: 'h23',
  })
  cache.set(zone, made)
  return made
}

function parts(date: Date, zone: string): Record<string, string> {
  return Object.fromEntries(
    formatter(zone)
      .formatToParts(date)
      .map(({ type, value }) => [type, value]),
  )
}

/** 2026-11-21 */
export function isoDay(date: Date, zone: string): string {
  const { year, month, day } = parts(date, zone)
  return `${year}-${month}-${day}`
}

/** 14:33:28.308 */
export function clock(date: Date, zone: string): string {
  const { hour, minute, second, fractionalSecond } = parts(date, zone)
  return `${hour}:${minute}:${second}.${fractionalSecond}`
}

/** 2026-11-21 14:33:28.308 */
export function instant(date: Date, zone: string): string {
  return `${isoDay(date, zone)} ${clock(date, zone)}`
}

/** A length of time as one reads it: 0.4 ms, 12 ms, 3.2 s, 4 min 10 s, 2 h 5 min. */
export function duration(ms: number): string {
  if (ms < 1000) return i18next.t('duration.ms', { ms: ms < 10 ? ms.toFixed(1) : Math.round(ms) })
  const seconds = ms / 1000
  if (seconds < 60) return i18next.t('duration.s', { s: seconds.toFixed(1) })
  const min = Math.floor(seconds / 60)
  if (min < 60) return i18next.t('duration.min', { min, s: Math.floor(seconds % 60) })
  const h = Math.floor(min / 60)
  if (h < 48) return i18next.t('duration.h', { h, min: min % 60 })
  return i18next.t('duration.d', { d: Math.floor(h / 24), h: h % 24 })
}

/** A step's length of time: what is too short to be told is still not nothing. */
export function took(ms: number): string {
  return ms < 0.05 ? i18next.t('duration.ms', { ms: '<0.1' }) : duration(ms)
}
