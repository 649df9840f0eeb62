import { Input } from 'antd'
import { useState } from 'react'

interface Props {
  label: string
  value: string | undefined
  onChange: (value: string | undefined) => void
}

/** Filters when it is left or Enter is pressed: each letter would be another query. */
export function FilterText({ label, value, onChange }: Props) {
  const [draft, setDraft] = useState(value ?? '')
  const [seen, setSeen] = useState(value)
  if (seen !== value) {
    setSeen(value)
    setDraft(value ?? '')
  }
  const commit = (text: string) => {
    const next = text.trim() || undefined
    if (next !== value) onChange(next)
  }
  return (
    <Input
      allowClear
      aria-label={label}
      placeholder={label}
      style={{ width: 126 }}
      value={draft}
      onChange={(event) => {
        setDraft(event.target.value)
        // The clear button is a click, not a blur.
        if (event.target.value === '') commit('')
      }}
      onPressEnter={() => commit(draft)}
      onBlur={() => commit(draft)}
    />
  )
}
