import { StopOutlined } from '@ant-design/icons'
import type { TableColumnsType } from 'antd'
import { useTranslation } from 'react-i18next'
import { useChange } from '~/api/query'
import { Confirm } from '~/components/Confirm'
import { Enabled, State } from '~/components/State'
import { Time } from '~/components/Time'
import { useApp } from '~/components/useApp'
import { useRefused } from '~/components/userErrors'
import type { ApiKeyRowFragment } from '~/gql/graphql'
import { useProblemText } from '~/i18n/problems'
import { useScope } from '~/session/scope'
import { RevokeApiKey } from './apiKeyDocuments'

type Row = ApiKeyRowFragment

export function useApiKeyColumns(): TableColumnsType<Row> {
  const { t } = useTranslation()
  const { can, tenantId, tenantOf, zoneOf } = useScope()
  return [
    { title: t('common.name'), render: (_, { name }) => name },
    { title: t('apiKeys.prefix'), render: (_, { prefix }) => <span className="mono">{prefix}…</span> },
    { title: t('apiKeys.role'), render: (_, { role }) => t(`roles.${role}`) },
    ...(can('platform') && !tenantId
      ? [
          {
            title: t('common.tenant'),
            render: (_: unknown, row: Row) =>
              row.tenantId ? tenantOf(row.tenantId)?.name : <span className="muted">{t('apiKeys.platform')}</span>,
          },
        ]
      : []),
    { title: t('common.state'), render: (_, row) => <KeyState row={row} /> },
    {
      title: t('apiKeys.lastUsed'),
      render: (_, row) => <Time at={row.lastUsedAt} zone={zoneOf(row.tenantId)} named={!row.tenantId && !tenantId} />,
    },
    {
      title: t('message.expiresAt'),
      render: (_, row) => <Time at={row.expiresAt} zone={zoneOf(row.tenantId)} named={!row.tenantId && !tenantId} />,
    },
    {
      title: t('common.created'),
      render: (_, row) => <Time at={row.createdAt} zone={zoneOf(row.tenantId)} named={!row.tenantId && !tenantId} />,
    },
    {
      title: t('common.actions'),
      width: 1,
      render: (_, row) => (row.revokedAt ? null : <Revoke row={row} />),
    },
  ]
}

function KeyState({ row }: { row: Row }) {
  const { t } = useTranslation()
  const ended = row.revokedAt
    ? t('apiKeys.revoked')
    : row.expiresAt && Date.parse(row.expiresAt) < Date.now() && t('apiKeys.expired')
  if (!ended) return <Enabled enabled />
  return (
    <State tone="idle" icon={<StopOutlined aria-hidden />}>
      {ended}
    </State>
  )
}

function Revoke({ row }: { row: Row }) {
  const { t } = useTranslation()
  const app = useApp()
  const problem = useProblemText()
  const refused = useRefused()
  const revoke = useChange(RevokeApiKey, 'apiKeys')
  return (
    <Confirm
      size="small"
      type="text"
      danger
      question={t('apiKeys.revokeQuestion', { name: row.name })}
      loading={revoke.isPending}
      onConfirm={() =>
        revoke.mutate(
          { id: row.id },
          {
            onSuccess: ({ revokeApiKey: { userErrors } }) => void refused(userErrors),
            onError: (error) => void app.message.error(problem(error)),
          },
        )
      }
    >
      {t('apiKeys.revoke')}
    </Confirm>
  )
}
