import type { ChannelConfigInput, ChannelFragment } from '~/gql/graphql'
import { configOf, valuesOf } from './config'
import type { Setting } from './schema'

/** The form's values: limits and windows can be switched off, settings are as `config.ts` has them. */
export interface ChannelFields extends Omit<ChannelConfigInput, 'config'> {
  config?: Record<string, unknown>
}

/** The stored config as a whole, as an update needs it. Masked secrets go back as they came and stay what they are. */
export function toInput(channel: ChannelFragment): ChannelConfigInput {
  const { tenantId, storeId, channelType, name, config, priority, enabled } = channel
  const { rateLimit, onRateLimit, timeWindow, onClosedWindow, onUnknown, deliveryMode, schedule } = channel
  const when = { rateLimit, onRateLimit, timeWindow, onClosedWindow, onUnknown, deliveryMode, schedule }
  return { tenantId, storeId, channelType, name, config, priority, enabled, ...when }
}

/** What the form shows of a stored channel. */
export function toFields(channel: ChannelFragment, settings: readonly Setting[]): ChannelFields {
  return { ...toInput(channel), config: valuesOf(settings, channel.config) }
}

export function fromFields(fields: ChannelFields, settings: readonly Setting[]): ChannelConfigInput {
  return {
    ...fields,
    storeId: String(fields.storeId ?? '').trim() || null,
    rateLimit: fields.rateLimit ?? null,
    timeWindow: fields.timeWindow ? { ...fields.timeWindow, timezone: fields.timeWindow.timezone || null } : null,
    config: configOf(settings, fields.config),
  }
}
