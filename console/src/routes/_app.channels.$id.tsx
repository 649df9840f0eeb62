import { useSuspenseQuery } from '@tanstack/react-query'
import { createFileRoute, notFound } from '@tanstack/react-router'
import { query } from '~/api/query'
import { ChannelForm } from '~/channels/ChannelForm'
import { BREAKERS_EVERY_MS, ChannelQuery } from '~/channels/documents'
import { NotFound } from '~/components/NotFound'

export const Route = createFileRoute('/_app/channels/$id')({
  component: ChannelPage,
  notFoundComponent: NotFound,
})

function ChannelPage() {
  const { id } = Route.useParams()
  return id === 'new' ? <ChannelForm /> : <Stored key={id} id={id} />
}

function Stored({ id }: { id: string }) {
  const { data } = useSuspenseQuery({ ...query('channels', ChannelQuery, { id }), refetchInterval: BREAKERS_EVERY_MS })
  if (!data.channelConfig) throw notFound()
  return <ChannelForm key={data.channelConfig.updatedAt} stored={data.channelConfig} />
}
