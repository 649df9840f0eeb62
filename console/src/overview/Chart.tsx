import { BarChart, LineChart } from 'echarts/charts'
import { GridComponent, TooltipComponent } from 'echarts/components'
import { type ECharts, init, use } from 'echarts/core'
import { SVGRenderer } from 'echarts/renderers'
import { useEffect, useRef } from 'react'
import { useDark } from '~/theme/preference'
import type { Line } from './ChartCard'
import { between } from './steps'

use([BarChart, LineChart, GridComponent, TooltipComponent, SVGRenderer])

export interface ChartProps {
  /** What it shows, for who does not see it. */
  label: string
  times: readonly string[]
  lines: readonly Line[]
  format: (value: number) => string
  /** Where the axis says it shorter. */
  tick?: ((value: number) => string) | undefined
  /** A logarithmic axis with a line at each of these that lies between what is shown. */
  steps?: readonly number[]
  min?: number
  max?: number
}

const colour = (name: string) => getComputedStyle(document.documentElement).getPropertyValue(name).trim()

/** Lines and bars over time, in the colours of the theme. It never moves by itself: numbers come every few seconds. */
export default function Chart({ label, times, lines, format, tick = format, steps, min, max }: ChartProps) {
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
    const axis = {
      axisLabel: { color: colour('--text-2'), hideOverlap: true },
      axisLine: { lineStyle: { color: colour('--border') } },
      axisTick: { show: false },
    }
    const marks: Marks = steps ? marksOf(between(steps, lines)) : {}
    chart.current?.setOption(
      {
        animation: false,
        grid: { left: 58, right: 14, top: 12, bottom: 26 },
        tooltip: {
          trigger: 'axis',
          confine: true,
          backgroundColor: colour('--surface'),
          borderColor: colour('--border-strong'),
          textStyle: { color: colour('--text'), fontSize: 12.5 },
          valueFormatter: (value: unknown) => (typeof value === 'number' ? format(value) : '–'),
        },
        xAxis: { type: 'category', data: times, boundaryGap: lines.some(({ bar }) => bar), ...axis },
        yAxis: {
          type: steps ? 'log' : 'value',
          ...(steps ? {} : { min: min ?? 0 }),
          ...(max === undefined ? {} : { max, interval: (max - (min ?? 0)) / 4 }),
          splitNumber: 4,
          ...axis,
          ...marks,
          splitLine: { lineStyle: { color: colour('--border') }, ...marks.splitLine },
          // Without anything to show the axis would make up its numbers.
          axisLabel: { ...axis.axisLabel, ...marks.axisLabel, show: lines.some(hasNumbers), formatter: tick },
        },
        series: lines.map((line) => seriesOf(line, times.length)),
      },
      { notMerge: true },
    )
  }, [times, lines, format, tick, steps, min, max, dark])

  return <div ref={place} role="img" aria-label={label} className="chart" />
}

const hasNumbers = ({ data }: Line) => data.some((value) => !!value)

interface Marks {
  min?: number | undefined
  max?: number | undefined
  axisLabel?: { customValues: number[] }
  splitLine?: { customValues: number[] }
}

function marksOf(steps: readonly number[]): Marks {
  const customValues = [...steps]
  return { min: steps[0], max: steps.at(-1), axisLabel: { customValues }, splitLine: { customValues } }
}

/** What tells the parts of a bar from each other without their colours. */
function decalOf(pattern: Line['pattern']) {
  const ink = { color: colour('--chart-pattern'), backgroundColor: 'transparent' }
  if (pattern === 'stripes') {
    return { ...ink, symbol: 'rect', dashArrayX: [1, 0], dashArrayY: [2, 3], rotation: -Math.PI / 4 }
  }
  if (pattern === 'dots') {
    return {
      ...ink,
      symbol: 'circle',
      symbolSize: 0.8,
      dashArrayX: [
        [4, 4],
        [0, 4, 4, 0],
      ],
      dashArrayY: [4, 0],
    }
  }
  return undefined
}

function seriesOf({ name, variable, dash, bar, pattern, data }: Line, count: number) {
  const ink = colour(variable)
  if (bar) {
    // Few among many must not vanish, and none must not show.
    const some = data.map((value) => value || null)
    const gap = count > 60 ? '10%' : '25%'
    const itemStyle = { decal: decalOf(pattern) }
    return { name, type: 'bar', stack: 'all', data: some, barMinHeight: 2, barCategoryGap: gap, color: ink, itemStyle }
  }
  // A single point between gaps is no line: it needs a dot to be seen.
  const alone = (index: number) => data[index - 1] == null && data[index + 1] == null
  return {
    name,
    type: 'line',
    data,
    symbol: 'circle',
    showAllSymbol: true,
    symbolSize: (_: unknown, { dataIndex }: { dataIndex: number }) => (alone(dataIndex) ? 5 : 0),
    connectNulls: false,
    lineStyle: { color: ink, width: 1.75, type: dash ?? 'solid' },
    itemStyle: { color: ink },
  }
}
