import { useSyncExternalStore } from 'react'

export const THEMES = ['system', 'light', 'dark'] as const
export type ThemeChoice = (typeof THEMES)[number]

const STORED_AS = 'posthorn.theme'
const dark = window.matchMedia('(prefers-color-scheme: dark)')
const still = window.matchMedia('(prefers-reduced-motion: reduce)')
const listeners = new Set<() => void>()

function choice(): ThemeChoice {
  const stored = localStorage.getItem(STORED_AS)
  return THEMES.find((one) => one === stored) ?? 'system'
}

function isDark(): boolean {
  return choice() === 'dark' || (choice() === 'system' && dark.matches)
}

function apply(): void {
  document.documentElement.dataset.theme = isDark() ? 'dark' : 'light'
  for (const listener of listeners) listener()
}

dark.addEventListener('change', apply)
apply()

export function chooseTheme(next: ThemeChoice): void {
  localStorage.setItem(STORED_AS, next)
  apply()
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

function subscribeStill(listener: () => void): () => void {
  still.addEventListener('change', listener)
  return () => still.removeEventListener('change', listener)
}

/** Whether the reader asked that nothing moves. */
export const useStill = () => useSyncExternalStore(subscribeStill, () => still.matches)
export const useThemeChoice = () => useSyncExternalStore(subscribe, choice)
export const useDark = () => useSyncExternalStore(subscribe, isDark)
