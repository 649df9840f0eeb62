import { useTranslation } from 'react-i18next'
import { Json } from '~/components/Json'
import { TestSendState } from '~/components/State'
import { duration } from '~/components/timeFormat'
import type { TestSendFoundFragment } from '~/gql/graphql'
import { useSaid } from '~/i18n/said'
import './channels.css'

/** What the provider made of a test. */
export function TestSend({ found }: { found: TestSendFoundFragment }) {
  const { t } = useTranslation()
  const said = useSaid()
  const { success, outcome, message, durationMs, request, response } = found
  return (
    <section className="trial" aria-label={t('channels.testResult')}>
      <div role="status">
        <div className="row spread">
          <TestSendState success={success} outcome={outcome} />
          {outcome !== 'SKIPPED' && (
            <span className="muted nowrap">{t('channels.testTook', { time: duration(durationMs) })}</span>
          )}
        </div>
        <div className="trial-words">{said(message)}</div>
      </div>
      {response != null && (
        <div>
          <h3>{t('channels.testResponse')}</h3>
          <Json value={readable(response)} name={t('channels.testResponse')} />
        </div>
      )}
      <div>
        <h3>{t('channels.testRequest')}</h3>
        <Json value={request} name={t('channels.testRequest')} />
      </div>
    </section>
  )
}

/** Providers answer in JSON as a rule; anything else, and what was cut, stays as it came. */
function readable(response: string): unknown {
  try {
    return JSON.parse(response) as unknown
  } catch {
    return response
  }
}
