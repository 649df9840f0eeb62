import { useTranslation } from 'react-i18next'
import { useChange } from '~/api/query'
import { useApp } from '~/components/useApp'
import { useRefused } from '~/components/userErrors'
import { useProblemText } from '~/i18n/problems'
import { ResetBreaker } from './documents'

/** Closes a channel's breaker; what waited for it goes out at once. */
export function useResetBreaker(id: string): { reset: () => void; isPending: boolean } {
  const { t } = useTranslation()
  const app = useApp()
  const problem = useProblemText()
  const refused = useRefused()
  const { mutate, isPending } = useChange(ResetBreaker, 'channels', 'messages')
  const reset = () =>
    mutate(
      { id },
      {
        onSuccess: ({ resetChannelConfigBreaker: { userErrors } }) =>
          refused(userErrors) || void app.message.success(t('channels.resetDone')),
        onError: (error) => void app.message.error(problem(error)),
      },
    )
  return { reset, isPending }
}
