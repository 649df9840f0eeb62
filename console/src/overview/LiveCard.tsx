import { lazy, Suspense } from 'react'
import { useTranslation } from 'react-i18next'
import { Time } from '~/components/Time'
import { useScope } from '~/session/scope'
import { useLiveCounts } from './useLiveCounts'

const LiveChart = lazy(() => import('./LiveChart'))

const NAMES = ['accepted', 'succeeded', 'failed', 'gone'] as const

export function LiveCard() {
  const { t } = useTranslation()
  const { tenantId, zoneOf } = useScope()
  const { seconds, since } = useLiveCounts()
  const sum = (name: (typeof NAMES)[number]) => seconds.reduce((all, second) => all + second[name], 0)
  return (
    <section className="card">
      <div className="row spread">
        <h2>{t('overview.live')}</h2>
        <span className="muted">
          {t('overview.since')}{' '}
          <Time at={new Date(since).toISOString()} zone={zoneOf(undefined)} named={tenantId === undefined} />
        </span>
      </div>
      <dl className="live-counts">
        {NAMES.map((name) => (
          <div key={name}>
            <dt>
              <span className={`live-line live-${name}`} aria-hidden /> {t(`overview.${name}`)}
            </dt>
            <dd>{sum(name)}</dd>
          </div>
        ))}
      </dl>
      <div className="live-chart">
        <Suspense fallback={null}>
          <LiveChart seconds={seconds} zone={zoneOf(undefined)} />
        </Suspense>
      </div>
    </section>
  )
}
