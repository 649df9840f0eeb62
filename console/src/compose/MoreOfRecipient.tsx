import { Form, Input, Select } from 'antd'
import { useTranslation } from 'react-i18next'
import type { CustomerType, DeviceType, UserType } from '~/gql/graphql'

const TEXTS = ['deviceNo', 'customerNo', 'customerName', 'customerTag'] as const
const USER_TYPES: readonly UserType[] = ['HEAD_OFFICE', 'BRANCH']
const DEVICE_TYPES: readonly DeviceType[] = ['IOS', 'ANDROID', 'WEB']
const CUSTOMER_TYPES: readonly CustomerType[] = ['PERSONAL', 'MERCHANT', 'STORE']

type Choice = ['userType' | 'deviceType' | 'customerType', { value: string; label: string }[]]

/** The rest of what is known of a recipient, each with the schema's word on it. */
export function MoreOfRecipient({ name, number }: { name: number; number: number }) {
  const { t } = useTranslation()
  const choices: readonly Choice[] = [
    ['userType', USER_TYPES.map((value) => ({ value, label: t(`userTypes.${value}`) }))],
    ['deviceType', DEVICE_TYPES.map((value) => ({ value, label: t(`deviceTypes.${value}`) }))],
    ['customerType', CUSTOMER_TYPES.map((value) => ({ value, label: t(`customerTypes.${value}`) }))],
  ]
  const labelOf = (field: (typeof TEXTS)[number] | Choice[0]) => ({
    label: t(`recipient.${field}`),
    tooltip: t(`inputs.RecipientInput.${field}`),
    name: [name, field],
  })
  const spoken = (field: string) => t('compose.recipientField', { number, field })
  return (
    <div className="recipient-more">
      {choices.map(([field, options]) => (
        <Form.Item key={field} {...labelOf(field)}>
          <Select allowClear aria-label={spoken(t(`recipient.${field}`))} options={options} />
        </Form.Item>
      ))}
      {TEXTS.map((field) => (
        <Form.Item key={field} {...labelOf(field)}>
          <Input aria-label={spoken(t(`recipient.${field}`))} />
        </Form.Item>
      ))}
    </div>
  )
}
