import { PauseCircleOutlined, PlusOutlined } from '@ant-design/icons'
import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { ChannelName } from '~/components/ChannelName'
import type { ChannelType, TemplateCellFragment } from '~/gql/graphql'
import { useScope } from '~/session/scope'
import type { Matrix, MatrixRow } from './matrix'
import './templates.css'

/** Business types down, channels across; a gap is a message that this channel could not carry. */
export function TemplateMatrix({ matrix }: { matrix: Matrix }) {
  const { t } = useTranslation()
  const { can, tenantId, tenantOf } = useScope()
  const showTenant = can('platform') && !tenantId
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: it may scroll sideways, so the keyboard must get into it
    <section className="card flush matrix-scroll" tabIndex={0} aria-label={t('pages.templates')}>
      <table className="matrix">
        <thead>
          <tr>
            {showTenant && <th scope="col">{t('common.tenant')}</th>}
            <th scope="col">{t('common.businessType')}</th>
            {matrix.columns.map((type) => (
              <th key={type} scope="col">
                <ChannelName type={type} />
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {matrix.rows.map((row) => (
            <tr key={row.key}>
              {showTenant && <td>{tenantOf(row.tenantId)?.name ?? row.tenantId}</td>}
              <th scope="row">
                {row.businessType}
                {row.name && <div className="muted">{row.name}</div>}
              </th>
              {matrix.columns.map((type) => (
                <td key={type}>
                  <Cell row={row} channelType={type} />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}

function Cell({ row, channelType }: { row: MatrixRow; channelType: ChannelType }) {
  const { t } = useTranslation()
  const { can, tenantOf } = useScope()
  const templates = row.cells.get(channelType)
  if (templates) return templates.map((template) => <Entry key={template.id} template={template} />)
  if (!can('configure')) return <span className="muted">{t('templates.gap')}</span>
  return (
    <Link
      to="/templates/$id"
      params={{ id: 'new' }}
      search={{ businessType: row.businessType, channelType, for: tenantOf(row.tenantId)?.id }}
      className="matrix-gap"
      aria-label={`${t('templates.gap')}: ${t('templates.fillGap', { businessType: row.businessType, channel: t(`channelTypes.${channelType}`) })}`}
    >
      <PlusOutlined aria-hidden /> {t('templates.gap')}
    </Link>
  )
}

function Entry({ template }: { template: TemplateCellFragment }) {
  const { t } = useTranslation()
  const { id, name, messageType, locale, enabled } = template
  return (
    <Link to="/templates/$id" params={{ id }} className="matrix-entry" title={name}>
      <span>{t(`messageTypes.${messageType}`)}</span>
      <span className="muted">{locale ?? t('templates.defaultLocale')}</span>
      {!enabled && (
        <span className="muted nowrap">
          <PauseCircleOutlined aria-hidden /> {t('common.disabled')}
        </span>
      )}
    </Link>
  )
}
