import { useQuery } from '@tanstack/react-query'
import { Button, type FormInstance } from 'antd'
import { useTranslation } from 'react-i18next'
import { allOf } from '~/api/readAll'
import { useScope } from '~/session/scope'
import { VariablesQuery } from './documents'
import type { ComposeFields } from './fields'
import { withNames } from './withNames'

interface Props {
  form: FormInstance<ComposeFields>
  businessType: string | undefined
  tenantId: string | undefined
}

/** Names what the templates of this business type read, and puts those names into the data. */
export function BusinessDataHelp({ form, businessType, tenantId }: Props) {
  const { t } = useTranslation()
  const { can } = useScope()
  const { data } = useQuery({
    ...allOf(
      'templates',
      VariablesQuery,
      { filter: { businessType, tenantId, enabled: true } },
      (data) => data.templates,
    ),
    enabled: can('readConfig') && businessType !== undefined,
  })
  const names = [...new Set((data?.nodes ?? []).flatMap(({ variables }) => variables))]
  if (names.length === 0) return t('compose.businessDataHelp')

  const insert = () => {
    const text = form.getFieldValue('businessData') as string
    form.setFieldValue('businessData', JSON.stringify(withNames(text, names), null, 2))
  }
  return (
    <span className="row wrap">
      {t('compose.variables')} <span className="mono">{names.join(', ')}</span>
      <Button size="small" onClick={insert}>
        {t('compose.insertVariables')}
      </Button>
    </span>
  )
}
