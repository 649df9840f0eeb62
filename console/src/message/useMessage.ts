import { useQueryClient, useSuspenseQuery } from '@tanstack/react-query'
import { useEffect, useRef } from 'react'
import { useLive } from '~/api/useLive'
import type { MessageProgressSubscription } from '~/gql/graphql'
import { useScope } from '~/session/scope'
import { MessageProgress } from './documents'
import { type MessageDetail, messageQuery } from './query'

/** Events come in flocks: what they changed is read once for each flock. */
const SETTLE_MS = 150

/** A message by either of its names, live while it is under way. */
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
  return message
}

/** The first event tells the present status, which mostly is what was just read. */
function isNews(event: MessageProgressSubscription['messageStatus'], message: MessageDetail): boolean {
  return event.taskId != null || event.messageStatus !== message.status || event.at > message.updatedAt
}
