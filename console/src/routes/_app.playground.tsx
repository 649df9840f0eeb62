import { ExportOutlined } from '@ant-design/icons'
import { createFileRoute } from '@tanstack/react-router'
import { Button } from 'antd'
import { useTranslation } from 'react-i18next'
import { Copy } from '~/components/Copy'
import { Page } from '~/components/Page'
import { session } from '~/session/session'

export const Route = createFileRoute('/_app/playground')({ component: Playground })

/** GraphiQL is a page of its own with a policy of its own; this one hands it the key. */
function Playground() {
  const { t } = useTranslation()
  const headers = JSON.stringify({ Authorization: `Bearer ${session.key() ?? ''}` }, null, 2)
  return (
    <Page title={t('pages.playground')} explain={t('playground.explain')}>
      <section className="card stack" style={{ maxWidth: 720 }}>
        <ol style={{ margin: 0, paddingLeft: 20 }}>
          <li>
            {t('playground.first')} <Copy text={headers} what={t('playground.headers')} labelled />
          </li>
          <li style={{ marginTop: 12 }}>{t('playground.second')}</li>
        </ol>
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
