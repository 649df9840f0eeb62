import antd from 'antd/locale/en_US'
import 'dayjs/locale/en'
import dayjs from 'dayjs'
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

const texts = {
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

/** The shape that every language has. */
export type Texts = typeof texts

dayjs.locale('en')

export { antd, texts }
