import { useBlocker } from '@tanstack/react-router'
import { Form, type FormInstance } from 'antd'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useApp } from '~/components/useApp'
import { session } from '~/session/session'
import type { Editing } from './useHeld'

interface Edits {
  /** The form has other values than it began with. */
  dirty: boolean
  /** Whether saving replaces nothing that the reader has not seen; says so where it would. */
  mayReplace: () => Promise<boolean>
  checking: boolean
}

/** What of a form is not saved yet. Until it is, leaving asks first. */
export function useEdits<Fields extends object>(
  form: FormInstance<Fields>,
  initial: object,
  editing?: Editing<unknown>,
): Edits {
  const { t } = useTranslation()
  const { message } = useApp()
  const [checking, setChecking] = useState(false)
  const before = plain(initial)
  // The first time it is called there is no form yet, and nothing in it.
  const changed = (values: Fields) => Object.keys(values).length > 0 && plain(values) !== before
  const dirty = Form.useWatch(changed, { form, preserve: true }) ?? false
  const onDirty = editing?.onDirty
  useEffect(() => onDirty?.(dirty), [dirty, onDirty])
  useLeaving(dirty)
  const mayReplace = async () => {
    if (!editing) return true
    setChecking(true)
    try {
      const may = await editing.mayReplace()
      if (!may) void message.warning(t('edits.lookFirst'))
      return may
    } finally {
      setChecking(false)
    }
  }
  return { dirty, mayReplace, checking }
}

function useLeaving(dirty: boolean): void {
  const { t } = useTranslation()
  const { modal } = useApp()
  const ask = () =>
    new Promise<boolean>((answer) => {
      modal.confirm({
        title: t('edits.leave'),
        content: t('edits.leaveExplain'),
        okText: t('edits.leaveAnyway'),
        cancelText: t('edits.stay'),
        okButtonProps: { danger: true },
        onOk: () => answer(false),
        onCancel: () => answer(true),
      })
    })
  useBlocker({
    disabled: !dirty,
    enableBeforeUnload: true,
    // Without a session there is nobody to save it; another tenant is looked at by the same page.
    shouldBlockFn: ({ current, next }) =>
      session.key() === undefined || placeOf(current) === placeOf(next) ? false : ask(),
  })
}

const placeOf = ({ pathname, search }: { pathname: string; search: object }) =>
  plain({ pathname, ...search, tenant: undefined })

/** To compare by: what was left empty or was emptied again is the same as what is absent, and so is another order of keys. */
function plain(values: unknown): string {
  return JSON.stringify(values, (_, value: unknown) => {
    if (value === null || value === '') return undefined
    if (Array.isArray(value)) return value.length > 0 ? value : undefined
    if (typeof value !== 'object') return value
    return Object.fromEntries(Object.entries(value as object).sort(([one], [other]) => (one < other ? -1 : 1)))
  })
}
