import { useQuery } from '@tanstack/react-query'
import { Button, Form, Select } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { channelNames } from '~/api/names'
import { useChange } from '~/api/query'
import { TestSend } from '~/channels/TestSend'
import { FormModal } from '~/components/FormModal'
import { Missing } from '~/components/Missing'
import { recipientsOf } from '~/compose/fields'
import { RecipientFields } from '~/compose/RecipientFields'
import type { RecipientInput, TemplateInput, TestSendFoundFragment } from '~/gql/graphql'
import { TestTemplate } from './documents'

interface Fields {
  channelConfigId?: string
  recipients?: RecipientInput[]
}

interface Props {
  /** As it is in the editor, stored or not. */
  template: TemplateInput
  /** What it is rendered with: the preview's. */
  businessData: unknown
}

/** Sends what the preview shows over a channel of the template's kind. */
export function TestButton(props: Props) {
  const { t } = useTranslation()
  const [open, setOpen] = useState(false)
  return (
    <>
      <Button disabled={!props.template.tenantId} onClick={() => setOpen(true)}>
        {t('channels.test')}
      </Button>
      {open && <TestModal {...props} onClose={() => setOpen(false)} />}
    </>
  )
}

function TestModal({ template, businessData, onClose }: Props & { onClose: () => void }) {
  const { t } = useTranslation()
  const { channelType, tenantId } = template
  const { data, error, isLoading, refetch } = useQuery(channelNames({ tenantId: tenantId ?? null, channelType }))
  const { mutateAsync, isPending } = useChange(TestTemplate)
  const [found, setFound] = useState<TestSendFoundFragment>()
  const channels = data?.nodes ?? []
  const test = async ({ channelConfigId = '', recipients = [] }: Fields) => {
    const named = { ...template, name: template.name || '-', businessType: template.businessType || '-' }
    const input = { channelConfigId, template: named, businessData, recipients: recipientsOf(recipients) }
    const { testTemplate } = await mutateAsync({ input })
    setFound(testTemplate.testSend ?? undefined)
    return testTemplate.userErrors
  }
  return (
    <FormModal<Fields>
      title={t('templates.testTitle')}
      okText={t(found ? 'channels.testAgain' : 'channels.testSend')}
      cancelText={t('common.close')}
      initial={{}}
      width={640}
      onSave={test}
      onSaved={() => undefined}
      onClose={onClose}
      saving={isPending}
    >
      <p className="muted modal-lead">{t('templates.testExplain')}</p>
      <Form.Item
        name="channelConfigId"
        label={t('templates.testOver')}
        extra={error && !data && <Missing error={error} again={() => void refetch()} />}
        rules={[{ required: true, message: t('common.required') }]}
      >
        <Select
          showSearch={{ optionFilterProp: 'label' }}
          loading={isLoading}
          notFoundContent={data ? t('templates.testNoChannel', { channel: t(`channelTypes.${channelType}`) }) : null}
          options={channels.map(({ id, name, storeId, enabled }) => ({
            value: id,
            label: [name, storeId && t('channels.ofStore', { store: storeId }), !enabled && t('common.disabled')]
              .filter(Boolean)
              .join(' · '),
          }))}
        />
      </Form.Item>
      <RecipientFields />
      {found && <TestSend found={found} />}
    </FormModal>
  )
}
