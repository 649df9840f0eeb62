import { Link } from '@tanstack/react-router'
import { useId } from 'react'
import { useTranslation } from 'react-i18next'
import { Missing } from '~/components/Missing'
import { Breaker } from '~/components/State'
import { Time } from '~/components/Time'
import { useSaid } from '~/i18n/said'
import { useScope } from '~/session/scope'
import { whole } from './numbers'
import { useOpenBreakers } from './useStanding'

/** Which providers are left alone, why, and until when. */
export function OpenBreakers() {
  const { t, i18n } = useTranslation()
  const said = useSaid()
  const { can, tenantId, tenantOf, zoneOf } = useScope()
  const { data, error, refetch } = useOpenBreakers()
  const head = useId()
  return (
    <section className="card" aria-labelledby={head}>
      <h2 id={head}>{t('overview.breakers')}</h2>
      <div className="urgent-room">
        {!data && <Missing error={error} again={() => void refetch()} />}
        {data?.open.length === 0 && !data.cut && <p className="muted">{t('overview.noBreakers')}</p>}
        {data?.cut && (
          <p className="muted">{t('overview.breakersCut', { value: whole(data.looked, i18n.language) })}</p>
        )}
        <ul className="plain-list">
          {data?.open.map(({ id, name, channelType, breaker, tenantId: owner }) => (
            <li key={id} className="plain-item breaker-item">
              <Breaker state={breaker.state} />
              <span className="clip">
                <Link to="/channels/$id" params={{ id }} title={name}>
                  {name}
                </Link>
                <span className="muted">
                  {' '}
                  · {t(`channelTypes.${channelType}`)}
                  {can('platform') && !tenantId && <> · {tenantOf(owner)?.name}</>}
                </span>
              </span>
              <span className="muted clip breaker-why" title={said(breaker.reason ?? '')}>
                {said(breaker.reason ?? '')}
              </span>
              <span className="muted nowrap">
                {breaker.retryAt && (
                  <>
                    {t('channels.probeAt')} <Time at={breaker.retryAt} zone={zoneOf(owner)} />
                  </>
                )}
              </span>
            </li>
          ))}
        </ul>
      </div>
    </section>
  )
}
