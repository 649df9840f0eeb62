import { Select } from 'antd'
import { useTranslation } from 'react-i18next'
import { BusinessTypeSelect } from '~/components/BusinessTypeSelect'
import { CHANNEL_TYPES } from '~/components/ChannelName'
import { TimeRange } from '~/messages/TimeRange'
import { FAILURE_CODES, type FailedSearch } from './search'
import { useChannelNames } from './useChannelNames'
import { useFailure } from './useFailure'

interface Props {
  search: FailedSearch
  onChange: (change: Partial<FailedSearch>) => void
}

export function FailedFilters({ search, onChange }: Props) {
  const { t } = useTranslation()
  const failure = useFailure()
  const channels = useChannelNames().filter(({ channelType }) => (search.channelType ?? channelType) === channelType)
  return (
    <search className="row wrap" aria-label={t('failed.filters')}>
      <Select
        allowClear
        placeholder={t('failed.anyCode')}
        aria-label={t('failed.why')}
        style={{ width: 250 }}
        value={search.code ?? null}
        options={FAILURE_CODES.map((one) => ({ value: one, label: failure(one) }))}
        onChange={(code) => onChange({ code: code ?? undefined })}
      />
      <Select
        allowClear
        placeholder={t('messages.anyChannel')}
        aria-label={t('channels.type')}
        style={{ width: 130 }}
        value={search.channelType ?? null}
        options={CHANNEL_TYPES.map((one) => ({ value: one, label: t(`channelTypes.${one}`) }))}
        onChange={(channelType) => onChange({ channelType: channelType ?? undefined, channel: undefined })}
      />
      <Select
        allowClear
        showSearch={{ optionFilterProp: 'label' }}
        placeholder={t('failed.anyConfig')}
        aria-label={t('messages.channel')}
        style={{ width: 200 }}
        popupMatchSelectWidth={false}
        value={search.channel ?? null}
        options={channels.map(({ id, name }) => ({ value: id, label: name }))}
        onChange={(channel) => onChange({ channel: channel ?? undefined })}
      />
      <BusinessTypeSelect
        value={search.businessType}
        onChange={(businessType) => onChange({ businessType })}
        placeholder={t('messages.anyBusinessType')}
      />
      <TimeRange label={t('failed.at')} from={search.from} to={search.to} onChange={onChange} />
    </search>
  )
}
