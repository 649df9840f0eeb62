import { useTranslation } from 'react-i18next'
import { Json } from '~/components/Json'
import type { ChannelType } from '~/gql/graphql'
import { Markdown, PicturePlace, PreviewLink } from './markdown'
import { type Shown, shownBy } from './shape'
import './preview.css'

/** The message about as its reader sees it in that channel's client. */
export function ProviderPreview({ channelType, body }: { channelType: ChannelType; body: unknown }) {
  const { t } = useTranslation()
  const shown = shownBy(channelType, body)
  if (!shown) return <Json value={body} name={t('message.sentBody')} />
  return (
    <figure className={`client client-${channelType.toLowerCase()}`}>
      <figcaption>
        {t(`channelTypes.${channelType}`)}
        {shown.notice && <> · {t('message.notice', { notice: shown.notice })}</>}
      </figcaption>
      <div className="bubble">
        <Content shown={shown} />
      </div>
    </figure>
  )
}

function Content({ shown }: { shown: Shown }) {
  const { title, text, markdown, picture, link, buttons = [], articles = [] } = shown
  return (
    <>
      {title && <div className="bubble-title">{title}</div>}
      {text && (markdown ? <Markdown text={text} /> : <div className="bubble-text">{text}</div>)}
      {picture && <PicturePlace name={picture} />}
      {link && <PreviewLink url={link} text={link} />}
      {articles.map(({ title, url, description, picture }) => (
        <div key={`${title} ${url}`} className="bubble-article">
          <div>
            <PreviewLink url={url} text={title} />
            {description && <div className="muted">{description}</div>}
          </div>
          {picture && <PicturePlace name={picture} />}
        </div>
      ))}
      {buttons.length > 0 && (
        <div className="bubble-buttons">
          {buttons.map(({ title, url }) => (
            <PreviewLink key={`${title} ${url}`} url={url} text={title} />
          ))}
        </div>
      )}
    </>
  )
}
