import { ErrorView } from '~/components/ErrorView'
import { useScope } from '~/session/scope'
import { Charts } from './Charts'
import { ByBusinessType, ByChannel } from './Groups'
import { OpenBreakers } from './OpenBreakers'
import { Reasons } from './Reasons'
import type { Range } from './span'
import { Tiles } from './Tiles'
import { useOverview } from './useOverview'

/** All that is counted over the range, and what may explain it. */
export function Numbers({ range }: { range: Range }) {
  const { zoneOf } = useScope()
  const { data, error, refetch } = useOverview(range)
  // Numbers that are there stay: a refresh that failed is made good by the next.
  if (error && !data) return <ErrorView error={error} reset={() => void refetch()} />
  return (
    <>
      <Tiles numbers={data} range={range} />
      <Charts numbers={data} range={range} zone={zoneOf(undefined)} />
      <div className="columns">
        <ByChannel numbers={data} />
        <ByBusinessType numbers={data} />
      </div>
      <div className="columns">
        <Reasons numbers={data} />
        <OpenBreakers />
      </div>
    </>
  )
}
