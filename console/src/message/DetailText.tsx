import { Link } from '@tanstack/react-router'
import { useScope } from '~/session/scope'
import { type Piece, pieces } from './detail'

/** The words of a verdict or an attempt; what they name is a link for whoever may look at it. */
export function DetailText({ text }: { text: string }) {
  // biome-ignore lint/suspicious/noArrayIndexKey: the pieces of one text never move
  return pieces(text).map((piece, index) => <Part key={index} piece={piece} />)
}

function Part({ piece }: { piece: Piece }) {
  const { can } = useScope()
  if (typeof piece === 'string') return piece
  const { kind, id, name } = piece
  if (kind === 'message') {
    return (
      <Link to="/messages/$id" params={{ id }} className="mono">
        {name}
      </Link>
    )
  }
  if (!can('readConfig')) return name
  return (
    <Link to={kind === 'channel' ? '/channels/$id' : '/templates/$id'} params={{ id }}>
      {name}
    </Link>
  )
}
