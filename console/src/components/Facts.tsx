import type { CSSProperties, ReactNode } from 'react'

export type Fact = readonly [name: string, value: ReactNode, room?: 'wide']

interface Props {
  facts: readonly Fact[]
  /** In rows of about the same length, across the whole width. */
  even?: boolean
}

/** So many in each row that none is left alone below full ones, where a row has room for `most`. */
const inEachRow = (count: number, most: number) => Math.ceil(count / Math.max(1, Math.ceil(count / most)))

/** Names and values; what has no value is left out. What may be long gets a line of its own. */
export function Facts({ facts, even }: Props) {
  const told = facts.filter(([, value]) => value !== null && value !== undefined && value !== '' && value !== false)
  const rows = { '--columns': inEachRow(told.length, 6), '--few-columns': inEachRow(told.length, 4) } as CSSProperties
  return (
    <dl className={even ? 'facts even' : 'facts'} style={even ? rows : undefined}>
      {told.map(([name, value, room]) => (
        <div key={name} className={room === 'wide' ? 'wide' : undefined}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  )
}
