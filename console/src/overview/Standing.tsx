import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { Missing } from '~/components/Missing'
import { whole } from './numbers'
import { useOpenBreakers, useStanding } from './useStanding'

interface CappedCount {
  value: number
  capped: boolean
}

/** What is not on its way at this moment, each with the way to it; a number that is not known yet keeps its place. */
export function Standing() {
  const { t, i18n } = useTranslation()
  const standing = useStanding()
  const breakers = useOpenBreakers()
  const [data, open] = [standing.data, breakers.data]
  const failed = [standing, breakers].find((query) => query.error && !query.data)
  const capped = (count: CappedCount | undefined) =>
    count ? `${whole(count.value, i18n.language)}${count.capped ? '+' : ''}` : '–'
  return (
    <section className="card setup" aria-label={t('overview.standing')}>
      <Link to="/messages" search={{ status: ['PROCESSING'] }} title={t('overview.deferredExplain')}>
        <span className="muted">{t('overview.deferred')}</span>
        <strong>{capped(data?.backlog.deferredMessages)}</strong>
      </Link>
      <Link to="/failed">
        <span className="muted">{t('overview.failedTasks')}</span>
        <strong>{capped(data?.backlog.failedTasks)}</strong>
      </Link>
      <Link to="/channels">
        <span className="muted">{t('overview.breakers')}</span>
        <strong>{open ? whole(open.length, i18n.language) : '–'}</strong>
      </Link>
      {failed && <Missing error={failed.error} again={() => void failed.refetch()} />}
    </section>
  )
}
