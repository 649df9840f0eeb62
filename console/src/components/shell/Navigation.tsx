import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { useScope } from '~/session/scope'
import { Brand } from './Brand'
import { GROUPS, PAGES } from './pages'

export function Navigation() {
  const { t } = useTranslation()
  const { can } = useScope()
  return (
    <nav className="shell-nav" aria-label={t('shell.navigation')}>
      <Brand />
      {GROUPS.map((group) => {
        const pages = PAGES.filter((page) => page.group === group && (!page.needs || can(page.needs)))
        if (pages.length === 0) return null
        return (
          <div key={group}>
            <div className="nav-group" id={`nav-${group}`}>
              {t(`shell.groups.${group}`)}
            </div>
            <ul className="nav-list" aria-labelledby={`nav-${group}`}>
              {pages.map((page) => (
                <li key={page.to}>
                  <Link
                    to={page.to}
                    className="nav-link"
                    activeOptions={{ exact: page.to === '/', includeSearch: false }}
                  >
                    {page.icon}
                    {t(`pages.${page.name}`)}
                  </Link>
                </li>
              ))}
            </ul>
          </div>
        )
      })}
    </nav>
  )
}
