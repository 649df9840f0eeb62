import { queryOptions } from '@tanstack/react-query'
import { request } from '~/api/client'
import { CHANNEL_TYPES } from '~/components/ChannelName'
import type { ChannelType, TemplateCellFragment } from '~/gql/graphql'
import { MatrixFrameQuery, TemplatesQuery } from './documents'

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

const PAGES_AT_MOST = 20

/** All templates, laid out by business type and channel, with the rows and columns that have none. */
export function matrixQuery(tenantId: string | undefined) {
  return queryOptions({
    queryKey: ['templates', 'matrix', tenantId],
    queryFn: async ({ signal }): Promise<Matrix> => {
      const frame = await request(MatrixFrameQuery, { tenantId: tenantId ?? null }, { signal })
      const templates: TemplateCellFragment[] = []
      let after: string | null = null
      for (let page = 0; page < PAGES_AT_MOST; page++) {
        const { templates: next }: Awaited<ReturnType<typeof read>> = await read(tenantId, after, signal)
        templates.push(...next.nodes)
        after = next.pageInfo.hasNextPage ? (next.pageInfo.endCursor ?? null) : null
        if (after === null) break
      }
      return { ...lay(templates, frame), cut: after !== null }
    },
  })
}

const read = (tenantId: string | undefined, after: string | null, signal: AbortSignal) =>
  request(TemplatesQuery, { filter: { tenantId: tenantId ?? null }, first: 100, after }, { signal })

interface Frame {
  businessTypes: { nodes: readonly { tenantId: string; code: string; name: string }[] }
  channelConfigs: { nodes: readonly { channelType: ChannelType }[] }
}

export function lay(templates: readonly TemplateCellFragment[], frame: Frame): Omit<Matrix, 'cut'> {
  const rows = new Map<string, MatrixRow>()
  const rowOf = (tenantId: string, businessType: string): MatrixRow => {
    const key = `${tenantId}/${businessType}`
    const known = rows.get(key)
    if (known) return known
    const made: MatrixRow = { key, tenantId, businessType, name: undefined, cells: new Map() }
    rows.set(key, made)
    return made
  }
  for (const { tenantId, code, name } of frame.businessTypes.nodes) rowOf(tenantId, code).name = name
  for (const template of templates) {
    const { cells } = rowOf(template.tenantId, template.businessType)
    cells.set(template.channelType, [...(cells.get(template.channelType) ?? []), template])
  }
  const used = new Set([...templates, ...frame.channelConfigs.nodes].map(({ channelType }) => channelType))
  return {
    rows: [...rows.values()].sort((one, other) => one.key.localeCompare(other.key)),
    columns: CHANNEL_TYPES.filter((type) => used.has(type)),
  }
}
