import { DisconnectOutlined } from '@ant-design/icons'
import { useTranslation } from 'react-i18next'
import { useConnection } from '~/api/live'

/** Says when what is on display may be old. What is missing is told to each subscription once the connection is back. */
export function ConnectionBanner() {
  const { t } = useTranslation()
  const connection = useConnection()
  return (
    <div role="status">
      {connection === 'lost' && (
        <div className="banner">
          <DisconnectOutlined aria-hidden />
          {t('shell.connectionLost')}
        </div>
      )}
    </div>
  )
}
