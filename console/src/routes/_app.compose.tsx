import { SendOutlined } from '@ant-design/icons'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { createFileRoute } from '@tanstack/react-router'
import { Alert, Button, Form } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import * as v from 'valibot'
import { request } from '~/api/client'
import { useChange } from '~/api/query'
import { TO_FIRST_ERROR } from '~/components/firstError'
import { Page } from '~/components/Page'
import { PageLoading } from '~/components/PageLoading'
import { ComposeForm } from '~/compose/ComposeForm'
import { ExplainSend, SendMessage } from '~/compose/documents'
import { Explanation } from '~/compose/Explanation'
import { BLANK, type ComposeFields, toInput } from '~/compose/fields'
import { LikeNotes } from '~/compose/LikeNotes'
import { like } from '~/compose/like'
import { isOfMore } from '~/compose/MoreFields'
import { useEdits } from '~/edits/useEdits'
import { useCodeText, useProblemText } from '~/i18n/problems'
import { useSaidOfInput } from '~/i18n/said'
import { type MessageDetail, messageQuery } from '~/message/query'
import { useScope } from '~/session/scope'

/** `like`: the message whose content is taken over. */
const search = v.object({ like: v.optional(v.fallback(v.optional(v.string()), undefined)) })

export const Route = createFileRoute('/_app/compose')({ validateSearch: search, component: ComposePage })

function ComposePage() {
  const { like: id } = Route.useSearch()
  const { tenantId } = useScope()
  const { t } = useTranslation()
  const problem = useProblemText()
  const { data, error, isLoading } = useQuery({
    ...messageQuery(id ?? '', tenantId),
    enabled: id !== undefined,
    // Another tenant is no other draft.
    placeholderData: (before) => (before?.id === id ? before : undefined),
  })
  if (isLoading) return <PageLoading />
  const unread = id !== undefined && !data && (error ? problem(error) : t('problems.NOT_FOUND'))
  return <Compose key={data?.id ?? ''} origin={data ?? undefined} unread={unread || undefined} />
}

/** Until then what is unfolded has no place to scroll to. */
const UNFOLDED_MS = 300

interface FailedCheck {
  errorFields: { name: (string | number)[] }[]
}

interface Props {
  /** The message that the draft is like. */
  origin: MessageDetail | undefined
  /** Why it could not be read. */
  unread: string | undefined
}

function Compose({ origin, unread }: Props) {
  const { t } = useTranslation()
  const codeText = useCodeText()
  const problem = useProblemText()
  const said = useSaidOfInput()
  const { tenantId } = useScope()
  const navigate = Route.useNavigate()
  const queryClient = useQueryClient()
  const [form] = Form.useForm<ComposeFields>()
  const [initial] = useState(() => (origin ? like(origin) : BLANK))
  const [stale, setStale] = useState(false)
  const [more, setMore] = useState(false)
  useEdits(form, initial)
  const send = useChange(SendMessage, 'messages')
  const explain = useMutation({
    mutationFn: async (fields: ComposeFields) =>
      (await request(ExplainSend, { input: toInput(fields, tenantId) })).explainSend,
  })
  const lead = (name: (string | number)[]) => {
    const scroll = () => form.scrollToField(name, TO_FIRST_ERROR)
    if (more || !isOfMore(name)) return scroll()
    setMore(true)
    setTimeout(scroll, UNFOLDED_MS)
  }
  /** The values once they are in order; what is not stands beside its field, the first of them in view. */
  const checked = () =>
    form.validateFields().then(
      () => form.getFieldsValue(true) as ComposeFields,
      ({ errorFields }: FailedCheck) => {
        if (errorFields[0]) lead(errorFields[0].name)
      },
    )

  const onSend = async () => {
    const fields = await checked()
    if (!fields) return
    const { sendMessage } = await send.mutateAsync({ input: toInput(fields, tenantId) })
    if (!sendMessage.success || !sendMessage.message) return
    await queryClient.invalidateQueries({ queryKey: ['messages'] })
    await navigate({ to: '/messages/$id', params: { id: sendMessage.message.id }, ignoreBlocker: true })
  }
  const onExplain = async () => {
    const fields = await checked()
    if (!fields) return
    setStale(false)
    explain.mutate(fields)
  }
  const refused = send.data?.sendMessage.success === false ? send.data.sendMessage : undefined

  return (
    <Page
      title={t('pages.compose')}
      explain={t('compose.explain')}
      actions={
        <>
          <Button onClick={() => void onExplain()} loading={explain.isPending}>
            {t('compose.explainFirst')}
          </Button>
          <Button
            type="primary"
            icon={<SendOutlined aria-hidden />}
            loading={send.isPending}
            onClick={() => void onSend().catch(() => undefined)}
          >
            {t('compose.send')}
          </Button>
        </>
      }
    >
      {unread && <Alert type="error" showIcon title={t('compose.likeUnread')} description={unread} />}
      {origin && <LikeNotes message={origin} />}
      {send.error && <Alert type="error" showIcon title={problem(send.error)} />}
      {refused && (
        <Alert
          type="error"
          showIcon
          title={refused.errorCode ? codeText(refused.errorCode) : t('compose.refused')}
          description={refused.errorMessage && said(refused.errorMessage)}
        />
      )}
      {explain.error && <Alert type="error" showIcon title={problem(explain.error)} />}
      <div aria-live="polite" className="announced">
        {explain.data && <Explanation key={explain.submittedAt} explanation={explain.data} stale={stale} />}
      </div>
      <ComposeForm form={form} initial={initial} onChange={() => setStale(true)} more={more} onMore={setMore} />
    </Page>
  )
}
