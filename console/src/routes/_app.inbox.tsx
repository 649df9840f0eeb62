import { InboxOutlined } from '@ant-design/icons'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { createFileRoute } from '@tanstack/react-router'
import { Button, Checkbox, Select } from 'antd'
import { useTranslation } from 'react-i18next'
import * as v from 'valibot'
import { query, useChange } from '~/api/query'
import { useLive } from '~/api/useLive'
import { usePages } from '~/api/usePages'
import { Blank } from '~/components/Blank'
import { ErrorView } from '~/components/ErrorView'
import { Missing } from '~/components/Missing'
import { Page } from '~/components/Page'
import { useApp } from '~/components/useApp'
import { useRefused } from '~/components/userErrors'
import { useProblemText } from '~/i18n/problems'
import { InboxQuery, MarkRead, NewInboxMessages, UnreadQuery } from '~/inbox/documents'
import { InboxList } from '~/inbox/InboxList'
import { FilterText } from '~/messages/FilterText'
import { useScope } from '~/session/scope'

const search = v.object({
  user: v.optional(v.fallback(v.optional(v.pipe(v.union([v.string(), v.number()]), v.transform(String))), undefined)),
  unread: v.optional(v.fallback(v.optional(v.boolean()), undefined)),
})

export const Route = createFileRoute('/_app/inbox')({ validateSearch: search, component: Inbox })

function Inbox() {
  const { t } = useTranslation()
  const { user, unread } = Route.useSearch()
  const navigate = Route.useNavigate()
  const { tenantId, can, tenants } = useScope()
  const queryClient = useQueryClient()
  const ready = user !== undefined && tenantId !== undefined
  const who = { tenantId: tenantId ?? null, userId: user ?? '' }
  const pages = usePages('inbox', InboxQuery, { ...who, unreadOnly: unread ?? false }, (data) => data.inbox, {
    enabled: ready,
  })
  const count = useQuery({ ...query('inbox', UnreadQuery, who), enabled: ready })
  const mark = useChange(MarkRead, 'inbox')
  const app = useApp()
  const problem = useProblemText()
  const refused = useRefused()
  const markRead = (ids: string[] | null) =>
    mark.mutate(
      { ...who, ids },
      {
        onSuccess: ({ markRead: { userErrors } }) => void refused(userErrors),
        onError: (error) => void app.message.error(problem(error)),
      },
    )
  const readAnew = () => void queryClient.invalidateQueries({ queryKey: ['inbox'] })
  useLive(NewInboxMessages, ready ? who : undefined, { onBatch: readAnew, onGap: readAnew })
  const left = count.data?.unreadCount

  return (
    <Page
      title={t('pages.inbox')}
      explain={t('inbox.explain')}
      actions={
        ready &&
        can('operate') && (
          <Button disabled={count.isLoading || left === 0} loading={mark.isPending} onClick={() => markRead(null)}>
            {t('inbox.markAll')}
          </Button>
        )
      }
    >
      <search className="row wrap">
        {tenantId === undefined && (
          <Select
            placeholder={t('common.tenantNeeded')}
            aria-label={t('common.tenant')}
            style={{ width: 200 }}
            options={tenants.map((one) => ({ value: one.code, label: one.name }))}
            onChange={(tenant: string) => void navigate({ search: (before) => ({ ...before, tenant }) })}
          />
        )}
        <FilterText
          label={t('recipient.userId')}
          value={user}
          onChange={(next) => void navigate({ search: (before) => ({ ...before, user: next }) })}
        />
        <Checkbox
          checked={unread ?? false}
          onChange={({ target }) =>
            void navigate({ search: (before) => ({ ...before, unread: target.checked || undefined }) })
          }
        >
          {t('inbox.unreadOnly')}
        </Checkbox>
        {ready && left !== undefined && <span className="muted">{t('inbox.unread', { count: left })}</span>}
        {ready && left === undefined && count.error && !pages.error && (
          <Missing error={count.error} again={() => void count.refetch()} />
        )}
      </search>
      {!ready && (
        <div className="card">
          <Blank icon={<InboxOutlined aria-hidden />} title={t('inbox.whose')}>
            {t('inbox.whoseExplain')}
          </Blank>
        </div>
      )}
      {ready && pages.error && <ErrorView error={pages.error} reset={pages.again} />}
      {ready && !pages.error && (
        <InboxList pages={pages} onRead={can('operate') ? (id) => markRead([id]) : undefined} />
      )}
    </Page>
  )
}
