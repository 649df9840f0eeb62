import CheckCircleFilled from '@ant-design/icons-svg/es/asn/CheckCircleFilled'
import CloseCircleFilled from '@ant-design/icons-svg/es/asn/CloseCircleFilled'
import { useTranslation } from 'react-i18next'
import { Glyph } from '~/components/Glyph'
import { State } from '~/components/State'
import { Time } from '~/components/Time'
import type { ChannelHealthFragment } from '~/gql/graphql'
import { useSaid } from '~/i18n/said'

interface Props {
  health: ChannelHealthFragment['health']
  zone: string
}

/** When the provider last took something, and when an attempt last failed and why: in the words of the timeline. */
export function Lately({ health, zone }: Props) {
  const { t, i18n } = useTranslation()
  const said = useSaid()
  const { lastSuccessAt, lastFailureAt, lastErrorCode, lastErrorMessage } = health
  if (!lastSuccessAt && !lastFailureAt) return <span className="muted">{t('channels.neverUsed')}</span>
  const key = `outcomes.${lastErrorCode}`
  const outcome = lastErrorCode && (i18n.exists(key) ? t(key as 'outcomes.RETRY') : lastErrorCode)
  const why = [outcome, lastErrorMessage && said(lastErrorMessage)].filter(Boolean).join(' · ')
  return (
    <>
      {lastSuccessAt && (
        <div>
          <State tone="ok" icon={<Glyph of={CheckCircleFilled} />}>
            <span className="hidden-label">{t('channels.lastSuccess')} </span>
            <Time at={lastSuccessAt} zone={zone} />
          </State>
        </div>
      )}
      {lastFailureAt && (
        <>
          <State tone="bad" icon={<Glyph of={CloseCircleFilled} />}>
            <span className="hidden-label">{t('channels.lastFailure')} </span>
            <Time at={lastFailureAt} zone={zone} />
          </State>
          <div className="muted cell-note clip" title={why}>
            {why}
          </div>
        </>
      )}
    </>
  )
}
