import { TranslationOutlined } from '@ant-design/icons'
import { Button, Dropdown } from 'antd'
import { useTranslation } from 'react-i18next'
import { chooseLanguage, currentLanguage, LANGUAGE_NAMES, LANGUAGES, type Language } from '~/i18n'

export function LanguageSwitch() {
  const { t } = useTranslation()
  return (
    <Dropdown
      trigger={['click']}
      menu={{
        items: LANGUAGES.map((one) => ({ key: one, label: <span lang={one}>{LANGUAGE_NAMES[one]}</span> })),
        selectable: true,
        selectedKeys: [currentLanguage()],
        onClick: ({ key }) => void chooseLanguage(key as Language),
      }}
    >
      <Button
        type="text"
        icon={<TranslationOutlined aria-hidden />}
        aria-label={`${t('shell.language')}: ${LANGUAGE_NAMES[currentLanguage()]}`}
      >
        {LANGUAGE_NAMES[currentLanguage()]}
      </Button>
    </Dropdown>
  )
}
