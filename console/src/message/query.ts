import { queryOptions } from '@tanstack/react-query'
import { request } from '~/api/client'
import type { MessageDetailFragment } from '~/gql/graphql'
import { viewerQuery } from '~/session/viewer'
import { MessageById, MessageByMessageId, MessageNamed } from './documents'

export type MessageDetail = MessageDetailFragment

/** Beyond so many tenants it is not asked of each whether it has a message. */
const TENANTS_AT_MOST = 50

/**
 * The messages of this messageId, of whatever tenant; null where there are too many tenants to look through. Each is asked for its own:
 * for that the server has an index, which a search over all of them has not.
 */
export const namesakes = (messageId: string) =>
  queryOptions({
    queryKey: ['messages', 'named', messageId],
    queryFn: async ({ client, signal }) => {
      const { tenants } = await client.fetchQuery(viewerQuery())
      if (tenants.length > TENANTS_AT_MOST) return null
      const asked = tenants.map(({ id }) => request(MessageNamed, { messageId, tenantId: id }, { signal }))
      return (await Promise.all(asked)).flatMap(({ message }) => message ?? [])
    },
    // What is followed live is read again and again; one that nobody has may have come meanwhile.
    staleTime: ({ state }) => (state.data?.length ? 60_000 : 0),
  })

/**
 * By either name that a message has: Posthorn's id, or the messageId that its sender gave. That one means something within a tenant
 * only: where none is chosen, it is the only message of this name, or none.
 */
export function messageQuery(name: string, tenantId: string | undefined) {
  return queryOptions({
    queryKey: ['messages', 'one', name, tenantId],
    queryFn: async ({ client, signal }): Promise<MessageDetail | null> => {
      const byId = async (id: string) => (await request(MessageById, { id }, { signal })).message ?? null
      const found = name.startsWith('msg_') ? await byId(name) : null
      if (found) return found
      if (tenantId)
        return (await request(MessageByMessageId, { messageId: name, tenantId }, { signal })).message ?? null
      const [first, ...others] = (await client.fetchQuery(namesakes(name))) ?? []
      return first && others.length === 0 ? byId(first.id) : null
    },
  })
}
