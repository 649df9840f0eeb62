import { WarningOutlined } from '@ant-design/icons'
import { useTranslation } from 'react-i18next'
import { hasName } from '~/compose/withNames'
import { sampleOf } from './content'

interface Props {
  variables: readonly string[]
  /** As it is typed. While there is none, names stand in, and nothing is missing. */
  sampleData: string
}

/** What the content reads from the business data, and what of it the sample data lacks. */
export function Variables({ variables, sampleData }: Props) {
  const { t } = useTranslation()
  if (variables.length === 0) return null
  const sample = sampleOf(sampleData)
  return (
    <div className="variables">
      <span className="muted" id="variables">
        {t('templates.variables')}
      </span>
      <ul aria-labelledby="variables">
        {variables.map((name) => {
          const missing = sample !== undefined && !hasName(sample, name)
          return (
            <li key={name} className={missing ? 'variable missing' : 'variable'}>
              <span className="mono">{name}</span>
              {missing && (
                <span className="nowrap">
                  <WarningOutlined aria-hidden /> {t('templates.notInSample')}
                </span>
              )}
            </li>
          )
        })}
      </ul>
    </div>
  )
}
