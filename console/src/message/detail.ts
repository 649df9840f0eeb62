import { CHANNEL_TYPES } from '~/components/ChannelName'
import type { ChannelType } from '~/gql/graphql'

export interface Detail {
  channelType?: ChannelType
  /** A stable code, for which there may be a text. */
  code?: string
  text: string
}

export type Piece = string | { kind: 'channel' | 'template' | 'message'; id: string; name: string }

/** A timeline entry's detail names the channel and a code before its words: `WEBHOOK: RATE_LIMITED: limit 20/1 min`. */
export function readDetail(detail: string, isCode: (text: string) => boolean): Detail {
  const parts = detail.split(': ')
  const read: Detail = { text: '' }
  const channelType = CHANNEL_TYPES.find((one) => one === parts[0])
  if (channelType) {
    read.channelType = channelType
    parts.shift()
  }
  if (parts[0] && isCode(parts[0])) read.code = parts.shift() as string
  read.text = parts.join(': ')
  return read
}

const NAMED = /"([^"]*)" \(((?:chc|tpl)_[0-9a-f]{32})\)|(msg_[0-9a-f]{32})/g

/** The configs, templates and messages that a detail names by their ids, to be made links of. */
export function pieces(text: string): Piece[] {
  const found: Piece[] = []
  let end = 0
  for (const match of text.matchAll(NAMED)) {
    if (match.index > end) found.push(text.slice(end, match.index))
    const [whole, name, id, message] = match
    if (message) found.push({ kind: 'message', id: message, name: message })
    else if (id) found.push({ kind: id.startsWith('chc_') ? 'channel' : 'template', id, name: name || id })
    end = match.index + whole.length
  }
  if (end < text.length) found.push(text.slice(end))
  return found
}

/** The messages that this one was sent once more as, oldest first: its timeline names them. */
export function resentAs(timeline: readonly { stage: string; outcome: string; detail?: string | null }[]): string[] {
  return timeline
    .filter(({ stage, outcome }) => stage === 'OPERATOR' && outcome === 'RESENT')
    .flatMap(({ detail }) => pieces(detail ?? ''))
    .flatMap((piece) => (typeof piece !== 'string' && piece.kind === 'message' ? [piece.id] : []))
}
