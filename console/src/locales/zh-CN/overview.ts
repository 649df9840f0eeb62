import type { overview as english } from '../en-US/overview'

export const overview: typeof english = {
  overview: {
    explain: '正在发生的事，以及需要关注的消息。',
    live: '最近五分钟实时',
    since: '自打开本页起统计',
    accepted: '已接收',
    succeeded: '成功',
    failed: '失败或部分成功',
    chart: '每秒消息数：已接收、成功、失败或部分成功。具体数字见上方。',
    failures: '最近的失败',
    noFailures: '没有失败，已结束的消息都送达了全部渠道。',
    underWay: '进行中',
    nothingUnderWay: '没有等待或正在发送的消息。',
    all: '查看全部',
    setup: '当前配置',
    channelsEnabled: '已启用渠道',
    channelsDisabled: '已停用渠道',
  },
}
