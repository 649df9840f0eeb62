import { useTranslation } from 'react-i18next'
import { instant } from '~/components/timeFormat'
import type { FailedTaskFilter } from '~/gql/graphql'
import { useScope } from '~/session/scope'
import { useChannelNames } from './useChannelNames'
import { useFailure } from './useFailure'

/** Which failed tasks are meant, in one line. */
export function FilterSummary({ filter }: { filter: FailedTaskFilter }) {
  const { t } = useTranslation()
  const { can, tenantId: ofPage, tenantOf, zoneOf } = useScope()
  const failure = useFailure()
  const channels = useChannelNames()
  const { tenantId, errorCode, channelType, channelConfigId, businessType, failedFrom, failedTo } = filter
  const zone = zoneOf(tenantId ? String(tenantId) : undefined)
  const time = (at: string) => instant(new Date(at), zone).slice(0, 16) + (ofPage ? '' : ` ${zone}`)
  const tenant = tenantId ? (tenantOf(String(tenantId))?.name ?? tenantId) : t('shell.allTenants')
  const parts = [
    can('platform') && tenant,
    errorCode && failure(errorCode),
    channelType && t(`channelTypes.${channelType}`),
    channelConfigId && (channels.find(({ id }) => id === channelConfigId)?.name ?? channelConfigId),
    businessType,
    failedFrom && t('failed.since', { time: time(failedFrom) }),
    failedTo && t('failed.before', { time: time(failedTo) }),
  ].filter(Boolean)
  return parts.length > 0 ? parts.join(' · ') : t('failed.everything')
}
