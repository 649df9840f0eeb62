import { useNavigate } from '@tanstack/react-router'
import { Alert, Button, Form } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useChange } from '~/api/query'
import { Confirm } from '~/components/Confirm'
import { Page } from '~/components/Page'
import { Enabled } from '~/components/State'
import { useApp } from '~/components/useApp'
import { useInputProblems } from '~/components/userErrors'
import type { TemplateByIdQuery } from '~/gql/graphql'
import { useProblemText } from '~/i18n/problems'
import { useScope } from '~/session/scope'
import { ContentFields } from './ContentFields'
import { type TemplateFields, toInput } from './content'
import { CreateTemplate, DeleteTemplate, UpdateTemplate } from './documents'
import { Preview } from './Preview'
import { problemsOf } from './problems'
import { TemplateHead } from './TemplateHead'
import { usePreview } from './usePreview'
import { Versions } from './Versions'

export type StoredTemplate = NonNullable<TemplateByIdQuery['template']>

export function TemplateEditor({ stored, initial }: { stored?: StoredTemplate; initial: TemplateFields }) {
  const { t } = useTranslation()
  const { can, tenantId } = useScope()
  const navigate = useNavigate()
  const app = useApp()
  const problem = useProblemText()
  const place = useInputProblems()
  const [form] = Form.useForm<TemplateFields>()
  const [fields, setFields] = useState(initial)
  const preview = usePreview(fields, stored?.variables)
  const create = useChange(CreateTemplate, 'templates')
  const update = useChange(UpdateTemplate, 'templates')
  const remove = useChange(DeleteTemplate, 'templates')
  const onError = (error: unknown) => void app.message.error(problem(error))

  const save = (values: TemplateFields) => {
    const input = toInput({ ...initial, ...values }, tenantId)
    const saved = () => void app.message.success(t('common.saved'))
    if (stored) {
      update.mutate(
        { id: stored.id, input },
        { onSuccess: (data) => place(form, data.updateTemplate.userErrors) || saved(), onError },
      )
      return
    }
    create.mutate(
      { input },
      {
        onSuccess: ({ createTemplate: { template, userErrors } }) => {
          if (place(form, userErrors) || !template) return
          saved()
          void navigate({ to: '/templates/$id', params: { id: template.id } })
        },
        onError,
      },
    )
  }
  const drop = (id: string) => remove.mutate({ id }, { onSuccess: () => void navigate({ to: '/templates' }), onError })

  return (
    <Page
      title={stored?.name ?? t('templates.create')}
      beside={stored && <Enabled enabled={stored.enabled} />}
      explain={stored && t('templates.version', { version: stored.version })}
      actions={
        can('configure') && (
          <>
            {stored && (
              <Confirm
                danger
                question={t('templates.deleteQuestion', { name: stored.name })}
                onConfirm={() => drop(stored.id)}
                loading={remove.isPending}
              >
                {t('common.delete')}
              </Confirm>
            )}
            <Button type="primary" loading={create.isPending || update.isPending} onClick={() => form.submit()}>
              {stored ? t('common.save') : t('common.create')}
            </Button>
          </>
        )
      }
    >
      {!can('configure') && <Alert type="info" showIcon title={t('common.readOnly')} />}
      <Form<TemplateFields>
        form={form}
        layout="vertical"
        className="columns"
        disabled={!can('configure')}
        initialValues={initial}
        onValuesChange={() => setFields({ ...initial, ...form.getFieldsValue(true) })}
        onFinish={() => save(form.getFieldsValue(true))}
      >
        <div className="stack">
          <div className="card">
            <TemplateHead stored={stored !== undefined} />
          </div>
          <div className="card">
            <h2>{t('templates.content')}</h2>
            <ContentFields
              messageType={fields.messageType}
              problems={problemsOf(preview.userErrors)}
              readOnly={!can('configure')}
            />
          </div>
        </div>
        <div className="stack">
          <Preview fields={fields} preview={preview} />
          {stored && (
            <Versions
              stored={stored}
              onRestore={(version) =>
                save({ ...initial, ...version, content: version.content as TemplateFields['content'] })
              }
            />
          )}
        </div>
      </Form>
    </Page>
  )
}
