import { useTranslation } from 'react-i18next'
import { Json } from '~/components/Json'
import type { ChannelType } from '~/gql/graphql'
import { ChatFrame } from './ChatFrame'
import { Content } from './Content'
import { MailFrame } from './MailFrame'
import { shownBy } from './shape'
import './preview.css'
import './clients.css'

interface Props {
  channelType: ChannelType
  body: unknown
  /** Who it comes from in the client: the channel's name. */
  sender?: string | undefined
  /** When it came or will come, as a time of day. */
  at?: string | undefined
}

/** The message about as its reader sees it in that channel's client. */
export function ProviderPreview({ channelType, body, sender, at }: Props) {
  const { t } = useTranslation()
  const shown = shownBy(channelType, body)
  if (!shown) return <Json value={body} name={t('message.sentBody')} />
  return (
    <figure className={`client client-${channelType.toLowerCase()}`}>
      <figcaption>
        {t(`channelTypes.${channelType}`)}
        {shown.notice && <> · {t('message.notice', { notice: shown.notice })}</>}
      </figcaption>
      {shown.mail ? (
        <MailFrame mail={shown.mail} shown={shown} at={at} />
      ) : (
        <ChatFrame channelType={channelType} sender={sender} at={at}>
          <div className={shown.card || shown.articles ? 'bubble wide' : 'bubble'}>
            <Content shown={shown} />
          </div>
        </ChatFrame>
      )}
    </figure>
  )
}
