import { Button } from 'antd'
import { useTranslation } from 'react-i18next'
import { useChange } from '~/api/query'
import { Confirm } from '~/components/Confirm'
import { useApp } from '~/components/useApp'
import { useRefused } from '~/components/userErrors'
import type { ChannelFragment } from '~/gql/graphql'
import { useProblemText } from '~/i18n/problems'
import { CopyButton } from './CopyButton'
import { DeleteChannel, UpdateChannel } from './documents'
import { toInput } from './fields'

/** What may be done with a channel from the list. */
export function ChannelActions({ channel }: { channel: ChannelFragment }) {
  const { t } = useTranslation()
  const app = useApp()
  const problem = useProblemText()
  const refused = useRefused()
  const update = useChange(UpdateChannel, 'channels')
  const remove = useChange(DeleteChannel, 'channels')
  const onError = (error: unknown) => void app.message.error(problem(error))
  const { id, name, enabled } = channel
  const toggle = () =>
    update.mutate(
      { id, input: { ...toInput(channel), enabled: !enabled } },
      { onSuccess: ({ updateChannelConfig: { userErrors } }) => void refused(userErrors), onError },
    )
  const drop = () =>
    remove.mutate(
      { id },
      {
        onSuccess: ({ deleteChannelConfig: { userErrors } }) =>
          refused(userErrors) || void app.message.success(t('common.deleted')),
        onError,
      },
    )

  return (
    <span className="row-actions">
      {enabled ? (
        <Confirm
          size="small"
          type="text"
          question={t('channels.disableQuestion', { name })}
          onConfirm={toggle}
          loading={update.isPending}
        >
          {t('common.disable')}
        </Confirm>
      ) : (
        <Button size="small" type="text" onClick={toggle} loading={update.isPending}>
          {t('common.enable')}
        </Button>
      )}
      <CopyButton channel={channel} size="small" type="text" />
      <Confirm
        size="small"
        type="text"
        danger
        question={t('channels.deleteQuestion', { name })}
        loading={remove.isPending}
        onConfirm={drop}
      >
        {t('common.delete')}
      </Confirm>
    </span>
  )
}
