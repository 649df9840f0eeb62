import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { query } from '~/api/query'
import { Missing } from '~/components/Missing'
import { graphql } from '~/gql'
import { useScope } from '~/session/scope'

/** Exported for tests, which answer it. */
export const SetupQuery = graphql(`
  query Setup($tenantId: ID) {
    enabled: channelConfigs(filter: { tenantId: $tenantId, enabled: true }, first: 1) { totalCount }
    disabled: channelConfigs(filter: { tenantId: $tenantId, enabled: false }, first: 1) { totalCount }
    templates(filter: { tenantId: $tenantId }, first: 1) { totalCount }
    businessTypes(tenantId: $tenantId, first: 1) { totalCount }
  }
`)

/** What is set up, and the way to it; a number that is not known yet keeps its place. */
export function Setup() {
  const { t } = useTranslation()
  const { tenantId } = useScope()
  const { data, error, refetch } = useQuery(query('channels', SetupQuery, { tenantId: tenantId ?? null }))
  const places = [
    ['/channels', t('overview.channelsEnabled'), data?.enabled.totalCount],
    ['/channels', t('overview.channelsDisabled'), data?.disabled.totalCount],
    ['/templates', t('pages.templates'), data?.templates.totalCount],
    ['/business-types', t('pages.businessTypes'), data?.businessTypes.totalCount],
  ] as const
  return (
    <section className="card setup" aria-label={t('overview.setup')}>
      {places.map(([to, name, count]) => (
        <Link key={name} to={to}>
          <span className="muted">{name}</span>
          <strong>{count ?? '–'}</strong>
        </Link>
      ))}
      {error && !data && <Missing error={error} again={() => void refetch()} />}
    </section>
  )
}
