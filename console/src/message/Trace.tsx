import { Switch } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Time } from '~/components/Time'
import { duration } from '~/components/timeFormat'
import type { MessageDetail } from './query'
import { TraceStep } from './TraceStep'

type Entry = MessageDetail['timeline'][number]

/** A pause worth showing: what waits for a retry or a window, not for a worker. */
const PAUSE_MS = 1000

/** The way of the message from top to bottom, with what each step took and what it waited for between. */
export function Trace({ message, zone }: { message: MessageDetail; zone: string }) {
  const { t } = useTranslation()
  const [skipped, setSkipped] = useState(false)
  const { timeline } = message
  const shown = skipped ? timeline : timeline.filter(({ outcome }) => outcome !== 'SKIP')
  const channelOf = new Map(message.tasks.map(({ id, channelType }) => [id, channelType]))
  return (
    <section className="card">
      <div className="row spread">
        <h2>{t('message.timeline')}</h2>
        {timeline.some(({ outcome }) => outcome === 'SKIP') && (
          // biome-ignore lint/a11y/noLabelWithoutControl: the switch within is the control
          <label className="row muted">
            {t('message.showSkipped')}
            <Switch size="small" checked={skipped} onChange={setSkipped} />
          </label>
        )}
      </div>
      <ol className="trace">
        {shown.map((entry, index) => {
          const pause = pauseBefore(entry, shown[index - 1])
          return (
            // biome-ignore lint/suspicious/noArrayIndexKey: entries are only ever added at the end
            <li key={index}>
              {pause !== undefined && (
                <div className="trace-pause">{t('message.waited', { time: duration(pause) })}</div>
              )}
              <TraceStep entry={entry} channelType={entry.taskId ? channelOf.get(entry.taskId) : undefined}>
                <Time at={entry.at} zone={zone} clockOnly />
              </TraceStep>
            </li>
          )
        })}
      </ol>
    </section>
  )
}

function pauseBefore(entry: Entry, before: Entry | undefined): number | undefined {
  if (!before) return undefined
  const waited = Date.parse(entry.at) - Date.parse(before.at) - (entry.durationMs ?? 0)
  return waited >= PAUSE_MS ? waited : undefined
}
