import { Form, InputNumber, Switch } from 'antd'
import { useTranslation } from 'react-i18next'

interface Handler {
  name: string
  order: number
}

/** The chain in its order, each step with its switch and its time. */
export function HandlerFields({ handlers }: { handlers: readonly Handler[] }) {
  const { t, i18n } = useTranslation()
  const named = (name: string) => (i18n.exists(`stages.${name}`) ? t(`stages.${name}` as 'stages.STATUS') : name)
  return (
    <section className="card flush">
      <table className="plain-table">
        <caption>
          <h2>{t('settings.groups.handlers')}</h2>
        </caption>
        <thead>
          <tr>
            <th scope="col" className="number">
              {t('settings.order')}
            </th>
            <th scope="col">{t('settings.handler')}</th>
            <th scope="col">{t('common.enabledField')}</th>
            <th scope="col">{t('settings.timeout')}</th>
          </tr>
        </thead>
        <tbody>
          {handlers.map(({ name, order }, index) => (
            <tr key={name}>
              <td className="number muted">{order}</td>
              <th scope="row" title={name}>
                {named(name)}
              </th>
              <td>
                <Form.Item name={['handlers', index, 'enabled']} className="cell-field" valuePropName="checked">
                  <Switch size="small" aria-label={t('settings.switch', { handler: named(name) })} />
                </Form.Item>
              </td>
              <td>
                <Form.Item name={['handlers', index, 'timeoutSeconds']} className="cell-field">
                  <InputNumber
                    size="small"
                    min={1}
                    max={300}
                    suffix={t('common.seconds')}
                    aria-label={t('settings.timeoutOf', { handler: named(name) })}
                  />
                </Form.Item>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}
