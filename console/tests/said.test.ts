import { renderHook } from '@testing-library/react'
import i18next from 'i18next'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { duration } from '~/components/timeFormat'
import { useProblemWords } from '~/components/userErrors'
import { chooseLanguage } from '~/i18n'
import { OF_INPUT, say } from '~/i18n/said'

const ID = '0'.repeat(32)
const CONFIG = `config "Order robot; A" (chc_${ID})`
const LIMIT = `limit 20 per 1 MINUTE of ${CONFIG} is used up`
const WINDOW = `closed by window 09:00-17:59 Asia/Shanghai of ${CONFIG}`
const SLOT = '2026-01-01T00:00:00.000Z'

/** What the server's handlers and deliveries say, and how it is said in Chinese. */
const SAID: [string, string][] = [
  ['switched off in the settings', '已在系统设置中关闭'],
  ['handler RATE_LIMIT took longer than 10 s', '步骤 RATE_LIMIT 超过 10 秒'],
  ['handler RATE_LIMIT no such key', '步骤 RATE_LIMIT 出错：no such key'],
  ['expiresAt passed before it was processed', '处理之前已过期（expiresAt）'],
  ['tenant acme is disabled', '租户 acme 已停用'],
  [
    `the same content went to the same recipients within 5 minutes, with msg_${ID}`,
    `5 分钟内已向相同接收人发送过相同内容：msg_${ID}`,
  ],
  ['no channel has a time window', '没有渠道设置时间窗口'],
  [
    `${WINDOW}, opens 2026-01-02T01:00:00Z`,
    `不在配置 "Order robot; A" (chc_${ID}) 的时间窗口 09:00-17:59（Asia/Shanghai）内，2026-01-02T01:00:00Z 开放`,
  ],
  [WINDOW, `不在配置 "Order robot; A" (chc_${ID}) 的时间窗口 09:00-17:59（Asia/Shanghai）内`],
  [`${CONFIG}, tenant level`, `配置 "Order robot; A" (chc_${ID})，租户级`],
  [`${CONFIG}, store level`, `配置 "Order robot; A" (chc_${ID})，门店级`],
  ['LOCAL needs a recipient with a userId', '站内信需要带用户 ID 的接收人'],
  ['no enabled channel config for tenant acme', '租户 acme 没有已启用的渠道配置'],
  [
    'no enabled channel config among targetChannels LOCAL, SMS for tenant acme, store s1',
    '租户 acme 的门店 s1 没有已启用的渠道配置（限于 LOCAL, SMS）',
  ],
  ['no channel has a rate limit', '没有渠道设置限流'],
  [
    `${LIMIT}, next free slot ${SLOT}`,
    `配置 "Order robot; A" (chc_${ID}) 的限流（每 1 分钟 20 条）已用完，下一个名额 ${SLOT}`,
  ],
  [LIMIT, `配置 "Order robot; A" (chc_${ID}) 的限流（每 1 分钟 20 条）已用完`],
  ['the message brings its content', '消息自带文字'],
  [`template "Paid" (tpl_${ID}) version 1`, `模板 "Paid" (tpl_${ID})，版本 1`],
  ['no enabled template for business type ORDER_PAID on LOCAL', '业务类型 ORDER_PAID 在 LOCAL 上没有已启用的模板'],
  ['template "Paid": missing variable `order.id` in content.text', '模板 "Paid"：content.text 缺少变量 order.id'],
  ['1 task', '1 个任务'],
  ['PROCESSING: 1 now, 0 later', '立即发送 1 个，稍后 0 个'],
  ['stored for 2 users', '已存入 2 位用户的站内信'],
  [
    'no answer within 10s; it may have arrived; tried again: onUnknown is RETRY',
    '10s 内没有应答；消息可能已送达；将重试：该渠道设置为“结果未知则重试”',
  ],
  [
    'the connection broke before an answer: connection closed before message completed; it may have arrived; not tried again: onUnknown is FAIL',
    '收到应答前连接中断：connection closed before message completed；消息可能已送达；不再重试：该渠道设置为“结果未知按失败处理”',
  ],
  [
    'the worker was lost before it recorded the outcome; it may have arrived; tried again: the provider tells repetitions by webhook-id',
    '发送进程在记录结果前中断；消息可能已送达；将重试：服务商可凭 webhook-id 识别重复请求',
  ],
  [
    "LOCAL has no provider: a message goes to its recipients' inboxes in Posthorn itself; the body was made and nothing was written",
    '站内信没有服务商，消息直接进入接收人在 Posthorn 中的站内信；此次只生成了内容，没有写入',
  ],
  ['HTTP 302: redirects are not followed', 'HTTP 302：不跟随重定向'],
  ["waits: the channel config's circuit breaker is open: HTTP 503", '等待中：渠道已熔断：HTTP 503'],
  ['the provider has failed for 24 hours: HTTP 503', '服务商已连续失败 24 小时：HTTP 503'],
  ['the channel config was deleted', '渠道配置已删除'],
  ['it waited for earlier channels for longer than 60 s', '等待前序渠道超过 60 秒'],
  ['by Lin (bulk job bulk_1): 1 failed task waits again', 'Lin (bulk job bulk_1)：重新发送 1 个失败任务'],
  ['by Lin: 2 failed tasks discarded', 'Lin：放弃 2 个失败任务'],
  [`by Lin: sent once more as msg_${ID}`, `Lin：再次发送为 msg_${ID}`],
  ['by Lin, before anything was sent', 'Lin：全部发送前取消'],
  [
    'by Lin: 1 of 3 tasks taken back, 1 already delivered, 1 under way',
    'Lin：3 个任务中取消 1 个，已送达 1 个，发送中 1 个',
  ],
  // What a provider says is its own.
  ['HTTP 400', 'HTTP 400'],
  ['310000 keywords not in content; more', '310000 keywords not in content; more'],
  ['', ''],
]

/** What it says of inputs, of a job, and of a template's syntax. */
const OF_INPUTS: [string, string][] = [
  ['name is required', '必须填写 name'],
  ['must have at most 128 characters', '最多 128 个字符'],
  ['must be 0.5 to 10', '须在 0.5 到 10 之间'],
  ['must be an IANA name such as Asia/Shanghai', '须为 IANA 时区名，例如 Asia/Shanghai'],
  ['must be a language tag (BCP 47) such as zh-CN', '须为语言标签（BCP 47），例如 zh-CN'],
  ['channel config not found', '渠道配置不存在'],
  ["the channel type can't be changed", '渠道类型不能更改'],
  ['unknown key, expected url, secret', '没有这一项，可用的有 url, secret'],
  ['unknown key `sub`, expected title, text', '没有这一项，可用的有 title, text'],
  ['unknown key, this channel has no settings', '没有这一项，此渠道无需设置'],
  ['IMAGE needs exactly one of base64 and url', 'IMAGE 须在 base64 and url 中恰好给出一个'],
  ['must begin with whsec_', '须以 whsec_ 开头'],
  ['must be whsec_ and the base64 of 24 to 64 random bytes', '须为 whsec_ 加上 24 到 64 个随机字节的 base64'],
  ['is set by Posthorn itself', '由 Posthorn 自行设置'],
  [
    'must begin with https://; http is for literal addresses that POSTHORN_TARGET_ALLOW lists',
    '须以 https:// 开头；只有 POSTHORN_TARGET_ALLOW 列出的 IP 地址可用 http',
  ],
  [
    '10.0.0.1 is not a public address (private); to reach it, list its network in POSTHORN_TARGET_ALLOW',
    '10.0.0.1 不是公网地址（private）；如需访问，请将其网段加入 POSTHORN_TARGET_ALLOW',
  ],
  [
    "must hold the robot's access_token: copy the whole webhook address",
    '缺少机器人的 access_token：请复制完整的 webhook 地址',
  ],
  ['the tenant has a WEBHOOK config of this name', '已有同名的 WEBHOOK 配置'],
  ['store s1 has a WEBHOOK config of this name', '已有同名的 WEBHOOK 配置'],
  [
    'there are 20 unfinished bulk jobs already: let some end, or cancel them',
    '已有 20 个批量任务未结束，请等待其结束或取消',
  ],
  ['the bulk job has ended: DONE', '该批量任务已结束'],
  ['the database refused a page again and again; the log says why', '数据库多次拒绝执行，原因见服务器日志'],
  ['businessType must not be empty', 'businessType 不能为空'],
  ['content.body must not be empty', 'content.body 不能为空'],
  ['messageId is longer than 128 bytes', 'messageId 超过 128 字节'],
  [
    'messageId must not look like a generated one (msg_ and 32 hex digits)',
    '消息 ID 不能与自动生成的形式相同（msg_ 加 32 位十六进制数字）',
  ],
  ['businessData must be a JSON object', 'businessData 须为 JSON 对象'],
  [
    'businessData, attributes and content take 1048580 bytes, at most 1048576 are allowed',
    '业务数据、附加属性和文字共 1048580 字节，最多 1048576 字节',
  ],
  ['recipients.0 names nobody', 'recipients.0（从 0 数起）没有填写任何内容'],
  [
    'recipients.2.mobile must be 1 to 256 bytes without control characters',
    'recipients.2（从 0 数起）的 mobile 须为 1 到 256 字节，且不含控制字符',
  ],
  ['channelOptions names SMS twice', '渠道 SMS 的选项重复出现'],
  ['channelOptions.0.maxRetry must be 0 to 20', 'channelOptions.0（从 0 数起）的 maxRetry 须在 0 到 20 之间'],
  ['expiresAt must be after scheduledAt', '过期时间须晚于定时发送时间'],
  ['tenantId is required with a platform key', '使用平台密钥时须选择租户'],
  ['no business type ORDER', '业务类型 ORDER 未登记'],
  ['business type ORDER is disabled', '业务类型 ORDER 已停用'],
  ['messageId order-1 was accepted before with other content', '消息 ID order-1 已用于其他内容'],
  ['the message has ended: SUCCESS', '该消息已结束'],
  [`no message msg_${ID}`, '没有这条消息'],
  ['input.name: name is required; input.url: must be a string', 'name：必须填写 name；url：须为字符串'],
  ['text.content is 6 bytes, and DINGTALK takes at most 5', 'text.content 为 6 字节，DINGTALK 最多接受 5 字节'],
  ['line 2, column 7: `{{` is never closed with `}}`', '第 2 行第 7 列：`{{` 缺少对应的 `}}`'],
  [
    'line 1, column 1: `endif` does not belong here: `for` is open',
    '第 1 行第 1 列：`endif` 不该出现在这里：`for` 尚未结束',
  ],
  ['line 1, column 3: unknown filter `upcas`', '第 1 行第 3 列：未知过滤器 `upcas`'],
  ['line 1, column 3: expected a name after `.`', '第 1 行第 3 列：`.` 之后缺少名称'],
  ['line 1, column 3: expected `in`', '第 1 行第 3 列：此处缺少 `in`'],
  ["line 1, column 3: ' is never closed", "第 1 行第 3 列：引号 ' 没有结束"],
  ['line 1, column 3: what the parser says', '第 1 行第 3 列：what the parser says'],
]

const ofInput = (text: string) => say(text, i18next.t, (key) => i18next.exists(key), OF_INPUT)
const now = (text: string) => say(text, i18next.t, (key) => i18next.exists(key))

describe('what the server says', () => {
  it.each(SAID)('%s, stays as it is in English', (text) => expect(now(text)).toBe(text))
  it.each(OF_INPUTS)('%s, stays as it is in English too', (text) => expect(ofInput(text)).toBe(text))

  describe('in Chinese', () => {
    beforeAll(() => chooseLanguage('zh-CN'))
    afterAll(() => chooseLanguage('en-US'))
    it.each(SAID)('%s is %s', (text, chinese) => expect(now(text)).toBe(chinese))
    it.each(OF_INPUTS)('%s is %s', (text, chinese) => expect(ofInput(text)).toBe(chinese))
    it('says of a message what a provider says, however like the words for an input', () =>
      expect(now('must be a string')).toBe('must be a string'))
    it('puts what an error is before words that it does not know', () => {
      const { result } = renderHook(() => useProblemWords())
      expect(result.current({ message: 'store s1 has one', code: 'TAKEN' })).toBe('已被使用：store s1 has one')
      expect(result.current({ message: 'missing variable `x` in content.text', code: 'MISSING_VARIABLE' })).toBe(
        'content.text 缺少变量 x',
      )
    })
    it('names the outcome of what ended without an attempt', () =>
      expect(now('CONFIG: the channel config is disabled')).toBe('被拒绝：配置有误：渠道配置已停用'))
    it.each([
      [0.42, '0.4 毫秒'],
      [3210, '3.2 秒'],
      [250_000, '4 分 10 秒'],
      [7_500_000, '2 小时 5 分'],
      [200_000_000, '2 天 7 小时'],
    ])('%d ms is %s', (ms, text) => expect(duration(ms)).toBe(text))
  })
})
