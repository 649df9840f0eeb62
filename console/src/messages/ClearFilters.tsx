import { ClearOutlined } from '@ant-design/icons'
import { Button } from 'antd'
import { useTranslation } from 'react-i18next'
import type { MessageSearch } from './search'

const NONE: { [name in keyof Required<MessageSearch>]: undefined } = {
  status: undefined,
  businessType: undefined,
  channelType: undefined,
  storeId: undefined,
  messageId: undefined,
  recipient: undefined,
  from: undefined,
  to: undefined,
}

interface Props {
  search: MessageSearch
  onChange: (change: Partial<MessageSearch>) => void
}

/** Beside the title rather than after the fields, so that nothing moves when it appears. */
export function ClearFilters({ search, onChange }: Props) {
  const { t } = useTranslation()
  if (Object.values(search).every((value) => value === undefined)) return null
  return (
    <Button size="small" type="text" icon={<ClearOutlined aria-hidden />} onClick={() => onChange(NONE)}>
      {t('messages.clear')}
    </Button>
  )
}
