/* eslint-disable */
/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
import type { DocumentTypeDecoration } from '@graphql-typed-document-node/core';
/** What this message wants otherwise than a channel's config and the settings say. */
export type ChannelOptionInput = {
  /** The channel that this is about. */
  channelType: ChannelType;
  /** Retries after the first attempt. */
  maxRetry?: number | null | undefined;
  /** Order of channels within the message, smaller first. */
  priority?: number | null | undefined;
  /** False: one attempt only. */
  retryOnFail?: boolean | null | undefined;
};

/** A kind of channel that messages travel over. */
export type ChannelType =
  /** DingTalk group robot. */
  | 'DINGTALK'
  /** Electronic mail. */
  | 'EMAIL'
  /** Feishu / Lark bot. */
  | 'FEISHU'
  /** The recipient's inbox in Posthorn itself. */
  | 'LOCAL'
  /** Push notification to a device. */
  | 'PUSH'
  /** A queue of another system. */
  | 'QUEUE'
  /** Text message. */
  | 'SMS'
  /** The internal platform Tianyuan (天元). */
  | 'TIANYUAN'
  /** HTTP call to the receiver's address, by the Standard Webhooks specification. */
  | 'WEBHOOK'
  /** WeCom (企业微信) group robot. */
  | 'WECHAT_WORK'
  /** The internal platform Zhaohu (招呼). */
  | 'ZHAOHU';

/** The kind of customer that a recipient is. */
export type CustomerType =
  /** A merchant. */
  | 'MERCHANT'
  /** A natural person. */
  | 'PERSONAL'
  /** A store of a merchant. */
  | 'STORE';

/** The kind of a recipient's device. */
export type DeviceType =
  /** Android. */
  | 'ANDROID'
  /** iPhone or iPad. */
  | 'IOS'
  /** Browser. */
  | 'WEB';

/** In which order a message's channels are used. */
export type ExecutionMode =
  /** All channels at once (default). */
  | 'PARALLEL'
  /** Groups of equal priority, lowest number first; see continueOnFail and skipOnSuccess in the settings. */
  | 'PRIORITY'
  /** One after another, in order of priority, whatever the outcome. */
  | 'SEQUENTIAL';

/** Text to send as it is, without a template. */
export type InlineContentInput = {
  /** The text. */
  body: string;
  /** TEXT when absent. */
  messageType?: MessageType | null | undefined;
  /** The title, where the channel shows one. */
  title?: string | null | undefined;
};

/** Which messages are wanted: all that is given must match. */
export type MessageFilter = {
  /** The business type's code. */
  businessType?: string | null | undefined;
  /** Messages with a task on this channel. */
  channelType?: ChannelType | null | undefined;
  /** Accepted at this time or later. */
  createdFrom?: string | null | undefined;
  /** Accepted before this time. */
  createdTo?: string | null | undefined;
  /** The caller's messageId. */
  messageId?: string | null | undefined;
  /** Matches a recipient's userId, mobile, email or deviceNo exactly. */
  recipient?: string | null | undefined;
  /** Any of these. */
  status?: Array<MessageStatus> | null | undefined;
  /** The store within the tenant. */
  storeId?: string | number | null | undefined;
  /** A tenant's id or code; a tenant's key sees its own only. */
  tenantId?: string | number | null | undefined;
};

/** Where a message is on its way. */
export type MessageStatus =
  /** Cancelled before anything was sent. */
  | 'CANCELLED'
  /** Nothing was delivered. */
  | 'FAILED'
  /** Some tasks succeeded, some did not. */
  | 'PARTIAL_SUCCESS'
  /** Accepted, the chain has not run yet. */
  | 'PENDING'
  /** The chain has run; its tasks are under way. */
  | 'PROCESSING'
  /** Accepted for a later time (scheduledAt). */
  | 'SCHEDULED'
  /** Nothing had to be sent: every recipient or channel was gated out by a rule. */
  | 'SKIPPED'
  /** Every task succeeded. */
  | 'SUCCESS';

/** The form of a message's content. */
export type MessageType =
  /** A title, text and buttons. */
  | 'CARD'
  /** A list of links with pictures. */
  | 'FEED'
  /** A file. */
  | 'FILE'
  /** A picture. */
  | 'IMAGE'
  /** A title and text that lead to an address. */
  | 'LINK'
  /** Markdown with a title. */
  | 'MARKDOWN'
  /** Up to eight articles. */
  | 'NEWS'
  /** Plain text. */
  | 'TEXT';

/** Who a message is for. Which fields are needed depends on the channel. */
export type RecipientInput = {
  /** The customer's name. */
  customerName?: string | null | undefined;
  /** The customer's number. */
  customerNo?: string | null | undefined;
  /** A tag of the customer. */
  customerTag?: string | null | undefined;
  /** The kind of customer. */
  customerType?: CustomerType | null | undefined;
  /** The device's number, for push notifications. */
  deviceNo?: string | null | undefined;
  /** The kind of device. */
  deviceType?: DeviceType | null | undefined;
  /** Mail address. */
  email?: string | null | undefined;
  /** Mobile number; robots mention it. */
  mobile?: string | null | undefined;
  /** The user's id; LOCAL needs it. */
  userId?: string | null | undefined;
  /** Where in the organisation the user belongs. */
  userType?: UserType | null | undefined;
};

/** What the holder of a key may do. */
export type Role =
  /** Configs are read-only; may send, retry, cancel. */
  | 'OPERATOR'
  /** Everything, every tenant. */
  | 'PLATFORM_ADMIN'
  /** May only send and read what it sent: for business systems. */
  | 'SENDER'
  /** Everything within one tenant. */
  | 'TENANT_ADMIN'
  /** May only read. */
  | 'VIEWER';

/** A message to send. */
export type SendMessageInput = {
  /** Further routing keys (subBusinessType, productCode, channelNo, institution, ...) and free tags. */
  attributes?: unknown;
  /** Business data: a JSON object that templates render. */
  businessData: unknown;
  /** What kind of event it is about; chooses the templates. */
  businessType: string;
  /** Wishes for single channels. */
  channelOptions?: Array<ChannelOptionInput> | null | undefined;
  /** Sends this text as it is, without a template. */
  content?: InlineContentInput | null | undefined;
  /** In which order its channels are used; the settings' when absent. */
  executionMode?: ExecutionMode | null | undefined;
  /** After this the message is no longer worth sending: what is unsent is cancelled. */
  expiresAt?: string | null | undefined;
  /** Chosen by the caller, unique per tenant: the idempotency key. Generated when absent. */
  messageId?: string | null | undefined;
  /** Who it is for. */
  recipients?: Array<RecipientInput> | null | undefined;
  /** Sends it at this time rather than at once. */
  scheduledAt?: string | null | undefined;
  /** The store within the tenant that it is about: its channel configs win over the tenant's. */
  storeId?: string | number | null | undefined;
  /** Restricts routing to these channels; absent: every channel that the rules and configs give. */
  targetChannels?: Array<ChannelType> | null | undefined;
  /** A tenant's id or code. Needed only with a platform key; a tenant's key implies it. */
  tenantId?: string | number | null | undefined;
};

/** Which changes are wanted: all that is given must match. */
export type StatusEventFilter = {
  /** The business type's code. */
  businessType?: string | null | undefined;
  /** Changes of tasks on this channel. */
  channelType?: ChannelType | null | undefined;
  /** The message is in any of these. */
  messageStatus?: Array<MessageStatus> | null | undefined;
  /** A task came into any of these. */
  taskStatus?: Array<TaskStatus> | null | undefined;
  /** A tenant's id or code; a tenant's key sees its own only. */
  tenantId?: string | number | null | undefined;
};

/** Where one channel's share of a message is on its way. */
export type TaskStatus =
  /** Cancelled before it was sent. */
  | 'CANCELLED'
  /** Will not be delivered. */
  | 'FAILED'
  /** Waits for a worker or for its time. */
  | 'PENDING'
  /** An attempt failed; another follows at nextRetryAt. */
  | 'RETRY'
  /** A worker has claimed it. */
  | 'SENDING'
  /** The provider took it. */
  | 'SUCCESS';

/** Which templates are wanted: all that is given must match. */
export type TemplateFilter = {
  /** The business type's code. */
  businessType?: string | null | undefined;
  /** The kind of channel. */
  channelType?: ChannelType | null | undefined;
  /** Enabled or disabled ones. */
  enabled?: boolean | null | undefined;
  /** The form of its content. */
  messageType?: MessageType | null | undefined;
  /** A tenant's id or code; a tenant's key sees its own only. */
  tenantId?: string | number | null | undefined;
};

/** Where in the organisation a user belongs. */
export type UserType =
  /** Branch (分行). */
  | 'BRANCH'
  /** Head office (总行). */
  | 'HEAD_OFFICE';

/** What a handler of the chain decided. */
export type VerdictOutcome =
  /** Sent later: see the task's sendAt. */
  | 'DEFER'
  /** This channel or recipient is taken out; the rest goes on. */
  | 'DROP'
  /** Goes on. */
  | 'PASS'
  /** The handler is switched off or has nothing to say about this message. */
  | 'SKIP'
  /** The message ends here. */
  | 'STOP';

export type BusinessTypeCodesQueryVariables = Exact<{
  tenantId?: string | number | null | undefined;
}>;


export type BusinessTypeCodesQuery = { businessTypes: { nodes: Array<{ code: string, name: string }> }, templates: { nodes: Array<{ businessType: string }> } };

export type PalettePlacesQueryVariables = Exact<{
  tenantId?: string | number | null | undefined;
}>;


export type PalettePlacesQuery = { channelConfigs: { nodes: Array<{ id: string, name: string, channelType: ChannelType }> }, templates: { nodes: Array<{ id: string, name: string, businessType: string, channelType: ChannelType }> } };

export type SendMessageMutationVariables = Exact<{
  input: SendMessageInput;
}>;


export type SendMessageMutation = { sendMessage: { success: boolean, messageId: string | null, duplicate: boolean, errorCode: string | null, errorMessage: string | null, message: { id: string } | null } };

export type ExplainSendQueryVariables = Exact<{
  input: SendMessageInput;
}>;


export type ExplainSendQuery = { explainSend: { accepted: boolean, errorCode: string | null, errorMessage: string | null, verdicts: Array<{ handler: string, order: number, outcome: VerdictOutcome, code: string | null, detail: string | null, channelType: ChannelType | null, channelConfigId: string | null }>, tasks: Array<{ channelType: ChannelType, messageType: MessageType, renderedContent: unknown, sendAt: string, channelConfig: { id: string, name: string }, template: { id: string, name: string, version: number } | null, recipients: Array<{ userId: string | null, mobile: string | null, email: string | null }> }> } };

export type TemplateVariablesQueryVariables = Exact<{
  filter?: TemplateFilter | null | undefined;
}>;


export type TemplateVariablesQuery = { templates: { nodes: Array<{ id: string, channelType: ChannelType, variables: Array<string> }> } };

export type MessageDetailFragment = { id: string, messageId: string, tenantId: string, storeId: string | null, businessType: string, businessData: unknown, targetChannels: Array<ChannelType> | null, executionMode: ExecutionMode, status: MessageStatus, errorCode: string | null, errorMessage: string | null, totalChannels: number, successChannels: number, failedChannels: number, attributes: unknown, scheduledAt: string | null, expiresAt: string | null, createdAt: string, updatedAt: string, finishedAt: string | null, recipients: Array<{ userId: string | null, userType: UserType | null, mobile: string | null, email: string | null, deviceNo: string | null, deviceType: DeviceType | null, customerNo: string | null, customerType: CustomerType | null, customerName: string | null, customerTag: string | null }>, tasks: Array<{ id: string, channelType: ChannelType, messageType: MessageType, renderedContent: unknown, status: TaskStatus, retryCount: number, maxRetry: number, nextRetryAt: string | null, resultMessage: string | null, thirdPartyResponse: string | null, createdAt: string, finishedAt: string | null, channelConfig: { id: string, name: string } | null, recipients: Array<{ userId: string | null, mobile: string | null, email: string | null, deviceNo: string | null }> }>, timeline: Array<{ at: string, stage: string, outcome: string, detail: string | null, durationMs: number | null, taskId: string | null }> };

export type MessageByIdQueryVariables = Exact<{
  id: string | number;
}>;


export type MessageByIdQuery = { message: { id: string, messageId: string, tenantId: string, storeId: string | null, businessType: string, businessData: unknown, targetChannels: Array<ChannelType> | null, executionMode: ExecutionMode, status: MessageStatus, errorCode: string | null, errorMessage: string | null, totalChannels: number, successChannels: number, failedChannels: number, attributes: unknown, scheduledAt: string | null, expiresAt: string | null, createdAt: string, updatedAt: string, finishedAt: string | null, recipients: Array<{ userId: string | null, userType: UserType | null, mobile: string | null, email: string | null, deviceNo: string | null, deviceType: DeviceType | null, customerNo: string | null, customerType: CustomerType | null, customerName: string | null, customerTag: string | null }>, tasks: Array<{ id: string, channelType: ChannelType, messageType: MessageType, renderedContent: unknown, status: TaskStatus, retryCount: number, maxRetry: number, nextRetryAt: string | null, resultMessage: string | null, thirdPartyResponse: string | null, createdAt: string, finishedAt: string | null, channelConfig: { id: string, name: string } | null, recipients: Array<{ userId: string | null, mobile: string | null, email: string | null, deviceNo: string | null }> }>, timeline: Array<{ at: string, stage: string, outcome: string, detail: string | null, durationMs: number | null, taskId: string | null }> } | null };

export type MessageByMessageIdQueryVariables = Exact<{
  messageId: string;
  tenantId?: string | number | null | undefined;
}>;


export type MessageByMessageIdQuery = { message: { id: string, messageId: string, tenantId: string, storeId: string | null, businessType: string, businessData: unknown, targetChannels: Array<ChannelType> | null, executionMode: ExecutionMode, status: MessageStatus, errorCode: string | null, errorMessage: string | null, totalChannels: number, successChannels: number, failedChannels: number, attributes: unknown, scheduledAt: string | null, expiresAt: string | null, createdAt: string, updatedAt: string, finishedAt: string | null, recipients: Array<{ userId: string | null, userType: UserType | null, mobile: string | null, email: string | null, deviceNo: string | null, deviceType: DeviceType | null, customerNo: string | null, customerType: CustomerType | null, customerName: string | null, customerTag: string | null }>, tasks: Array<{ id: string, channelType: ChannelType, messageType: MessageType, renderedContent: unknown, status: TaskStatus, retryCount: number, maxRetry: number, nextRetryAt: string | null, resultMessage: string | null, thirdPartyResponse: string | null, createdAt: string, finishedAt: string | null, channelConfig: { id: string, name: string } | null, recipients: Array<{ userId: string | null, mobile: string | null, email: string | null, deviceNo: string | null }> }>, timeline: Array<{ at: string, stage: string, outcome: string, detail: string | null, durationMs: number | null, taskId: string | null }> } | null };

export type MessageProgressSubscriptionVariables = Exact<{
  messageId: string;
  tenantId?: string | number | null | undefined;
}>;


export type MessageProgressSubscription = { messageStatus: { at: string, messageStatus: MessageStatus, taskStatus: TaskStatus | null } };

export type MessageRowFragment = { id: string, messageId: string, tenantId: string, businessType: string, status: MessageStatus, errorCode: string | null, totalChannels: number, successChannels: number, failedChannels: number, createdAt: string, updatedAt: string, finishedAt: string | null, recipients: Array<{ userId: string | null, mobile: string | null, email: string | null, deviceNo: string | null, customerName: string | null }>, tasks: Array<{ id: string, channelType: ChannelType, status: TaskStatus }> };

export type MessagesQueryVariables = Exact<{
  filter?: MessageFilter | null | undefined;
  first?: number | null | undefined;
  after?: string | null | undefined;
}>;


export type MessagesQuery = { messages: { nodes: Array<{ id: string, messageId: string, tenantId: string, businessType: string, status: MessageStatus, errorCode: string | null, totalChannels: number, successChannels: number, failedChannels: number, createdAt: string, updatedAt: string, finishedAt: string | null, recipients: Array<{ userId: string | null, mobile: string | null, email: string | null, deviceNo: string | null, customerName: string | null }>, tasks: Array<{ id: string, channelType: ChannelType, status: TaskStatus }> }>, pageInfo: { endCursor: string | null, hasNextPage: boolean } } };

export type OneMessageRowQueryVariables = Exact<{
  id: string | number;
}>;


export type OneMessageRowQuery = { message: { id: string, messageId: string, tenantId: string, businessType: string, status: MessageStatus, errorCode: string | null, totalChannels: number, successChannels: number, failedChannels: number, createdAt: string, updatedAt: string, finishedAt: string | null, recipients: Array<{ userId: string | null, mobile: string | null, email: string | null, deviceNo: string | null, customerName: string | null }>, tasks: Array<{ id: string, channelType: ChannelType, status: TaskStatus }> } | null };

export type StatusEventsSubscriptionVariables = Exact<{
  filter?: StatusEventFilter | null | undefined;
}>;


export type StatusEventsSubscription = { statusEvents: { at: string, messageId: string, tenantId: string, messageStatus: MessageStatus, taskId: string | null, channelType: ChannelType | null, taskStatus: TaskStatus | null } };

export type CancelMessageMutationVariables = Exact<{
  messageId: string;
  tenantId?: string | number | null | undefined;
}>;


export type CancelMessageMutation = { cancelMessage: { success: boolean, errorCode: string | null, errorMessage: string | null } };

export type RetryMessageMutationVariables = Exact<{
  messageId: string;
  tenantId?: string | number | null | undefined;
}>;


export type RetryMessageMutation = { retryMessage: { success: boolean, errorCode: string | null, errorMessage: string | null } };

export type ViewerQueryVariables = Exact<{ [key: string]: never; }>;


export type ViewerQuery = { viewer: { name: string, role: Role, tenantId: string | null }, tenants: Array<{ id: string, code: string, name: string, timezone: string, enabled: boolean }> };

export class TypedDocumentString<TResult, TVariables>
  extends String
  implements DocumentTypeDecoration<TResult, TVariables>
{
  __apiType?: NonNullable<DocumentTypeDecoration<TResult, TVariables>['__apiType']>;
  private value: string;
  public __meta__?: Record<string, any> | undefined;

  constructor(value: string, __meta__?: Record<string, any> | undefined) {
    super(value);
    this.value = value;
    this.__meta__ = __meta__;
  }

  override toString(): string & DocumentTypeDecoration<TResult, TVariables> {
    return this.value;
  }
}
export const MessageDetailFragmentDoc = new TypedDocumentString(`
    fragment MessageDetail on Message {
  id
  messageId
  tenantId
  storeId
  businessType
  businessData
  targetChannels
  executionMode
  status
  errorCode
  errorMessage
  totalChannels
  successChannels
  failedChannels
  attributes
  scheduledAt
  expiresAt
  createdAt
  updatedAt
  finishedAt
  recipients {
    userId
    userType
    mobile
    email
    deviceNo
    deviceType
    customerNo
    customerType
    customerName
    customerTag
  }
  tasks {
    id
    channelType
    messageType
    renderedContent
    status
    retryCount
    maxRetry
    nextRetryAt
    resultMessage
    thirdPartyResponse
    createdAt
    finishedAt
    channelConfig {
      id
      name
    }
    recipients {
      userId
      mobile
      email
      deviceNo
    }
  }
  timeline {
    at
    stage
    outcome
    detail
    durationMs
    taskId
  }
}
    `, {"fragmentName":"MessageDetail"}) as unknown as TypedDocumentString<MessageDetailFragment, unknown>;
export const MessageRowFragmentDoc = new TypedDocumentString(`
    fragment MessageRow on Message {
  id
  messageId
  tenantId
  businessType
  status
  errorCode
  totalChannels
  successChannels
  failedChannels
  recipients {
    userId
    mobile
    email
    deviceNo
    customerName
  }
  tasks {
    id
    channelType
    status
  }
  createdAt
  updatedAt
  finishedAt
}
    `, {"fragmentName":"MessageRow"}) as unknown as TypedDocumentString<MessageRowFragment, unknown>;
export const BusinessTypeCodesDocument = new TypedDocumentString(`
    query BusinessTypeCodes($tenantId: ID) {
  businessTypes(tenantId: $tenantId, first: 100) {
    nodes {
      code
      name
    }
  }
  templates(filter: {tenantId: $tenantId}, first: 100) {
    nodes {
      businessType
    }
  }
}
    `) as unknown as TypedDocumentString<BusinessTypeCodesQuery, BusinessTypeCodesQueryVariables>;
export const PalettePlacesDocument = new TypedDocumentString(`
    query PalettePlaces($tenantId: ID) {
  channelConfigs(filter: {tenantId: $tenantId}, first: 100) {
    nodes {
      id
      name
      channelType
    }
  }
  templates(filter: {tenantId: $tenantId}, first: 100) {
    nodes {
      id
      name
      businessType
      channelType
    }
  }
}
    `) as unknown as TypedDocumentString<PalettePlacesQuery, PalettePlacesQueryVariables>;
export const SendMessageDocument = new TypedDocumentString(`
    mutation SendMessage($input: SendMessageInput!) {
  sendMessage(input: $input) {
    success
    messageId
    duplicate
    errorCode
    errorMessage
    message {
      id
    }
  }
}
    `) as unknown as TypedDocumentString<SendMessageMutation, SendMessageMutationVariables>;
export const ExplainSendDocument = new TypedDocumentString(`
    query ExplainSend($input: SendMessageInput!) {
  explainSend(input: $input) {
    accepted
    errorCode
    errorMessage
    verdicts {
      handler
      order
      outcome
      code
      detail
      channelType
      channelConfigId
    }
    tasks {
      channelType
      messageType
      renderedContent
      sendAt
      channelConfig {
        id
        name
      }
      template {
        id
        name
        version
      }
      recipients {
        userId
        mobile
        email
      }
    }
  }
}
    `) as unknown as TypedDocumentString<ExplainSendQuery, ExplainSendQueryVariables>;
export const TemplateVariablesDocument = new TypedDocumentString(`
    query TemplateVariables($filter: TemplateFilter) {
  templates(filter: $filter, first: 100) {
    nodes {
      id
      channelType
      variables
    }
  }
}
    `) as unknown as TypedDocumentString<TemplateVariablesQuery, TemplateVariablesQueryVariables>;
export const MessageByIdDocument = new TypedDocumentString(`
    query MessageById($id: ID!) {
  message(id: $id) {
    ...MessageDetail
  }
}
    fragment MessageDetail on Message {
  id
  messageId
  tenantId
  storeId
  businessType
  businessData
  targetChannels
  executionMode
  status
  errorCode
  errorMessage
  totalChannels
  successChannels
  failedChannels
  attributes
  scheduledAt
  expiresAt
  createdAt
  updatedAt
  finishedAt
  recipients {
    userId
    userType
    mobile
    email
    deviceNo
    deviceType
    customerNo
    customerType
    customerName
    customerTag
  }
  tasks {
    id
    channelType
    messageType
    renderedContent
    status
    retryCount
    maxRetry
    nextRetryAt
    resultMessage
    thirdPartyResponse
    createdAt
    finishedAt
    channelConfig {
      id
      name
    }
    recipients {
      userId
      mobile
      email
      deviceNo
    }
  }
  timeline {
    at
    stage
    outcome
    detail
    durationMs
    taskId
  }
}`) as unknown as TypedDocumentString<MessageByIdQuery, MessageByIdQueryVariables>;
export const MessageByMessageIdDocument = new TypedDocumentString(`
    query MessageByMessageId($messageId: String!, $tenantId: ID) {
  message(messageId: $messageId, tenantId: $tenantId) {
    ...MessageDetail
  }
}
    fragment MessageDetail on Message {
  id
  messageId
  tenantId
  storeId
  businessType
  businessData
  targetChannels
  executionMode
  status
  errorCode
  errorMessage
  totalChannels
  successChannels
  failedChannels
  attributes
  scheduledAt
  expiresAt
  createdAt
  updatedAt
  finishedAt
  recipients {
    userId
    userType
    mobile
    email
    deviceNo
    deviceType
    customerNo
    customerType
    customerName
    customerTag
  }
  tasks {
    id
    channelType
    messageType
    renderedContent
    status
    retryCount
    maxRetry
    nextRetryAt
    resultMessage
    thirdPartyResponse
    createdAt
    finishedAt
    channelConfig {
      id
      name
    }
    recipients {
      userId
      mobile
      email
      deviceNo
    }
  }
  timeline {
    at
    stage
    outcome
    detail
    durationMs
    taskId
  }
}`) as unknown as TypedDocumentString<MessageByMessageIdQuery, MessageByMessageIdQueryVariables>;
export const MessageProgressDocument = new TypedDocumentString(`
    subscription MessageProgress($messageId: String!, $tenantId: ID) {
  messageStatus(messageId: $messageId, tenantId: $tenantId) {
    at
    messageStatus
    taskStatus
  }
}
    `) as unknown as TypedDocumentString<MessageProgressSubscription, MessageProgressSubscriptionVariables>;
export const MessagesDocument = new TypedDocumentString(`
    query Messages($filter: MessageFilter, $first: Int, $after: String) {
  messages(filter: $filter, first: $first, after: $after) {
    nodes {
      ...MessageRow
    }
    pageInfo {
      endCursor
      hasNextPage
    }
  }
}
    fragment MessageRow on Message {
  id
  messageId
  tenantId
  businessType
  status
  errorCode
  totalChannels
  successChannels
  failedChannels
  recipients {
    userId
    mobile
    email
    deviceNo
    customerName
  }
  tasks {
    id
    channelType
    status
  }
  createdAt
  updatedAt
  finishedAt
}`) as unknown as TypedDocumentString<MessagesQuery, MessagesQueryVariables>;
export const OneMessageRowDocument = new TypedDocumentString(`
    query OneMessageRow($id: ID!) {
  message(id: $id) {
    ...MessageRow
  }
}
    fragment MessageRow on Message {
  id
  messageId
  tenantId
  businessType
  status
  errorCode
  totalChannels
  successChannels
  failedChannels
  recipients {
    userId
    mobile
    email
    deviceNo
    customerName
  }
  tasks {
    id
    channelType
    status
  }
  createdAt
  updatedAt
  finishedAt
}`) as unknown as TypedDocumentString<OneMessageRowQuery, OneMessageRowQueryVariables>;
export const StatusEventsDocument = new TypedDocumentString(`
    subscription StatusEvents($filter: StatusEventFilter) {
  statusEvents(filter: $filter) {
    at
    messageId
    tenantId
    messageStatus
    taskId
    channelType
    taskStatus
  }
}
    `) as unknown as TypedDocumentString<StatusEventsSubscription, StatusEventsSubscriptionVariables>;
export const CancelMessageDocument = new TypedDocumentString(`
    mutation CancelMessage($messageId: String!, $tenantId: ID) {
  cancelMessage(messageId: $messageId, tenantId: $tenantId) {
    success
    errorCode
    errorMessage
  }
}
    `) as unknown as TypedDocumentString<CancelMessageMutation, CancelMessageMutationVariables>;
export const RetryMessageDocument = new TypedDocumentString(`
    mutation RetryMessage($messageId: String!, $tenantId: ID) {
  retryMessage(messageId: $messageId, tenantId: $tenantId) {
    success
    errorCode
    errorMessage
  }
}
    `) as unknown as TypedDocumentString<RetryMessageMutation, RetryMessageMutationVariables>;
export const ViewerDocument = new TypedDocumentString(`
    query Viewer {
  viewer {
    name
    role
    tenantId
  }
  tenants {
    id
    code
    name
    timezone
    enabled
  }
}
    `) as unknown as TypedDocumentString<ViewerQuery, ViewerQueryVariables>;