import { Button, type ButtonProps, Popconfirm } from 'antd'
import { useTranslation } from 'react-i18next'

interface Props extends Omit<ButtonProps, 'onClick'> {
  /** What will happen, as a question. */
  question: string
  onConfirm: () => void
}

/** A button whose action is asked for twice. */
export function Confirm({ question, onConfirm, children, ...button }: Props) {
  const { t } = useTranslation()
  return (
    <Popconfirm
      title={question}
      // Most such buttons stand at the right edge, where a question in their middle would leave the window.
      placement="topRight"
      onConfirm={onConfirm}
      okText={children}
      cancelText={t('common.back')}
      okButtonProps={{ danger: button.danger ?? false }}
      disabled={button.disabled ?? false}
      styles={{ root: { maxWidth: 360 } }}
    >
      <Button {...button}>{children}</Button>
    </Popconfirm>
  )
}
