import { useQuery, useQueryClient, useSuspenseQuery } from '@tanstack/react-query'
import { useEffect, useRef } from 'react'
import { query } from '~/api/query'
import { useLive } from '~/api/useLive'
import type { MessageProgressSubscription } from '~/gql/graphql'
import { useScope } from '~/session/scope'
import { MessageProgress, MessageStamp } from './documents'
import { type MessageDetail, messageQuery } from './query'

/** Events come in flocks: what they changed is read once for each flock. */
const SETTLE_MS = 150

/**
 * The server's subscription to a message ends with it, and one to all messages would tell a great deal for the few that are
 * set under way again: by a colleague, by a bulk job.
 */
const ENDED_EVERY_MS = 5000

/** A message by either of its names, live while it is under way; once it has ended it is looked at now and then. */
export function useMessage(name: string): MessageDetail | null {
  const { tenantId } = useScope()
  const queryClient = useQueryClient()
  const { data: message } = useSuspenseQuery(messageQuery(name, tenantId))
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined)
  useEffect(() => () => clearTimeout(timer.current), [])
  const readSoon = () => {
    timer.current ??= setTimeout(() => {
      timer.current = undefined
      void queryClient.invalidateQueries({ queryKey: ['messages', 'one', name] })
    }, SETTLE_MS)
  }
  const underWay = message !== null && message.finishedAt == null
  const followed = underWay ? { messageId: message.messageId, tenantId: message.tenantId } : undefined
  useLive(MessageProgress, followed, {
    onBatch: (batch) => {
      if (!message || batch.some(({ messageStatus }) => isNews(messageStatus, message))) readSoon()
    },
    onGap: readSoon,
  })
  const stamp = useStamp(message, !underWay)
  const changed = message !== null && stamp.updatedAt !== undefined && stamp.updatedAt > message.updatedAt
  // biome-ignore lint/correctness/useExhaustiveDependencies: asked again with each look, for as long as it is not read
  useEffect(() => {
    if (changed) readSoon()
  }, [changed, stamp.lookedAt])
  return message
}

/** When the message last changed, as far as that is known; asked for only while the page is in view. */
function useStamp(message: MessageDetail | null, ended: boolean) {
  const { data, dataUpdatedAt } = useQuery({
    ...query('messages', MessageStamp, { id: message?.id ?? '' }),
    enabled: message !== null && ended,
    initialData: { message },
    refetchInterval: ENDED_EVERY_MS,
  })
  return { updatedAt: data.message?.updatedAt, lookedAt: dataUpdatedAt }
}

/** The first event tells the present status, which mostly is what was just read. */
function isNews(event: MessageProgressSubscription['messageStatus'], message: MessageDetail): boolean {
  return event.taskId != null || event.messageStatus !== message.status || event.at > message.updatedAt
}
