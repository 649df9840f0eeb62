import { LineChart } from 'echarts/charts'
import { GridComponent, TooltipComponent } from 'echarts/components'
import { type ECharts, init, use } from 'echarts/core'
import { SVGRenderer } from 'echarts/renderers'
import { useEffect, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { clock } from '~/components/timeFormat'
import { useDark } from '~/theme/preference'
import type { Second } from './useLiveCounts'

use([LineChart, GridComponent, TooltipComponent, SVGRenderer])

/** Each line has its own dash as well as its own colour. */
const LINES = [
  ['accepted', '--busy', 'solid'],
  ['succeeded', '--ok', 'dashed'],
  ['failed', '--bad', 'dotted'],
  ['gone', '--idle', [6, 2, 1, 2]],
] as const

const colour = (name: string) => getComputedStyle(document.documentElement).getPropertyValue(name).trim()

export default function LiveChart({ seconds, zone }: { seconds: readonly Second[]; zone: string }) {
  const { t } = useTranslation()
  const dark = useDark()
  const place = useRef<HTMLDivElement>(null)
  const chart = useRef<ECharts>(undefined)

  useEffect(() => {
    if (!place.current) return
    const made = init(place.current, null, { renderer: 'svg' })
    chart.current = made
    const observer = new ResizeObserver(() => made.resize())
    observer.observe(place.current)
    return () => {
      observer.disconnect()
      made.dispose()
    }
  }, [])

  // biome-ignore lint/correctness/useExhaustiveDependencies: the colours are read anew when the theme changes
  useEffect(() => {
    const axis = { axisLabel: { color: colour('--text-2') }, axisLine: { lineStyle: { color: colour('--border') } } }
    chart.current?.setOption({
      animation: false,
      grid: { left: 36, right: 12, top: 12, bottom: 26 },
      tooltip: {
        trigger: 'axis',
        backgroundColor: colour('--surface'),
        borderColor: colour('--border'),
        textStyle: { color: colour('--text') },
      },
      xAxis: {
        type: 'category',
        data: seconds.map(({ at }) => clock(new Date(at * 1000), zone).slice(0, 8)),
        boundaryGap: false,
        ...axis,
        axisTick: { show: false },
      },
      yAxis: {
        type: 'value',
        minInterval: 1,
        max: ({ max }: { max: number }) => Math.max(max, 5),
        splitLine: { lineStyle: { color: colour('--border') } },
        ...axis,
      },
      series: LINES.map(([name, variable, type]) => ({
        name: t(`overview.${name}`),
        type: 'line',
        showSymbol: false,
        data: seconds.map((second) => second[name]),
        lineStyle: { color: colour(variable), width: 1.5, type },
        itemStyle: { color: colour(variable) },
      })),
    })
  }, [seconds, zone, dark, t])

  return <div ref={place} role="img" aria-label={t('overview.chart')} style={{ height: '100%' }} />
}
