import { queryOptions } from '@tanstack/react-query'
import { request } from '~/api/client'
import type { MessageDetailFragment } from '~/gql/graphql'
import { MessageById, MessageByMessageId } from './documents'

export type MessageDetail = MessageDetailFragment

/** By either name that a message has: Posthorn's id, or the messageId that its sender gave. */
export function messageQuery(name: string, tenantId: string | undefined) {
  return queryOptions({
    queryKey: ['messages', 'one', name, tenantId],
    queryFn: async ({ signal }): Promise<MessageDetail | null> => {
      if (name.startsWith('msg_')) {
        const { message } = await request(MessageById, { id: name }, { signal })
        if (message) return message
      }
      const byName = { messageId: name, tenantId: tenantId ?? null }
      return (await request(MessageByMessageId, byName, { signal })).message ?? null
    },
  })
}
