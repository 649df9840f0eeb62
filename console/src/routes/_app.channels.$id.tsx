import { useSuspenseQuery } from '@tanstack/react-query'
import { createFileRoute, notFound } from '@tanstack/react-router'
import { query } from '~/api/query'
import { ChannelForm } from '~/channels/ChannelForm'
import { BREAKERS_EVERY_MS, ChannelQuery } from '~/channels/documents'
import { NotFound } from '~/components/NotFound'
import { useHeld } from '~/edits/useHeld'

export const Route = createFileRoute('/_app/channels/$id')({
  component: ChannelPage,
  notFoundComponent: NotFound,
})

function ChannelPage() {
  const { id } = Route.useParams()
  return id === 'new' ? <ChannelForm /> : <Stored key={id} id={id} />
}

function Stored({ id }: { id: string }) {
  const { data, refetch } = useSuspenseQuery({
    ...query('channels', ChannelQuery, { id }),
    refetchInterval: BREAKERS_EVERY_MS,
  })
  const readAnew = async () => (await refetch()).data?.channelConfig ?? null
  const { held, editing } = useHeld(data.channelConfig ?? null, ({ updatedAt }) => updatedAt, readAnew)
  if (!held) throw notFound()
  return <ChannelForm key={held.updatedAt} stored={held} editing={editing} />
}
