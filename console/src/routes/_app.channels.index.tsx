import { ApiOutlined, PlusOutlined } from '@ant-design/icons'
import { createFileRoute, Link } from '@tanstack/react-router'
import { Button } from 'antd'
import { useTranslation } from 'react-i18next'
import { usePages } from '~/api/usePages'
import { ChannelFilters } from '~/channels/ChannelFilters'
import { BREAKERS_EVERY_MS, ChannelsQuery } from '~/channels/documents'
import { type ChannelSearch, channelSearch, toFilter } from '~/channels/search'
import { useChannelColumns } from '~/channels/useChannelColumns'
import { Blank } from '~/components/Blank'
import { List } from '~/components/List'
import { Page } from '~/components/Page'
import { useScope } from '~/session/scope'

export const Route = createFileRoute('/_app/channels/')({ validateSearch: channelSearch, component: Channels })

function Channels() {
  const { t } = useTranslation()
  const { tenantId, can } = useScope()
  const { tenant: _, ...search } = Route.useSearch()
  const navigate = Route.useNavigate()
  const change = (part: Partial<ChannelSearch>) =>
    void navigate({ search: (before) => ({ ...before, ...part }), replace: true })
  const filtered = Object.values(search).some((value) => value !== undefined)
  const pages = usePages(
    'channels',
    ChannelsQuery,
    { filter: toFilter(search, tenantId) },
    (data) => data.channelConfigs,
    {
      refetchInterval: BREAKERS_EVERY_MS,
    },
  )
  const columns = useChannelColumns()
  const create = can('configure') && (
    <Link to="/channels/$id" params={{ id: 'new' }}>
      <Button type="primary" icon={<PlusOutlined aria-hidden />} tabIndex={-1}>
        {t('channels.create')}
      </Button>
    </Link>
  )
  return (
    <Page title={t('pages.channels')} explain={t('channels.explain')} actions={create}>
      <ChannelFilters search={search} onChange={change} />
      <List
        label={t('pages.channels')}
        pages={pages}
        columns={columns}
        empty={
          filtered ? (
            <Blank icon={<ApiOutlined aria-hidden />} title={t('channels.noneMatch')} />
          ) : (
            <Blank icon={<ApiOutlined aria-hidden />} title={t('channels.none')}>
              {t('channels.noneExplain')}
              {create}
            </Blank>
          )
        }
      />
    </Page>
  )
}
