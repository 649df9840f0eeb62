import { Link } from '@tanstack/react-router'
import { Button } from 'antd'
import { useTranslation } from 'react-i18next'
import { useChange } from '~/api/query'
import { Confirm } from '~/components/Confirm'
import { useApp } from '~/components/useApp'
import type { ChannelFragment } from '~/gql/graphql'
import { useProblemText } from '~/i18n/problems'
import { useScope } from '~/session/scope'
import { DeleteChannel, UpdateChannel } from './documents'
import { toInput } from './fields'
import { useResetBreaker } from './useResetBreaker'

/** What an operator may do with a channel, and after it what only an administrator may. */
export function ChannelActions({ channel }: { channel: ChannelFragment }) {
  const { t } = useTranslation()
  const { can } = useScope()
  const { id, name, breaker } = channel
  const { reset, isPending } = useResetBreaker(id)
  return (
    <span className="row-actions">
      {can('configure') && <Changes channel={channel} />}
      {breaker.state !== 'CLOSED' && (
        <Confirm
          size="small"
          type="text"
          question={t('channels.resetQuestion', { name })}
          onConfirm={reset}
          loading={isPending}
        >
          {t('channels.reset')}
        </Confirm>
      )}
    </span>
  )
}

function Changes({ channel }: { channel: ChannelFragment }) {
  const { t } = useTranslation()
  const app = useApp()
  const problem = useProblemText()
  const update = useChange(UpdateChannel, 'channels')
  const remove = useChange(DeleteChannel, 'channels')
  const onError = (error: unknown) => void app.message.error(problem(error))
  const { id, name, enabled } = channel
  const toggle = () => update.mutate({ id, input: { ...toInput(channel), enabled: !enabled } }, { onError })

  return (
    <>
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
      <Link to="/channels/$id" params={{ id: 'new' }} search={{ copy: id }}>
        <Button size="small" type="text" tabIndex={-1}>
          {t('channels.copy')}
        </Button>
      </Link>
      <Confirm
        size="small"
        type="text"
        danger
        question={t('channels.deleteQuestion', { name })}
        loading={remove.isPending}
        onConfirm={() =>
          remove.mutate({ id }, { onSuccess: () => void app.message.success(t('common.deleted')), onError })
        }
      >
        {t('common.delete')}
      </Confirm>
    </>
  )
}
