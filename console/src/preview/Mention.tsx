import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'

/** Somebody who is called: by mobile, by user id, or everyone. */
export function Mention({ who }: { who: string }) {
  const { t } = useTranslation()
  const name = /^@?all$/i.test(who) ? t('preview.everyone') : who
  return <span className="mention">@{name}</span>
}

/** A text in which those who are called stand out, as their names do in a client. */
export function withMentions(text: string, mentions: readonly string[]): ReactNode {
  const names = mentions.filter((one) => one !== '@all')
  if (names.length === 0 || !text.includes('@')) return text
  const known = new Set(names)
  return text.split(/(@[\w.*-]+)/).map((part, index) =>
    // biome-ignore lint/suspicious/noArrayIndexKey: parts of a text that is drawn anew as a whole
    part.startsWith('@') && known.has(part.slice(1)) ? <Mention key={index} who={part.slice(1)} /> : part,
  )
}
