import { DesktopOutlined, MoonOutlined, SunOutlined } from '@ant-design/icons'
import { Button, Dropdown } from 'antd'
import { useTranslation } from 'react-i18next'
import { chooseTheme, THEMES, type ThemeChoice, useDark, useThemeChoice } from '~/theme/preference'

const ICONS = {
  system: <DesktopOutlined aria-hidden />,
  light: <SunOutlined aria-hidden />,
  dark: <MoonOutlined aria-hidden />,
}

export function ThemeSwitch() {
  const { t } = useTranslation()
  const choice = useThemeChoice()
  const isDark = useDark()
  return (
    <Dropdown
      trigger={['click']}
      menu={{
        items: THEMES.map((one) => ({ key: one, icon: ICONS[one], label: t(`shell.theme.${one}`) })),
        selectable: true,
        selectedKeys: [choice],
        onClick: ({ key }) => chooseTheme(key as ThemeChoice),
      }}
    >
      <Button type="text" icon={isDark ? ICONS.dark : ICONS.light} aria-label={t('shell.theme.choose')} />
    </Dropdown>
  )
}
