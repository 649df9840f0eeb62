import { Alert } from 'antd'
import { useTranslation } from 'react-i18next'
import type { CancelledTaskFragment, CancelWithAnswerMutation } from '~/gql/graphql'
import { useCodeText } from '~/i18n/problems'
import { useSaidOfInput } from '~/i18n/said'

export type CancelAnswer = CancelWithAnswerMutation['cancelMessage']

/** What was taken back and what had gone: a cancellation that came too late must not look like one that did not. */
export function CancelReport({ answer, onClose }: { answer: CancelAnswer; onClose: () => void }) {
  const { t } = useTranslation()
  const codeText = useCodeText()
  const said = useSaidOfInput()
  const { success, errorCode, errorMessage, cancellation } = answer
  const { cancelled = [], perhapsSent = [], sent = [], underWay = [], ended = [] } = cancellation ?? {}
  const perhaps = new Set(perhapsSent.map(({ id }) => id))
  const lists = [
    ['cancelled', cancelled.filter(({ id }) => !perhaps.has(id))],
    ['perhapsSent', perhapsSent],
    ['underWay', underWay],
    ['sent', sent],
    ['ended', ended],
  ] as const
  const shown = lists.filter(([, tasks]) => tasks.length > 0)
  const whole = success && perhapsSent.length + underWay.length + sent.length === 0
  const onlyUnderWay = cancelled.length === 0 && underWay.length > 0
  const partly = onlyUnderWay ? 'message.cancelledUnderWay' : 'message.cancelledPartly'
  const title = success
    ? t(whole ? 'message.cancelledWhole' : partly)
    : errorCode
      ? codeText(errorCode)
      : said(errorMessage ?? '')
  return (
    <Alert
      type={whole ? 'success' : 'warning'}
      showIcon
      closable={{ onClose, 'aria-label': t('common.close') }}
      title={title}
      description={
        shown.length > 0 && (
          <dl className="cancel-report">
            {shown.map(([name, tasks]) => (
              <div key={name}>
                <dt>{t(`message.cancellation.${name}`)}</dt>
                <dd>
                  <Names tasks={tasks} />
                </dd>
              </div>
            ))}
          </dl>
        )
      }
    />
  )
}

function Names({ tasks }: { tasks: readonly CancelledTaskFragment[] }) {
  const { t } = useTranslation()
  return tasks
    .map(({ channelType, channelConfig }) =>
      [t(`channelTypes.${channelType}`), channelConfig?.name].filter(Boolean).join(' · '),
    )
    .join(', ')
}
