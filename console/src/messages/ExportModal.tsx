import { Alert, Modal, Radio } from 'antd'
import { useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { isoDay } from '~/components/timeFormat'
import { useApp } from '~/components/useApp'
import type { MessageFilter } from '~/gql/graphql'
import { useProblemText } from '~/i18n/problems'
import { useScope } from '~/session/scope'
import { chooseTarget, counting, type ExportFormat, exportAddress, FORMATS, fetchExport, MOST_ROWS } from './export'

interface Props {
  filter: MessageFilter
  /** Whether the file will have masks in the place of recipients. */
  masked: boolean
  onClose: () => void
}

/** The filtered messages as a file: what will be in it, in which form, and how far it is. */
export function ExportModal({ filter, masked, onClose }: Props) {
  const { t, i18n } = useTranslation()
  const app = useApp()
  const problem = useProblemText()
  const { tenant, zoneOf } = useScope()
  const [format, setFormat] = useState<ExportFormat>('csv')
  const [bytes, setBytes] = useState<number>()
  const running = useRef<AbortController>(undefined)
  useEffect(() => () => running.current?.abort(), [])

  const start = async () => {
    const abort = new AbortController()
    running.current = abort
    try {
      const day = isoDay(new Date(), zoneOf(undefined))
      const target = await chooseTarget(`messages-${tenant?.code ?? 'all'}-${day}.${format}`, format)
      if (!target) return
      setBytes(0)
      const stream = await fetchExport(exportAddress(filter, format), abort.signal)
      await target.save(stream.pipeThrough(counting(setBytes)), abort.signal)
      void app.message.success(t('messages.exported'))
      onClose()
    } catch (error) {
      setBytes(undefined)
      if (!abort.signal.aborted) void app.message.error(problem(error))
    }
  }

  const size = new Intl.NumberFormat(i18n.language, { maximumFractionDigits: 1 }).format((bytes ?? 0) / (1 << 20))
  const filtered = Object.keys(filter).some((name) => name !== 'tenantId')
  return (
    <Modal
      open
      title={t('messages.exportTitle')}
      okText={t('messages.exportStart')}
      cancelText={t('common.cancel')}
      confirmLoading={bytes !== undefined}
      onOk={() => void start()}
      onCancel={onClose}
      // Where it is under way only its button ends it: a click beside it is no decision.
      mask={{ closable: bytes === undefined }}
    >
      <div className="stack">
        <p>{t(filtered ? 'messages.exportFiltered' : 'messages.exportAll')}</p>
        <Radio.Group
          aria-label={t('messages.exportFormat')}
          value={format}
          disabled={bytes !== undefined}
          onChange={({ target }) => setFormat(target.value as ExportFormat)}
          options={FORMATS.map((one) => ({ value: one, label: t(`messages.exportFormats.${one}`) }))}
        />
        <p className="muted">{t('messages.exportCap', { rows: MOST_ROWS.toLocaleString(i18n.language) })}</p>
        {masked && <Alert type="info" showIcon title={t('messages.exportMasked')} />}
        <p role="status" className="export-progress">
          {bytes !== undefined && t('messages.exportProgress', { size })}
        </p>
      </div>
    </Modal>
  )
}
