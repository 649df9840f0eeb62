import { useTranslation } from 'react-i18next'
import { type Limit, used } from './carried'

/** How much the provider takes, and how much the preview uses of it. */
export function LimitText({ limit, rendered }: { limit: Limit; rendered: unknown }) {
  const { t, i18n } = useTranslation()
  const number = new Intl.NumberFormat(i18n.language)
  const max = number.format(limit.max)
  const now = used(rendered, limit)
  if (now === undefined) return <div>{t('templates.limit', { max })}</div>
  return (
    <div className={now > limit.max ? 'limit-over' : undefined}>
      {t(now > limit.max ? 'templates.limitOver' : 'templates.limitUsed', { max, used: number.format(now) })}
    </div>
  )
}
