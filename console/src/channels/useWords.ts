import { useTranslation } from 'react-i18next'
import type { ChannelType } from '~/gql/graphql'
import type { DescribedType } from './types'

/**
 * What a channel and its settings are called. The server says it in English; where the language has words of its own
 * for this type and path, those.
 */
export function useWords(type: ChannelType) {
  const { t, i18n } = useTranslation()
  const ours = (key: string, theirs: string) => (i18n.exists(key) ? t(key as 'common.name') : theirs)
  return {
    titleOf: ({ path, title }: { path: string; title: string }) => ours(`described.titles.${type}.${path}`, title),
    helpOf: ({ path, about }: { path: string; about: string }) => ours(`described.helps.${type}.${path}`, about),
    aboutType: (described: DescribedType | undefined) => ours(`described.types.${type}`, described?.description ?? ''),
  }
}
