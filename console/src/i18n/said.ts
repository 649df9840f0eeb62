import type { TFunction } from 'i18next'
import { useTranslation } from 'react-i18next'
import type { Texts } from '~/locales/en-US'
import { SAID_OF_INPUT } from './saidOfInput'

type Key = keyof Texts['said']

const CONFIG = String.raw`config (?<config>".*" \(chc_\w+\))`
const WINDOW = String.raw`closed by window (?<hours>[\d:-]+) (?<zone>\S+) of ${CONFIG}`
const LIMIT = String.raw`limit (?<number>\d+) per (?<window>\d+) (?<unit>\w+) of ${CONFIG} is used up`
const BY = 'by (?<by>.+)'

/**
 * What the server says in a verdict, an attempt or a result, as it says it. What it does not know (a provider's own
 * words) stays as it is. Parts in RECURSIVE are sentences of their own.
 */
const SAID: readonly (readonly [Key, string])[] = [
  // The chain
  ['switchedOff', 'switched off in the settings'],
  ['slowHandler', String.raw`handler (?<handler>[A-Z_]+) took longer than (?<seconds>\d+) s`],
  ['failedHandler', 'handler (?<handler>[A-Z_]+) (?<why>.+)'],
  ['expiredBefore', 'expiresAt passed before it was processed'],
  ['tenantDisabled', 'tenant (?<tenant>.+) is disabled'],
  ['noObject', 'businessData is not a JSON object'],
  ['sameContent', String.raw`the same content went to the same recipients within 5 minutes, with (?<message>msg_\w+)`],
  ['noWindow', 'no channel has a time window'],
  ['opens', String.raw`${WINDOW}, opens (?<time>\S+)`],
  ['closedTooLong', `${WINDOW} until after expiresAt`],
  ['closed', WINDOW],
  ['routed', `${CONFIG}, tenant level`],
  ['routedToStore', `${CONFIG}, store level`],
  ['unusable', `${CONFIG} can't be used: (?<why>.+)`],
  ['needsUserId', 'LOCAL needs a recipient with a userId'],
  [
    'noConfig',
    'no enabled channel config(?<among> among targetChannels [A-Z_, ]+)? for tenant (?<tenant>[^,]+)(?<ofStore>, store .+)?',
  ],
  ['among', ' among targetChannels (?<channels>.+)'],
  ['ofStore', ', store (?<store>.+)'],
  ['noLimit', 'no channel has a rate limit'],
  ['limitClosed', String.raw`${LIMIT}, next free slot (?<time>\S+) is outside its window`],
  ['limitTooLate', String.raw`${LIMIT}, next free slot (?<time>\S+) is after expiresAt`],
  ['limitWaits', String.raw`${LIMIT}, next free slot (?<time>\S+)`],
  ['limitUsed', LIMIT],
  ['ownContent', 'the message brings its content'],
  ['template', String.raw`template (?<template>".*" \(tpl_\w+\)) version (?<version>\d+)`],
  ['noTemplate', 'no enabled template for business type (?<businessType>.+) on (?<channel>[A-Z_]+)'],
  ['templateFailed', 'template (?<template>".*"): (?<why>.+)'],
  ['missingVariable', 'missing variable `(?<name>.+)` in (?<path>.+)'],
  ['templateCut', 'the template in (?<path>.+) was cut off: (?<why>.+)'],
  ['templateBroke', 'the template in (?<path>.+) failed: (?<why>.+)'],
  ['dispatched', String.raw`(?<number>\d+) (?<tasks>tasks?)`],
  ['planned', String.raw`PROCESSING: (?<now>\d+) now, (?<later>\d+) later`],
  // Attempts
  ['stored', String.raw`stored for (?<number>\d+) (?<users>users?)`],
  ['inboxAway', 'the inbox is unavailable'],
  ['inboxRefused', 'the inbox refused it'],
  ['noAnswer', 'no answer within (?<time>[^;]+)'],
  ['broke', 'the connection broke before an answer: (?<cause>[^;]+)'],
  ['noConnection', 'no connection: (?<cause>[^;]+)'],
  [
    'notPublic',
    String.raw`(?<host>\S+) is not a public address \((?<cause>.+)\); to reach it, list its network in (?<setting>\w+)`,
  ],
  ['malformed', 'the request could not be made: (?<cause>.+)'],
  ['workerLost', 'the worker was lost before it recorded the outcome'],
  ['mayHaveArrived', 'it may have arrived'],
  ['triedAgain', 'tried again: (?<why>.+)'],
  ['notTriedAgain', 'not tried again: (?<why>.+)'],
  ['onUnknownFail', 'onUnknown is FAIL'],
  ['onUnknownRetry', 'onUnknown is RETRY'],
  ['noRetryLeft', 'no retry is left'],
  ['tellsRepetitions', String.raw`the provider tells repetitions by (?<key>\S+)`],
  ['redirects', String.raw`HTTP (?<status>\d+): redirects are not followed`],
  ['notWhole', String.raw`HTTP (?<status>\d+): the answer is not whole`],
  ['notProviders', String.raw`HTTP (?<status>\d+): the answer is not the provider's`],
  [
    'inboxTried',
    "LOCAL has no provider: a message goes to its recipients' inboxes in Posthorn itself; the body was made and nothing was written",
  ],
  // Without an attempt
  ['waits', 'waits: (?<why>.+)'],
  ['breakerOpen', "the channel config's circuit breaker is open: (?<why>.+)"],
  ['failedForHours', String.raw`the provider has failed for (?<hours>\d+) hours: (?<why>.+)`],
  ['pauseAsked', 'the provider asked for a pause of the channel config'],
  ['configDeleted', 'the channel config was deleted'],
  ['configDisabled', 'the channel config is disabled'],
  ['windowClosed', "the config's time window has closed before it was sent"],
  ['expired', 'expiresAt passed'],
  ['waitedTooLong', String.raw`it waited for earlier channels for longer than (?<seconds>\d+) s`],
  // People
  ['retried', String.raw`${BY}: (?<number>\d+) (?<tasks>failed tasks? waits? again)`],
  ['discarded', String.raw`${BY}: (?<number>\d+) (?<tasks>failed tasks?) discarded`],
  ['resent', String.raw`${BY}: sent once more as (?<message>msg_\w+)`],
  ['cancelled', `${BY}, before anything was sent`],
  [
    'cancelledPartly',
    String.raw`${BY}: (?<number>\d+) of (?<total>\d+) tasks taken back, (?<sent>\d+) already delivered, (?<open>\d+) under way`,
  ],
]

type Table = readonly (readonly [Key, RegExp])[]

const read = (patterns: readonly (readonly [Key, string])[]): Table =>
  patterns.map(([key, pattern]) => [key, new RegExp(`^${pattern}$`, 's')])

const OF_MESSAGES = read(SAID)
export const OF_INPUT: Table = [...read(SAID_OF_INPUT), ...OF_MESSAGES]

const RECURSIVE = ['why', 'among', 'ofStore', 'noun']

/** An outcome before its words, where a task ended without an attempt: `CONFIG: the channel config was deleted`. */
const CODED = /^([A-Z_]{4,}): (.+)$/s

/** In the reader's language; as it is where it is not known. */
export function say(text: string, t: TFunction, exists: (key: string) => boolean, table = OF_MESSAGES): string {
  const again = (part: string) => say(part, t, exists, table)
  for (const [key, pattern] of table) {
    const match = pattern.exec(text)
    if (!match) continue
    const values = Object.entries(match.groups ?? {}).map(([name, value = '']) => [
      name,
      RECURSIVE.includes(name) && value ? again(value) : value,
    ])
    const named = Object.fromEntries(values) as Record<string, string>
    const unitName = named.unit && exists(`timeUnit.${named.unit}`) ? t(`timeUnit.${named.unit}` as 'timeUnit.DAY') : ''
    return t(`said.${key}`, { ...named, unitName, said: text })
  }
  const [, code, words] = CODED.exec(text) ?? []
  if (code && words && exists(`outcomes.${code}`)) {
    return t('said.coded', { outcome: t(`outcomes.${code}` as 'outcomes.OK'), why: again(words) })
  }
  const parts = text.split('; ')
  const told = parts.length > 1 ? parts.map(again) : parts
  return told.some((part, index) => part !== parts[index]) ? told.join(t('said.join')) : text
}

export function useSaid(): (text: string) => string {
  return useSay(OF_MESSAGES)
}

/** Of what is wrong with an input, and of what somebody is doing just now. */
export function useSaidOfInput(): (text: string) => string {
  return useSay(OF_INPUT)
}

function useSay(table: Table): (text: string) => string {
  const { t, i18n } = useTranslation()
  return (text) => say(text, t, (key) => i18n.exists(key), table)
}
