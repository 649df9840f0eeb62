import { useTranslation } from 'react-i18next'

/** Why a task is in the failed set, in words; the code itself where there are none. */
export function useFailure(): (code: string) => string {
  const { t, i18n } = useTranslation()
  return (code) => {
    const key = `failed.codes.${code}`
    return i18n.exists(key) ? t(key as 'failed.codes.RETRY') : code
  }
}
