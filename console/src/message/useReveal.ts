import { useState } from 'react'
import { useChange } from '~/api/query'
import { useApp } from '~/components/useApp'
import { useProblemWords } from '~/components/userErrors'
import { useProblemText } from '~/i18n/problems'
import { RevealRecipients } from './documents'
import type { MessageDetail } from './query'

export interface Reveal {
  /** Whether recipients are shown in clear. */
  open: boolean
  /** As they are to be shown: in clear where they are known and wanted so. */
  list: MessageDetail['recipients']
  toggle: () => void
  asking: boolean
}

/** What was asked for once is kept as long as the page is open: covering it and looking again is no other question. */
export function useReveal({ id, recipients, recipientsMasked }: MessageDetail): Reveal {
  const app = useApp()
  const problem = useProblemText()
  const words = useProblemWords()
  const [open, setOpen] = useState(false)
  const [asked, setAsked] = useState<MessageDetail['recipients']>()
  const clear = recipientsMasked ? asked : recipients
  const reveal = useChange(RevealRecipients)
  const toggle = () => {
    if (open || clear) return setOpen(!open)
    reveal.mutate(
      { id },
      {
        onSuccess: ({ revealRecipients: { recipients: revealed, userErrors } }) => {
          if (!revealed) return void app.message.error(userErrors.map(words).join('; '))
          setAsked(revealed)
          setOpen(true)
        },
        onError: (error) => void app.message.error(problem(error)),
      },
    )
  }
  return { open, list: open && clear ? clear : recipients, toggle, asking: reveal.isPending }
}
