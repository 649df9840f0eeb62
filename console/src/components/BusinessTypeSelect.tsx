import { useQuery } from '@tanstack/react-query'
import { AutoComplete } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { businessTypeNames, templateNames } from '~/api/names'
import { useScope } from '~/session/scope'

/** Codes that are registered or have a template. Others may be typed: a tenant need not register them. */
export function useBusinessTypeCodes(tenantId?: string) {
  const scope = useScope()
  const of = tenantId ?? scope.tenantId ?? null
  const enabled = scope.can('readConfig')
  const { data: registered } = useQuery({ ...businessTypeNames(of), enabled })
  const { data: templates } = useQuery({ ...templateNames({ tenantId: of }), enabled })
  const names = new Map<string, string | undefined>()
  for (const { businessType } of templates?.nodes ?? []) names.set(businessType, undefined)
  for (const { code, name } of registered?.nodes ?? []) names.set(code, name)
  return [...names].sort(([one], [other]) => one.localeCompare(other)).map(([code, name]) => ({ code, name }))
}

interface Props {
  id?: string
  value?: string | undefined
  onChange?: (value: string | undefined) => void
  placeholder?: string
  width?: number | string
  disabled?: boolean
  tenantId?: string
}

/** Chooses, or takes, a business type's code. Tells on choosing, Enter and leaving, not at each letter. */
export function BusinessTypeSelect({ id, value, onChange, placeholder, width = 160, disabled, tenantId }: Props) {
  const { t } = useTranslation()
  const codes = useBusinessTypeCodes(tenantId)
  const [draft, setDraft] = useState(value ?? '')
  const [seen, setSeen] = useState(value)
  if (seen !== value) {
    setSeen(value)
    setDraft(value ?? '')
  }
  const commit = (text: string) => {
    const next = text.trim() || undefined
    if (next !== value) onChange?.(next)
  }
  return (
    <AutoComplete
      {...(id ? { id } : { 'aria-label': t('common.businessType') })}
      allowClear
      disabled={disabled ?? false}
      placeholder={placeholder ?? ''}
      style={{ width }}
      value={draft}
      showSearch={{
        filterOption: (typed, option) => (option?.value ?? '').toLowerCase().includes(typed.toLowerCase()),
      }}
      options={codes.map(({ code, name }) => ({ value: code, label: name ? `${code} · ${name}` : code }))}
      onChange={(text) => setDraft(text ?? '')}
      onSelect={commit}
      onClear={() => commit('')}
      onBlur={() => commit(draft)}
      onKeyDown={(event) => event.key === 'Enter' && commit(draft)}
    />
  )
}
