import {
  ApiOutlined,
  AppstoreOutlined,
  BankOutlined,
  CodeOutlined,
  DashboardOutlined,
  ExceptionOutlined,
  FileTextOutlined,
  InboxOutlined,
  KeyOutlined,
  MessageOutlined,
  SendOutlined,
  SettingOutlined,
} from '@ant-design/icons'
import type { ReactNode } from 'react'
import type { Permission } from '~/session/permissions'

type Group = 'watch' | 'configure' | 'administer'

export interface PageEntry {
  to:
    | '/'
    | '/messages'
    | '/failed'
    | '/compose'
    | '/inbox'
    | '/channels'
    | '/templates'
    | '/business-types'
    | '/tenants'
    | '/api-keys'
    | '/settings'
    | '/playground'
  name:
    | 'overview'
    | 'messages'
    | 'failed'
    | 'compose'
    | 'inbox'
    | 'channels'
    | 'templates'
    | 'businessTypes'
    | 'tenants'
    | 'apiKeys'
    | 'settings'
    | 'playground'
  group: Group
  icon: ReactNode
  /** Offered only to roles that may do this. */
  needs?: Permission
}

export const GROUPS: readonly Group[] = ['watch', 'configure', 'administer']

/** The one list of pages: navigation and command palette read it. */
export const PAGES: readonly PageEntry[] = [
  { to: '/', name: 'overview', group: 'watch', icon: <DashboardOutlined aria-hidden /> },
  { to: '/messages', name: 'messages', group: 'watch', icon: <MessageOutlined aria-hidden /> },
  { to: '/failed', name: 'failed', group: 'watch', icon: <ExceptionOutlined aria-hidden />, needs: 'readConfig' },
  { to: '/compose', name: 'compose', group: 'watch', icon: <SendOutlined aria-hidden />, needs: 'send' },
  { to: '/inbox', name: 'inbox', group: 'watch', icon: <InboxOutlined aria-hidden />, needs: 'readConfig' },
  { to: '/channels', name: 'channels', group: 'configure', icon: <ApiOutlined aria-hidden />, needs: 'readConfig' },
  {
    to: '/templates',
    name: 'templates',
    group: 'configure',
    icon: <FileTextOutlined aria-hidden />,
    needs: 'readConfig',
  },
  {
    to: '/business-types',
    name: 'businessTypes',
    group: 'configure',
    icon: <AppstoreOutlined aria-hidden />,
    needs: 'readConfig',
  },
  { to: '/tenants', name: 'tenants', group: 'administer', icon: <BankOutlined aria-hidden />, needs: 'readConfig' },
  { to: '/api-keys', name: 'apiKeys', group: 'administer', icon: <KeyOutlined aria-hidden />, needs: 'configure' },
  {
    to: '/settings',
    name: 'settings',
    group: 'administer',
    icon: <SettingOutlined aria-hidden />,
    needs: 'readConfig',
  },
  { to: '/playground', name: 'playground', group: 'administer', icon: <CodeOutlined aria-hidden /> },
]

/** The page that an address belongs to: `/channels/chc_1` to the channels. */
export const pageAt = (path: string): PageEntry | undefined =>
  PAGES.find(({ to }) => path === to || (to !== '/' && path.startsWith(`${to}/`)))
