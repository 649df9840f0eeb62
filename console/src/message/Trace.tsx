import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Time } from '~/components/Time'
import { clock, duration, isoDay, took } from '~/components/timeFormat'
import type { ChannelType } from '~/gql/graphql'
import { Answer } from './Answer'
import type { MessageDetail } from './query'
import { type Span, spansOf } from './spans'
import { TraceStep } from './TraceStep'

type Entry = MessageDetail['timeline'][number]

/** A pause worth showing: what waits for a retry or a window, not for a worker. */
const PAUSE_MS = 1000

/** The way of the message from top to bottom, with what each step took and what it waited for between. */
export function Trace({ message, zone }: { message: MessageDetail; zone: string }) {
  const { t } = useTranslation()
  const [skipped, setSkipped] = useState(false)
  const { timeline } = message
  const isShown = ({ outcome }: Entry) => skipped || outcome !== 'SKIP'
  // Each keeps its place as its key: what is opened within stays with its step when others come in between.
  const shown = timeline.map((entry, place) => ({ entry, place })).filter(({ entry }) => isShown(entry))
  const spans = spansOf(timeline, isShown)
  const tookText = (span: Span | undefined) =>
    span && (span.steps > 1 ? t('message.tookTogether', { time: took(span.ms), count: span.steps }) : took(span.ms))
  const channelOf = new Map(message.tasks.map(({ id, channelType }) => [id, channelType]))
  return (
    <section className="card">
      <div className="row spread">
        <h2>{t('message.timeline')}</h2>
        {timeline.some(({ outcome }) => outcome === 'SKIP') && (
          <label className="row muted">
            {t('message.showSkipped')}
            <input
              type="checkbox"
              role="switch"
              aria-checked={skipped}
              checked={skipped}
              onChange={({ currentTarget }) => setSkipped(currentTarget.checked)}
            />
          </label>
        )}
      </div>
      <ol className="trace">
        {shown.map(({ entry, place }, index) => {
          const before = shown[index - 1]?.entry
          const pause = pauseBefore(entry, before)
          const sameDay = before && dayOf(before, zone) === dayOf(entry, zone)
          const channel = entry.taskId ? channelOf.get(entry.taskId) : undefined
          return (
            <li key={place}>
              {pause !== undefined && (
                <div className="trace-pause">{t('message.waited', { time: duration(pause) })}</div>
              )}
              <TraceStep
                entry={entry}
                channelType={channel}
                took={tookText(spans.get(place))}
                answer={<Said entry={entry} channel={channel} zone={zone} />}
              >
                <Time at={entry.at} zone={zone} exact={sameDay ? 'clock' : 'instant'} reachable={!sameDay} />
              </TraceStep>
            </li>
          )
        })}
      </ol>
    </section>
  )
}

const dayOf = ({ at }: Entry, zone: string) => isoDay(new Date(at), zone)

/** The provider's answer to an attempt, named by channel and time: there may be many on one page. */
function Said({ entry, channel, zone }: { entry: Entry; channel: ChannelType | undefined; zone: string }) {
  const { t } = useTranslation()
  if (!entry.thirdPartyResponse) return null
  const of = { time: clock(new Date(entry.at), zone), channel: channel ? t(`channelTypes.${channel}`) : '' }
  return <Answer text={entry.thirdPartyResponse} label={t('message.answer')} name={t('message.answerAt', of)} />
}

function pauseBefore(entry: Entry, before: Entry | undefined): number | undefined {
  if (!before) return undefined
  const waited = Date.parse(entry.at) - Date.parse(before.at) - (entry.durationMs ?? 0)
  return waited >= PAUSE_MS ? waited : undefined
}
