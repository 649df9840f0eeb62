import { useTranslation } from 'react-i18next'
import { Confirm } from '~/components/Confirm'
import { Breaker } from '~/components/State'
import type { ChannelFragment } from '~/gql/graphql'
import { useSaid } from '~/i18n/said'
import { useScope } from '~/session/scope'
import { WITHOUT_PROVIDER } from './settings'
import { useResetBreaker } from './useResetBreaker'

/** The breaker's state, what the provider said last where it is not well, and the way to close it at once. */
export function Health({ channel: { id, name, channelType, breaker } }: { channel: ChannelFragment }) {
  const { t } = useTranslation()
  const { can } = useScope()
  const { reset, isPending } = useResetBreaker(id)
  const said = useSaid()
  const { state, consecutiveFailures } = breaker
  const reason = said(breaker.reason ?? '')
  if (WITHOUT_PROVIDER.includes(channelType)) return <span className="muted">–</span>
  if (state === 'CLOSED') {
    return (
      <>
        <Breaker state={state} />
        {consecutiveFailures > 0 && (
          <div className="muted nowrap" title={reason}>
            {t('channels.failures', { times: consecutiveFailures })}
          </div>
        )}
      </>
    )
  }
  return (
    <>
      <Breaker state={state} />
      <div className="muted cell-note clip" title={reason}>
        {reason}
      </div>
      {can('operate') && (
        <Confirm size="small" question={t('channels.resetQuestion', { name })} onConfirm={reset} loading={isPending}>
          {t('channels.reset')}
        </Confirm>
      )}
    </>
  )
}
