import { lazy, Suspense, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Confirm } from '~/components/Confirm'
import { Time } from '~/components/Time'
import { useScope } from '~/session/scope'
import { asText } from './content'
import type { StoredTemplate } from './TemplateEditor'
import './templates.css'

const Diff = lazy(() => import('./Diff'))

type Version = StoredTemplate['versions'][number]

/** Sample data is part of a version, and goes and comes back with it. */
const compared = ({ content, sampleData }: Pick<Version, 'content' | 'sampleData'>) =>
  asText({ ...(content as object), ...(sampleData == null ? {} : { sampleData }) })

interface Props {
  stored: StoredTemplate
  onRestore: (version: Pick<Version, 'messageType' | 'name' | 'content' | 'sampleData' | 'enabled'>) => void
}

/** What it was before: each version against the present one, and the way back. */
export function Versions({ stored, onRestore }: Props) {
  const { t } = useTranslation()
  const { can, zoneOf } = useScope()
  const [at, setAt] = useState<number>()
  const chosen = stored.versions.find(({ version }) => version === at)
  const isPresent = chosen?.version === stored.version
  return (
    <section className="card">
      <h2>{t('templates.versions')}</h2>
      <ul className="versions">
        {stored.versions.map(({ version, createdAt, createdBy }) => (
          <li key={version}>
            <button
              type="button"
              className="version"
              aria-current={version === at}
              onClick={() => setAt(version === at ? undefined : version)}
            >
              <span className="row spread">
                <span>
                  {t('templates.versionNumber', { version })}
                  {version === stored.version && <span className="muted"> · {t('templates.present')}</span>}
                </span>
                <span className="muted">
                  {createdBy && `${createdBy} · `}
                  <Time at={createdAt} zone={zoneOf(stored.tenantId)} />
                </span>
              </span>
            </button>
          </li>
        ))}
      </ul>
      {chosen && !isPresent && (
        <div className="diff">
          <Suspense fallback={<div style={{ height: 120 }} />}>
            <Diff
              before={compared(chosen)}
              after={compared(stored)}
              label={t('templates.diff', { version: chosen.version })}
            />
          </Suspense>
        </div>
      )}
      {chosen && !isPresent && can('configure') && (
        <Confirm
          style={{ marginTop: 12 }}
          question={t('templates.restoreQuestion', { version: chosen.version })}
          onConfirm={() => {
            const { messageType, name, content, sampleData, enabled } = chosen
            onRestore({ messageType, name, content, sampleData, enabled })
          }}
        >
          {t('templates.restore')}
        </Confirm>
      )}
    </section>
  )
}
