import type { ChannelConfigInput, ChannelFragment } from '~/gql/graphql'
import { SETTINGS } from './settings'

/** The form's values: limits and windows can be switched off, headers are typed as lines. */
export interface ChannelFields extends Omit<ChannelConfigInput, 'config'> {
  config?: Record<string, unknown>
}

type Config = Record<string, unknown>

/** The stored config as a whole, as an update needs it. Masked secrets go back as they came and stay what they are. */
export function toInput(channel: ChannelFragment): ChannelConfigInput {
  const { id: _, createdAt: __, updatedAt: ___, breaker: ____, ...input } = channel
  return input
}

/** What the form shows of a stored channel. */
export function toFields(channel: ChannelFragment): ChannelFields {
  return { ...toInput(channel), config: textOf(channel, channel.config as Config) }
}

/** A copy has none of the secrets: nobody can read them back, not even the console. */
export function copied(channel: ChannelFragment): ChannelFields {
  const secrets = (SETTINGS[channel.channelType] ?? []).filter(
    ({ key, kind }) => kind === 'secret' || String((channel.config as Config)[key] ?? '').includes('•'),
  )
  const config = { ...toFields(channel).config }
  for (const { key } of secrets) delete config[key]
  const { storeId: _, ...rest } = toFields(channel)
  return { ...rest, config }
}

export function fromFields(fields: ChannelFields): ChannelConfigInput {
  const config: Config = {}
  for (const { key, kind } of SETTINGS[fields.channelType] ?? []) {
    const value = fields.config?.[key]
    if (kind === 'headers') {
      const headers = parseHeaders(String(value ?? ''))
      if (Object.keys(headers).length > 0) config[key] = headers
    } else if (Array.isArray(value) ? value.length > 0 : value !== undefined && value !== '' && value !== false) {
      config[key] = typeof value === 'string' ? value.trim() : value
    }
  }
  return {
    ...fields,
    storeId: String(fields.storeId ?? '').trim() || null,
    rateLimit: fields.rateLimit ?? null,
    timeWindow: fields.timeWindow ? { ...fields.timeWindow, timezone: fields.timeWindow.timezone || null } : null,
    config,
  }
}

function textOf({ channelType }: ChannelFragment, config: Config): Config {
  const shown = { ...config }
  for (const { key, kind } of SETTINGS[channelType] ?? []) {
    if (kind === 'headers' && shown[key]) {
      shown[key] = Object.entries(shown[key] as Record<string, string>)
        .map(([name, value]) => `${name}: ${value}`)
        .join('\n')
    }
  }
  return shown
}

function parseHeaders(text: string): Record<string, string> {
  const lines = text.split('\n').filter((line) => line.includes(':'))
  return Object.fromEntries(
    lines.map((line) => [line.slice(0, line.indexOf(':')).trim(), line.slice(line.indexOf(':') + 1).trim()]),
  )
}
