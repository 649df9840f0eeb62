import type { CSSProperties, ReactNode } from 'react'

export type Fact = readonly [name: string, value: ReactNode, room?: 'wide']

interface Props {
  facts: readonly Fact[]
  /** In rows of about the same length, across the whole width. */
  even?: boolean
}

const IN_A_ROW = 6

/** Names and values; what has no value is left out. What may be long gets a line of its own. */
export function Facts({ facts, even }: Props) {
  const told = facts.filter(([, value]) => value !== null && value !== undefined && value !== '' && value !== false)
  // Where a row is full, none is left alone in the next.
  const columns = Math.ceil(told.length / Math.ceil(told.length / IN_A_ROW))
  return (
    <dl
      className={even ? 'facts even' : 'facts'}
      style={even ? ({ '--columns': columns } as CSSProperties) : undefined}
    >
      {told.map(([name, value, room]) => (
        <div key={name} className={room === 'wide' ? 'wide' : undefined}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  )
}
