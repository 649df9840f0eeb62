import { LogoutOutlined, UserOutlined } from '@ant-design/icons'
import { Button, Dropdown } from 'antd'
import { useTranslation } from 'react-i18next'
import { useScope } from '~/session/scope'
import { session } from '~/session/session'

export function ViewerMenu() {
  const { t } = useTranslation()
  const { viewer } = useScope()
  return (
    <Dropdown
      trigger={['click']}
      menu={{
        items: [
          { key: 'who', type: 'group', label: `${viewer.name} · ${t(`roles.${viewer.role}`)}` },
          { key: 'out', icon: <LogoutOutlined aria-hidden />, label: t('shell.signOut'), onClick: () => session.end() },
        ],
      }}
    >
      <Button type="text" icon={<UserOutlined aria-hidden />} aria-label={`${t('shell.account')}: ${viewer.name}`}>
        <span className="clip" style={{ maxWidth: 140 }}>
          {viewer.name}
        </span>
      </Button>
    </Dropdown>
  )
}
