import { Select } from 'antd'
import { useTranslation } from 'react-i18next'
import { CHANNEL_TYPES } from '~/components/ChannelName'
import { FilterText } from '~/messages/FilterText'
import type { ChannelSearch } from './search'

interface Props {
  search: ChannelSearch
  onChange: (change: Partial<ChannelSearch>) => void
}

export function ChannelFilters({ search, onChange }: Props) {
  const { t } = useTranslation()
  return (
    <search className="row wrap" aria-label={t('channels.filters')}>
      <Select
        allowClear
        placeholder={t('messages.anyChannel')}
        aria-label={t('channels.type')}
        style={{ width: 160 }}
        value={search.channelType ?? null}
        options={CHANNEL_TYPES.map((one) => ({ value: one, label: t(`channelTypes.${one}`) }))}
        onChange={(channelType) => onChange({ channelType: channelType ?? undefined })}
      />
      <FilterText label={t('messages.store')} value={search.store} onChange={(store) => onChange({ store })} />
      <Select
        allowClear
        placeholder={t('channels.anyState')}
        aria-label={t('common.state')}
        style={{ width: 160 }}
        value={search.enabled ?? null}
        options={[
          { value: true, label: t('common.enabled') },
          { value: false, label: t('common.disabled') },
        ]}
        onChange={(enabled) => onChange({ enabled: enabled ?? undefined })}
      />
    </search>
  )
}
