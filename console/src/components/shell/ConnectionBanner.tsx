import { DisconnectOutlined } from '@ant-design/icons'
import { useQueryClient } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { useConnection, useReconnect } from '~/api/live'

/** Says when what is on display may be old, and brings it up to date when the live connection is back. */
export function ConnectionBanner() {
  const { t } = useTranslation()
  const connection = useConnection()
  const queryClient = useQueryClient()
  useReconnect(() => void queryClient.invalidateQueries())
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
