import { Button } from 'antd'
import { useTranslation } from 'react-i18next'
import { useProblemText } from '~/i18n/problems'

interface Props {
  /** Why it is not there; it is on its way where there is none. */
  error: unknown
  again?: () => void
}

/** A line in place of what a small part of a page shows, until it is there. */
export function Missing({ error, again }: Props) {
  const { t } = useTranslation()
  const problem = useProblemText()
  if (!error) {
    return (
      <p className="muted missing" aria-busy="true">
        {t('common.loading')}
      </p>
    )
  }
  return (
    <p className="missing" role="alert">
      {problem(error)}{' '}
      {again && (
        <Button size="small" onClick={again}>
          {t('common.tryAgain')}
        </Button>
      )}
    </p>
  )
}
