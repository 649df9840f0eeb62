import { App, ConfigProvider } from 'antd'
import type { ReactNode } from 'react'
import { useAntdLocale } from '~/i18n/antd'
import { dark, light } from './antd'
import { useDark, useStill } from './preference'

export function ThemeProvider({ children }: { children: ReactNode }) {
  const isDark = useDark()
  const still = useStill()
  const locale = useAntdLocale()
  const theme = isDark ? dark : light
  return (
    <ConfigProvider
      theme={still ? { ...theme, token: { ...theme.token, motion: false } } : theme}
      {...(locale ? { locale } : {})}
      // "确 定" with a space between is typography that nobody asked for, and breaks searching in the page.
      button={{ autoInsertSpace: false }}
    >
      <App component={false}>{children}</App>
    </ConfigProvider>
  )
}
