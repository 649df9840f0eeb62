import { RightOutlined } from '@ant-design/icons'
import { useTranslation } from 'react-i18next'
import { Mention, withMentions } from './Mention'
import { Markdown, PicturePlace, PreviewLink } from './markdown'
import type { Article, CardParts, Shown } from './shape'

/** What is in a bubble, a card or a mail. */
export function Content({ shown }: { shown: Shown }) {
  const { t } = useTranslation()
  const { title, text, markdown, picture, link, linkName, buttons = [], articles = [], mentions = [], card } = shown
  return (
    <>
      {card?.source && <div className="bubble-source">{card.source}</div>}
      {title && <div className="bubble-title">{title}</div>}
      {card && <Emphasis card={card} />}
      {text &&
        (markdown ? (
          <Markdown text={text} mentions={mentions} />
        ) : (
          <div className="bubble-text">{withMentions(text, mentions)}</div>
        ))}
      <Called text={text ?? ''} mentions={mentions} />
      {card && <Rows card={card} />}
      {picture && <PicturePlace name={picture} />}
      {link && <PreviewLink url={link} text={card ? t('preview.open') : (linkName ?? link)} />}
      {articles.map((article, index) => (
        <ArticleView key={`${article.title} ${article.url}`} article={article} lead={index === 0} />
      ))}
      {buttons.length > 0 && (
        <div className="bubble-buttons">
          {buttons.map(({ title, url }) => (
            <div key={`${title} ${url}`} className="bubble-button">
              <PreviewLink url={url} text={title} />
              <RightOutlined aria-hidden />
            </div>
          ))}
        </div>
      )}
    </>
  )
}

/** Those who are called without standing in the text: clients put them at its end. */
function Called({ text, mentions }: { text: string; mentions: readonly string[] }) {
  const missing = mentions.filter((one) => !text.includes(`@${one}`))
  if (missing.length === 0) return null
  return (
    <div className="bubble-called">
      {missing.map((one) => (
        <Mention key={one} who={one} />
      ))}
    </div>
  )
}

function Emphasis({ card: { emphasis, quote } }: { card: CardParts }) {
  return (
    <>
      {emphasis && (
        <div className="bubble-emphasis">
          <strong>{emphasis.title}</strong>
          <span className="muted">{emphasis.text}</span>
        </div>
      )}
      {quote && (
        <div className="bubble-quote">
          {quote.title && <div>{quote.title}</div>}
          {quote.text && <div className="muted">{quote.text}</div>}
        </div>
      )}
    </>
  )
}

function Rows({ card: { rows = [] } }: { card: CardParts }) {
  if (rows.length === 0) return null
  return (
    <dl className="bubble-rows">
      {rows.map(({ name, value, url }) => (
        <div key={`${name} ${value}`}>
          <dt>{name}</dt>
          <dd>{url ? <PreviewLink url={url} text={value} /> : value}</dd>
        </div>
      ))}
    </dl>
  )
}

/** The first has its picture large, the others beside their title. */
function ArticleView({ article: { title, url, description, picture }, lead }: { article: Article; lead: boolean }) {
  return (
    <div className={lead ? 'bubble-article lead' : 'bubble-article'}>
      <div>
        <PreviewLink url={url} text={title} />
        {description && <div className="muted">{description}</div>}
      </div>
      {picture && <PicturePlace name={picture} />}
    </div>
  )
}
