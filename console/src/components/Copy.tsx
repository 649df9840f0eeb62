import { CheckOutlined, CopyOutlined } from '@ant-design/icons'
import { Button, Popover } from 'antd'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { copyText } from './copyText'

interface Props {
  text: string
  /** What is copied, for the button's name. */
  what: string
  labelled?: boolean
}

export function Copy({ text, what, labelled }: Props) {
  const { t } = useTranslation()
  const [done, setDone] = useState(false)
  const [failed, setFailed] = useState(false)
  useEffect(() => {
    if (!done) return
    const timer = setTimeout(() => setDone(false), 1500)
    return () => clearTimeout(timer)
  }, [done])
  const copy = async (button: HTMLElement) => {
    const copied = await copyText(text, button)
    setDone(copied)
    setFailed(!copied)
  }
  const label = done ? t('common.copied') : t('common.copy', { what })
  return (
    <Popover
      open={failed}
      // A click elsewhere closes it; the button alone opens it.
      trigger="click"
      onOpenChange={(open) => !open && setFailed(false)}
      destroyOnHidden
      // A dialog takes back the focus from all that is not in it.
      getPopupContainer={(button) => button.closest<HTMLElement>('[role=dialog]') ?? document.body}
      content={<ByHand text={text} what={what} />}
    >
      <Button
        size={labelled ? 'middle' : 'small'}
        type={labelled ? 'default' : 'text'}
        icon={done ? <CheckOutlined aria-hidden /> : <CopyOutlined aria-hidden />}
        aria-label={label}
        title={label}
        onClick={({ currentTarget }) => void copy(currentTarget)}
      >
        {labelled && label}
      </Button>
    </Popover>
  )
}

const select = (area: HTMLTextAreaElement | null) => {
  area?.focus({ preventScroll: true })
  area?.select()
}

/** The text, selected, for who has to copy it with the keyboard. */
function ByHand({ text, what }: { text: string; what: string }) {
  const { t } = useTranslation()
  return (
    <div className="copy-by-hand">
      <p role="alert">{t('common.copyByHand')}</p>
      <textarea ref={select} className="mono" readOnly rows={4} aria-label={what} value={text} />
    </div>
  )
}
