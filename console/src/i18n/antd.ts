import type { ConfigProviderProps } from 'antd'
import { useSyncExternalStore } from 'react'

export type AntdLocale = NonNullable<ConfigProviderProps['locale']>

let current: AntdLocale | undefined
const listeners = new Set<() => void>()

export function setAntdLocale(locale: AntdLocale): void {
  current = locale
  for (const listener of listeners) listener()
}

export function useAntdLocale(): AntdLocale | undefined {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    () => current,
  )
}
