import { SearchOutlined } from '@ant-design/icons'
import { Outlet, useLocation } from '@tanstack/react-router'
import { Button } from 'antd'
import { useTranslation } from 'react-i18next'
import { useScope } from '~/session/scope'
import { ConnectionBanner } from './ConnectionBanner'
import { LanguageSwitch } from './LanguageSwitch'
import { Navigation } from './Navigation'
import { NotForRole } from './NotForRole'
import { Palette } from './Palette'
import { pageAt } from './pages'
import { TenantSwitch } from './TenantSwitch'
import { ThemeSwitch } from './ThemeSwitch'
import { usePalette } from './usePalette'
import { ViewerMenu } from './ViewerMenu'

const SHORTCUT = navigator.platform.startsWith('Mac') ? '⌘K' : 'Ctrl K'

/** What is around every page of a session. */
export function Shell() {
  const { t } = useTranslation()
  const palette = usePalette()
  const { can } = useScope()
  const page = pageAt(useLocation({ select: ({ pathname }) => pathname }))
  return (
    <div className="shell">
      <a className="skip-link" href="#page">
        {t('shell.skip')}
      </a>
      <Navigation />
      <header className="shell-top">
        <TenantSwitch />
        <div className="row">
          <Button icon={<SearchOutlined aria-hidden />} onClick={palette.open} aria-keyshortcuts="Control+K Meta+K">
            {t('palette.open')} <kbd className="muted">{SHORTCUT}</kbd>
          </Button>
          <LanguageSwitch />
          <ThemeSwitch />
          <ViewerMenu />
        </div>
      </header>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region is reachable */}
      <main className="shell-page" id="page" tabIndex={0}>
        <ConnectionBanner />
        {page?.needs && !can(page.needs) ? <NotForRole page={page} /> : <Outlet />}
      </main>
      {palette.opened && <Palette onClose={palette.close} />}
    </div>
  )
}
