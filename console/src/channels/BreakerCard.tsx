import { useTranslation } from 'react-i18next'
import { Confirm } from '~/components/Confirm'
import { Facts } from '~/components/Facts'
import { Breaker } from '~/components/State'
import { Time } from '~/components/Time'
import type { ChannelFragment } from '~/gql/graphql'
import { useSaid } from '~/i18n/said'
import { useScope } from '~/session/scope'
import { useResetBreaker } from './useResetBreaker'

/** Why the provider is left alone, since when, and when it is tried again; shown from the first failure on. */
export function BreakerCard({ channel: { id, name, tenantId, breaker } }: { channel: ChannelFragment }) {
  const { t } = useTranslation()
  const said = useSaid()
  const { can, zoneOf } = useScope()
  const { reset, isPending } = useResetBreaker(id)
  const { state, reason, openedAt, retryAt, consecutiveFailures } = breaker
  if (state === 'CLOSED' && consecutiveFailures === 0) return null
  const zone = zoneOf(tenantId)
  return (
    <section className="card breaker-card" aria-labelledby="breaker">
      <div className="row spread">
        <div className="row">
          <h2 id="breaker">{t('channels.breaker')}</h2>
          <Breaker state={state} />
        </div>
        {state !== 'CLOSED' && can('operate') && (
          <Confirm question={t('channels.resetQuestion', { name })} onConfirm={reset} loading={isPending}>
            {t('channels.reset')}
          </Confirm>
        )}
      </div>
      <p className="muted">{t('channels.breakerExplain')}</p>
      <Facts
        facts={[
          [t('channels.reason'), reason && said(reason)],
          [t('channels.failuresInARow'), consecutiveFailures],
          [t('channels.openedAt'), openedAt && <Time key="opened" at={openedAt} zone={zone} reachable />],
          [t('channels.probeAt'), retryAt && <Time key="probe" at={retryAt} zone={zone} reachable />],
        ]}
      />
    </section>
  )
}
