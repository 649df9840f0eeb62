/** So many characters at the end tell ids of one moment apart. */
const TAIL = 8

/** An id that gives way at its head: its end tells it from its neighbours. Inline, so that it is copied in one piece. */
export function MessageId({ id }: { id: string }) {
  return (
    <span className="message-id mono">
      <span className="clip">{id.slice(0, -TAIL)}</span>
      {id.slice(-TAIL)}
    </span>
  )
}
