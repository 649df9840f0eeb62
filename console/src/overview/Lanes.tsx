import type { TFunction } from 'i18next'
import { useId } from 'react'
import { useTranslation } from 'react-i18next'
import { CHANNEL_TYPES } from '~/components/ChannelName'
import { Missing } from '~/components/Missing'
import { duration } from '~/components/timeFormat'
import { whole } from './numbers'
import { useStanding } from './useStanding'

/** `process`, `deliver.WEBHOOK`, and either with the name of a green channel behind, in words. */
export function laneName(lane: string, t: TFunction): string {
  const [kind, ...rest] = lane.split('.')
  if (kind === 'process') return [t('overview.laneProcess'), ...rest].join(' · ')
  const type = CHANNEL_TYPES.find((one) => one === rest[0])
  if (kind !== 'deliver' || !type) return lane
  return [t('overview.laneDeliver'), t(`channelTypes.${type}`), ...rest.slice(1)].join(' · ')
}

/** How full each lane is. They keep their order, so that nothing jumps while work comes and goes. */
export function Lanes() {
  const { t, i18n } = useTranslation()
  const { data, error, refetch } = useStanding()
  const head = useId()
  const count = (value: number) => whole(value, i18n.language)
  const lanes = data?.laneStats
  return (
    <section className="card flush">
      <div className="group-head">
        <h2 id={head}>{t('overview.lanes')}</h2>
        <p className="muted">{t('overview.lanesExplain')}</p>
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region is reachable */}
      <section className="group-room" tabIndex={0} aria-label={t('overview.lanes')}>
        <table className="plain-table dense sticky group-table" aria-labelledby={head}>
          <thead>
            <tr>
              <th scope="col">{t('overview.lane')}</th>
              {(['waiting', 'delayed', 'inHand', 'oldest', 'workers'] as const).map((name) => (
                <th key={name} scope="col" className="number nowrap" title={t(`overview.laneHelp.${name}`)}>
                  {t(`overview.laneColumns.${name}`)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {lanes?.map((lane) => (
              <tr key={lane.lane} className={lane.waiting + lane.delayed + lane.inHand === 0 ? 'muted' : undefined}>
                <th scope="row" title={lane.lane}>
                  {laneName(lane.lane, t)}
                </th>
                <td className="number">{count(lane.waiting)}</td>
                <td className="number">{count(lane.delayed)}</td>
                <td className="number">{count(lane.inHand)}</td>
                <td className="number nowrap">
                  {lane.oldestAgeSeconds == null ? '–' : duration(lane.oldestAgeSeconds * 1000)}
                </td>
                <td className="number">{count(lane.workersPerInstance)}</td>
              </tr>
            ))}
          </tbody>
        </table>
        {!data && (
          <div className="group-none">
            <Missing error={error} again={() => void refetch()} />
          </div>
        )}
      </section>
    </section>
  )
}
