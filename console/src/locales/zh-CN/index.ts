import antd from 'antd/locale/zh_CN'
import 'dayjs/locale/zh-cn'
import dayjs from 'dayjs'
import type { Texts } from '../en-US'
import { common } from './common'
import { compose } from './compose'
import { enums } from './enums'
import { messages } from './messages'
import { problems } from './problems'

const texts: Texts = { ...common, ...compose, ...enums, ...messages, ...problems }

dayjs.locale('zh-cn')

export { antd, texts }
