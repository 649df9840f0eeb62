import { Select } from 'antd'
import { useTranslation } from 'react-i18next'
import { BusinessTypeSelect } from '~/components/BusinessTypeSelect'
import { CHANNEL_TYPES } from '~/components/ChannelName'
import { FilterText } from './FilterText'
import { MESSAGE_STATUSES, type MessageSearch } from './search'
import { TimeRange } from './TimeRange'

interface Props {
  search: MessageSearch
  onChange: (change: Partial<MessageSearch>) => void
}

export function Filters({ search, onChange }: Props) {
  const { t } = useTranslation()
  return (
    <search className="row wrap" aria-label={t('messages.filters')}>
      <Select
        mode="multiple"
        maxTagCount="responsive"
        allowClear
        placeholder={t('messages.anyStatus')}
        aria-label={t('messages.status')}
        style={{ width: 160 }}
        value={search.status ?? []}
        options={MESSAGE_STATUSES.map((one) => ({ value: one, label: t(`messageStatus.${one}`) }))}
        onChange={(status) => onChange({ status: status.length > 0 ? status : undefined })}
      />
      <BusinessTypeSelect
        value={search.businessType}
        onChange={(businessType) => onChange({ businessType })}
        placeholder={t('messages.anyBusinessType')}
      />
      <Select
        allowClear
        placeholder={t('messages.anyChannel')}
        aria-label={t('messages.channel')}
        style={{ width: 130 }}
        value={search.channelType ?? null}
        options={CHANNEL_TYPES.map((one) => ({ value: one, label: t(`channelTypes.${one}`) }))}
        onChange={(channelType) => onChange({ channelType: channelType ?? undefined })}
      />
      <TimeRange label={t('messages.accepted')} from={search.from} to={search.to} onChange={onChange} />
      <FilterText
        label={t('messages.messageId')}
        value={search.messageId}
        onChange={(messageId) => onChange({ messageId })}
      />
      <FilterText
        label={t('messages.recipient')}
        value={search.recipient}
        onChange={(recipient) => onChange({ recipient })}
      />
      <FilterText label={t('messages.store')} value={search.storeId} onChange={(storeId) => onChange({ storeId })} />
    </search>
  )
}
