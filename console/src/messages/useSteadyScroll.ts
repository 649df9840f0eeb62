import { type RefObject, useEffect, useLayoutEffect, useRef, useState } from 'react'

/** Keeps what is being read where it is when rows come in above; answers how many came in unseen. */
export function useSteadyScroll(
  scroller: RefObject<HTMLDivElement | null>,
  prepended: number,
  rowHeight: number,
): number {
  const before = useRef(prepended)
  const [seen, setSeen] = useState(prepended)
  useLayoutEffect(() => {
    const added = prepended - before.current
    before.current = prepended
    const element = scroller.current
    if (!element || added === 0) return
    if (added > 0 && element.scrollTop > 0) element.scrollTop += added * rowHeight
    else setSeen(prepended)
  }, [prepended, scroller, rowHeight])
  useEffect(() => {
    const element = scroller.current
    const onScroll = () => element?.scrollTop === 0 && setSeen(before.current)
    element?.addEventListener('scroll', onScroll, { passive: true })
    return () => element?.removeEventListener('scroll', onScroll)
  }, [scroller])
  return Math.max(prepended - seen, 0)
}
