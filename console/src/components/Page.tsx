import { type ReactNode, useEffect } from 'react'

interface Props {
  title: string
  /** Shown beside the title, e.g. a state. */
  beside?: ReactNode
  actions?: ReactNode
  explain?: ReactNode
  /** The page fills the window and scrolls inside itself. */
  full?: boolean
  children: ReactNode
}

export function Page({ title, beside, actions, explain, full, children }: Props) {
  useEffect(() => {
    document.title = `${title} · Posthorn`
  }, [title])
  return (
    <div className={full ? 'page full' : 'page'}>
      <div className="page-head">
        <div>
          <div className="row wrap">
            <h1>{title}</h1>
            {beside}
          </div>
          {explain && <p className="muted">{explain}</p>}
        </div>
        {actions && <div className="row wrap">{actions}</div>}
      </div>
      {children}
    </div>
  )
}
