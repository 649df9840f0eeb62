import type { ChannelType } from '~/gql/graphql'

/** What a client shows, whatever provider's shape it came in. */
export interface Shown {
  /** Shown in lists and notifications only, not in the message itself. */
  notice?: string | undefined
  title?: string | undefined
  text?: string | undefined
  markdown?: boolean
  picture?: string | undefined
  link?: string | undefined
  buttons?: Link[]
  articles?: Article[]
}

export interface Link {
  title: string
  url: string
}

export interface Article extends Link {
  description?: string | undefined
  picture?: string | undefined
}

type Json = Record<string, unknown>

const object = (value: unknown): Json => (value !== null && typeof value === 'object' ? (value as Json) : {})
const list = (value: unknown): Json[] => (Array.isArray(value) ? value.map(object) : [])
const text = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined)

/** Reads a body as the provider would get it. What is not understood is undefined, and shown as JSON. */
export function shownBy(channelType: ChannelType, body: unknown): Shown | undefined {
  const shape = object(body)
  if (channelType === 'DINGTALK') return dingTalk(shape)
  if (channelType === 'WECHAT_WORK') return weCom(shape)
  return plain(shape)
}

function dingTalk(body: Json): Shown | undefined {
  const part = (name: string) => object(body[name])
  switch (body.msgtype) {
    case 'text':
      return { text: text(part('text').content) }
    case 'markdown':
      return { notice: text(part('markdown').title), text: text(part('markdown').text), markdown: true }
    case 'link': {
      const { title, text: words, messageUrl, picUrl } = part('link')
      return { title: text(title), text: text(words), link: text(messageUrl), picture: text(picUrl) }
    }
    case 'actionCard': {
      const card = part('actionCard')
      const single = text(card.singleTitle) ? [{ title: card.singleTitle, actionURL: card.singleURL }] : []
      const buttons = [...single, ...list(card.btns)].map(({ title, actionURL }) => link(title, actionURL))
      return { notice: text(card.title), text: text(card.text), markdown: true, buttons }
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

function weCom(body: Json): Shown | undefined {
  const part = (name: string) => object(body[name])
  switch (body.msgtype) {
    case 'text':
      return { text: text(part('text').content) }
    case 'markdown':
    case 'markdown_v2':
      return { text: text(part(body.msgtype).content), markdown: true }
    case 'image':
      return { picture: 'image' }
    case 'file':
      return { text: text(part('file').media_id) }
    case 'news':
      return {
        articles: list(part('news').articles).map((one) => ({
          ...link(one.title, one.url),
          description: text(one.description),
          picture: text(one.picurl),
        })),
      }
    case 'template_card': {
      const card = part('template_card')
      const { title, desc } = object(card.main_title)
      const buttons = list(card.jump_list).map((one) => link(one.title, one.url))
      return { title: text(title), text: text(card.sub_title_text) ?? text(desc), buttons }
    }
    default:
      return undefined
  }
}

function plain(body: Json): Shown | undefined {
  const content = object(body.content)
  const buttons = list(content.buttons).map((one) => link(one.title, one.url))
  const articles = list(content.articles ?? content.links).map((one) => ({
    ...link(one.title, one.url),
    description: text(one.description),
    picture: text(one.imageUrl),
  }))
  const shown: Shown = {
    title: text(body.title) ?? text(content.title),
    text: text(body.body) ?? text(content.text),
    markdown: body.messageType === 'MARKDOWN' || body.messageType === 'CARD',
    link: text(content.url),
    picture: text(content.imageUrl),
    ...(buttons.length > 0 ? { buttons } : {}),
    ...(articles.length > 0 ? { articles } : {}),
  }
  return shown.title || shown.text || shown.link || articles.length > 0 ? shown : undefined
}

const link = (title: unknown, url: unknown): Link => ({ title: text(title) ?? '', url: text(url) ?? '' })
