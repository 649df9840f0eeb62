import { CheckOutlined, CopyOutlined } from '@ant-design/icons'
import { Button } from 'antd'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'

interface Props {
  text: string
  /** What is copied, for the button's name. */
  what: string
  labelled?: boolean
}

export function Copy({ text, what, labelled }: Props) {
  const { t } = useTranslation()
  const [done, setDone] = useState(false)
  useEffect(() => {
    if (!done) return
    const timer = setTimeout(() => setDone(false), 1500)
    return () => clearTimeout(timer)
  }, [done])
  const label = done ? t('common.copied') : t('common.copy', { what })
  return (
    <Button
      size={labelled ? 'middle' : 'small'}
      type={labelled ? 'default' : 'text'}
      icon={done ? <CheckOutlined aria-hidden /> : <CopyOutlined aria-hidden />}
      aria-label={label}
      title={label}
      onClick={() => void navigator.clipboard.writeText(text).then(() => setDone(true))}
    >
      {labelled && label}
    </Button>
  )
}
