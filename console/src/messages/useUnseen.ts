import { type RefObject, useEffect, useState } from 'react'

/** So many new rows are drawn in one frame: a screenful at once would hold up what the reader does. */
const AT_ONCE = 6
/** However many have come in, they are all there after so many frames. */
const FRAMES = 40

/**
 * How many rows on top are held back: while the list is scrolled nothing moves, whatever comes in; at the top new rows
 * flow in, a few in each frame.
 */
export function useUnseen(
  scroller: RefObject<HTMLDivElement | null>,
  prepended: number,
): { unseen: number; scrolled: boolean } {
  const [scrolled, setScrolled] = useState(false)
  const [seen, setSeen] = useState(prepended)
  // Another feed begins at nothing again.
  if (prepended < seen) setSeen(prepended)

  useEffect(() => {
    if (scrolled || seen >= prepended) return
    const step = Math.max(AT_ONCE, Math.ceil((prepended - seen) / FRAMES))
    const frame = requestAnimationFrame(() => setSeen(Math.min(seen + step, prepended)))
    return () => cancelAnimationFrame(frame)
  }, [scrolled, seen, prepended])

  useEffect(() => {
    const element = scroller.current
    const onScroll = () => setScrolled((element?.scrollTop ?? 0) > 0)
    element?.addEventListener('scroll', onScroll, { passive: true })
    return () => element?.removeEventListener('scroll', onScroll)
  }, [scroller])

  return { unseen: Math.max(prepended - seen, 0), scrolled }
}
