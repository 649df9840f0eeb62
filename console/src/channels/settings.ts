import type { ChannelType } from '~/gql/graphql'

/** An inbox in Posthorn itself has no provider that could fail. */
export const WITHOUT_PROVIDER: readonly ChannelType[] = ['LOCAL']
