import { EyeInvisibleOutlined, EyeOutlined } from '@ant-design/icons'
import { Button } from 'antd'
import { useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useScope } from '~/session/scope'
import { coverOf, PERSONAL } from './cover'
import type { MessageDetail } from './query'
import type { Reveal } from './useReveal'

const PLAIN = ['userId', 'customerTag'] as const

const FIRST = 20

/**
 * Who the message is for, covered until somebody asks. Where the server has answered masks it is asked for the rest, and
 * notes who asked; whoever may see recipients anyway has them covered only against a look over the shoulder.
 */
export function Recipients({ message, reveal }: { message: MessageDetail; reveal: Reveal }) {
  const { t } = useTranslation()
  const { can } = useScope()
  const { recipients, recipientsMasked } = message
  const { open, list, toggle, asking } = reveal
  const [all, setAll] = useState(false)
  const cover = useMemo(() => coverOf(recipients), [recipients])
  const shown = all ? list : list.slice(0, FIRST)
  const offered = !recipientsMasked || can('reveal')
  return (
    <section className="card">
      <div className="row spread">
        <h2>{t('message.recipients', { count: recipients.length })}</h2>
        {offered && recipients.length > 0 && (
          <Button
            size="small"
            icon={open ? <EyeInvisibleOutlined aria-hidden /> : <EyeOutlined aria-hidden />}
            aria-pressed={open}
            loading={asking}
            title={recipientsMasked && !open ? t('message.revealHelp') : undefined}
            onClick={toggle}
          >
            {t(open ? 'message.cover' : 'message.reveal')}
          </Button>
        )}
      </div>
      {recipients.length === 0 && <p className="muted">{t('message.noRecipients')}</p>}
      {!offered && recipients.length > 0 && <p className="muted masked-note">{t('message.maskedForRole')}</p>}
      <ul className="recipients">
        {shown.map((recipient, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: recipients have no identity and never move
          <li key={index}>
            {[...PLAIN, ...PERSONAL].map((field) => {
              const value = recipient[field]
              if (!value) return null
              return (
                <span key={field}>
                  <span className="muted">{t(`recipient.${field}`)}</span>{' '}
                  {open || recipientsMasked ? value : cover(value)}
                </span>
              )
            })}
          </li>
        ))}
      </ul>
      {list.length > shown.length && (
        <Button type="link" size="small" onClick={() => setAll(true)}>
          {t('message.allRecipients', { count: list.length })}
        </Button>
      )}
    </section>
  )
}
