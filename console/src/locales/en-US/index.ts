import antd from 'antd/locale/en_US'
import 'dayjs/locale/en'
import dayjs from 'dayjs'
import { common } from './common'
import { compose } from './compose'
import { enums } from './enums'
import { messages } from './messages'
import { problems } from './problems'

const texts = { ...common, ...compose, ...enums, ...messages, ...problems }

/** The shape that every language has. */
export type Texts = typeof texts

dayjs.locale('en')

export { antd, texts }
