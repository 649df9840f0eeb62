import type { inputs as english } from '../en-US/inputs'

/** The schema's words on what people fill in; where it gains a field, the types ask for its text here. */
export const inputs: typeof english = {
  inputs: {
    SendMessageInput: {
      attributes: '其他路由键（subBusinessType、productCode、channelNo、institution 等）和自定义标签。',
      businessData: '业务数据：供模板渲染的 JSON 对象。',
      businessType: '消息属于哪类业务事件，决定使用哪些模板。',
      channelOptions: '对个别渠道的要求。',
      content: '按原文发送，不使用模板。',
      executionMode: '各渠道的使用顺序；不填则按系统设置。',
      expiresAt: '过了这个时间就不必再发：尚未发出的部分会被取消。',
      messageId: '由调用方指定，租户内唯一，用作幂等键；不填则自动生成。',
      recipients: '发给谁。',
      scheduledAt: '在这个时间发送，而不是立即发送。',
      storeId: '消息所属的门店：门店自己的渠道配置优先于租户的配置。',
      targetChannels: '只使用这些渠道；不填则使用规则和配置给出的所有渠道。',
      tenantId: '租户的 ID 或代码。只有平台密钥需要填写，租户密钥已经包含。',
    },
    RecipientInput: {
      customerName: '客户姓名。',
      customerNo: '客户号。',
      customerTag: '客户标签。',
      customerType: '客户类型。',
      deviceNo: '设备号，用于推送。',
      deviceType: '设备类型。',
      email: '邮箱地址。',
      mobile: '手机号，机器人会提醒该号码。',
      userId: '用户 ID，站内信必填。',
      userType: '用户在机构中的归属。',
    },
    ChannelOptionInput: {
      channelType: '针对哪个渠道。',
      maxRetry: '首次发送之后的重试次数。',
      priority: '消息内各渠道的先后，数字小的优先。',
      retryOnFail: '为 false 时只尝试一次。',
    },
  },
}
