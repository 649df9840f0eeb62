import type { ReactNode } from 'react'

interface Props {
  icon?: ReactNode
  title: string
  children?: ReactNode
}

/** In place of a list that has nothing in it: says why, and what could be done. */
export function Blank({ icon, title, children }: Props) {
  return (
    <div className="blank">
      {icon}
      <strong>{title}</strong>
      {children}
    </div>
  )
}
