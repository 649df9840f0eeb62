import { Fragment, type ReactNode } from 'react'
import { Mention, withMentions } from './Mention'

/**
 * The little of Markdown that chat robots show: headings, quotes, lists, bold, italics, code, links, and WeCom's three
 * colours and mentions. It makes elements, never HTML text, so a message cannot bring a script; pictures are named
 * rather than fetched.
 */
export function Markdown({ text, mentions = [] }: { text: string; mentions?: readonly string[] }) {
  // biome-ignore-start lint/suspicious/noArrayIndexKey: blocks of a text that is drawn anew as a whole
  return (
    <div className="md">
      {text
        .split(/\n/)
        .filter((line) => line.trim() !== '')
        .map((line, index) => (
          <Line key={index} line={line} mentions={mentions} />
        ))}
    </div>
  )
  // biome-ignore-end lint/suspicious/noArrayIndexKey: see above
}

function Line({ line, mentions }: { line: string; mentions: readonly string[] }) {
  const words = (text = '') => inline(text, mentions)
  const heading = /^(#{1,6})\s+(.*)$/.exec(line)
  if (heading) return <div className={`md-h md-h${heading[1]?.length ?? 1}`}>{words(heading[2])}</div>
  if (/^\s*([-*_])(\s*\1){2,}\s*$/.test(line)) return <hr className="md-rule" />
  const quote = /^>\s?(.*)$/.exec(line)
  if (quote) return <div className="md-quote">{words(quote[1])}</div>
  const item = /^(\s*)(?:[-*+]|(\d+)[.)])\s+(.*)$/.exec(line)
  if (!item) return <div>{words(line)}</div>
  const [, indent = '', number, rest] = item
  return (
    <div className="md-item" style={{ marginLeft: 16 * Math.floor(indent.length / 2) }}>
      <span className="md-mark">{number === undefined ? '•' : `${number}.`}</span>
      <span>{words(rest)}</span>
    </div>
  )
}

/** A masked number, address or id, as in `138****8000` and `a***@example.com`: its stars are no emphasis. */
const MASK = /@?\b\w{1,3}\*{4}\w{2,4}\b|@?\b\w?\*{3}@[\w.-]+|@?\b\w\*{3}(?![\w*])/
const MARKS =
  /!\[([^\]]*)\]\(([^)\s]+)\)|\[([^\]]+)\]\(([^)\s]+)\)|\*\*(.+?)\*\*|`([^`]+)`|<font color=["']?(\w+)["']?>(.*?)<\/font>|<@([^>\s]+)>|<br\s*\/?>|<\/?font[^>]*>|\*([^*]+)\*/

const PIECES = new RegExp(`(${MASK.source})|${MARKS.source}`, 'gi')

/** WeCom knows these three; any other colour is text. */
const COLOURS = new Set(['info', 'comment', 'warning'])

function inline(text: string, mentions: readonly string[]): ReactNode[] {
  const nodes: ReactNode[] = []
  let end = 0
  for (const match of text.matchAll(PIECES)) {
    nodes.push(
      <Fragment key={`before ${match.index}`}>{withMentions(text.slice(end, match.index), mentions)}</Fragment>,
    )
    end = match.index + match[0].length
    const [whole, mask, alt, image, label, link, bold, code, colour, coloured = '', person, italic] = match
    const key = match.index
    if (mask !== undefined) nodes.push(<Fragment key={key}>{withMentions(mask, mentions)}</Fragment>)
    else if (image !== undefined) nodes.push(<PicturePlace key={key} name={alt || image} />)
    else if (link !== undefined) nodes.push(<PreviewLink key={key} url={link} text={label ?? link} />)
    else if (bold !== undefined) nodes.push(<strong key={key}>{inline(bold, mentions)}</strong>)
    else if (code !== undefined) nodes.push(<code key={key}>{code}</code>)
    else if (colour !== undefined) {
      const known = COLOURS.has(colour) ? `md-${colour}` : undefined
      nodes.push(
        <span key={key} className={known}>
          {inline(coloured, mentions)}
        </span>,
      )
    } else if (person !== undefined) nodes.push(<Mention key={key} who={person} />)
    else if (italic !== undefined) nodes.push(<em key={key}>{inline(italic, mentions)}</em>)
    else if (/^<br/i.test(whole)) nodes.push(<br key={key} />)
  }
  nodes.push(<Fragment key="rest">{withMentions(text.slice(end), mentions)}</Fragment>)
  return nodes
}

/** Where a picture would be. It is not fetched: the console speaks to its own server only. */
export function PicturePlace({ name }: { name: string }) {
  return (
    <span className="picture-place" title={name}>
      ▣ {name}
    </span>
  )
}

export function PreviewLink({ url, text }: { url: string; text: string }) {
  if (!/^https?:/i.test(url)) return <span title={url}>{text}</span>
  return (
    <a href={url} target="_blank" rel="noreferrer noopener" title={url}>
      {text}
    </a>
  )
}
