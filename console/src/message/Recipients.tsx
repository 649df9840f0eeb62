import { EyeInvisibleOutlined, EyeOutlined } from '@ant-design/icons'
import { Button } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { masked } from '~/components/masked'
import { useScope } from '~/session/scope'
import type { MessageDetail } from './query'

/** What tells where somebody is reached, and is covered until asked for. */
const PERSONAL = ['mobile', 'email', 'deviceNo', 'customerNo', 'customerName'] as const
const PLAIN = ['userId', 'customerTag'] as const

const FIRST = 20

export function Recipients({ recipients }: { recipients: MessageDetail['recipients'] }) {
  const { t } = useTranslation()
  const { can } = useScope()
  const [open, setOpen] = useState(false)
  const [all, setAll] = useState(false)
  const shown = all ? recipients : recipients.slice(0, FIRST)
  return (
    <section className="card">
      <div className="row spread">
        <h2>{t('message.recipients', { count: recipients.length })}</h2>
        {can('reveal') && recipients.length > 0 && (
          <Button
            size="small"
            icon={open ? <EyeInvisibleOutlined aria-hidden /> : <EyeOutlined aria-hidden />}
            aria-pressed={open}
            onClick={() => setOpen(!open)}
          >
            {t(open ? 'message.cover' : 'message.reveal')}
          </Button>
        )}
      </div>
      {recipients.length === 0 && <p className="muted">{t('message.noRecipients')}</p>}
      <ul className="recipients">
        {shown.map((recipient, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: recipients have no identity and never move
          <li key={index}>
            {[...PLAIN, ...PERSONAL].map((field) => {
              const value = recipient[field]
              if (!value) return null
              const covered = !open && (PERSONAL as readonly string[]).includes(field)
              return (
                <span key={field}>
                  <span className="muted">{t(`recipient.${field}`)}</span> {covered ? masked(value) : value}
                </span>
              )
            })}
          </li>
        ))}
      </ul>
      {recipients.length > shown.length && (
        <Button type="link" size="small" onClick={() => setAll(true)}>
          {t('message.allRecipients', { count: recipients.length })}
        </Button>
      )}
    </section>
  )
}
