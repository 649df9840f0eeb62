import { useSuspenseQuery } from '@tanstack/react-query'
import { createFileRoute, notFound } from '@tanstack/react-router'
import * as v from 'valibot'
import { query } from '~/api/query'
import { CHANNEL_TYPES } from '~/components/ChannelName'
import { NotFound } from '~/components/NotFound'
import { useHeld } from '~/edits/useHeld'
import type { ChannelType } from '~/gql/graphql'
import { sampleText, type TemplateFields } from '~/templates/content'
import { TemplateQuery } from '~/templates/documents'
import { TemplateEditor } from '~/templates/TemplateEditor'

const text = v.optional(v.fallback(v.optional(v.string()), undefined))

/** What a new template is for, where it was begun from a gap; `for` is the tenant. */
const search = v.object({
  businessType: text,
  channelType: v.optional(
    v.fallback(v.optional(v.picklist(CHANNEL_TYPES as readonly [ChannelType, ...ChannelType[]])), undefined),
  ),
  for: text,
})

export const Route = createFileRoute('/_app/templates/$id')({
  validateSearch: search,
  component: TemplatePage,
  notFoundComponent: NotFound,
})

function TemplatePage() {
  const { id } = Route.useParams()
  const { businessType, channelType = 'LOCAL', for: tenantId } = Route.useSearch()
  if (id !== 'new') return <Stored key={id} id={id} />
  const initial: TemplateFields = {
    ...(tenantId ? { tenantId } : {}),
    ...(businessType ? { businessType } : {}),
    channelType,
    messageType: 'TEXT',
    name: '',
    enabled: true,
    content: {},
    sampleData: '',
  }
  return <TemplateEditor initial={initial} />
}

function Stored({ id }: { id: string }) {
  const { data, refetch } = useSuspenseQuery(query('templates', TemplateQuery, { id }))
  const readAnew = async () => (await refetch()).data?.template ?? null
  const { held: template, editing } = useHeld(data.template ?? null, ({ version }) => version, readAnew)
  if (!template) throw notFound()
  const { tenantId, businessType, channelType, messageType, name, locale, enabled } = template
  return (
    <TemplateEditor
      key={template.version}
      stored={template}
      editing={editing}
      initial={{
        tenantId,
        businessType,
        channelType,
        messageType,
        name,
        enabled,
        ...(locale ? { locale } : {}),
        content: template.content as Record<string, unknown>,
        sampleData: sampleText(template.sampleData),
      }}
    />
  )
}
