import { useQueryClient } from '@tanstack/react-query'
import { Alert, Button, Form } from 'antd'
import { useTranslation } from 'react-i18next'
import { query } from '~/api/query'
import { useApp } from '~/components/useApp'
import { useProblemWords } from '~/components/userErrors'
import { withNames } from '~/compose/withNames'
import { isJsonObject, JsonField } from '~/editor/JsonField'
import { useProblemText } from '~/i18n/problems'
import { ProviderPreview } from '~/preview/ProviderPreview'
import { useScope } from '~/session/scope'
import { sampleText, type TemplateFields } from './content'
import { LastDataQuery } from './documents'
import type { PreviewState } from './usePreview'
import { Variables } from './Variables'

interface Props {
  fields: TemplateFields
  preview: PreviewState
  /** Fills the sample data's field. */
  setSample: (text: string) => void
}

/** The sample data, kept with the template, and what the content says with it. */
export function Preview({ fields, preview, setSample }: Props) {
  const { t } = useTranslation()
  const { tenantId, can } = useScope()
  const problem = useProblemText()
  const words = useProblemWords()
  const app = useApp()
  const queryClient = useQueryClient()
  const { rendered, variables, userErrors, error } = preview

  const takeLast = async () => {
    const filter = { tenantId: fields.tenantId ?? tenantId, businessType: fields.businessType }
    const { messages } = await queryClient.fetchQuery(query('messages', LastDataQuery, { filter }))
    const last = messages.nodes[0]
    if (last) setSample(sampleText(last.businessData))
    else void app.message.info(t('templates.noMessage'))
  }

  return (
    <section className="card">
      <h2>{t('message.preview')}</h2>
      <Form.Item
        name="sampleData"
        label={t('templates.sample')}
        extra={t('templates.sampleHelp')}
        validateTrigger="onBlur"
        rules={[
          {
            validator: (_, text: string) =>
              !text?.trim() || isJsonObject(text) ? Promise.resolve() : Promise.reject(t('templates.sampleWrong')),
          },
        ]}
      >
        <JsonField label={t('templates.sample')} minHeight={110} readOnly={!can('configure')} />
      </Form.Item>
      <Variables variables={variables} sampleData={fields.sampleData} />
      {can('configure') && (
        <div className="row wrap sample-actions">
          {variables.length > 0 && (
            <Button size="small" onClick={() => setSample(sampleText(withNames(fields.sampleData || '{}', variables)))}>
              {t('templates.fillNames')}
            </Button>
          )}
          {fields.businessType && (
            <Button size="small" onClick={() => void takeLast().catch((cause) => app.message.error(problem(cause)))}>
              {t('templates.useLast')}
            </Button>
          )}
        </div>
      )}
      {error !== null && <Alert type="error" showIcon title={problem(error)} />}
      {userErrors.length > 0 && (
        <Alert
          type="warning"
          showIcon
          title={t('templates.cannotRender')}
          description={
            <ul style={{ margin: 0, paddingLeft: 18 }}>
              {userErrors.map((found) => (
                <li key={`${found.field?.join('.')} ${found.message}`}>
                  <span className="mono">{found.field?.filter((part) => part !== 'input').join('.')}</span>{' '}
                  {words(found)}
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
