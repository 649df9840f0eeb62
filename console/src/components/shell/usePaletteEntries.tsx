import { ApiOutlined, FileTextOutlined, MessageOutlined } from '@ant-design/icons'
import { useQuery } from '@tanstack/react-query'
import type { NavigateOptions } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { channelNames, templateNames } from '~/api/names'
import { useScope } from '~/session/scope'
import { PAGES } from './pages'

export interface PaletteEntry {
  key: string
  icon: ReactNode
  label: string
  kind: string
  target: NavigateOptions
}

const SHOWN = 40

/** What matches the typed text: every word must occur in the label or kind. */
export function usePaletteEntries(typed: string): PaletteEntry[] {
  const { t } = useTranslation()
  const { can, tenantId } = useScope()
  const of = { tenantId: tenantId ?? null }
  const enabled = can('readConfig')
  const { data: channels } = useQuery({ ...channelNames(of), enabled })
  const { data: templates } = useQuery({ ...templateNames(of), enabled })

  const words = typed.trim().toLowerCase().split(/\s+/).filter(Boolean)
  const matches = ({ label, kind }: PaletteEntry) => {
    const text = `${label} ${kind}`.toLowerCase()
    return words.every((word) => text.includes(word))
  }
  const places: PaletteEntry[] = [
    ...PAGES.filter((page) => !page.needs || can(page.needs)).map((page) => ({
      key: page.to,
      icon: page.icon,
      label: t(`pages.${page.name}`),
      kind: t('palette.page'),
      target: { to: page.to },
    })),
    ...(channels?.nodes ?? []).map(({ id, name, channelType }) => ({
      key: id,
      icon: <ApiOutlined aria-hidden />,
      label: name,
      kind: t(`channelTypes.${channelType}`),
      target: { to: '/channels/$id', params: { id } } as const,
    })),
    ...(templates?.nodes ?? []).map(({ id, name, businessType, channelType }) => ({
      key: id,
      icon: <FileTextOutlined aria-hidden />,
      label: `${name} · ${businessType}`,
      kind: t(`channelTypes.${channelType}`),
      target: { to: '/templates/$id', params: { id } } as const,
    })),
  ]
  const found = places.filter(matches).slice(0, SHOWN)
  const id = typed.trim()
  if (id.length >= 3 && !id.includes(' ')) {
    found.push({
      key: `message ${id}`,
      icon: <MessageOutlined aria-hidden />,
      label: t('palette.openMessage', { id }),
      kind: t('pages.messages'),
      target: { to: '/messages/$id', params: { id } },
    })
  }
  return found
}
