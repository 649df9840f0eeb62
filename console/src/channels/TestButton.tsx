import { Button, Form, Input, Select } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useChange } from '~/api/query'
import { FormModal } from '~/components/FormModal'
import { recipientsOf } from '~/compose/fields'
import { RecipientFields } from '~/compose/RecipientFields'
import type { ChannelFragment, MessageType, RecipientInput, TestSendFoundFragment } from '~/gql/graphql'
import { TestChannel } from './documents'
import { TestSend } from './TestSend'
import { useChannelType } from './types'

interface Fields {
  content?: { title?: string; body?: string; messageType?: MessageType }
  recipients?: RecipientInput[]
}

/** A message that brings its own text is one of these. */
const INLINE: readonly MessageType[] = ['TEXT', 'MARKDOWN']

/** Sends one message by the stored settings and shows what the provider says. */
export function TestButton({ channel }: { channel: ChannelFragment }) {
  const { t } = useTranslation()
  const [open, setOpen] = useState(false)
  return (
    <>
      <Button onClick={() => setOpen(true)}>{t('channels.test')}</Button>
      {open && <TestModal channel={channel} onClose={() => setOpen(false)} />}
    </>
  )
}

function TestModal({ channel: { id, name, channelType }, onClose }: { channel: ChannelFragment; onClose: () => void }) {
  const { t } = useTranslation()
  const described = useChannelType(channelType)
  const { mutateAsync, isPending } = useChange(TestChannel)
  const [found, setFound] = useState<TestSendFoundFragment>()
  const carried = INLINE.filter((one) => described?.messageTypes.some(({ messageType }) => messageType === one))
  const test = async ({ content = {}, recipients = [] }: Fields) => {
    const { title, body, messageType } = content
    const { testChannelConfig } = await mutateAsync({
      input: {
        id,
        content: body?.trim() ? { title: title?.trim() || null, body, messageType: messageType ?? null } : null,
        recipients: recipientsOf(recipients),
      },
    })
    setFound(testChannelConfig.testSend ?? undefined)
    return testChannelConfig.userErrors
  }
  return (
    <FormModal<Fields>
      title={t('channels.testTitle', { name })}
      okText={t(found ? 'channels.testAgain' : 'channels.testSend')}
      cancelText={t('common.close')}
      initial={{ content: { messageType: 'TEXT' } }}
      width={640}
      onSave={test}
      onSaved={() => undefined}
      onClose={onClose}
      saving={isPending}
    >
      <p className="muted modal-lead">{t('channels.testExplain')}</p>
      {carried.length > 1 && (
        <Form.Item name={['content', 'messageType']} label={t('templates.messageType')}>
          <Select options={carried.map((one) => ({ value: one, label: t(`messageTypes.${one}`) }))} />
        </Form.Item>
      )}
      <Form.Item name={['content', 'title']} label={t('templates.keys.title')}>
        <Input />
      </Form.Item>
      <Form.Item name={['content', 'body']} label={t('templates.keys.text')} extra={t('channels.testBodyHelp')}>
        <Input.TextArea autoSize={{ minRows: 2, maxRows: 8 }} />
      </Form.Item>
      <RecipientFields />
      {found && <TestSend found={found} />}
    </FormModal>
  )
}
