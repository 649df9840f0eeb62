import { type ThemeConfig, theme } from 'antd'

const FONTS =
  'system-ui, -apple-system, "Segoe UI", Roboto, "PingFang SC", "Hiragino Sans GB", "Microsoft YaHei", "Noto Sans CJK SC", sans-serif'

const shared = {
  fontFamily: FONTS,
  fontSize: 14,
  borderRadius: 6,
  wireframe: false,
  motionDurationMid: '0.12s',
  motionDurationSlow: '0.16s',
}

const components = {
  Form: { itemMarginBottom: 18, verticalLabelPadding: '0 0 4px' },
  // Dense: an alert stands among facts, it is no page of its own.
  Alert: { withDescriptionPadding: '10px 14px', withDescriptionIconSize: 16, fontSizeLG: 14 },
  Tabs: { horizontalMargin: '0 0 16px 0' },
  Table: { headerSplitColor: 'transparent', cellPaddingInlineMD: 16, cellPaddingBlockMD: 9, headerBg: 'var(--raised)' },
} satisfies ThemeConfig['components']

/** The same colours as in app.css, so that Ant Design's parts and the console's own lie in one plane. */
export const light: ThemeConfig = {
  algorithm: theme.defaultAlgorithm,
  token: {
    ...shared,
    colorPrimary: '#1f5fd1',
    // Darker, where Ant Design would make it lighter: white must stay legible on a button under the pointer.
    colorPrimaryHover: '#1a52b8',
    colorErrorHover: '#9c1f18',
    colorLink: '#1f5fd1',
    colorLinkHover: '#1a52b8',
    colorLinkActive: '#174a9f',
    colorText: '#1a1f26',
    colorTextSecondary: '#505a66',
    colorTextTertiary: '#5d6773',
    colorTextDescription: '#505a66',
    colorTextPlaceholder: '#66707c',
    // Whoever may only read still has to read it.
    colorTextDisabled: '#5d6773',
    colorError: '#b3261e',
    colorSuccess: '#1a7f37',
    colorWarning: '#8f5b00',
    // What Ant Design derives from colours dark enough for text is mud.
    colorSuccessBg: '#ecf7ee',
    colorSuccessBorder: '#b4dcbe',
    colorInfoBg: '#eaf1fc',
    colorInfoBorder: '#b9d0f4',
    colorWarningBg: '#fdf5e4',
    colorWarningBorder: '#e6cf9c',
    colorErrorBg: '#fdefed',
    colorErrorBorder: '#eebfba',
    colorBgLayout: '#f5f6f8',
    colorBorder: '#c9d0d8',
    colorBorderSecondary: '#e2e6eb',
  },
  components,
}

export const dark: ThemeConfig = {
  algorithm: theme.darkAlgorithm,
  token: {
    ...shared,
    colorPrimary: '#3b78e0',
    colorLink: '#7fb0ff',
    colorLinkHover: '#9cc3ff',
    colorLinkActive: '#9cc3ff',
    colorText: '#e4e9ef',
    colorTextSecondary: '#a3aeba',
    colorTextTertiary: '#98a4b0',
    colorTextDescription: '#a3aeba',
    colorTextPlaceholder: '#8c98a5',
    colorTextDisabled: '#98a4b0',
    colorError: '#ff8078',
    colorSuccess: '#4cc26a',
    colorWarning: '#e0a43a',
    colorSuccessBg: '#14251a',
    colorSuccessBorder: '#2a5638',
    colorInfoBg: '#162238',
    colorInfoBorder: '#2c4878',
    colorWarningBg: '#2a2214',
    colorWarningBorder: '#5c4a1f',
    colorErrorBg: '#2d1a1b',
    colorErrorBorder: '#683432',
    colorBgBase: '#12161b',
    colorBgLayout: '#0d1014',
    colorBgContainer: '#151a20',
    colorBgElevated: '#1d232b',
    colorBorder: '#38414c',
    colorBorderSecondary: '#272e37',
  },
  components: {
    ...components,
    // The primary colour carries white text; as text itself it would be too dark here.
    Tabs: { ...components.Tabs, itemSelectedColor: '#7fb0ff', itemHoverColor: '#9cc3ff', inkBarColor: '#7fb0ff' },
    Dropdown: { colorPrimary: '#7fb0ff' },
    // The red is as light as text has to be here: what is written on it is dark.
    Button: {
      dangerColor: '#1d0807',
      colorPrimaryHover: '#2f5fb0',
      defaultHoverColor: '#9cc3ff',
      defaultHoverBorderColor: '#7fb0ff',
    },
    // It also stands on a tag, which is lighter than the field.
    Select: { colorTextDisabled: '#bcc6d0' },
  },
}
