import { type Json, link, list, object, text, texts } from './json'
import type { Shown } from './shape'

/** A WeCom group robot's message: https://developer.work.weixin.qq.com/document/path/91770 */
export function weCom(body: Json): Shown | undefined {
  const part = (name: string) => object(body[name])
  switch (body.msgtype) {
    case 'text': {
      const { content, mentioned_list: people, mentioned_mobile_list: mobiles } = part('text')
      return { text: text(content), mentions: [...texts(people), ...texts(mobiles)] }
    }
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
    case 'template_card':
      return card(part('template_card'))
    default:
      return undefined
  }
}

function card(card: Json): Shown {
  const { title, desc } = object(card.main_title)
  const emphasis = object(card.emphasis_content)
  const quote = object(card.quote_area)
  const pair = (one: Json, name: string) =>
    text(one.title) || text(one[name]) ? { title: text(one.title), text: text(one[name]) } : undefined
  const rows = list(card.horizontal_content_list).map(({ keyname, value, url }) => ({
    name: text(keyname) ?? '',
    value: text(value) ?? '',
    url: text(url),
  }))
  const described = list(card.vertical_content_list).map((one) => ({
    name: text(one.title) ?? '',
    value: text(one.desc) ?? '',
    url: undefined,
  }))
  const jumps = list(card.jump_list).map((one) => link(one.title, one.url))
  const action = text(object(card.card_action).url)
  return {
    title: text(title),
    // The line below the title, and the words of the card: where there is one of them only, it stands there.
    text: [text(desc), text(card.sub_title_text)].filter(Boolean).join('\n') || undefined,
    picture: text(object(card.card_image).url),
    buttons: jumps,
    ...(action && jumps.length === 0 ? { link: action } : {}),
    card: {
      source: text(object(card.source).desc),
      emphasis: pair(emphasis, 'desc'),
      quote: pair(quote, 'quote_text'),
      rows: [...rows, ...described],
    },
  }
}
