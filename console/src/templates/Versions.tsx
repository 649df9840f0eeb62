import { Select } from 'antd'
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

/** All that is part of a version, and goes and comes back with it. */
function useText(): (version: Version) => string {
  const { t } = useTranslation()
  return ({ name, messageType, enabled, content, sampleData }) =>
    asText({
      [t('common.name')]: name,
      [t('templates.messageType')]: t(`messageTypes.${messageType}`),
      [t('common.enabledField')]: t(enabled ? 'templates.on' : 'templates.off'),
      ...(content as object),
      ...(sampleData == null ? {} : { sampleData }),
    })
}

interface Props {
  stored: StoredTemplate
  /** The editor has what is not saved; restoring drops it. */
  edited: boolean
  onRestore: (version: Pick<Version, 'messageType' | 'name' | 'content' | 'sampleData' | 'enabled'>) => void
}

/** What it was before: each version against the present one or any other, and the way back. */
export function Versions({ stored, edited, onRestore }: Props) {
  const { t } = useTranslation()
  const { can, zoneOf } = useScope()
  const [at, setAt] = useState<number>()
  const chosen = stored.versions.find(({ version }) => version === at)
  const isPresent = chosen?.version === stored.version
  const others = stored.versions.filter(({ version }) => version !== at)
  const [against, setAgainst] = useState<number>()
  // Against the present one; that itself against the one before it, which is the first of the others.
  const usual = others.find(({ version }) => version === stored.version) ?? others[0]
  const other = others.find(({ version }) => version === against) ?? usual
  const text = useText()
  const sides = chosen && other && [chosen, other].sort((one, two) => one.version - two.version)
  const nameOf = (version: number) =>
    [t('templates.versionNumber', { version }), version === stored.version && t('templates.present')]
      .filter(Boolean)
      .join(' · ')
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
                <span>{nameOf(version)}</span>
                <span className="muted">
                  {createdBy && `${createdBy} · `}
                  <Time at={createdAt} zone={zoneOf(stored.tenantId)} />
                </span>
              </span>
            </button>
          </li>
        ))}
      </ul>
      {chosen && other && sides?.[0] && sides[1] && (
        <>
          <div className="row wrap diff-sides">
            <label htmlFor="against">{t('templates.compareWith', { version: chosen.version })}</label>
            <Select
              id="against"
              disabled={false}
              style={{ minWidth: 200 }}
              value={other.version}
              onChange={setAgainst}
              options={others.map(({ version }) => ({ value: version, label: nameOf(version) }))}
            />
          </div>
          <div className="diff">
            <Suspense fallback={<div style={{ height: 120 }} />}>
              <Diff
                before={text(sides[0])}
                after={text(sides[1])}
                label={t('templates.diff', { before: sides[0].version, after: sides[1].version })}
              />
            </Suspense>
          </div>
        </>
      )}
      {chosen && !isPresent && can('configure') && (
        <Confirm
          style={{ marginTop: 12 }}
          question={t(edited ? 'templates.restoreDropsQuestion' : 'templates.restoreQuestion', {
            version: chosen.version,
          })}
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
