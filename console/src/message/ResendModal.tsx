import { useNavigate } from '@tanstack/react-router'
import { Form, Input, Select } from 'antd'
import { useTranslation } from 'react-i18next'
import { useChange } from '~/api/query'
import { CHANNEL_TYPES } from '~/components/ChannelName'
import { FormModal } from '~/components/FormModal'
import { TimeField } from '~/components/TimeField'
import { useApp } from '~/components/useApp'
import type { ChannelType, ResendMessageInput } from '~/gql/graphql'
import { useCodeText } from '~/i18n/problems'
import { useSaidOfInput } from '~/i18n/said'
import { useScope } from '~/session/scope'
import { ResendMessage } from './documents'
import type { MessageDetail } from './query'

interface Fields {
  targetChannels?: ChannelType[]
  messageId?: string
  scheduledAt?: string
  expiresAt?: string
}

/** Sends a message once more, as a new one that names this one, and goes there. */
export function ResendModal({ message, onClose }: { message: MessageDetail; onClose: () => void }) {
  const { t } = useTranslation()
  const app = useApp()
  const codeText = useCodeText()
  const said = useSaidOfInput()
  const navigate = useNavigate()
  const zone = useScope().zoneOf(message.tenantId)
  const resend = useChange(ResendMessage, 'messages')

  const save = async (fields: Fields) => {
    const { resendMessage: answer } = await resend.mutateAsync({ id: message.id, input: toInput(fields) })
    if (!answer.success || !answer.message) {
      const [outcome, why] = [answer.errorCode && codeText(answer.errorCode), said(answer.errorMessage ?? '')]
      return [
        { message: outcome && why ? t('said.coded', { outcome, why, said: `${outcome}: ${why}` }) : outcome || why },
      ]
    }
    void app.message.success(t(answer.duplicate ? 'message.resentBefore' : 'message.resent'))
    void navigate({ to: '/messages/$id', params: { id: answer.message.id } })
    return []
  }

  return (
    <FormModal<Fields>
      title={t('message.resendTitle')}
      okText={t('message.resend')}
      initial={message.targetChannels ? { targetChannels: message.targetChannels } : {}}
      onSave={save}
      onClose={onClose}
      saving={resend.isPending}
    >
      <p className="muted" style={{ marginBottom: 16 }}>
        {t('message.resendExplain')}
      </p>
      <Form.Item name="targetChannels" label={t('message.targetChannels')} extra={t('message.resendChannelsHelp')}>
        <Select
          mode="multiple"
          allowClear
          options={CHANNEL_TYPES.map((one) => ({ value: one, label: t(`channelTypes.${one}`) }))}
        />
      </Form.Item>
      <Form.Item name="scheduledAt" label={t('message.scheduledAt')} extra={t('compose.scheduledHelp')}>
        <TimeField zone={zone} />
      </Form.Item>
      <Form.Item name="expiresAt" label={t('message.expiresAt')} extra={t('compose.expiresHelp')}>
        <TimeField zone={zone} />
      </Form.Item>
      <Form.Item name="messageId" label={t('messages.messageId')} extra={t('compose.messageIdHelp')}>
        <Input maxLength={128} />
      </Form.Item>
    </FormModal>
  )
}

/** What is left empty is as it was in the old message. */
function toInput({ targetChannels, messageId, scheduledAt, expiresAt }: Fields): ResendMessageInput {
  return {
    ...(targetChannels?.length ? { targetChannels } : {}),
    ...(messageId?.trim() ? { messageId: messageId.trim() } : {}),
    ...(scheduledAt ? { scheduledAt } : {}),
    ...(expiresAt ? { expiresAt } : {}),
  }
}
