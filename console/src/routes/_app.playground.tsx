import { ExportOutlined } from '@ant-design/icons'
import { createFileRoute } from '@tanstack/react-router'
import { Button } from 'antd'
import { useTranslation } from 'react-i18next'
import { Page } from '~/components/Page'

export const Route = createFileRoute('/_app/playground')({ component: Playground })

/** GraphiQL is a page of its own with a policy of its own; opened from here it uses the session's key. */
function Playground() {
  const { t } = useTranslation()
  return (
    <Page title={t('pages.playground')} explain={t('playground.explain')}>
      <section className="card stack" style={{ maxWidth: 720 }}>
        <p>{t('playground.key')}</p>
        <p className="muted">{t('playground.real')}</p>
        <div className="row wrap">
          {/* With its opener it also gets this tab's session storage, the key within. */}
          <Button type="primary" icon={<ExportOutlined aria-hidden />} href="/graphiql" target="_blank" rel="opener">
            {t('playground.open')}
          </Button>
          <Button href="/schema.graphql" target="_blank" rel="noreferrer">
            {t('playground.schema')}
          </Button>
        </div>
      </section>
    </Page>
  )
}
