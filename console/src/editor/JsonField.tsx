import { CodeEditor } from './CodeEditor'

interface Props {
  id?: string
  label: string
  value?: string
  onChange?: (value: string) => void
  minHeight?: number
  readOnly?: boolean
}

/** JSON text as the value of a form's field. */
export function JsonField({ id, label, value = '', onChange, minHeight, readOnly = false }: Props) {
  const shared = { label, value, onChange, readOnly }
  return (
    // By its id the form finds what is wrong.
    <div {...(id ? { id } : {})}>
      <CodeEditor language="json" {...shared} minHeight={minHeight ?? 140} />
    </div>
  )
}

export function isJsonObject(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value)
  } catch {
    return false
  }
}
