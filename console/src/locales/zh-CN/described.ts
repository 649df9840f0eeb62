import type { described as english } from '../en-US/described'

/** 渠道及其配置项的中文说明，按类型和路径；没有的沿用服务器的说法。 */
export const described: typeof english = {
  described: {
    types: {
      LOCAL: '接收人在 Posthorn 中的站内信，需要用户 ID，无需配置。',
      DINGTALK: '钉钉群自定义机器人，通过 Webhook 地址调用，可加签。',
      WECHAT_WORK: '企业微信群机器人，通过 Webhook 地址调用。',
      WEBHOOK: '按 Standard Webhooks 规范签名，以 POST 调用接收方的地址。',
    },
    titles: {
      DINGTALK: { webhook: 'Webhook 地址', secret: '加签密钥', atMobiles: '始终 @', atAll: '@ 所有人' },
      WECHAT_WORK: { webhook: 'Webhook 地址', mentionedMobiles: '始终 @' },
      WEBHOOK: { url: '地址', secret: '签名密钥', headers: '请求头' },
    },
    helps: {
      DINGTALK: {
        webhook: '机器人页面给出的完整地址，含 access_token。',
        secret: '以 SEC 开头；机器人的安全设置为“加签”时必填。',
        atMobiles: '每条文本和 Markdown 消息都会 @ 的成员手机号，按回车或逗号分隔。',
        atAll: '每条文本和 Markdown 消息都会 @ 所有人。',
      },
      WECHAT_WORK: {
        webhook: '机器人页面给出的完整地址，含 key。',
        mentionedMobiles: '每条文本消息都会 @ 的成员手机号，按回车或逗号分隔；@all 表示所有人。',
      },
      WEBHOOK: {
        url: '接收请求的地址，连同查询参数以明文保存和显示：凭证请放在请求头中。',
        secret: 'whsec_ 加 24 至 64 个随机字节的 base64，接收方也持有；每个请求都用它签名。',
        headers: '随每个请求发送，例如 Authorization。属于连接、请求体或签名的名称不可使用。',
      },
    },
  },
}
