import type { MessageNumbersFragment } from '~/gql/graphql'

/** Share of what was delivered whole among what was tried, 0 to 1; none where nothing was tried. */
export function successRate({ succeeded, partiallySucceeded, failed }: MessageNumbersFragment): number | null {
  return share(succeeded, succeeded + partiallySucceeded + failed)
}

export const share = (part: number, whole: number): number | null => (whole > 0 ? part / whole : null)

export const poor = ({ failed, partiallySucceeded }: { failed: number; partiallySucceeded: number }): number =>
  failed + partiallySucceeded

const formats = new Map<string, Intl.NumberFormat>()

function format(language: string, options: Intl.NumberFormatOptions): Intl.NumberFormat {
  const key = `${language} ${JSON.stringify(options)}`
  const known = formats.get(key) ?? new Intl.NumberFormat(language, options)
  formats.set(key, known)
  return known
}

/** 12,345 */
export const whole = (value: number, language: string): string => format(language, {}).format(value)

/** 99.95 %, and never 100 % while something failed. */
export function percent(value: number | null, language: string): string {
  if (value === null) return '–'
  const shown = value < 1 ? Math.min(Math.round(value * 10_000) / 10_000, 0.9999) : 1
  return format(language, { style: 'percent', maximumFractionDigits: 2 }).format(shown)
}

export interface Rate {
  value: number
  per: 'second' | 'minute' | 'hour'
}

/** So many in so many milliseconds, by the unit in which it is at least one. */
export function rate(count: number, ms: number): Rate {
  const perSecond = ms > 0 ? (count * 1000) / ms : 0
  if (perSecond >= 1) return { value: perSecond, per: 'second' }
  if (perSecond * 60 >= 1) return { value: perSecond * 60, per: 'minute' }
  return { value: perSecond * 3600, per: 'hour' }
}

/** One decimal below a hundred, none above. */
export const rounded = (value: number, language: string): string =>
  format(language, { maximumFractionDigits: value < 100 ? 1 : 0 }).format(value)

/** By how much it changed, as a share of what it was; none where that was nothing or unknown. */
export function change(now: number | null | undefined, before: number | null | undefined): number | null {
  if (now == null || before == null || before === 0) return null
  return (now - before) / before
}

/** +12 %, −3 %, ±0 %; what is more than tenfold is said as a factor: ×14. */
export function changeText(value: number, language: string): string {
  if (value >= 9) return `×${whole(Math.round(value + 1), language)}`
  const text = format(language, { style: 'percent', maximumFractionDigits: 0, signDisplay: 'exceptZero' }).format(value)
  return /[1-9]/.test(text) ? text : '±0%'
}

/** +0.4, −1.2: percentage points. */
export function points(now: number | null, before: number | null, language: string): string | null {
  if (now === null || before === null) return null
  const value = (now - before) * 100
  const text = format(language, { maximumFractionDigits: 1, signDisplay: 'exceptZero' }).format(value)
  return /[1-9]/.test(text) ? text : '±0'
}
