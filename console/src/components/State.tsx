import {
  CheckCircleFilled,
  ClockCircleOutlined,
  CloseCircleFilled,
  ExclamationCircleFilled,
  LoadingOutlined,
  MinusCircleOutlined,
  PauseCircleOutlined,
  RetweetOutlined,
  StopOutlined,
} from '@ant-design/icons'
import type { TFunction } from 'i18next'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import type { MessageStatus, TaskStatus } from '~/gql/graphql'

type Tone = 'ok' | 'warn' | 'bad' | 'busy' | 'idle'

interface Look {
  tone: Tone
  icon: ReactNode
}

const ok: Look = { tone: 'ok', icon: <CheckCircleFilled aria-hidden /> }
const bad: Look = { tone: 'bad', icon: <CloseCircleFilled aria-hidden /> }
const waiting: Look = { tone: 'idle', icon: <ClockCircleOutlined aria-hidden /> }
const busy: Look = { tone: 'busy', icon: <LoadingOutlined aria-hidden /> }
const stopped: Look = { tone: 'idle', icon: <StopOutlined aria-hidden /> }

const MESSAGE: Record<MessageStatus, Look> = {
  SCHEDULED: waiting,
  PENDING: waiting,
  PROCESSING: busy,
  SUCCESS: ok,
  PARTIAL_SUCCESS: { tone: 'warn', icon: <ExclamationCircleFilled aria-hidden /> },
  FAILED: bad,
  SKIPPED: { tone: 'idle', icon: <MinusCircleOutlined aria-hidden /> },
  CANCELLED: stopped,
}

const TASK: Record<TaskStatus, Look> = {
  PENDING: waiting,
  SENDING: busy,
  SUCCESS: ok,
  RETRY: { tone: 'warn', icon: <RetweetOutlined aria-hidden /> },
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

export function TaskState({ status }: { status: TaskStatus }) {
  const { t } = useTranslation()
  return <State {...TASK[status]}>{t(`taskStatus.${status}`)}</State>
}

export function TaskIcon({ status }: { status: TaskStatus }) {
  const { tone, icon } = TASK[status]
  return <span className={`tone-${tone}`}>{icon}</span>
}

export function Enabled({ enabled }: { enabled: boolean }) {
  const { t } = useTranslation()
  const look: Look = enabled ? ok : { tone: 'idle', icon: <PauseCircleOutlined aria-hidden /> }
  return <State {...look}>{t(enabled ? 'common.enabled' : 'common.disabled')}</State>
}
