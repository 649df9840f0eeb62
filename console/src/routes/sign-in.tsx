import { useMutation } from '@tanstack/react-query'
import { createFileRoute, redirect, useRouter } from '@tanstack/react-router'
import { Alert, Button, Checkbox, Form, Input } from 'antd'
import { useTranslation } from 'react-i18next'
import * as v from 'valibot'
import { request } from '~/api/client'
import { Brand } from '~/components/shell/Brand'
import { LanguageSwitch } from '~/components/shell/LanguageSwitch'
import { ThemeSwitch } from '~/components/shell/ThemeSwitch'
import { useProblemText } from '~/i18n/problems'
import { session } from '~/session/session'
import { ViewerDocument } from '~/session/viewer'

const search = v.object({ to: v.optional(v.fallback(v.string(), '/')) })

export const Route = createFileRoute('/sign-in')({
  validateSearch: search,
  beforeLoad: () => {
    if (session.key() !== undefined) throw redirect({ to: '/' })
  },
  component: SignIn,
})

interface Fields {
  key: string
  remember: boolean
}

function SignIn() {
  const { t } = useTranslation()
  const problem = useProblemText()
  const router = useRouter()
  const { to } = Route.useSearch()
  const signIn = useMutation({
    mutationFn: ({ key }: Fields) => request(ViewerDocument, {}, { key }),
    onSuccess: (_, { key, remember }) => {
      session.begin(key, remember)
      // Only a path of this console: an address from elsewhere is not followed.
      router.history.push(to?.startsWith('/') && !to.startsWith('//') ? to : '/')
    },
  })

  return (
    <main className="sign-in">
      <div className="sign-in-tools">
        <LanguageSwitch />
        <ThemeSwitch />
      </div>
      <section className="sign-in-card" aria-labelledby="sign-in-title">
        <Brand />
        <h1 id="sign-in-title">{t('signIn.title')}</h1>
        <p className="muted">{t('signIn.explain')}</p>
        {session.ended() === 'expired' && !signIn.error && (
          <Alert type="warning" showIcon title={t('signIn.expired')} style={{ marginBottom: 16 }} />
        )}
        {signIn.error && <Alert type="error" showIcon title={problem(signIn.error)} style={{ marginBottom: 16 }} />}
        <Form<Fields>
          layout="vertical"
          requiredMark={false}
          initialValues={{ remember: false }}
          onFinish={(fields) => signIn.mutate({ ...fields, key: fields.key.trim() })}
        >
          <Form.Item
            name="key"
            label={t('signIn.key')}
            rules={[{ required: true, whitespace: true, message: t('signIn.keyNeeded') }]}
          >
            <Input.Password autoComplete="current-password" autoFocus placeholder="ph_…" size="large" />
          </Form.Item>
          <Form.Item name="remember" valuePropName="checked" extra={t('signIn.rememberHelp')}>
            <Checkbox>{t('signIn.remember')}</Checkbox>
          </Form.Item>
          <Button type="primary" htmlType="submit" size="large" block loading={signIn.isPending}>
            {t('signIn.submit')}
          </Button>
        </Form>
      </section>
    </main>
  )
}
