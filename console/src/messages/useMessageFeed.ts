import { useEffect, useEffectEvent, useRef, useState, useSyncExternalStore } from 'react'
import { request } from '~/api/client'
import { isPassing } from '~/api/errors'
import { useLive } from '~/api/useLive'
import type { MessageFilter } from '~/gql/graphql'
import { MessageRowQuery, MessagesQuery, StatusEvents } from './documents'
import { type FeedSource, MessageFeed } from './feed'

const PAGE = 100
/** Events say that something is new; what exactly is read at most this often. */
const REFRESH_EVERY_MS = 1000
/** While the server is away. */
const AGAIN_MS = 5000

function sourceOf(filter: MessageFilter): FeedSource {
  return {
    page: async (after) => {
      const { messages } = await request(MessagesQuery, { filter, first: PAGE, after: after ?? null })
      const { endCursor, hasNextPage } = messages.pageInfo
      return { nodes: messages.nodes, endCursor: endCursor ?? null, hasNextPage }
    },
    one: async (id) => (await request(MessageRowQuery, { id })).message ?? null,
  }
}

/** The feed of a filter: another filter, another feed. */
export function useMessageFeed(filter: MessageFilter) {
  const wanted = JSON.stringify(filter)
  const [made, setMade] = useState(() => ({ wanted, feed: new MessageFeed(sourceOf(filter)) }))
  if (made.wanted !== wanted) setMade({ wanted, feed: new MessageFeed(sourceOf(filter)) })
  const { feed } = made

  useEffect(() => void feed.start(), [feed])

  const timer = useRef<ReturnType<typeof setTimeout>>(undefined)
  const over = useRef(false)
  useEffect(() => {
    over.current = false
    return () => {
      over.current = true
      clearTimeout(timer.current)
    }
  }, [])
  const refreshSoon = useEffectEvent((delay = REFRESH_EVERY_MS) => {
    if (over.current) return
    timer.current ??= setTimeout(() => {
      timer.current = undefined
      // A refresh that fails is made good by the next: the list stays as it was.
      feed.refresh().then(
        () => feed.isBehind() && refreshSoon(),
        (error) => isPassing(error) && refreshSoon(AGAIN_MS),
      )
    }, delay)
  })

  const { tenantId = null, businessType = null } = filter
  // It begins with the present state of what the first page shows, so that nothing falls between reading and watching.
  useLive(
    StatusEvents,
    { filter: { tenantId, businessType }, present: PAGE },
    {
      onBatch: (batch) => {
        if (feed.apply(batch.map(({ statusEvents }) => statusEvents))) refreshSoon()
      },
      onGap: () => void feed.renew().catch(() => undefined),
    },
  )

  return { feed, state: useSyncExternalStore(feed.subscribe, feed.state) }
}
