import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { clock, duration, isoDay } from '~/components/timeFormat'
import type { MessageNumbersFragment } from '~/gql/graphql'
import { ChartCard, type Line } from './ChartCard'
import { Now } from './Now'
import { percent, poor, successRate, whole } from './numbers'
import { type Range, shapeOf } from './span'
import { LATENCY_STEPS, latencyTick } from './steps'
import type { OverviewNumbers } from './useOverview'

interface Props {
  numbers: OverviewNumbers | undefined
  range: Range
  zone: string
}

type Bucket = OverviewNumbers['now']['groups'][number]['buckets'][number]

const NO_BUCKETS: readonly Bucket[] = []

/** Throughput, success rate and latency over time, each by its own measure. */
export function Charts({ numbers, range, zone }: Props) {
  const { t, i18n } = useTranslation()
  const language = i18n.language
  const buckets = numbers?.now.groups[0]?.buckets ?? NO_BUCKETS
  // While another range is on its way the old one is still shown, and so are its times.
  const days = (numbers?.now.interval ?? shapeOf(range).interval) === 'HOUR'
  const times = useMemo(() => buckets.map(({ at }) => timeText(at, zone, days)), [buckets, zone, days])
  const shown = useMemo(() => {
    const of = (pick: (counts: MessageNumbersFragment) => number | null) =>
      buckets.map(({ counts }) => (counts.messages ? pick(counts.messages) : null))
    const line = (name: string, variable: Line['variable'], data: Line['data'], more: Partial<Line> = {}): Line => ({
      name,
      variable,
      data,
      ...more,
    })
    const bar = { bar: true }
    return {
      throughput: [
        line(
          t('overview.succeeded'),
          '--chart-good',
          of((one) => one.succeeded),
          bar,
        ),
        line(t('overview.poor'), '--chart-bad', of(poor), { bar: true, pattern: 'stripes' }),
        line(
          t('overview.gone'),
          '--chart-idle',
          of((one) => one.skipped + one.cancelled),
          { bar: true, pattern: 'dots' },
        ),
        line(t('overview.accepted'), '--chart-main', whileUnderWay(of((one) => one.accepted ?? null)), {
          dash: 'dashed',
        }),
      ],
      success: [line(t('overview.successRate'), '--chart-good', of(successRate))],
      latency: [
        line(
          t('overview.p50'),
          '--chart-main',
          of((one) => one.latency.p50Ms ?? null),
        ),
        line(
          t('overview.p99'),
          '--chart-warn',
          of((one) => one.latency.p99Ms ?? null),
          { dash: 'dashed' },
        ),
      ],
    }
  }, [buckets, t])
  const formats = useMemo(
    () => ({
      count: (value: number) => whole(value, language),
      rate: (value: number) => percent(value, language),
      time: (value: number) => duration(value),
    }),
    [language],
  )
  const lowest = Math.min(1, ...(shown.success[0]?.data ?? []).filter((value) => value !== null))
  return (
    <>
      <ChartCard
        title={t(days ? 'overview.perHour' : 'overview.perMinute')}
        label={t('overview.throughputChart')}
        beside={
          <>
            <span className="muted overview-now">{zone}</span>
            <Now />
          </>
        }
        times={times}
        lines={shown.throughput}
        format={formats.count}
      />
      <div className="columns">
        <ChartCard
          title={t('overview.successRate')}
          label={t('overview.successChart')}
          times={times}
          lines={shown.success}
          format={formats.rate}
          min={floorOf(lowest)}
          max={1}
        />
        <ChartCard
          title={t('overview.latency')}
          label={t('overview.latencyChart')}
          times={times}
          lines={shown.latency}
          format={formats.time}
          tick={latencyTick}
          steps={LATENCY_STEPS}
        />
      </div>
    </>
  )
}

/** The bucket under way is not over: as a line it would look like a fall. */
function whileUnderWay(data: readonly (number | null)[]): readonly (number | null)[] {
  return data.map((value, index) => (index === data.length - 1 ? null : value))
}

/** Where the axis of a share begins, so that what matters is not a thin line at the top. */
export function floorOf(lowest: number): number {
  if (lowest >= 0.99) return 0.98
  if (lowest >= 0.9) return 0.8
  return lowest >= 0.5 ? 0.4 : 0
}

function timeText(at: string, zone: string, withDay: boolean): string {
  const date = new Date(at)
  const time = clock(date, zone).slice(0, 5)
  return withDay ? `${isoDay(date, zone).slice(5)} ${time}` : time
}
