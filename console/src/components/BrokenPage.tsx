import type { ErrorComponentProps } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { ErrorView } from './ErrorView'
import { Page } from './Page'

/** In place of a whole page that could not be shown. */
export function BrokenPage(props: ErrorComponentProps) {
  const { t } = useTranslation()
  return (
    <Page title={t('common.failed')}>
      <div className="card">
        <ErrorView {...props} titled={false} />
      </div>
    </Page>
  )
}

/** The same where there is no frame around it, because nobody knows who asks. */
export function BrokenConsole(props: ErrorComponentProps) {
  return (
    <main>
      <BrokenPage {...props} />
    </main>
  )
}
