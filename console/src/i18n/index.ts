import i18next from 'i18next'
import { initReactI18next } from 'react-i18next'
import type { Texts } from '~/locales/en-US'
import { type AntdLocale, setAntdLocale } from './antd'

export const LANGUAGES = ['zh-CN', 'en-US'] as const
export type Language = (typeof LANGUAGES)[number]
export const LANGUAGE_NAMES: Record<Language, string> = { 'zh-CN': '中文', 'en-US': 'English' }

declare module 'i18next' {
  interface CustomTypeOptions {
    resources: { translation: Texts }
  }
}

const STORED_AS = 'posthorn.language'

interface LanguageModule {
  texts: Texts
  antd: AntdLocale
}

/** Each language is a chunk of its own: nobody loads the other one before asking for it. */
const load: Record<Language, () => Promise<LanguageModule>> = {
  'zh-CN': () => import('~/locales/zh-CN'),
  'en-US': () => import('~/locales/en-US'),
}

/** The one chosen before, else the first that the browser asks for and we speak. */
function preferred(): Language {
  const stored = localStorage.getItem(STORED_AS)
  const wishes = [stored, ...navigator.languages].filter((wish) => wish !== null)
  for (const wish of wishes) {
    const found = LANGUAGES.find((one) => one.slice(0, 2) === wish.slice(0, 2).toLowerCase())
    if (found) return found
  }
  return 'en-US'
}

async function use(language: Language): Promise<void> {
  const { texts, antd } = await load[language]()
  i18next.addResourceBundle(language, 'translation', texts)
  setAntdLocale(antd)
  await i18next.changeLanguage(language)
  document.documentElement.lang = language
}

export async function startI18n(language: Language = preferred()): Promise<void> {
  await i18next.use(initReactI18next).init({
    lng: language,
    fallbackLng: false,
    resources: {},
    interpolation: { escapeValue: false },
    react: { useSuspense: false },
  })
  await use(language)
}

export async function chooseLanguage(language: Language): Promise<void> {
  localStorage.setItem(STORED_AS, language)
  await use(language)
}

export const currentLanguage = () => i18next.language as Language
