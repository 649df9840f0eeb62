import { CodeEditor } from './CodeEditor'

interface Props {
  label: string
  value?: string
  onChange?: (value: string) => void
  minHeight?: number
  readOnly?: boolean
}

/** JSON text as the value of a form's field. */
export function JsonField({ label, value = '', onChange, minHeight, readOnly = false }: Props) {
  const shared = { label, value, onChange, readOnly }
  return <CodeEditor language="json" {...shared} minHeight={minHeight ?? 140} />
}

export function isJsonObject(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value)
  } catch {
    return false
  }
}
