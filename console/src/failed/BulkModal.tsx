import { Alert, Form, InputNumber } from 'antd'
import { useTranslation } from 'react-i18next'
import { useChange } from '~/api/query'
import { FormModal } from '~/components/FormModal'
import { useApp } from '~/components/useApp'
import type { BulkKind, FailedTaskFilter } from '~/gql/graphql'
import { DiscardTasks, RetryTasks } from './documents'
import { FilterSummary } from './FilterSummary'

interface Fields {
  ratePerSecond: number
}

interface Props {
  kind: BulkKind
  filter: FailedTaskFilter
  onClose: () => void
}

const USUAL_RATE = 100

/** Starts a job over all that the filter matches, also what is not loaded; says before what that means. */
export function BulkModal({ kind, filter, onClose }: Props) {
  const { t } = useTranslation()
  const app = useApp()
  const retry = useChange(RetryTasks, 'bulkJobs', 'failed')
  const discard = useChange(DiscardTasks, 'bulkJobs', 'failed')
  const start = async ({ ratePerSecond }: Fields) => {
    const input = { filter, ratePerSecond }
    const { userErrors } =
      kind === 'RETRY'
        ? (await retry.mutateAsync({ input })).retryTasks
        : (await discard.mutateAsync({ input })).discardTasks
    if (userErrors.length === 0) void app.message.success(t('failed.started'))
    return userErrors
  }
  const mayRepeat = kind === 'RETRY' && (filter.errorCode == null || filter.errorCode === 'AMBIGUOUS')
  return (
    <FormModal<Fields>
      title={t(`failed.title.${kind}`)}
      okText={t(`failed.start.${kind}`)}
      danger={kind === 'DISCARD'}
      initial={{ ratePerSecond: USUAL_RATE }}
      onSave={start}
      onClose={onClose}
      saving={retry.isPending || discard.isPending}
    >
      <div className="stack" style={{ marginBottom: 16 }}>
        <p>{t(`failed.explain.${kind}`)}</p>
        <p>
          <span className="muted">{t('failed.which')}</span>
          <br />
          <strong>
            <FilterSummary filter={filter} />
          </strong>
        </p>
        {mayRepeat && <Alert type="warning" showIcon title={t('failed.mayRepeat')} />}
      </div>
      <Form.Item
        name="ratePerSecond"
        label={t('failed.rate')}
        extra={t('failed.rateHelp')}
        rules={[{ required: true, message: t('common.required') }]}
      >
        <InputNumber min={1} max={10_000} precision={0} style={{ width: 160 }} />
      </Form.Item>
    </FormModal>
  )
}
