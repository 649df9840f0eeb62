import { masked } from '~/components/masked'
import type { MessageDetail } from './query'

/** What tells where somebody is reached, and is covered until asked for. */
export const PERSONAL = ['mobile', 'email', 'deviceNo', 'customerNo', 'customerName'] as const

/** Shorter values would strike out harmless text; a value that is all of a text is covered however short it is. */
const SHORTEST = 4

/** What numbers, addresses and ids are made of; a mention begins with @, and a sentence may end behind the value. */
const WORD = /[\w@.+-]+/g
const BARE = /^@*(.*?)[.\-_+@]*$/s

export type Cover = (text: string) => string

/** Covers what is known of the recipients wherever it stands by itself in another text, as the server does for its masks. */
export function coverOf(recipients: MessageDetail['recipients']): Cover {
  const masks = new Map<string, string>()
  for (const recipient of recipients) {
    for (const field of PERSONAL) {
      const plain = recipient[field]
      if (plain) masks.set(plain, masked(plain))
    }
  }
  // Names have blanks, or no blanks around them: they are looked for as they are.
  const names = [...masks].filter(([plain]) => plain.length > 1 && plain.replace(WORD, '') !== '')
  const word = (whole: string) => {
    const bare = BARE.exec(whole)?.[1] ?? ''
    for (const part of [whole, bare]) {
      const mask = part.length >= SHORTEST ? masks.get(part) : undefined
      if (mask !== undefined) return whole.replace(part, () => mask)
    }
    return whole
  }
  return (text) => {
    const mask = masks.get(text)
    if (mask !== undefined) return mask
    return names.reduce((all, [plain, cover]) => all.replaceAll(plain, () => cover), text).replace(WORD, word)
  }
}

/** The message with its recipients covered in all that was made of them or said about them; they themselves stay. */
export function covered(message: MessageDetail): MessageDetail {
  const cover = coverOf(message.recipients)
  const within = <Value>(value: Value): Value => coverWithin(value, cover) as Value
  return {
    ...message,
    businessData: within(message.businessData),
    attributes: within(message.attributes),
    errorMessage: within(message.errorMessage),
    tasks: message.tasks.map((task) => ({
      ...task,
      renderedContent: within(task.renderedContent),
      resultMessage: within(task.resultMessage),
      thirdPartyResponse: within(task.thirdPartyResponse),
    })),
    timeline: message.timeline.map((entry) => ({
      ...entry,
      detail: within(entry.detail),
      thirdPartyResponse: within(entry.thirdPartyResponse),
    })),
  }
}

/** In every string of a JSON value, and in place of a number that is one of them. */
function coverWithin(value: unknown, cover: Cover): unknown {
  if (typeof value === 'string') return cover(value)
  if (typeof value === 'number') {
    const text = String(value)
    const hidden = cover(text)
    return hidden === text ? value : hidden
  }
  if (Array.isArray(value)) return value.map((one) => coverWithin(one, cover))
  if (value === null || typeof value !== 'object') return value
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, coverWithin(one, cover)]))
}
