import { ClockCircleOutlined } from '@ant-design/icons'
import { Alert } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { ChannelName } from '~/components/ChannelName'
import { State } from '~/components/State'
import { Time } from '~/components/Time'
import type { ExplainSendQuery } from '~/gql/graphql'
import { useCodeText } from '~/i18n/problems'
import { useSaidOfInput } from '~/i18n/said'
import { Body } from '~/message/Body'
import { TraceStep } from '~/message/TraceStep'
import { useScope } from '~/session/scope'
import '~/message/message.css'

type Explained = ExplainSendQuery['explainSend']

/** What would happen: the chain's verdicts, then each channel with what it would be handed. */
export function Explanation({ explanation, stale }: { explanation: Explained; stale: boolean }) {
  const { t } = useTranslation()
  const codeText = useCodeText()
  const said = useSaidOfInput()
  // The answer came a moment ago: later renders must not shift what counts as late.
  const [asked] = useState(() => Date.now())
  const { accepted, errorCode, errorMessage, verdicts, tasks } = explanation
  if (errorCode === 'UNSUPPORTED') {
    return (
      <Alert
        type="info"
        showIcon
        title={t('compose.explainUnsupported')}
        description={errorMessage && said(errorMessage)}
      />
    )
  }
  return (
    <section className="card" aria-labelledby="explanation">
      <div className="row spread">
        <h2 id="explanation">{t('compose.wouldHappen')}</h2>
        {accepted && tasks.length > 0 && (
          <span className="muted">{t('compose.taskCount', { count: tasks.length })}</span>
        )}
      </div>
      {stale && <Alert type="info" showIcon title={t('compose.stale')} style={{ marginBottom: 16 }} />}
      {!accepted && (
        <Alert
          type="warning"
          showIcon
          title={errorCode ? codeText(errorCode) : t('compose.refused')}
          description={errorMessage && said(errorMessage)}
          style={{ marginBottom: 16 }}
        />
      )}
      <div className="columns">
        <ol className="trace">
          {verdicts.map((verdict, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: one handler may decide about several channels
            <li key={index}>
              <TraceStep
                entry={{
                  stage: verdict.handler,
                  outcome: verdict.outcome,
                  detail: [verdict.code, verdict.detail].filter(Boolean).join(': '),
                }}
                channelType={verdict.channelType ?? undefined}
              />
            </li>
          ))}
        </ol>
        <div className="stack">
          {tasks.length === 0 && <p className="muted">{t('compose.nothingSent')}</p>}
          {tasks.map((task, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: one config may serve several chunks of recipients
            <Planned key={index} task={task} asked={asked} />
          ))}
        </div>
      </div>
    </section>
  )
}

/** What is sent later than this waits for something: a window, a limit, its own time. */
const AT_ONCE_MS = 10_000

function Planned({ task, asked }: { task: Explained['tasks'][number]; asked: number }) {
  const { t } = useTranslation()
  const { tenantId, zoneOf } = useScope()
  const deferred = Date.parse(task.sendAt) - asked > AT_ONCE_MS
  return (
    <div className="planned">
      <div className="row spread">
        <h3>
          <ChannelName type={task.channelType} /> · {task.channelConfig.name}
        </h3>
        {deferred && (
          <State tone="warn" icon={<ClockCircleOutlined aria-hidden />}>
            {t('compose.deferred')}
          </State>
        )}
      </div>
      <p className="muted">
        {task.template && (
          <>{t('compose.byTemplate', { name: task.template.name, version: task.template.version })} · </>
        )}
        {t('compose.recipientCount', { count: task.recipients.length })} ·{' '}
        {deferred ? (
          <>
            {t('compose.at')}{' '}
            <Time
              at={task.sendAt}
              zone={zoneOf(task.channelConfig.tenantId)}
              named={tenantId === undefined}
              reachable
            />
          </>
        ) : (
          t('compose.atOnce')
        )}
      </p>
      {task.renderedContent != null && (
        <Body channelType={task.channelType} body={task.renderedContent} sender={task.channelConfig.name} />
      )}
    </div>
  )
}
