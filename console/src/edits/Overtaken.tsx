import { Alert, Button } from 'antd'
import { useTranslation } from 'react-i18next'
import type { Editing } from './useHeld'

interface Props {
  editing: Editing<unknown> | undefined
  /** A change of the reader's own is under way. */
  saving: boolean
}

/** Says that somebody has changed or deleted what is edited here, and leads to what it is now. */
export function Overtaken({ editing, saving }: Props) {
  const { t } = useTranslation()
  if (!editing?.overtaken || saving) return null
  const gone = editing.latest === null
  return (
    <Alert
      type="warning"
      showIcon
      title={t(gone ? 'edits.deleted' : 'edits.changed')}
      description={t(gone ? 'edits.deletedExplain' : 'edits.changedExplain')}
      action={
        !gone && (
          <Button size="small" onClick={editing.adopt}>
            {t('edits.load')}
          </Button>
        )
      }
    />
  )
}
