import type { ChannelType } from '~/gql/graphql'
import { type Json, link, list, object, text, texts } from './json'
import { weCom } from './weCom'

/** What a client shows, whatever provider's shape it came in. */
export interface Shown {
  /** Shown in lists and notifications only, not in the message itself. */
  notice?: string | undefined
  title?: string | undefined
  text?: string | undefined
  markdown?: boolean
  picture?: string | undefined
  link?: string | undefined
  /** What the link is called, where that is not its address. */
  linkName?: string | undefined
  buttons?: Link[]
  articles?: Article[]
  /** Whom it calls: mobiles and user ids, `@all` for everyone. */
  mentions?: readonly string[]
  /** Fills its width: a card or articles, rather than words in a bubble. */
  card?: CardParts
  mail?: Mail
}

export interface Link {
  title: string
  url: string
}

export interface Article extends Link {
  description?: string | undefined
  picture?: string | undefined
}

/** What WeCom's cards have beside title and text. */
export interface CardParts {
  source?: string | undefined
  emphasis?: { title: string | undefined; text: string | undefined } | undefined
  quote?: { title: string | undefined; text: string | undefined } | undefined
  rows?: { name: string; value: string; url: string | undefined }[]
}

export interface Mail {
  from: string | undefined
  to: string | undefined
  html: string | undefined
}

/** Reads a body as the provider would get it. What is not understood is undefined, and shown as JSON. */
export function shownBy(channelType: ChannelType, body: unknown): Shown | undefined {
  const shape = object(body)
  if (channelType === 'DINGTALK') return dingTalk(shape)
  if (channelType === 'WECHAT_WORK') return weCom(shape)
  return channelType === 'EMAIL' ? mail(shape) : plain(shape)
}

function dingTalk(body: Json): Shown | undefined {
  const part = (name: string) => object(body[name])
  const { atMobiles, atUserIds, isAtAll } = part('at')
  const mentions = [...(isAtAll === true ? ['@all'] : []), ...texts(atMobiles), ...texts(atUserIds)]
  switch (body.msgtype) {
    case 'text':
      return { text: text(part('text').content), mentions }
    case 'markdown':
      return { notice: text(part('markdown').title), text: text(part('markdown').text), markdown: true, mentions }
    case 'link': {
      const { title, text: words, messageUrl, picUrl } = part('link')
      const article = { ...link(title, messageUrl), description: text(words), picture: text(picUrl) }
      return { articles: [article] }
    }
    case 'actionCard': {
      const card = part('actionCard')
      const single = text(card.singleTitle) ? [{ title: card.singleTitle, actionURL: card.singleURL }] : []
      const buttons = [...single, ...list(card.btns)].map(({ title, actionURL }) => link(title, actionURL))
      return { notice: text(card.title), text: text(card.text), markdown: true, buttons, card: {} }
    }
    case 'feedCard':
      return {
        articles: list(part('feedCard').links).map((one) => ({
          ...link(one.title, one.messageURL),
          picture: text(one.picURL),
        })),
      }
    default:
      return undefined
  }
}

/** What has more than words to it: its text for plain readers repeats title, links and all. */
const SPELLED_OUT: readonly unknown[] = ['LINK', 'CARD', 'FEED', 'IMAGE', 'NEWS', 'FILE']

function plain(body: Json): Shown | undefined {
  const { messageType } = body
  const content = object(body.content)
  const buttons = list(content.buttons).map((one) => link(one.title, one.url))
  const articles = list(content.articles ?? content.links).map((one) => ({
    ...link(one.title, one.url),
    description: text(one.description),
    picture: text(one.imageUrl),
  }))
  const url = text(content.url)
  const picture = messageType === 'IMAGE' ? (fileName(url) ?? 'image') : text(content.imageUrl)
  const rest = {
    link: url,
    linkName: messageType === 'FILE' ? text(content.name) : undefined,
    picture: text(content.base64) || url || messageType !== 'IMAGE' ? picture : undefined,
    ...(buttons.length > 0 ? { buttons } : {}),
    ...(articles.length > 0 ? { articles } : {}),
  }
  const whole = SPELLED_OUT.includes(messageType) && (text(content.text) || Object.values(rest).some(Boolean))
  const shown: Shown = {
    title: text(body.title) ?? text(content.title),
    text: whole ? text(content.text) : (text(body.body) ?? text(content.text)),
    markdown: messageType === 'MARKDOWN' || messageType === 'CARD',
    ...rest,
  }
  return shown.title || shown.text || Object.values(rest).some(Boolean) ? shown : undefined
}

const fileName = (url: string | undefined) => url?.split(/[?#]/)[0]?.split('/').findLast(Boolean)

/** Mail by its usual names; a body without them is read like any other. */
function mail(body: Json): Shown | undefined {
  const content = object(body.content)
  const html = text(body.html) ?? text(content.html)
  const rest = plain({ ...body, body: body.body ?? body.text })
  const title = text(body.subject) ?? text(content.subject) ?? rest?.title
  if (html === undefined && rest?.text === undefined && title === undefined) return undefined
  const to = [...texts(body.to), ...(text(body.to) ? [text(body.to) as string] : [])].join(', ')
  return { ...rest, title, mail: { from: text(body.from), to: to || undefined, html } }
}
