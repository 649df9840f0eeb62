import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { Explained } from '~/components/Explained'
import { Missing } from '~/components/Missing'
import { whole } from './numbers'
import { useOpenBreakers, useStanding } from './useStanding'

interface CappedCount {
  value: number
  capped: boolean
}

/** What is not on its way at this moment, each with the way to it where there is one; a number that is not known yet keeps its place. */
export function Standing() {
  const { t, i18n } = useTranslation()
  const standing = useStanding()
  const open = useOpenBreakers()
  const [data, breakers] = [standing.data, open.data]
  const failed = [standing, open].find((query) => query.error && !query.data)
  const looked = whole(breakers?.looked ?? 0, i18n.language)
  const capped = (count: CappedCount | undefined) =>
    count ? `${whole(count.value, i18n.language)}${count.capped ? '+' : ''}` : '–'
  return (
    <section className="card setup" aria-label={t('overview.standing')}>
      {/* No list has these and no others, so there is no way to them. */}
      <div>
        <Explained why={t('overview.deferredExplain')}>
          <span className="muted">{t('overview.deferred')}</span>
        </Explained>
        <strong>{capped(data?.backlog.deferredMessages)}</strong>
      </div>
      <Link to="/failed">
        <span className="muted">{t('overview.failedTasks')}</span>
        <strong>{capped(data?.backlog.failedTasks)}</strong>
      </Link>
      <Link to="/channels" title={breakers?.cut ? t('overview.breakersCut', { value: looked }) : undefined}>
        <span className="muted">{t('overview.breakers')}</span>
        <strong>{capped(breakers && { value: breakers.open.length, capped: breakers.cut })}</strong>
      </Link>
      {failed && <Missing error={failed.error} again={() => void failed.refetch()} />}
    </section>
  )
}
