import { DisconnectOutlined } from '@ant-design/icons'
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { useServerAway } from '~/api/away'
import { useConnection } from '~/api/live'
import { viewerQuery } from '~/session/viewer'

/** A page that neither watches nor polls would not notice that the server is away. */
const ASK_EVERY_MS = 15_000

/**
 * Says when what is on display may be old. What is missing is told to each subscription once the connection is back.
 * It lies over the page: nothing moves when it comes or goes.
 */
export function ConnectionBanner() {
  const { t } = useTranslation()
  useQuery({ ...viewerQuery(), refetchInterval: ASK_EVERY_MS })
  const lost = useConnection() === 'lost'
  const away = useServerAway()
  return (
    <div role="status" className="banner-place">
      {(lost || away) && (
        <div className="banner">
          <DisconnectOutlined aria-hidden />
          {t(lost ? 'shell.connectionLost' : 'shell.serverAway')}
        </div>
      )}
    </div>
  )
}
