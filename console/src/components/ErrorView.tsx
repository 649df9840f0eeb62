import { WarningOutlined } from '@ant-design/icons'
import { useQueryClient, useQueryErrorResetBoundary } from '@tanstack/react-query'
import { useRouter } from '@tanstack/react-router'
import { Button } from 'antd'
import { useTranslation } from 'react-i18next'
import { useProblemText } from '~/i18n/problems'

interface Props {
  error: unknown
  reset?: () => void
  /** False where a heading says it already. */
  titled?: boolean
}

/** In place of a part that could not be shown. */
export function ErrorView({ error, reset, titled = true }: Props) {
  const { t } = useTranslation()
  const problem = useProblemText()
  const router = useRouter()
  const queries = useQueryErrorResetBoundary()
  const client = useQueryClient()
  const again = () => {
    queries.reset()
    // What the broken part was drawn from is asked for anew: with the same it would break again.
    client.removeQueries({ type: 'inactive' })
    reset?.()
    void router.invalidate()
  }
  return (
    <div className="blank" role="alert">
      <WarningOutlined aria-hidden />
      {titled && <strong>{t('common.failed')}</strong>}
      <span>{problem(error)}</span>
      <Button onClick={again}>{t('common.tryAgain')}</Button>
    </div>
  )
}
