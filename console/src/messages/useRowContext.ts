import { useRouter } from '@tanstack/react-router'
import { type Dispatch, type SetStateAction, useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import type { MessageStatus } from '~/gql/graphql'
import { useCodeText } from '~/i18n/problems'
import { useScope } from '~/session/scope'
import type { RowContext } from './MessageTableRow'

export type Select = Dispatch<SetStateAction<ReadonlySet<string>>>

/** Stays the same object while nothing in it changes, so that rows that did not change are not drawn again. */
export function useRowContext(
  onSelect: Select | undefined,
  statuses: readonly MessageStatus[] | undefined,
): RowContext {
  const { t } = useTranslation()
  const codeText = useCodeText()
  const router = useRouter()
  const { can, tenantId, tenantOf, zoneOf } = useScope()
  // All else that can be filtered by stays as it is from the beginning.
  const wanted = statuses?.join(' ')
  const showTenant = can('platform') && !tenantId

  // biome-ignore lint/correctness/useExhaustiveDependencies: codeText changes with t, and only with it
  return useMemo(
    () => ({
      t,
      codeText,
      zoneOf,
      tenantName: showTenant ? (id: string) => tenantOf(id)?.name ?? id : undefined,
      hrefOf: (id: string) => router.buildLocation({ to: '/messages/$id', params: { id } }).href,
      open: (id: string) => void router.navigate({ to: '/messages/$id', params: { id } }),
      toggle: onSelect && ((id: string) => onSelect((before) => toggled(before, id))),
      matches: (status: MessageStatus) => !wanted || wanted.split(' ').includes(status),
      columns: `message-columns${showTenant ? ' with-tenant' : ''}${onSelect ? ' with-choice' : ''}`,
    }),
    [t, zoneOf, tenantOf, showTenant, onSelect, router, wanted],
  )
}

function toggled(before: ReadonlySet<string>, id: string): ReadonlySet<string> {
  const next = new Set(before)
  if (!next.delete(id)) next.add(id)
  return next
}
