import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { Explained } from '~/components/Explained'
import { duration } from '~/components/timeFormat'
import type { MessageNumbersFragment } from '~/gql/graphql'
import { change, changeText, percent, points, poor, rate, rounded, successRate, whole } from './numbers'
import type { Range } from './span'
import type { OverviewNumbers } from './useOverview'

interface Tile {
  name: string
  value: ReactNode
  /** What the number is made of. */
  of?: string | false | null | undefined
  /** What else is in it that one would not expect, and why. */
  more?: { note: string; why: string } | undefined
  /** Beside the range before; null where there is nothing to compare with. */
  change: string | null
  before: string
}

/** The totals of the range, each with what it was in the range before. */
export function Tiles({ numbers, range }: { numbers: OverviewNumbers | undefined; range: Range }) {
  const { t } = useTranslation()
  const tiles = useTiles(numbers, range)
  // Said once for all, rather than under each.
  const incomparable = numbers !== undefined && tiles.every(({ change: by }) => by === null)
  return (
    <section className={incomparable ? 'card tiles incomparable' : 'card tiles'} aria-label={t('overview.totals')}>
      <dl>
        {tiles.map(({ name, value, of, more, change: by, before }) => (
          <div key={name} className="tile">
            <dt>{name}</dt>
            <dd>
              <strong className="tile-value">{value}</strong>
              {of && <span className="muted">{of}</span>}
              {more && (
                <span className="muted">
                  <Explained why={more.why}>{more.note}</Explained>
                </span>
              )}
              {!incomparable && (
                <span className="muted tile-change" title={t(`overview.before.${range}`, { value: before })}>
                  {by === null ? '–' : t(`overview.change.${range}`, { change: by })}
                </span>
              )}
            </dd>
          </div>
        ))}
      </dl>
      {incomparable && <p className="muted tiles-note">{t(`overview.noBefore.${range}`)}</p>}
    </section>
  )
}

function useTiles(numbers: OverviewNumbers | undefined, range: Range): Tile[] {
  const { t, i18n } = useTranslation()
  const language = i18n.language
  const now = numbers?.now.total.messages
  const before = numbers?.before.total.messages
  const count = (value: number | null | undefined) => (value == null ? '–' : whole(value, language))
  const time = (value: number | null | undefined) => (value == null ? '–' : duration(value))
  const byCount = (one: number | null | undefined, other: number | null | undefined) => {
    const by = change(one, other)
    return by === null ? null : changeText(by, language)
  }
  const elapsed = numbers ? Date.now() - Date.parse(numbers.now.from) : 0
  const pace = rate(now?.accepted ?? 0, elapsed)
  const retried = [numbers?.now.total.tasks?.retried, numbers?.before.total.tasks?.retried] as const
  const shares = [now ? successRate(now) : null, before ? successRate(before) : null] as const
  const inPoints = points(...shares, language)
  const latency = (name: 'p50Ms' | 'p99Ms') => ({
    name: t(name === 'p50Ms' ? 'overview.latencyP50' : 'overview.latencyP99'),
    value: time(now?.latency[name]),
    change: byCount(now?.latency[name], before?.latency[name]),
    before: time(before?.latency[name]),
  })
  const moreThanAccepted = ({ accepted, reopened, succeeded, ...others }: MessageNumbersFragment) => {
    if (reopened > 0) {
      const note = t('overview.endedAgain', { value: count(reopened) })
      return { note, why: t('overview.endedExplain', { count: reopened }) }
    }
    if (succeeded + poor(others) <= (accepted ?? 0)) return undefined
    return { note: t('overview.endedEarlier'), why: t('overview.endedEarlierExplain') }
  }
  return [
    {
      name: t('overview.accepted'),
      value: count(now?.accepted),
      // So many an hour is no news of a single hour.
      of: now && pace.per !== range && t(`overview.rate.${pace.per}`, { value: rounded(pace.value, language) }),
      change: byCount(now?.accepted, before?.accepted),
      before: count(before?.accepted),
    },
    {
      name: t('overview.successRate'),
      value: percent(shares[0], language),
      of: now && t('overview.succeededOf', { done: count(now.succeeded), all: count(now.succeeded + poor(now)) }),
      more: now ? moreThanAccepted(now) : undefined,
      change: inPoints === null ? null : t('overview.points', { value: inPoints }),
      before: percent(shares[1], language),
    },
    {
      name: t('overview.poor'),
      value: now ? count(poor(now)) : '–',
      of: now && t('overview.failedAndPartial', { failed: count(now.failed), partial: count(now.partiallySucceeded) }),
      change: byCount(now && poor(now), before && poor(before)),
      before: before ? count(poor(before)) : '–',
    },
    latency('p50Ms'),
    latency('p99Ms'),
    {
      name: t('overview.retried'),
      value: count(retried[0]),
      change: byCount(...retried),
      before: count(retried[1]),
    },
  ]
}
