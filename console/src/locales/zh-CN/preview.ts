import type { preview as english } from '../en-US/preview'

export const preview: typeof english = {
  preview: {
    robot: '机器人',
    app: 'Posthorn',
    tag: '机器人',
    everyone: '所有人',
    open: '查看详情',
    from: '发件人',
    to: '收件人',
    subject: '主题',
    noSubject: '（无主题）',
    mail: '邮件正文',
    now: '刚刚',
  },
}
