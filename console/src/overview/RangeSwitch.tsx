import { Segmented } from 'antd'
import { useTranslation } from 'react-i18next'
import { RANGES, type Range } from './span'

export function RangeSwitch({ range, onChange }: { range: Range; onChange: (range: Range) => void }) {
  const { t } = useTranslation()
  return (
    <Segmented<Range>
      aria-label={t('overview.range')}
      value={range}
      options={RANGES.map((one) => ({ value: one, label: t(`overview.ranges.${one}`) }))}
      onChange={onChange}
    />
  )
}
