import { Skeleton } from 'antd'
import { useTranslation } from 'react-i18next'

export function PageLoading() {
  const { t } = useTranslation()
  return (
    <div className="page" aria-busy="true">
      <span className="hidden-label">{t('common.loading')}</span>
      <Skeleton active title={{ width: 180 }} paragraph={{ rows: 8 }} />
    </div>
  )
}
