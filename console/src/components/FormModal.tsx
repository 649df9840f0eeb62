import { Form, Modal } from 'antd'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { useProblemText } from '~/i18n/problems'
import { TO_FIRST_ERROR } from './firstError'
import { useApp } from './useApp'
import { type InputProblem, useInputProblems } from './userErrors'

interface Props<Fields> {
  title: string
  okText: string
  initial: Partial<Fields>
  /** Answers what the server found wrong. */
  onSave: (fields: Fields) => Promise<readonly InputProblem[]>
  onClose: () => void
  /** Once nothing was wrong; closes the dialog when absent. */
  onSaved?: () => void
  saving: boolean
  /** What is done can't be undone. */
  danger?: boolean
  /** Where it stays open after it was done, that is what its first button says. */
  cancelText?: string
  /** In pixels. */
  width?: number
  children: ReactNode
}

/** A small form in a dialog. Mounted while it is open, so that it always begins with `initial`. */
export function FormModal<Fields extends object>(props: Props<Fields>) {
  const {
    title,
    okText,
    initial,
    onSave,
    onClose,
    onSaved = onClose,
    saving,
    danger = false,
    cancelText,
    width,
    children,
  } = props
  const { t } = useTranslation()
  const app = useApp()
  const problem = useProblemText()
  const place = useInputProblems()
  const [form] = Form.useForm<Fields>()
  const save = async (fields: Fields) => {
    try {
      if (!place(form, await onSave(fields))) onSaved()
    } catch (error) {
      void app.message.error(problem(error))
    }
  }
  return (
    <Modal
      open
      title={title}
      okText={okText}
      cancelText={cancelText ?? t('common.cancel')}
      {...(width ? { width } : {})}
      onCancel={onClose}
      onOk={() => form.submit()}
      confirmLoading={saving}
      okButtonProps={{ danger }}
      destroyOnHidden
    >
      <Form<Fields>
        form={form}
        layout="vertical"
        scrollToFirstError={TO_FIRST_ERROR}
        initialValues={initial as never}
        onFinish={(fields) => void save(fields)}
        style={{ marginTop: 16 }}
      >
        {children}
      </Form>
    </Modal>
  )
}
