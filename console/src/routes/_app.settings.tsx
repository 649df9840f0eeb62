import { useSuspenseQuery } from '@tanstack/react-query'
import { createFileRoute } from '@tanstack/react-router'
import { Alert, Button, Form } from 'antd'
import { useTranslation } from 'react-i18next'
import { HandlerFields } from '~/admin/HandlerFields'
import { SettingGroup } from '~/admin/SettingGroup'
import { query, useChange } from '~/api/query'
import { TO_FIRST_ERROR } from '~/components/firstError'
import { Page } from '~/components/Page'
import { Time } from '~/components/Time'
import { useApp } from '~/components/useApp'
import { type InputProblem, useInputProblems } from '~/components/userErrors'
import { Overtaken } from '~/edits/Overtaken'
import { useEdits } from '~/edits/useEdits'
import { type Editing, useHeld } from '~/edits/useHeld'
import { graphql } from '~/gql'
import type { SettingsQuery as SettingsResult } from '~/gql/graphql'
import { useProblemText } from '~/i18n/problems'
import { useScope } from '~/session/scope'

const SettingsQuery = graphql(`
  query Settings {
    systemSettings {
      retry { maxCount intervalSeconds backoffMultiplier maxIntervalSeconds jitter }
      timeout { singleChannelSeconds allChannelsSeconds }
      execution { mode continueOnFail skipOnSuccess }
      handlers { name order enabled timeoutSeconds }
      workers { processConcurrency deliverConcurrency }
      retention { messagesMonths timelineMonths inboxMonths }
      breaker { enabled failures openSeconds maxOpenSeconds }
      version updatedAt updatedBy
    }
  }
`)

const UpdateSettings = graphql(`
  mutation UpdateSettings($input: SystemSettingsInput!) {
    updateSystemSettings(input: $input) { settings { version } userErrors { field message code } }
  }
`)

export const Route = createFileRoute('/_app/settings')({ component: Settings })

type Stored = SettingsResult['systemSettings']
type Fields = Pick<Stored, 'retry' | 'timeout' | 'execution' | 'workers' | 'handlers' | 'retention' | 'breaker'>

function Settings() {
  const { data, refetch } = useSuspenseQuery(query('settings', SettingsQuery, {}))
  const readAnew = async () => (await refetch()).data?.systemSettings ?? null
  const { held, editing } = useHeld(data.systemSettings, ({ version }) => version, readAnew)
  return held && <SettingsForm key={held.version} stored={held} editing={editing} />
}

function SettingsForm({ stored, editing }: { stored: Stored; editing: Editing<Stored> }) {
  const { t } = useTranslation()
  const { can, tenantId, zoneOf } = useScope()
  const app = useApp()
  const problem = useProblemText()
  const place = useInputProblems()
  const [form] = Form.useForm<Fields>()
  const update = useChange(UpdateSettings, 'settings')
  const { mayReplace, checking } = useEdits(form, stored, editing)
  const saving = update.isPending || checking
  const save = async () => {
    if (!(await mayReplace())) return
    const { handlers, ...groups } = form.getFieldsValue(true) as Fields & Stored
    const { retry, timeout, execution, workers, retention, breaker } = groups
    const shown = handlers.map(({ name, enabled, timeoutSeconds }) => ({ name, enabled, timeoutSeconds }))
    const sent = changed(shown, stored)
    update.mutate(
      { input: { retry, timeout, execution, workers, retention, breaker, handlers: sent } },
      {
        onSuccess: ({ updateSystemSettings: { userErrors } }) => {
          if (place(form, userErrors.map(asShown(sent, shown)))) return
          editing.adopt()
          void app.message.success(t('common.saved'))
        },
        onError: (error) => void app.message.error(problem(error)),
      },
    )
  }
  return (
    <Page
      title={t('pages.settings')}
      explain={
        <>
          {t('settings.explain', { version: stored.version })} ·{' '}
          <Time at={stored.updatedAt} zone={zoneOf(undefined)} named={tenantId === undefined} reachable />
          {stored.updatedBy && ` · ${stored.updatedBy}`}
        </>
      }
      actions={
        can('platform') && (
          <Button type="primary" loading={saving} onClick={() => form.submit()}>
            {t('common.save')}
          </Button>
        )
      }
    >
      <Overtaken editing={editing} saving={saving} />
      {!can('platform') && <Alert type="info" showIcon title={t('common.readOnly')} />}
      <Form<Fields>
        form={form}
        layout="vertical"
        scrollToFirstError={TO_FIRST_ERROR}
        className="columns"
        disabled={!can('platform')}
        initialValues={stored}
        onFinish={() => void save()}
      >
        <div className="stack">
          <SettingGroup group="retry" />
          <SettingGroup group="breaker" />
          <SettingGroup group="timeout" />
          <SettingGroup group="retention" />
        </div>
        <div className="stack">
          <SettingGroup group="execution" />
          <SettingGroup group="workers" />
          <HandlerFields handlers={stored.handlers} />
        </div>
      </Form>
    </Page>
  )
}

/** The server counts the handlers that were sent, the form all that are shown. */
const asShown =
  <Handler,>(sent: readonly Handler[], shown: readonly Handler[]) =>
  <Problem extends InputProblem>(problem: Problem): Problem => {
    const field = problem.field?.map((part, at, path) => {
      const handler = path[at - 1] === 'handlers' ? sent[Number(part)] : undefined
      return handler ? String(shown.indexOf(handler)) : part
    })
    return field ? { ...problem, field } : problem
  }

/** Handlers that are as they were are left out: some can't be switched, and asking would be refused. */
function changed<Handler extends { name: string; enabled: boolean; timeoutSeconds: number }>(
  handlers: readonly Handler[],
  stored: Stored,
): Handler[] {
  return handlers.filter((handler) => {
    const before = stored.handlers.find(({ name }) => name === handler.name)
    return before?.enabled !== handler.enabled || before.timeoutSeconds !== handler.timeoutSeconds
  })
}
