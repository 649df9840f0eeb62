import { ApiOutlined, PlusOutlined } from '@ant-design/icons'
import { createFileRoute, Link } from '@tanstack/react-router'
import { Button } from 'antd'
import { useTranslation } from 'react-i18next'
import { usePages } from '~/api/usePages'
import { BREAKERS_EVERY_MS, ChannelsQuery } from '~/channels/documents'
import { useChannelColumns } from '~/channels/useChannelColumns'
import { Blank } from '~/components/Blank'
import { List } from '~/components/List'
import { Page } from '~/components/Page'
import { useScope } from '~/session/scope'

export const Route = createFileRoute('/_app/channels/')({ component: Channels })

function Channels() {
  const { t } = useTranslation()
  const { tenantId, can } = useScope()
  const pages = usePages('channels', ChannelsQuery, { filter: { tenantId } }, (data) => data.channelConfigs, {
    refetchInterval: BREAKERS_EVERY_MS,
  })
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
      <List
        label={t('pages.channels')}
        pages={pages}
        columns={columns}
        empty={
          <Blank icon={<ApiOutlined aria-hidden />} title={t('channels.none')}>
            {t('channels.noneExplain')}
            {create}
          </Blank>
        }
      />
    </Page>
  )
}
