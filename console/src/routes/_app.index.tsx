import { createFileRoute } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { Page } from '~/components/Page'
import { Latest } from '~/overview/Latest'
import { LiveCard } from '~/overview/LiveCard'
import { Setup } from '~/overview/Setup'
import { useScope } from '~/session/scope'
import '~/overview/overview.css'

export const Route = createFileRoute('/_app/')({ component: Overview })

function Overview() {
  const { t } = useTranslation()
  const { can } = useScope()
  return (
    <Page title={t('pages.overview')} explain={t('overview.explain')}>
      <LiveCard />
      <div className="columns">
        <Latest title={t('overview.failures')} none={t('overview.noFailures')} status={['FAILED', 'PARTIAL_SUCCESS']} />
        <Latest
          title={t('overview.underWay')}
          none={t('overview.nothingUnderWay')}
          status={['SCHEDULED', 'PENDING', 'PROCESSING']}
        />
      </div>
      {can('readConfig') && <Setup />}
    </Page>
  )
}
