import { App } from 'antd'

/** Ant Design's notices and dialogs, in the theme and language of the moment. */
export const useApp = () => App.useApp()
