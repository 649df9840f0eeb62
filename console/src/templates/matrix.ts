import { queryOptions } from '@tanstack/react-query'
import { businessTypeNames, channelNames } from '~/api/names'
import { readAll } from '~/api/readAll'
import { CHANNEL_TYPES } from '~/components/ChannelName'
import type { ChannelType, TemplateCellFragment } from '~/gql/graphql'
import { TemplatesQuery } from './documents'

export interface MatrixRow {
  key: string
  tenantId: string
  businessType: string
  /** The registered name, where there is one. */
  name: string | undefined
  cells: Map<ChannelType, TemplateCellFragment[]>
}

export interface Matrix {
  rows: MatrixRow[]
  columns: ChannelType[]
  /** There are more templates than were read. */
  cut: boolean
}

/** All templates, laid out by business type and channel; also the rows and columns that have none, which are gaps. */
export function matrixQuery(tenantId: string | null = null) {
  return queryOptions({
    queryKey: ['templates', 'matrix', tenantId],
    queryFn: async ({ client, signal }): Promise<Matrix> => {
      const [templates, businessTypes, channels] = await Promise.all([
        readAll(TemplatesQuery, { filter: { tenantId } }, (data) => data.templates, signal),
        client.fetchQuery(businessTypeNames(tenantId)),
        client.fetchQuery(channelNames({ tenantId, enabled: true })),
      ])
      const cut = templates.cut || businessTypes.cut || channels.cut
      return { ...lay(templates.nodes, businessTypes.nodes, channels.nodes), cut }
    },
  })
}

export function lay(
  templates: readonly TemplateCellFragment[],
  businessTypes: readonly { tenantId: string; code: string; name: string }[],
  channels: readonly { channelType: ChannelType }[],
): Omit<Matrix, 'cut'> {
  const rows = new Map<string, MatrixRow>()
  const rowOf = (tenantId: string, businessType: string): MatrixRow => {
    const key = `${tenantId}/${businessType}`
    const known = rows.get(key)
    if (known) return known
    const made: MatrixRow = { key, tenantId, businessType, name: undefined, cells: new Map() }
    rows.set(key, made)
    return made
  }
  for (const { tenantId, code, name } of businessTypes) rowOf(tenantId, code).name = name
  for (const template of templates) {
    const { cells } = rowOf(template.tenantId, template.businessType)
    cells.set(template.channelType, [...(cells.get(template.channelType) ?? []), template])
  }
  const used = new Set([...templates, ...channels].map(({ channelType }) => channelType))
  return {
    rows: [...rows.values()].sort((one, other) => one.key.localeCompare(other.key)),
    columns: CHANNEL_TYPES.filter((type) => used.has(type)),
  }
}
