import { graphql } from '~/gql'
import type { BusinessTypeNamesQueryVariables, ChannelConfigFilter, TemplateFilter } from '~/gql/graphql'
import { allOf } from './readAll'

/** What there is to choose from, by name. Exported for tests, which answer it. */
export const ChannelNamesQuery = graphql(`
  query ChannelNames($filter: ChannelConfigFilter, $first: Int, $after: String) {
    channelConfigs(filter: $filter, first: $first, after: $after) {
      nodes { id name channelType storeId enabled }
      pageInfo { hasNextPage endCursor }
    }
  }
`)

export const TemplateNamesQuery = graphql(`
  query TemplateNames($filter: TemplateFilter, $first: Int, $after: String) {
    templates(filter: $filter, first: $first, after: $after) {
      nodes { id name businessType channelType }
      pageInfo { hasNextPage endCursor }
    }
  }
`)

export const BusinessTypeNamesQuery = graphql(`
  query BusinessTypeNames($tenantId: ID, $first: Int, $after: String) {
    businessTypes(tenantId: $tenantId, first: $first, after: $after) {
      nodes { id tenantId code name }
      pageInfo { hasNextPage endCursor }
    }
  }
`)

export const channelNames = (filter: ChannelConfigFilter) =>
  allOf('channels', ChannelNamesQuery, { filter }, (data) => data.channelConfigs)

export const templateNames = (filter: TemplateFilter) =>
  allOf('templates', TemplateNamesQuery, { filter }, (data) => data.templates)

export const businessTypeNames = (tenantId: BusinessTypeNamesQueryVariables['tenantId']) =>
  allOf('businessTypes', BusinessTypeNamesQuery, { tenantId }, (data) => data.businessTypes)
