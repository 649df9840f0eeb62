import type { ReactNode } from 'react'

/**
 * The little of Markdown that chat robots show: headings, quotes, lists, bold, italics, code, links. It makes
 * elements, never HTML text, so a message cannot bring a script; pictures are named rather than fetched.
 */
export function Markdown({ text }: { text: string }) {
  // biome-ignore-start lint/suspicious/noArrayIndexKey: blocks of a text that is drawn anew as a whole
  return (
    <div className="md">
      {text
        .split(/\n/)
        .filter((line) => line.trim() !== '')
        .map((line, index) => (
          <Line key={index} line={line} />
        ))}
    </div>
  )
  // biome-ignore-end lint/suspicious/noArrayIndexKey: see above
}

function Line({ line }: { line: string }) {
  const heading = /^(#{1,6})\s+(.*)$/.exec(line)
  if (heading) return <div className={`md-h md-h${heading[1]?.length ?? 1}`}>{inline(heading[2] ?? '')}</div>
  const quote = /^>\s?(.*)$/.exec(line)
  if (quote) return <div className="md-quote">{inline(quote[1] ?? '')}</div>
  const item = /^\s*(?:[-*+]|\d+\.)\s+(.*)$/.exec(line)
  if (item) return <div className="md-item">{inline(item[1] ?? '')}</div>
  return <div>{inline(line)}</div>
}

const PIECES =
  /!\[([^\]]*)\]\(([^)\s]+)\)|\[([^\]]+)\]\(([^)\s]+)\)|\*\*([^*]+)\*\*|`([^`]+)`|<font[^>]*>|<\/font>|\*([^*]+)\*/g

function inline(text: string): ReactNode[] {
  const nodes: ReactNode[] = []
  let end = 0
  for (const match of text.matchAll(PIECES)) {
    nodes.push(text.slice(end, match.index))
    end = match.index + match[0].length
    const [, alt, image, label, link, bold, code, italic] = match
    const key = match.index
    if (image !== undefined) nodes.push(<PicturePlace key={key} name={alt || image} />)
    else if (link !== undefined) nodes.push(<PreviewLink key={key} url={link} text={label ?? link} />)
    else if (bold !== undefined) nodes.push(<strong key={key}>{bold}</strong>)
    else if (code !== undefined) nodes.push(<code key={key}>{code}</code>)
    else if (italic !== undefined) nodes.push(<em key={key}>{italic}</em>)
  }
  nodes.push(text.slice(end))
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
