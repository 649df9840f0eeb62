import { useNavigate } from '@tanstack/react-router'
import { Alert, Button, Form } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useChange } from '~/api/query'
import { useChannelTypes } from '~/channels/types'
import { Confirm } from '~/components/Confirm'
import { TO_FIRST_ERROR } from '~/components/firstError'
import { Page } from '~/components/Page'
import { Enabled } from '~/components/State'
import { useApp } from '~/components/useApp'
import { useInputProblems, useProblemWords, useRefused } from '~/components/userErrors'
import { isJsonObject } from '~/editor/JsonField'
import { Overtaken } from '~/edits/Overtaken'
import { useEdits } from '~/edits/useEdits'
import type { Editing } from '~/edits/useHeld'
import type { TemplateByIdQuery } from '~/gql/graphql'
import { useProblemText } from '~/i18n/problems'
import { useScope } from '~/session/scope'
import { ContentFields } from './ContentFields'
import { carriedBy, contentFields } from './carried'
import { sampleText, type TemplateFields, toInput } from './content'
import { CreateTemplate, DeleteTemplate, UpdateTemplate } from './documents'
import { Preview } from './Preview'
import { problemsOf } from './problems'
import { TemplateHead } from './TemplateHead'
import { TestButton } from './TestButton'
import { standIn, usePreview } from './usePreview'
import { Versions } from './Versions'

export type StoredTemplate = NonNullable<TemplateByIdQuery['template']>

interface Props {
  stored?: StoredTemplate
  initial: TemplateFields
  editing?: Editing<StoredTemplate>
}

export function TemplateEditor({ stored, initial, editing }: Props) {
  const { t } = useTranslation()
  const { can, tenantId } = useScope()
  const navigate = useNavigate()
  const app = useApp()
  const problem = useProblemText()
  const place = useInputProblems()
  const words = useProblemWords()
  const refused = useRefused()
  const [form] = Form.useForm<TemplateFields>()
  const [fields, setFields] = useState(initial)
  const types = useChannelTypes()
  const carried = carriedBy(types, fields.channelType, fields.messageType)
  const keys = contentFields(carried)
  const input = toInput(fields, tenantId, keys)
  const sampleFits = fields.sampleData.trim() === '' || isJsonObject(fields.sampleData)
  const preview = usePreview(input, stored?.variables ?? [], sampleFits)
  const create = useChange(CreateTemplate, 'templates')
  const update = useChange(UpdateTemplate, 'templates')
  const remove = useChange(DeleteTemplate, 'templates')
  const { dirty, mayReplace, checking } = useEdits(form, initial, editing)
  const saving = create.isPending || update.isPending || checking
  const onError = (error: unknown) => void app.message.error(problem(error))

  const save = async (values: TemplateFields) => {
    if (!(await mayReplace())) return
    const whole = { ...initial, ...values }
    const input = toInput(whole, tenantId, contentFields(carriedBy(types, whole.channelType, whole.messageType)))
    const saved = () => void app.message.success(t('common.saved'))
    if (stored) {
      update.mutate(
        { id: stored.id, input },
        {
          onSuccess: (data) => {
            if (place(form, data.updateTemplate.userErrors)) return
            editing?.adopt()
            saved()
          },
          onError,
        },
      )
      return
    }
    create.mutate(
      { input },
      {
        onSuccess: ({ createTemplate: { template, userErrors } }) => {
          if (place(form, userErrors) || !template) return
          saved()
          void navigate({ to: '/templates/$id', params: { id: template.id }, ignoreBlocker: true })
        },
        onError,
      },
    )
  }
  const show = () => setFields({ ...initial, ...form.getFieldsValue(true) })
  const setSample = (sampleData: string) => {
    form.setFieldValue('sampleData', sampleData)
    show()
  }
  const drop = (id: string) =>
    remove.mutate(
      { id },
      {
        onSuccess: ({ deleteTemplate: { userErrors } }) =>
          refused(userErrors) || void navigate({ to: '/templates', ignoreBlocker: true }),
        onError,
      },
    )

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
            {sampleFits && <TestButton template={input} businessData={standIn(input, preview.variables)} />}
            <Button type="primary" loading={saving} onClick={() => form.submit()}>
              {stored ? t('common.save') : t('common.create')}
            </Button>
          </>
        )
      }
    >
      <Overtaken editing={editing} saving={saving || remove.isPending} />
      {!can('configure') && <Alert type="info" showIcon title={t('common.readOnly')} />}
      <Form<TemplateFields>
        form={form}
        layout="vertical"
        scrollToFirstError={TO_FIRST_ERROR}
        className="columns"
        disabled={!can('configure')}
        initialValues={initial}
        onValuesChange={show}
        onFinish={() => void save(form.getFieldsValue(true))}
      >
        <div className="stack">
          <div className="card">
            <TemplateHead stored={stored !== undefined} types={types} channelType={fields.channelType} />
          </div>
          <div className="card">
            <h2>{t('templates.content')}</h2>
            <ContentFields
              fields={keys}
              exactlyOneOf={carried?.exactlyOneOf ?? []}
              limits={carried?.limits.filter(({ key }) => key == null) ?? []}
              rendered={preview.rendered}
              problems={problemsOf(preview.userErrors, words)}
              readOnly={!can('configure')}
            />
          </div>
        </div>
        <div className="stack">
          <Preview fields={fields} preview={preview} setSample={setSample} />
          {stored && (
            <Versions
              stored={stored}
              edited={dirty}
              onRestore={(version) =>
                void save({
                  ...initial,
                  ...version,
                  content: version.content as TemplateFields['content'],
                  sampleData: sampleText(version.sampleData),
                })
              }
            />
          )}
        </div>
      </Form>
    </Page>
  )
}
