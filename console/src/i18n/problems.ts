import { useTranslation } from 'react-i18next'
import { ApiError } from '~/api/errors'
import { useSaidOfInput } from './said'

/** A text for whatever went wrong: ours where the code is known, else the server's words. */
export function useProblemText(): (error: unknown) => string {
  const { t, i18n } = useTranslation()
  const said = useSaidOfInput()
  return (error) => {
    if (!(error instanceof ApiError)) return t('problems.INTERNAL')
    const key = `problems.${error.code}`
    const known = i18n.exists(key) ? t(key as 'problems.INTERNAL') : undefined
    if (error.code === 'INTERNAL' || error.code === 'UNAVAILABLE') {
      return error.requestId ? `${known} (${t('problems.request')} ${error.requestId})` : (known ?? error.message)
    }
    // What the server says about an input is more exact than any general text.
    return error.code === 'BAD_INPUT' || known === undefined ? said(error.message) : known
  }
}

/** The text of a message's or a send's errorCode; the code itself where there is none. */
export function useCodeText(): (code: string) => string {
  const { t, i18n } = useTranslation()
  return (code) => {
    const key = `errorCodes.${code}`
    return i18n.exists(key) ? t(key as 'errorCodes.NO_CHANNEL') : code
  }
}
