import { Button } from 'antd'
import { lazy, type ReactNode, Suspense, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { ChartProps } from './Chart'

/** ECharts is more than the rest of the page together: the numbers need not wait for it. */
const Chart = lazy(() => import('./Chart'))

export interface Line {
  name: string
  /** The colour's name among the theme's variables. */
  variable: `--${string}`
  /** Lines differ by their dash as well as by their colour. */
  dash?: 'dashed' | 'dotted'
  bar?: boolean
  /** Bars differ by their pattern as well as by their colour. */
  pattern?: 'stripes' | 'dots'
  /** One for each time; null where there is nothing to show. */
  data: readonly (number | null)[]
}

interface Props extends ChartProps {
  title: string
  beside?: ReactNode
}

/** A chart with its legend, and the same as a table for who would rather read. */
export function ChartCard({ title, beside, ...chart }: Props) {
  const { t } = useTranslation()
  const [asTable, setAsTable] = useState(false)
  const { lines } = chart
  return (
    <section className="card">
      <div className="row spread chart-head">
        <h2>{title}</h2>
        <div className="row">
          {beside}
          <Button size="small" type="text" aria-pressed={asTable} onClick={() => setAsTable(!asTable)}>
            {t(asTable ? 'overview.asChart' : 'overview.asTable')}
          </Button>
        </div>
      </div>
      <ul className="legend">
        {lines.map(({ name, variable, dash, bar, pattern = '' }) => (
          <li key={name} className="legend-item">
            <span
              aria-hidden
              className={bar ? `legend-bar ${pattern}` : 'legend-line'}
              style={
                bar ? { backgroundColor: `var(${variable})` } : { borderTop: `2px ${dash ?? 'solid'} var(${variable})` }
              }
            />
            {name}
          </li>
        ))}
      </ul>
      <div className="chart-room">
        {asTable ? (
          <ChartTable {...chart} title={title} />
        ) : (
          <Suspense fallback={<div className="chart" aria-busy="true" />}>
            <Chart {...chart} />
          </Suspense>
        )}
      </div>
    </section>
  )
}

function ChartTable({ title, times, lines, format }: ChartProps & { title: string }) {
  const { t } = useTranslation()
  // The newest first: that is what is looked for.
  const order = times.map((_, index) => times.length - 1 - index)
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region is reachable
    <section className="chart-table" tabIndex={0} aria-label={title}>
      <table className="plain-table dense sticky">
        <thead>
          <tr>
            <th scope="col">{t('overview.time')}</th>
            {lines.map(({ name }) => (
              <th key={name} scope="col" className="number nowrap">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {order.map((index) => (
            <tr key={times[index]}>
              <th scope="row" className="nowrap">
                {times[index]}
              </th>
              {lines.map(({ name, data }) => {
                const value = data[index]
                return (
                  <td key={name} className="number nowrap">
                    {value == null ? '–' : format(value)}
                  </td>
                )
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}
