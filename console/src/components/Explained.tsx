import { Tooltip } from 'antd'
import type { ReactNode } from 'react'

/** More about a few words, reachable by the keyboard and by touch as well as by the mouse. */
export function Explained({ children, why }: { children: ReactNode; why: string }) {
  return (
    <Tooltip title={why} trigger={['hover', 'focus', 'click']} styles={{ container: { whiteSpace: 'pre-line' } }}>
      <button type="button" className="explained">
        {children}
      </button>
    </Tooltip>
  )
}
