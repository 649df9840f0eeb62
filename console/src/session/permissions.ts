import type { Role } from '~/gql/graphql'

/** What the console offers; the server decides in the end. The table follows the description of `Role`. */
const ALLOWED = {
  send: ['PLATFORM_ADMIN', 'TENANT_ADMIN', 'OPERATOR', 'SENDER'],
  operate: ['PLATFORM_ADMIN', 'TENANT_ADMIN', 'OPERATOR'],
  /** Others are answered masks. */
  seeRecipients: ['PLATFORM_ADMIN', 'TENANT_ADMIN', 'SENDER'],
  reveal: ['PLATFORM_ADMIN', 'TENANT_ADMIN', 'OPERATOR'],
  readConfig: ['PLATFORM_ADMIN', 'TENANT_ADMIN', 'OPERATOR', 'VIEWER'],
  readStats: ['PLATFORM_ADMIN', 'TENANT_ADMIN', 'OPERATOR', 'VIEWER'],
  configure: ['PLATFORM_ADMIN', 'TENANT_ADMIN'],
  platform: ['PLATFORM_ADMIN'],
} as const satisfies Record<string, readonly Role[]>

export type Permission = keyof typeof ALLOWED

export function may(role: Role, permission: Permission): boolean {
  return (ALLOWED[permission] as readonly Role[]).includes(role)
}
