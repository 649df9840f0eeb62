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
  if (ms < 10) return `${ms.toFixed(1)} ms`
  if (ms < 1000) return `${Math.round(ms)} ms`
  const seconds = ms / 1000
  if (seconds < 60) return `${seconds.toFixed(1)} s`
  const minutes = Math.floor(seconds / 60)
  if (minutes < 60) return `${minutes} min ${Math.floor(seconds % 60)} s`
  const hours = Math.floor(minutes / 60)
  return hours < 48 ? `${hours} h ${minutes % 60} min` : `${Math.floor(hours / 24)} d ${hours % 24} h`
}
