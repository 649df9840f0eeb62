import { useSuspenseQuery } from '@tanstack/react-query'
import { useSearch } from '@tanstack/react-router'
import { useMemo } from 'react'
import { may, type Permission } from './permissions'
import { type ViewerAndTenants, viewerQuery } from './viewer'

export type ScopeTenant = ViewerAndTenants['tenants'][number]

export interface Scope {
  viewer: ViewerAndTenants['viewer']
  tenants: readonly ScopeTenant[]
  /** The tenant that pages are about; undefined for a platform key that looks at all of them. */
  tenant: ScopeTenant | undefined
  /** For filters and inputs; undefined means all, or the key's own. */
  tenantId: string | undefined
  can: (permission: Permission) => boolean
  tenantOf: (id: string) => ScopeTenant | undefined
  /** The zone in which a tenant's times are shown. */
  zoneOf: (id: string | null | undefined) => string
}

/** Who is asking, and about which tenant: the `tenant` of the address for platform keys, else the key's own. */
export function useScope(): Scope {
  const { data } = useSuspenseQuery(viewerQuery())
  const code = useSearch({ strict: false, select: (search) => search.tenant })
  return useMemo(() => {
    const { viewer, tenants } = data
    const own = viewer.tenantId
    const tenant = tenants.find((one) => (own ? one.id === own : one.code === code))
    const tenantOf = (id: string) => tenants.find((one) => one.id === id)
    return {
      viewer,
      tenants,
      tenant,
      tenantId: own ?? tenant?.id,
      can: (permission) => may(viewer.role, permission),
      tenantOf,
      zoneOf: (id) => (id ? tenantOf(id) : tenant)?.timezone ?? Intl.DateTimeFormat().resolvedOptions().timeZone,
    }
  }, [data, code])
}
