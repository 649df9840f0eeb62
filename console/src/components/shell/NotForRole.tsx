import { LockOutlined } from '@ant-design/icons'
import { useTranslation } from 'react-i18next'
import { Blank } from '~/components/Blank'
import { Page } from '~/components/Page'
import { useScope } from '~/session/scope'
import type { PageEntry } from './pages'

/** In place of a page that is not offered, when its address is opened all the same. */
export function NotForRole({ page }: { page: PageEntry }) {
  const { t } = useTranslation()
  const { viewer } = useScope()
  return (
    <Page title={t(`pages.${page.name}`)}>
      <div className="card">
        <Blank icon={<LockOutlined aria-hidden />} title={t('shell.notForRole', { role: t(`roles.${viewer.role}`) })}>
          {t('shell.notForRoleExplain')}
        </Blank>
      </div>
    </Page>
  )
}
