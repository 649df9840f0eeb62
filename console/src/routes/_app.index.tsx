import { createFileRoute } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { Page } from '~/components/Page'
import { Lanes } from '~/overview/Lanes'
import { Latest } from '~/overview/Latest'
import { LiveCard } from '~/overview/LiveCard'
import { Numbers } from '~/overview/Numbers'
import { OpenBreakers } from '~/overview/OpenBreakers'
import { RangeSwitch } from '~/overview/RangeSwitch'
import { Setup } from '~/overview/Setup'
import { Standing } from '~/overview/Standing'
import { overviewSearch } from '~/overview/span'
import { useScope } from '~/session/scope'
import '~/overview/overview.css'

export const Route = createFileRoute('/_app/')({ validateSearch: overviewSearch, component: Overview })

function Overview() {
  const { t } = useTranslation()
  const { can, viewer } = useScope()
  const { range = 'hour' } = Route.useSearch()
  const navigate = Route.useNavigate()
  // Numbers over everyone's messages are not for keys that may read only their own: these count what they see go by.
  const stats = can('readStats')
  const failures = (
    <Latest
      title={t('overview.failures')}
      none={t('overview.noFailures')}
      status={['FAILED', 'PARTIAL_SUCCESS']}
      shown={5}
    />
  )
  const underWay = (
    <Latest
      title={t('overview.underWay')}
      none={t('overview.nothingUnderWay')}
      status={['SCHEDULED', 'PENDING', 'PROCESSING']}
      shown={8}
    />
  )
  return (
    <Page
      title={t('pages.overview')}
      explain={t('overview.explain')}
      actions={
        stats && (
          <RangeSwitch
            range={range}
            onChange={(next) =>
              void navigate({ search: (before) => ({ ...before, range: next === 'hour' ? undefined : next }) })
            }
          />
        )
      }
    >
      {stats ? <Standing /> : <LiveCard />}
      {stats ? (
        <Numbers
          range={range}
          urgent={
            <div className="columns wide-left urgent">
              {failures}
              <OpenBreakers />
            </div>
          }
          underWay={underWay}
        />
      ) : (
        <div className="columns">
          {failures}
          {underWay}
        </div>
      )}
      {stats && viewer.tenantId == null && <Lanes />}
      {can('readConfig') && <Setup />}
    </Page>
  )
}
