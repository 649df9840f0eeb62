import { useTranslation } from 'react-i18next'
import { rounded } from './numbers'
import { useLiveCounts } from './useLiveCounts'

/** So many of the last whole seconds make the rate of this moment. */
const SECONDS = 10

/** What goes in and out at this moment, from the live events. */
export function Now() {
  const { t, i18n } = useTranslation()
  const { seconds } = useLiveCounts()
  const last = seconds.slice(-1 - SECONDS, -1)
  const perSecond = (count: (one: (typeof last)[number]) => number) =>
    rounded(last.reduce((sum, one) => sum + count(one), 0) / SECONDS, i18n.language)
  return (
    <span className="muted overview-now">
      {t('overview.now', {
        accepted: perSecond(({ accepted }) => accepted),
        ended: perSecond(({ succeeded, failed, gone }) => succeeded + failed + gone),
      })}
    </span>
  )
}
