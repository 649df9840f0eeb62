import { Select } from 'antd'

interface Props {
  id?: string
  value?: string
  onChange?: (value: string) => void
}

const ZONES = Intl.supportedValuesOf('timeZone').map((zone) => ({ value: zone, label: zone }))

export function ZoneSelect({ id, value, onChange }: Props) {
  return (
    <Select
      {...(id ? { id } : {})}
      {...(value ? { value } : {})}
      {...(onChange ? { onChange } : {})}
      showSearch
      options={ZONES}
    />
  )
}
