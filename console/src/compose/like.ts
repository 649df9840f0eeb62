import type { RecipientInput } from '~/gql/graphql'
import type { MessageDetail } from '~/message/query'
import { object, text } from '~/preview/json'
import { BLANK, type ComposeFields, filled } from './fields'

/** The same message once more: all but its id and its times, and without what was answered masked. */
export function like(message: MessageDetail): ComposeFields {
  const content = message.recipientsMasked ? undefined : textOf(message)
  return {
    ...BLANK,
    tenantId: message.tenantId,
    businessType: message.businessType,
    executionMode: message.executionMode,
    // Also where it can't be read: a template's words must not take its place unseen.
    inline: ownText(message) === 'yes',
    ...(content ? { content } : {}),
    ...(message.targetChannels ? { targetChannels: message.targetChannels } : {}),
    ...(message.storeId ? { storeId: message.storeId } : {}),
    ...(message.recipientsMasked ? {} : contentOf(message)),
  }
}

/** What the server masks together: a mask in any of it would be sent as it stands. */
const contentOf = ({ businessData, recipients, attributes }: MessageDetail): Partial<ComposeFields> => ({
  businessData: JSON.stringify(businessData, null, 2),
  recipients: recipients.map(filled) as RecipientInput[],
  ...(attributes != null ? { attributes: JSON.stringify(attributes, null, 2) } : {}),
})

/** Whether a message brought its own text. Only its timeline tells, once it was rendered and for as long as that is kept. */
export function ownText({ timeline }: Pick<MessageDetail, 'timeline'>): 'yes' | 'no' | 'unknown' {
  const rendered = timeline.filter(({ stage }) => stage === 'TEMPLATE_RENDER')
  if (rendered.length === 0) return 'unknown'
  return rendered.some(({ detail }) => detail === 'the message brings its content') ? 'yes' : 'no'
}

/** The text that it brought, from what one of its channels was handed. Robots' Markdown has mentions in it, and is no source. */
function textOf(message: MessageDetail): ComposeFields['content'] {
  if (ownText(message) !== 'yes') return undefined
  for (const { channelType, messageType, renderedContent } of message.tasks) {
    const body = object(renderedContent)
    const plain = channelType === 'LOCAL' || channelType === 'WEBHOOK'
    if (plain && (messageType === 'TEXT' || messageType === 'MARKDOWN')) {
      const content = object(body.content)
      const [title, words] = [text(content.title), text(content.text)]
      if (words) return { messageType, body: words, ...(title ? { title } : {}) }
    }
    const words = text(object(body.text).content)
    if (!plain && messageType === 'TEXT' && words) return { messageType, body: words }
  }
  return undefined
}
