import { type RefObject, useLayoutEffect, useRef } from 'react'
import type { FeedState, MessageFeed } from './feed'
import type { Row } from './rows'

interface View {
  scroller: RefObject<HTMLDivElement | null>
  scrolled: boolean
  /** How far the list is scrolled, as it was last told: asking the element would have it laid out anew. */
  offset: number
  rowHeight: number
}

/** While the list is scrolled what is in view stays where it is, also when rows come in between others above it. */
export function useAnchor(feed: MessageFeed, { rows }: FeedState, unseen: number, view: View): void {
  const { scroller, scrolled, offset, rowHeight } = view
  const anchor = useRef<{ row: Row; index: number } | undefined>(undefined)
  useLayoutEffect(() => {
    const held = anchor.current
    const place = held && scrolled ? feed.placeOf(held.row) : undefined
    const moved = held && place !== undefined ? place - unseen - held.index : 0
    if (scroller.current && moved !== 0) scroller.current.scrollTop += moved * rowHeight
    const index = Math.floor(offset / rowHeight) + moved
    const row = rows[index + unseen]
    anchor.current = row && { row, index }
  }, [feed, rows, unseen, scroller, scrolled, offset, rowHeight])
}
