import { Json } from '~/components/Json'
import './message.css'

interface Props {
  text: string
  label: string
  /** Tells it from the answers beside it, for who hears the page. */
  name: string
}

/** What the provider said to one attempt. Folded: how it went stands beside it already. */
export function Answer({ text, label, name }: Props) {
  return (
    <details className="trace-answer">
      <summary>{label}</summary>
      <Json value={readable(text)} name={name} />
    </details>
  )
}

/** A number that reading it would round, such as a message id of 64 bits. */
const LONG_NUMBER = /[:[,\s]-?\d{16,}/

/** An answer that is JSON as a value, so that it is shown in lines; anything else, and what was cut off, as it came. */
export function readable(text: string): unknown {
  if (LONG_NUMBER.test(text)) return text
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
