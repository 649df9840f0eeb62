import type { ReactNode } from 'react'

export type Fact = readonly [name: string, value: ReactNode, room?: 'wide']

/** Names and values; what has no value is left out. What may be long gets a line of its own. */
export function Facts({ facts }: { facts: readonly Fact[] }) {
  return (
    <dl className="facts">
      {facts
        .filter(([, value]) => value !== null && value !== undefined && value !== '' && value !== false)
        .map(([name, value, room]) => (
          <div key={name} className={room === 'wide' ? 'wide' : undefined}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
    </dl>
  )
}
