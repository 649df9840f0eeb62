import type { ReactNode } from 'react'
import { ErrorView } from '~/components/ErrorView'
import { useScope } from '~/session/scope'
import { Charts } from './Charts'
import { ByBusinessType, ByChannel } from './Groups'
import { Reasons } from './Reasons'
import type { Range } from './span'
import { Tiles } from './Tiles'
import { useOverview } from './useOverview'

interface Props {
  range: Range
  /** What matters most, and has to be there without numbers too: right below the totals. */
  urgent: ReactNode
  underWay: ReactNode
}

/** All that is counted over the range, and what may explain it. */
export function Numbers({ range, urgent, underWay }: Props) {
  const { zoneOf } = useScope()
  const { data, error, refetch } = useOverview(range)
  // Numbers that are there stay: a refresh that failed is made good by the next.
  if (error && !data) {
    return (
      <>
        <ErrorView error={error} reset={() => void refetch()} />
        {urgent}
        {underWay}
      </>
    )
  }
  return (
    <>
      <Tiles numbers={data} range={range} />
      {urgent}
      <Charts numbers={data} range={range} zone={zoneOf(undefined)} />
      <div className="columns">
        <ByChannel numbers={data} />
        <ByBusinessType numbers={data} />
      </div>
      <div className="columns">
        <Reasons numbers={data} />
        {underWay}
      </div>
    </>
  )
}
