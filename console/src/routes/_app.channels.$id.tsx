import { useSuspenseQuery } from '@tanstack/react-query'
import { createFileRoute, notFound } from '@tanstack/react-router'
import * as v from 'valibot'
import { query } from '~/api/query'
import { ChannelForm } from '~/channels/ChannelForm'
import { BREAKERS_EVERY_MS, ChannelQuery } from '~/channels/documents'
import { copied, toFields } from '~/channels/fields'
import { NotFound } from '~/components/NotFound'

/** `copy`: the channel that a new one is filled in from. */
const search = v.object({ copy: v.optional(v.fallback(v.optional(v.string()), undefined)) })

export const Route = createFileRoute('/_app/channels/$id')({
  validateSearch: search,
  component: ChannelPage,
  notFoundComponent: NotFound,
})

function ChannelPage() {
  const { id } = Route.useParams()
  const { copy } = Route.useSearch()
  if (id !== 'new') return <Stored key={id} id={id} />
  if (copy) return <Copied key={copy} id={copy} />
  return <ChannelForm initial={{ channelType: 'LOCAL', name: '' }} />
}

function useChannel(id: string) {
  const { data } = useSuspenseQuery({ ...query('channels', ChannelQuery, { id }), refetchInterval: BREAKERS_EVERY_MS })
  if (!data.channelConfig) throw notFound()
  return data.channelConfig
}

function Stored({ id }: { id: string }) {
  const channel = useChannel(id)
  return <ChannelForm key={channel.updatedAt} stored={channel} initial={toFields(channel)} />
}

function Copied({ id }: { id: string }) {
  return <ChannelForm initial={copied(useChannel(id))} />
}
