import {
  ArrowDownOutlined,
  CheckOutlined,
  ClockCircleOutlined,
  CloseOutlined,
  DisconnectOutlined,
  EllipsisOutlined,
  MinusOutlined,
  QuestionOutlined,
  RedoOutlined,
  RetweetOutlined,
  StopOutlined,
} from '@ant-design/icons'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import type { ChannelType } from '~/gql/graphql'
import { useCodeText } from '~/i18n/problems'
import { DetailText } from './DetailText'
import { readDetail } from './detail'
import type { MessageDetail } from './query'
import { useOutcomeText } from './useOutcomeText'

type Entry = Pick<MessageDetail['timeline'][number], 'stage' | 'outcome' | 'detail'>
type Tone = 'ok' | 'warn' | 'bad' | 'idle' | 'busy'

/** How an outcome looks: verdicts, attempts and statuses share the trace. Others are shown as plain steps. */
const LOOKS: Record<string, [Tone, ReactNode]> = {
  PASS: ['ok', <CheckOutlined key="" aria-hidden />],
  OK: ['ok', <CheckOutlined key="" aria-hidden />],
  SUCCESS: ['ok', <CheckOutlined key="" aria-hidden />],
  SKIP: ['idle', <MinusOutlined key="" aria-hidden />],
  DEFER: ['warn', <ClockCircleOutlined key="" aria-hidden />],
  RETRY: ['warn', <RetweetOutlined key="" aria-hidden />],
  THROTTLE: ['warn', <ClockCircleOutlined key="" aria-hidden />],
  AMBIGUOUS: ['warn', <QuestionOutlined key="" aria-hidden />],
  PARTIAL_SUCCESS: ['warn', <CheckOutlined key="" aria-hidden />],
  DROP: ['bad', <ArrowDownOutlined key="" aria-hidden />],
  STOP: ['bad', <CloseOutlined key="" aria-hidden />],
  FAILED: ['bad', <CloseOutlined key="" aria-hidden />],
  BAD_MSG: ['bad', <CloseOutlined key="" aria-hidden />],
  BAD_RCPT: ['bad', <CloseOutlined key="" aria-hidden />],
  CONFIG: ['bad', <CloseOutlined key="" aria-hidden />],
  TOKEN: ['warn', <RetweetOutlined key="" aria-hidden />],
  PARTIAL: ['warn', <CheckOutlined key="" aria-hidden />],
  CIRCUIT_OPEN: ['bad', <DisconnectOutlined key="" aria-hidden />],
  CHANNELS_TIMEOUT: ['bad', <ClockCircleOutlined key="" aria-hidden />],
  EXPIRED: ['idle', <ClockCircleOutlined key="" aria-hidden />],
  SCHEDULED: ['idle', <ClockCircleOutlined key="" aria-hidden />],
  SKIPPED: ['idle', <MinusOutlined key="" aria-hidden />],
  CANCELLED: ['idle', <StopOutlined key="" aria-hidden />],
  RETRIED: ['busy', <RedoOutlined key="" aria-hidden />],
  RESENT: ['busy', <RedoOutlined key="" aria-hidden />],
  DISCARDED: ['idle', <StopOutlined key="" aria-hidden />],
}

interface Props {
  entry: Entry
  channelType: ChannelType | undefined
  /** How long it took, where that is known. */
  took?: string | undefined
  /** What the provider said to it, where it is an attempt. */
  answer?: ReactNode
  /** The time. */
  children?: ReactNode
}

export function TraceStep({ entry, channelType, took, answer, children }: Props) {
  const { t, i18n } = useTranslation()
  const codeText = useCodeText()
  const outcomeText = useOutcomeText()
  const [tone, icon] = LOOKS[entry.outcome] ?? ['busy', <EllipsisOutlined key="" aria-hidden />]
  const named = (group: 'stages' | 'outcomes', code: string) => {
    const key = `${group}.${code}`
    return i18n.exists(key) ? t(key as 'stages.ATTEMPT') : code
  }
  const detail = readDetail(entry.detail ?? '', (code) => i18n.exists(`errorCodes.${code}`))
  const channel = detail.channelType ?? channelType
  // A status says all there is to say when all went well.
  const plain = entry.stage === 'STATUS' && ['accepted', 'finished'].includes(detail.text)
  const text = plain ? '' : outcomeText(detail.text, entry.stage === 'ATTEMPT' ? channel : undefined)
  return (
    <div className={`trace-step tone-${tone}`}>
      <span className="trace-mark" aria-hidden>
        {icon}
      </span>
      <div className="trace-text">
        <div className="row spread">
          <span>
            <strong title={entry.stage}>{named('stages', entry.stage)}</strong>
            {channel && ` · ${t(`channelTypes.${channel}`)}`}{' '}
            <span className="muted" title={entry.outcome}>
              {named('outcomes', entry.outcome)}
            </span>
          </span>
          <span className="muted nowrap trace-time">
            {took && <>{took} · </>}
            {children}
          </span>
        </div>
        {detail.code && (
          <p title={detail.code} className="trace-code">
            {codeText(detail.code)}
          </p>
        )}
        {text && (
          <p className="muted">
            <DetailText text={text} />
          </p>
        )}
        {answer}
      </div>
    </div>
  )
}
