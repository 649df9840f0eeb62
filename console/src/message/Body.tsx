import { Tabs } from 'antd'
import { useTranslation } from 'react-i18next'
import { Json } from '~/components/Json'
import type { ChannelType } from '~/gql/graphql'
import { ProviderPreview } from '~/preview/ProviderPreview'
import { readable } from './Answer'

interface Props {
  channelType: ChannelType
  body: unknown
  /** What the provider said to it, where it was sent. */
  answer?: string | null | undefined
  /** The channel's name and the time of day, for the preview. */
  sender?: string | undefined
  at?: string | undefined
}

/** What a provider is handed: as its reader sees it, and as it is. */
export function Body({ channelType, body, answer, sender, at }: Props) {
  const { t } = useTranslation()
  const json = (key: string, name: string, value: unknown) => ({
    key,
    label: name,
    children: <Json value={value} name={name} />,
  })
  return (
    <Tabs
      size="small"
      className="delivery-body"
      items={[
        {
          key: 'preview',
          label: t('message.preview'),
          children: <ProviderPreview channelType={channelType} body={body} sender={sender} at={at} />,
        },
        json('body', t('message.sentBody'), body),
        ...(answer ? [json('answer', t('message.answer'), readable(answer))] : []),
      ]}
    />
  )
}
