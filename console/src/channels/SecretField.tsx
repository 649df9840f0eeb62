import { Button, Input, Space } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useScope } from '~/session/scope'
import { isMask } from './config'

interface Props {
  id?: string
  value?: string | null
  onChange?: (value: string | null) => void
  /** What it is called: the buttons beside it say what they are about. */
  label: string
  /** It may be taken away, other than by removing the row that it is in. */
  clearable?: boolean
  /** No label stands above it. */
  bare?: boolean
}

/** A secret that nobody can read back: what is stored is kept until it is replaced or taken away. */
export function SecretField({ id, value, onChange, label, clearable = false, bare = false }: Props) {
  const { t } = useTranslation()
  const { can } = useScope()
  const [stored] = useState(() => (isMask(value) ? value : undefined))
  const named = { ...(id ? { id } : {}), ...(bare ? { 'aria-label': label } : {}) }
  if (stored === undefined)
    return (
      <Input.Password
        {...named}
        autoComplete="new-password"
        value={value ?? ''}
        onChange={({ target }) => onChange?.(target.value)}
      />
    )
  const kept = value === stored
  return (
    <Space.Compact block>
      {kept || value === null ? (
        <Input
          {...named}
          readOnly
          className={kept ? 'mono' : 'muted'}
          value={kept ? stored : t('channels.secretGone')}
        />
      ) : (
        <Input.Password
          {...named}
          // It was asked for just now.
          autoFocus
          autoComplete="new-password"
          placeholder={t('channels.secretNew')}
          value={value ?? ''}
          onChange={({ target }) => onChange?.(target.value)}
        />
      )}
      {can('configure') && (
        <>
          <Button
            aria-label={`${t(kept ? 'channels.replaceSecret' : 'channels.keepSecret')}: ${label}`}
            onClick={() => onChange?.(kept ? '' : stored)}
          >
            {t(kept ? 'channels.replaceSecret' : 'channels.keepSecret')}
          </Button>
          {kept && clearable && (
            <Button aria-label={`${t('channels.clearSecret')}: ${label}`} onClick={() => onChange?.(null)}>
              {t('channels.clearSecret')}
            </Button>
          )}
        </>
      )}
    </Space.Compact>
  )
}
