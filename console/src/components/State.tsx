import CheckCircleFilled from '@ant-design/icons-svg/es/asn/CheckCircleFilled'
import ClockCircleOutlined from '@ant-design/icons-svg/es/asn/ClockCircleOutlined'
import CloseCircleFilled from '@ant-design/icons-svg/es/asn/CloseCircleFilled'
import DisconnectOutlined from '@ant-design/icons-svg/es/asn/DisconnectOutlined'
import ExclamationCircleFilled from '@ant-design/icons-svg/es/asn/ExclamationCircleFilled'
import MinusCircleOutlined from '@ant-design/icons-svg/es/asn/MinusCircleOutlined'
import PauseCircleOutlined from '@ant-design/icons-svg/es/asn/PauseCircleOutlined'
import QuestionCircleFilled from '@ant-design/icons-svg/es/asn/QuestionCircleFilled'
import RetweetOutlined from '@ant-design/icons-svg/es/asn/RetweetOutlined'
import StopOutlined from '@ant-design/icons-svg/es/asn/StopOutlined'
import SyncOutlined from '@ant-design/icons-svg/es/asn/SyncOutlined'
import type { TFunction } from 'i18next'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import type { BreakerState, BulkStatus, MessageStatus, TaskStatus } from '~/gql/graphql'
import { Glyph } from './Glyph'

type Tone = 'ok' | 'warn' | 'bad' | 'busy' | 'idle'

interface Look {
  tone: Tone
  icon: ReactNode
}

const ok: Look = { tone: 'ok', icon: <Glyph of={CheckCircleFilled} /> }
const bad: Look = { tone: 'bad', icon: <Glyph of={CloseCircleFilled} /> }
const waiting: Look = { tone: 'idle', icon: <Glyph of={ClockCircleOutlined} /> }
const busy: Look = { tone: 'busy', icon: <Glyph of={SyncOutlined} /> }
const stopped: Look = { tone: 'idle', icon: <Glyph of={StopOutlined} /> }

const MESSAGE: Record<MessageStatus, Look> = {
  SCHEDULED: waiting,
  PENDING: waiting,
  PROCESSING: busy,
  SUCCESS: ok,
  PARTIAL_SUCCESS: { tone: 'warn', icon: <Glyph of={ExclamationCircleFilled} /> },
  FAILED: bad,
  SKIPPED: { tone: 'idle', icon: <Glyph of={MinusCircleOutlined} /> },
  CANCELLED: stopped,
}

const TASK: Record<TaskStatus, Look> = {
  PENDING: waiting,
  SENDING: busy,
  SUCCESS: ok,
  RETRY: { tone: 'warn', icon: <Glyph of={RetweetOutlined} /> },
  FAILED: bad,
  CANCELLED: stopped,
}

/** An icon and a word: the colour only helps. */
export function State({ tone, icon, children }: Look & { children: ReactNode }) {
  return (
    <span className={`state tone-${tone}`}>
      {icon}
      <span>{children}</span>
    </span>
  )
}

/** `t` from outside spares a long list the hook in every row. */
export function MessageState({ status, t }: { status: MessageStatus; t?: TFunction }) {
  if (!t) return <TranslatedMessageState status={status} />
  return <State {...MESSAGE[status]}>{t(`messageStatus.${status}`)}</State>
}

function TranslatedMessageState({ status }: { status: MessageStatus }) {
  const { t } = useTranslation()
  return <MessageState status={status} t={t} />
}

const unknown: Look = { tone: 'warn', icon: <Glyph of={QuestionCircleFilled} /> }

interface TaskStateProps {
  status: TaskStatus
  /** The last attempt's outcome: a failure of which nobody knows whether it was one is not shown as a failure. */
  errorCode?: string | null | undefined
  discarded?: boolean
}

export function TaskState({ status, errorCode, discarded }: TaskStateProps) {
  const { t } = useTranslation()
  if (errorCode === 'AMBIGUOUS' && status === 'RETRY')
    return <State {...unknown}>{t('taskOutcome.UNKNOWN_RETRY')}</State>
  if (errorCode === 'AMBIGUOUS' && status === 'FAILED') return <State {...unknown}>{t('taskOutcome.UNKNOWN')}</State>
  if (errorCode === 'EXPIRED' && status === 'CANCELLED') return <State {...stopped}>{t('taskOutcome.EXPIRED')}</State>
  return (
    <State {...TASK[status]}>
      {t(`taskStatus.${status}`)}
      {discarded && ` · ${t('taskOutcome.DISCARDED')}`}
    </State>
  )
}

const JOB: Record<BulkStatus, Look> = {
  RUNNING: busy,
  PAUSED: { tone: 'idle', icon: <Glyph of={PauseCircleOutlined} /> },
  DONE: ok,
  CANCELLED: stopped,
  FAILED: bad,
}

export function JobState({ status }: { status: BulkStatus }) {
  const { t } = useTranslation()
  return <State {...JOB[status]}>{t(`bulkStatus.${status}`)}</State>
}

const BREAKER: Record<BreakerState, Look> = {
  CLOSED: ok,
  OPEN: { tone: 'bad', icon: <Glyph of={DisconnectOutlined} /> },
  HALF_OPEN: { tone: 'warn', icon: <Glyph of={SyncOutlined} /> },
}

export function Breaker({ state }: { state: BreakerState }) {
  const { t } = useTranslation()
  return <State {...BREAKER[state]}>{t(`breakerState.${state}`)}</State>
}

/** What a test send found; where there is no provider, nothing was sent and nothing failed. */
export function TestSendState({ success, outcome }: { success: boolean; outcome: string }) {
  const { t, i18n } = useTranslation()
  const key = `outcomes.${outcome}`
  const look = outcome === 'SKIPPED' ? MESSAGE.SKIPPED : success ? ok : outcome === 'AMBIGUOUS' ? unknown : bad
  return <State {...look}>{i18n.exists(key) ? t(key as 'outcomes.OK') : outcome}</State>
}

export function TaskIcon({ status }: { status: TaskStatus }) {
  const { tone, icon } = TASK[status]
  return <span className={`tone-${tone}`}>{icon}</span>
}

export function Enabled({ enabled }: { enabled: boolean }) {
  const { t } = useTranslation()
  const look: Look = enabled ? ok : { tone: 'idle', icon: <Glyph of={PauseCircleOutlined} /> }
  return <State {...look}>{t(enabled ? 'common.enabled' : 'common.disabled')}</State>
}
