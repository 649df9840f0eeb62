import { EyeInvisibleOutlined, EyeOutlined } from '@ant-design/icons'
import { Button } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useChange } from '~/api/query'
import { masked } from '~/components/masked'
import { useApp } from '~/components/useApp'
import { useProblemWords } from '~/components/userErrors'
import { useProblemText } from '~/i18n/problems'
import { useScope } from '~/session/scope'
import { RevealRecipients } from './documents'
import type { MessageDetail } from './query'

/** What tells where somebody is reached, and is covered until asked for. */
const PERSONAL = ['mobile', 'email', 'deviceNo', 'customerNo', 'customerName'] as const
const PLAIN = ['userId', 'customerTag'] as const

type List = MessageDetail['recipients']

const FIRST = 20

/**
 * Who the message is for, covered until somebody asks. Where the server has answered masks it is asked for the rest, and
 * notes who asked; whoever may see recipients anyway has them covered only against a look over the shoulder.
 */
export function Recipients({ message: { id, recipients, recipientsMasked } }: { message: MessageDetail }) {
  const { t } = useTranslation()
  const { can } = useScope()
  const { open, clear, toggle, asking } = useReveal(id, recipients, recipientsMasked)
  const [all, setAll] = useState(false)
  const list = open && clear ? clear : recipients
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
              const covered = !open && !recipientsMasked && (PERSONAL as readonly string[]).includes(field)
              return (
                <span key={field}>
                  <span className="muted">{t(`recipient.${field}`)}</span> {covered ? masked(value) : value}
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

/** What was asked for once is kept as long as the page is open: covering it and looking again is no other question. */
function useReveal(id: string, recipients: List, isMasked: boolean) {
  const app = useApp()
  const problem = useProblemText()
  const words = useProblemWords()
  const [open, setOpen] = useState(false)
  const [clear, setClear] = useState<List | undefined>(isMasked ? undefined : recipients)
  const reveal = useChange(RevealRecipients)
  const toggle = () => {
    if (open || clear) return setOpen(!open)
    reveal.mutate(
      { id },
      {
        onSuccess: ({ revealRecipients: { recipients: revealed, userErrors } }) => {
          if (!revealed) return void app.message.error(userErrors.map(words).join('; '))
          setClear(revealed)
          setOpen(true)
        },
        onError: (error) => void app.message.error(problem(error)),
      },
    )
  }
  return { open, clear, toggle, asking: reveal.isPending }
}
