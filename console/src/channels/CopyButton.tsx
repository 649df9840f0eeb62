import { useNavigate } from '@tanstack/react-router'
import { Button, type ButtonProps, Form, Input, Switch } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useChange } from '~/api/query'
import { FormModal } from '~/components/FormModal'
import { useApp } from '~/components/useApp'
import type { ChannelFragment } from '~/gql/graphql'
import { CopyChannel } from './documents'
import './channels.css'

interface Fields {
  storeId?: string
  name?: string
  enabled: boolean
}

type Props = { channel: Pick<ChannelFragment, 'id' | 'name'> } & Pick<ButtonProps, 'size' | 'type'>

/** Copies a channel with its secrets, which the console itself could not: it never sees them. */
export function CopyButton({ channel: { id, name }, ...button }: Props) {
  const { t } = useTranslation()
  const app = useApp()
  const navigate = useNavigate()
  const [open, setOpen] = useState(false)
  const { mutateAsync, isPending } = useChange(CopyChannel, 'channels')
  const copy = async (fields: Fields) => {
    const given = { storeId: fields.storeId?.trim() || null, name: fields.name?.trim() || null }
    const { copyChannelConfig } = await mutateAsync({ id, ...given, enabled: fields.enabled })
    const made = copyChannelConfig.channelConfig
    if (made) {
      void app.message.success(t('channels.copied'))
      void navigate({ to: '/channels/$id', params: { id: made.id } })
    }
    return copyChannelConfig.userErrors
  }
  return (
    <>
      <Button {...button} onClick={() => setOpen(true)}>
        {t('channels.copy')}
      </Button>
      {open && (
        <FormModal<Fields>
          title={t('channels.copyTitle', { name })}
          okText={t('channels.copy')}
          initial={{ name, enabled: false }}
          onSave={copy}
          onClose={() => setOpen(false)}
          saving={isPending}
        >
          <p className="muted modal-lead">{t('channels.copyExplain')}</p>
          <Form.Item name="storeId" label={t('messages.store')} extra={t('channels.storeHelp')}>
            <Input />
          </Form.Item>
          <Form.Item name="name" label={t('common.name')} extra={t('channels.copyNameHelp')}>
            <Input maxLength={200} />
          </Form.Item>
          <Form.Item name="enabled" label={t('common.enabledField')} valuePropName="checked">
            <Switch />
          </Form.Item>
        </FormModal>
      )}
    </>
  )
}
