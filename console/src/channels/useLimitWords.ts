import { useTranslation } from 'react-i18next'
import type { ChannelFragment } from '~/gql/graphql'

/** A rate limit in words: 20 per 1 min. */
export function useLimitWords(): (limit: NonNullable<ChannelFragment['rateLimit']>) => string {
  const { t } = useTranslation()
  return ({ count, window, unit }) => t('channels.limit', { count, window, unit: t(`timeUnitShort.${unit}`) })
}
