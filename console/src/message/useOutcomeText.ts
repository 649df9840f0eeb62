import { useTranslation } from 'react-i18next'
import type { ChannelType } from '~/gql/graphql'
import { useSaid } from '~/i18n/said'

/** Whose answers are a code and its meaning; of an attempt that was answered they are all that there is to say. */
const WITH_CODE: readonly ChannelType[] = ['DINGTALK', 'WECHAT_WORK']

/** An attempt's outcome in words; a provider's bare code, as in `0 ok`, is said to be one. */
export function useOutcomeText() {
  const { t } = useTranslation()
  const said = useSaid()
  return (text: string, channelType: ChannelType | undefined): string => {
    const [, code, meaning] = /^(-?\d+)(?: (.+))?$/s.exec(text) ?? []
    if (!code || !channelType || !WITH_CODE.includes(channelType)) return said(text)
    return meaning ? t('message.errcode', { code, meaning }) : t('message.errcodeOnly', { code })
  }
}
