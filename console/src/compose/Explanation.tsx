import { Alert } from 'antd'
import { useTranslation } from 'react-i18next'
import { ChannelName } from '~/components/ChannelName'
import { Time } from '~/components/Time'
import type { ExplainSendQuery } from '~/gql/graphql'
import { useCodeText } from '~/i18n/problems'
import { TraceStep } from '~/message/TraceStep'
import { ProviderPreview } from '~/preview/ProviderPreview'
import { useScope } from '~/session/scope'
import '~/message/message.css'

type Explained = ExplainSendQuery['explainSend']

/** What would happen: the chain's verdicts, then each channel with what it would be handed. */
export function Explanation({ explanation }: { explanation: Explained }) {
  const { t } = useTranslation()
  const codeText = useCodeText()
  const { accepted, errorCode, errorMessage, verdicts, tasks } = explanation
  if (errorCode === 'UNSUPPORTED') {
    return <Alert type="info" showIcon title={t('compose.explainUnsupported')} description={errorMessage} />
  }
  return (
    <section className="card" aria-labelledby="explanation">
      <h2 id="explanation">{t('compose.wouldHappen')}</h2>
      {!accepted && (
        <Alert
          type="warning"
          showIcon
          title={errorCode ? codeText(errorCode) : t('compose.refused')}
          description={errorMessage}
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
                  at: '',
                  durationMs: null,
                  taskId: null,
                  stage: verdict.handler,
                  outcome: verdict.outcome,
                  detail: [verdict.code && codeText(verdict.code), verdict.detail].filter(Boolean).join(': '),
                }}
                channelType={verdict.channelType ?? undefined}
              >
                {verdict.channelType && <ChannelName type={verdict.channelType} />}
              </TraceStep>
            </li>
          ))}
        </ol>
        <div className="stack">
          {tasks.length === 0 && <p className="muted">{t('compose.nothingSent')}</p>}
          {tasks.map((task) => (
            <Planned key={task.channelConfig.id} task={task} />
          ))}
        </div>
      </div>
    </section>
  )
}

function Planned({ task }: { task: Explained['tasks'][number] }) {
  const { t } = useTranslation()
  const { zoneOf } = useScope()
  return (
    <div>
      <h3>
        <ChannelName type={task.channelType} /> · {task.channelConfig.name}
      </h3>
      <p className="muted">
        {task.template && (
          <>{t('compose.byTemplate', { name: task.template.name, version: task.template.version })} · </>
        )}
        {t('compose.recipientCount', { count: task.recipients.length })} · {t('compose.at')}{' '}
        <Time at={task.sendAt} zone={zoneOf(undefined)} />
      </p>
      {task.renderedContent != null && <ProviderPreview channelType={task.channelType} body={task.renderedContent} />}
    </div>
  )
}
