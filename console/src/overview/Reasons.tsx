import { Link } from '@tanstack/react-router'
import { useId } from 'react'
import { useTranslation } from 'react-i18next'
import { Missing } from '~/components/Missing'
import { FAILURE_CODES, type FailureCode } from '~/failed/search'
import { useFailure } from '~/failed/useFailure'
import { useCodeText } from '~/i18n/problems'
import { poor, whole } from './numbers'
import type { OverviewNumbers } from './useOverview'

const isTaskCode = (code: string): code is FailureCode => (FAILURE_CODES as readonly string[]).includes(code)

interface Reason {
  code: string
  count: number
  ofTasks: boolean
}

/** Why things failed, most first. That all channels of a message failed is no reason: those of its tasks are. */
export function reasonsOf(numbers: OverviewNumbers): Reason[] {
  return numbers.reasons.groups
    .flatMap(({ key, total: { messages, tasks } }): Reason[] => {
      if (!key || key === 'ALL_CHANNELS_FAILED') return []
      const [ofMessages, ofTasks] = [messages ? poor(messages) : 0, tasks?.failed ?? 0]
      return [{ code: key, count: ofTasks || ofMessages, ofTasks: ofTasks > 0 }]
    })
    .filter(({ count }) => count > 0)
    .sort((one, other) => other.count - one.count)
}

export function Reasons({ numbers }: { numbers: OverviewNumbers | undefined }) {
  const { t, i18n } = useTranslation()
  const failure = useFailure()
  const codeText = useCodeText()
  const head = useId()
  const reasons = numbers && reasonsOf(numbers)
  const from = numbers?.now.from
  return (
    <section className="card reasons" aria-labelledby={head}>
      <h2 id={head}>{t('overview.reasons')}</h2>
      {!reasons && <Missing error={undefined} />}
      {reasons?.length === 0 && <p className="muted">{t('overview.noReasons')}</p>}
      <ul className="plain-list">
        {reasons?.map(({ code, count, ofTasks }) => (
          <li key={code} className="plain-item row spread" title={code}>
            {isTaskCode(code) ? (
              <Link to="/failed" search={{ code, from }}>
                {failure(code)}
              </Link>
            ) : (
              <Link to="/messages" search={{ status: ['FAILED', 'PARTIAL_SUCCESS'], from }}>
                {codeText(code)}
              </Link>
            )}
            <span className="muted nowrap">
              {t(ofTasks ? 'overview.tasks' : 'overview.messages', { value: whole(count, i18n.language) })}
            </span>
          </li>
        ))}
      </ul>
    </section>
  )
}
