import { useQueryClient } from '@tanstack/react-query'
import { Alert, Button, Form } from 'antd'
import { useTranslation } from 'react-i18next'
import { query } from '~/api/query'
import { useApp } from '~/components/useApp'
import { CodeEditor } from '~/editor/CodeEditor'
import { useProblemText } from '~/i18n/problems'
import { ProviderPreview } from '~/preview/ProviderPreview'
import { useScope } from '~/session/scope'
import type { TemplateFields } from './content'
import { LastDataQuery } from './documents'
import type { PreviewState } from './usePreview'

export function Preview({ fields, preview }: { fields: TemplateFields; preview: PreviewState }) {
  const { t } = useTranslation()
  const { tenantId } = useScope()
  const problem = useProblemText()
  const app = useApp()
  const queryClient = useQueryClient()
  const { sample, setSample, rendered, userErrors, error } = preview

  const takeLast = async () => {
    const filter = { tenantId: fields.tenantId ?? tenantId, businessType: fields.businessType }
    const { messages } = await queryClient.fetchQuery(query('messages', LastDataQuery, { filter }))
    const last = messages.nodes[0]
    if (last) setSample(JSON.stringify(last.businessData, null, 2))
    else void app.message.info(t('templates.noMessage'))
  }

  return (
    <section className="card">
      <div className="row spread">
        <h2>{t('message.preview')}</h2>
        {fields.businessType && (
          <Button size="small" onClick={() => void takeLast().catch((cause) => app.message.error(problem(cause)))}>
            {t('templates.useLast')}
          </Button>
        )}
      </div>
      <Form.Item label={t('templates.sample')}>
        <CodeEditor language="json" label={t('templates.sample')} value={sample} onChange={setSample} minHeight={110} />
      </Form.Item>
      {error !== null && <Alert type="error" showIcon title={problem(error)} />}
      {userErrors.length > 0 && (
        <Alert
          type="warning"
          showIcon
          title={t('templates.cannotRender')}
          description={
            <ul style={{ margin: 0, paddingLeft: 18 }}>
              {userErrors.map(({ field, message }) => (
                <li key={`${field?.join('.')} ${message}`}>
                  <span className="mono">{field?.filter((part) => part !== 'input').join('.')}</span> {message}
                </li>
              ))}
            </ul>
          }
        />
      )}
      {userErrors.length === 0 && rendered != null && (
        <ProviderPreview channelType={fields.channelType} body={rendered} />
      )}
      {userErrors.length === 0 && rendered == null && error === null && (
        <p className="muted">{t('templates.nothingToPreview')}</p>
      )}
    </section>
  )
}
