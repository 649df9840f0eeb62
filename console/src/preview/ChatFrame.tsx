import { BellOutlined, RobotOutlined } from '@ant-design/icons'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import type { ChannelType } from '~/gql/graphql'

/** Clients in which a robot speaks in a group. */
const ROBOTS: readonly ChannelType[] = ['DINGTALK', 'WECHAT_WORK', 'FEISHU']

interface Props {
  channelType: ChannelType
  sender: string | undefined
  at: string | undefined
  children: ReactNode
}

/** A chat as that client draws it: the time, who speaks, and what they say. */
export function ChatFrame({ channelType, sender, at, children }: Props) {
  const { t } = useTranslation()
  // A webhook's receiver is a program, of which nobody knows what it looks like.
  if (channelType === 'WEBHOOK') return <div className="client-screen">{children}</div>
  const robot = ROBOTS.includes(channelType)
  return (
    <div className="client-screen">
      <div className="client-time">{at ?? t('preview.now')}</div>
      <div className="client-turn">
        <span className="client-avatar" aria-hidden>
          {robot ? <RobotOutlined /> : <BellOutlined />}
        </span>
        <div className="client-said">
          <div className="client-sender">
            {robot ? (sender ?? t('preview.robot')) : t('preview.app')}
            {robot && <span className="client-tag">{t('preview.tag')}</span>}
          </div>
          {children}
        </div>
      </div>
    </div>
  )
}
