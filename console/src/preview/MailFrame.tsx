import { useTranslation } from 'react-i18next'
import { Content } from './Content'
import type { Mail, Shown } from './shape'

/** A mail as a mail program opens it. Its HTML is in a frame of its own that runs nothing and fetches nothing. */
export function MailFrame({
  mail: { from, to, html },
  shown,
  at,
}: {
  mail: Mail
  shown: Shown
  at: string | undefined
}) {
  const { t } = useTranslation()
  const { title, ...rest } = shown
  return (
    <div className="mail">
      <div className="mail-head">
        <div className="mail-subject">{title ?? t('preview.noSubject')}</div>
        <dl>
          {from && <Line name={t('preview.from')} value={from} />}
          {to && <Line name={t('preview.to')} value={to} />}
          {at && <Line name={t('overview.time')} value={at} />}
        </dl>
      </div>
      {html === undefined ? (
        <div className="mail-text">
          <Content shown={rest} />
        </div>
      ) : (
        <iframe className="mail-body" title={t('preview.mail')} sandbox="" srcDoc={html} />
      )}
    </div>
  )
}

function Line({ name, value }: { name: string; value: string }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  )
}
