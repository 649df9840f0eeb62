import { useSuspenseQuery } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import { Select } from 'antd'
import { useTranslation } from 'react-i18next'
import { NotFound } from '~/components/NotFound'
import { Page } from '~/components/Page'
import { MessageState } from '~/components/State'
import { Time } from '~/components/Time'
import { useScope } from '~/session/scope'
import { namesakes } from './query'

/** No tenant is chosen, and several gave a message this id, or there are too many to ask: which one is meant. */
export function Namesakes({ name }: { name: string }) {
  const { t } = useTranslation()
  const { tenantOf, zoneOf } = useScope()
  const { data: messages } = useSuspenseQuery(namesakes(name))
  if (messages?.length === 0) return <NotFound />
  return (
    <Page title={t('message.several')} explain={<span className="mono">{name}</span>}>
      <section className="card">
        <p className="muted">{t(messages ? 'message.severalExplain' : 'message.chooseExplain')}</p>
        {!messages && <ChooseTenant />}
        <ul className="plain-list">
          {messages?.map(({ id, tenantId, businessType, status, createdAt }) => (
            <li key={id} className="plain-item row">
              <Link to="/messages/$id" params={{ id }}>
                {tenantOf(tenantId)?.name ?? tenantId}
              </Link>
              <span className="muted">{businessType}</span>
              <MessageState status={status} />
              <Time at={createdAt} zone={zoneOf(tenantId)} />
            </li>
          ))}
        </ul>
      </section>
    </Page>
  )
}

function ChooseTenant() {
  const { t } = useTranslation()
  const { tenants } = useScope()
  const navigate = useNavigate()
  return (
    <Select
      showSearch={{ optionFilterProp: 'label' }}
      placeholder={t('common.tenantNeeded')}
      aria-label={t('common.tenant')}
      style={{ width: 260 }}
      options={tenants.map(({ code, name }) => ({ value: code, label: `${name} (${code})` }))}
      onChange={(tenant: string) => void navigate({ to: '.', search: (before) => ({ ...before, tenant }) })}
    />
  )
}
