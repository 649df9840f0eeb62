import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { Page } from './Page'

export function NotFound() {
  const { t } = useTranslation()
  return (
    <Page title={t('common.notFound')}>
      <div className="blank">
        <span>{t('common.notFoundExplain')}</span>
        <Link to="/">{t('pages.overview')}</Link>
      </div>
    </Page>
  )
}
