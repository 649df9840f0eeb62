import { Skeleton } from 'antd'
import { useTranslation } from 'react-i18next'

export function PageLoading() {
  return (
    <div className="page">
      <Loading titled />
    </div>
  )
}

/** In place of a page's content, or with `titled` of all of it, until it is there. */
export function Loading({ titled = false }: { titled?: boolean }) {
  const { t } = useTranslation()
  return (
    <div aria-busy="true">
      <span className="hidden-label">{t('common.loading')}</span>
      <Skeleton active title={titled && { width: 180 }} paragraph={{ rows: 8 }} />
    </div>
  )
}
