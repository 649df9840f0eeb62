/** 138****8000, a***@example.com, u***: enough to recognise, not enough to use. */
export function masked(text: string): string {
  const at = text.indexOf('@')
  if (at > 0) return `${text.slice(0, 1)}***${text.slice(at)}`
  if (text.length >= 8) return `${text.slice(0, 3)}****${text.slice(-4)}`
  return `${text.slice(0, 1)}***`
}
