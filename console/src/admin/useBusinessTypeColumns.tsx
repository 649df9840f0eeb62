import { Button, type TableColumnsType } from 'antd'
import { useTranslation } from 'react-i18next'
import { useChange } from '~/api/query'
import { Confirm } from '~/components/Confirm'
import { Enabled } from '~/components/State'
import { Time } from '~/components/Time'
import { useApp } from '~/components/useApp'
import { useRefused } from '~/components/userErrors'
import type { BusinessTypeRowFragment } from '~/gql/graphql'
import { useProblemText } from '~/i18n/problems'
import { useScope } from '~/session/scope'
import { DeleteBusinessType } from './businessTypeDocuments'

type Row = BusinessTypeRowFragment

export function useBusinessTypeColumns(onEdit: (row: Row) => void): TableColumnsType<Row> {
  const { t } = useTranslation()
  const { can, tenantId, tenantOf, zoneOf } = useScope()
  return [
    { title: t('common.code'), render: (_, { code }) => <span className="mono">{code}</span> },
    { title: t('common.name'), render: (_, { name }) => name },
    { title: t('common.state'), render: (_, { enabled }) => <Enabled enabled={enabled} /> },
    ...(can('platform') && !tenantId
      ? [{ title: t('common.tenant'), render: (_: unknown, row: Row) => tenantOf(row.tenantId)?.name }]
      : []),
    { title: t('channels.priority'), render: (_, { priority }) => priority },
    {
      title: t('businessTypes.lane'),
      render: (_, { lane }) => lane ?? <span className="muted">{t('businessTypes.generalLane')}</span>,
    },
    { title: t('common.changed'), render: (_, row) => <Time at={row.updatedAt} zone={zoneOf(row.tenantId)} /> },
    ...(can('configure')
      ? [
          {
            title: t('common.actions'),
            width: 1,
            render: (_: unknown, row: Row) => <Actions row={row} onEdit={() => onEdit(row)} />,
          },
        ]
      : []),
  ]
}

function Actions({ row, onEdit }: { row: Row; onEdit: () => void }) {
  const { t } = useTranslation()
  const app = useApp()
  const problem = useProblemText()
  const refused = useRefused()
  const remove = useChange(DeleteBusinessType, 'businessTypes', 'templates')
  return (
    <span className="row">
      <Button size="small" type="text" onClick={onEdit}>
        {t('common.edit')}
      </Button>
      <Confirm
        size="small"
        type="text"
        danger
        question={t('businessTypes.deleteQuestion', { name: row.name })}
        loading={remove.isPending}
        onConfirm={() =>
          remove.mutate(
            { id: row.id },
            {
              onSuccess: ({ deleteBusinessType: { userErrors } }) => void refused(userErrors),
              onError: (error) => void app.message.error(problem(error)),
            },
          )
        }
      >
        {t('common.delete')}
      </Confirm>
    </span>
  )
}
