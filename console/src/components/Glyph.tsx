import type { AbstractNode, IconDefinition } from '@ant-design/icons-svg/es/types'

/** One of Ant Design's icons as bare SVG: a list shows hundreds, and the usual component costs more than a row. */
export function Glyph({ of }: { of: IconDefinition }) {
  const svg = of.icon as AbstractNode
  return (
    <span className="anticon" aria-hidden>
      <svg viewBox={svg.attrs.viewBox} width="1em" height="1em" fill="currentColor" focusable="false" aria-hidden>
        {svg.children?.map(({ attrs }) => (
          <path key={attrs.d} d={attrs.d} />
        ))}
      </svg>
    </span>
  )
}
