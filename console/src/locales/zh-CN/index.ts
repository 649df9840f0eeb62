import antd from 'antd/locale/zh_CN'
import 'dayjs/locale/zh-cn'
import dayjs from 'dayjs'
import type { Texts } from '../en-US'
import { admin } from './admin'
import { channels } from './channels'
import { common } from './common'
import { compose } from './compose'
import { described } from './described'
import { edits } from './edits'
import { enums } from './enums'
import { failed } from './failed'
import { inputs } from './inputs'
import { messages } from './messages'
import { overview } from './overview'
import { preview } from './preview'
import { problems } from './problems'
import { said } from './said'
import { templates } from './templates'

const texts: Texts = {
  ...admin,
  ...channels,
  ...common,
  ...compose,
  ...described,
  ...enums,
  ...failed,
  ...inputs,
  ...messages,
  ...overview,
  ...preview,
  ...problems,
  ...said,
  ...templates,
  ...edits,
}

dayjs.locale('zh-cn')

export { antd, texts }
