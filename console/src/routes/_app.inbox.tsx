import { createFileRoute } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { Page } from '~/components/Page'

export const Route = createFileRoute('/_app/inbox')({ component: Place })

function Place() {
  const { t } = useTranslation()
  return <Page title={t('pages.inbox')}>{null}</Page>
}
