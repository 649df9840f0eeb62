import { SearchOutlined } from '@ant-design/icons'
import { useNavigate } from '@tanstack/react-router'
import { Input, Modal } from 'antd'
import { type KeyboardEvent, useId, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { usePaletteEntries } from './usePaletteEntries'
import './palette.css'

/** Jumps to a page, a channel, a template, or a message by its id: type, arrow keys, Enter. */
export function Palette({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const list = useId()
  const [typed, setTyped] = useState('')
  const [at, setAt] = useState(0)
  const entries = usePaletteEntries(typed)
  const chosen = Math.min(at, entries.length - 1)

  const go = (index: number) => {
    const entry = entries[index]
    if (!entry) return
    onClose()
    void navigate(entry.target)
  }
  const onKeyDown = (event: KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
    if (step !== undefined) {
      event.preventDefault()
      setAt((chosen + step + entries.length) % Math.max(entries.length, 1))
    } else if (event.key === 'Enter') {
      event.preventDefault()
      go(chosen)
    }
  }

  return (
    <Modal
      open
      onCancel={onClose}
      footer={null}
      closable={false}
      title={<span className="hidden-label">{t('palette.open')}</span>}
      width={560}
      destroyOnHidden
      className="palette"
    >
      <Input
        autoFocus
        size="large"
        variant="borderless"
        prefix={<SearchOutlined aria-hidden />}
        placeholder={t('palette.placeholder')}
        aria-label={t('palette.placeholder')}
        role="combobox"
        aria-expanded
        aria-controls={list}
        aria-activedescendant={entries.length > 0 ? `${list}-${chosen}` : undefined}
        value={typed}
        onChange={(event) => {
          setTyped(event.target.value)
          setAt(0)
        }}
        onKeyDown={onKeyDown}
      />
      <div className="palette-list" id={list} role="listbox" aria-label={t('palette.open')} tabIndex={-1}>
        {entries.map((entry, index) => (
          <div
            key={entry.key}
            id={`${list}-${index}`}
            role="option"
            tabIndex={-1}
            aria-selected={index === chosen}
            className="palette-entry"
            onMouseMove={() => setAt(index)}
            onClick={() => go(index)}
            onKeyDown={onKeyDown}
          >
            {entry.icon}
            <span className="clip">{entry.label}</span>
            <span className="muted">{entry.kind}</span>
          </div>
        ))}
      </div>
      {entries.length === 0 && <div className="blank">{t('palette.nothing')}</div>}
    </Modal>
  )
}
