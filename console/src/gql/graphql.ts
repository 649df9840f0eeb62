/* eslint-disable */
/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
import type { DocumentTypeDecoration } from '@graphql-typed-document-node/core';
/** An API key to make. */
export type ApiKeyInput = {
  /** When it ceases to be valid; never when absent. */
  expiresAt?: string | null | undefined;
  /** A name for people. */
  name: string;
  /** What its holder may do. */
  role: Role;
  /** A tenant's id or code; absent with a platform key: a platform key. */
  tenantId?: string | number | null | undefined;
};

/** When a channel config whose provider fails again and again is left alone. What is absent stays as it is. */
export type BreakerSettingsInput = {
  /** Whether there are circuit breakers at all. */
  enabled?: boolean | null | undefined;
  /** Transient failures in a row that open one, 1 to 1000. */
  failures?: number | null | undefined;
  /** No rest is longer; openSeconds to 86400. */
  maxOpenSeconds?: number | null | undefined;
  /** How long it then rests before one task is tried, 1 to 3600. */
  openSeconds?: number | null | undefined;
};

/** What a channel config's circuit breaker does. */
export type BreakerState =
  /** Tasks are sent. */
  | 'CLOSED'
  /** One task is sent to see whether the provider works again; the others wait. */
  | 'HALF_OPEN'
  /** The provider failed too often in a row and is left alone; tasks wait. */
  | 'OPEN';

/** What a bulk job does to the failed tasks that it is about. */
export type BulkKind =
  /** They leave the failed set for good; their messages stay as they are. */
  | 'DISCARD'
  /** They are sent again, with fresh retry counts. */
  | 'RETRY';

/** Where a bulk job is. */
export type BulkStatus =
  /** Stopped for good by an operator; what was done stays done. */
  | 'CANCELLED'
  /** Through with all its tasks. */
  | 'DONE'
  /** Could not go on; what was done stays done. */
  | 'FAILED'
  /** Stopped until it is resumed. */
  | 'PAUSED'
  /** At work, or about to be. */
  | 'RUNNING';

/** What is to be done to many failed tasks. */
export type BulkTasksInput = {
  /** Which ones; `{}` for all that the key may see. */
  filter: FailedTaskFilter;
  /** So many tasks a second at most: 1 to 10000; 100 when absent. */
  ratePerSecond?: number | null | undefined;
};

/** A business type to register. */
export type BusinessTypeInput = {
  /** What messages name it by; unique in the tenant. */
  code: string;
  /** True when absent. */
  enabled?: boolean | null | undefined;
  /** Name of a green-channel lane; the general lane when absent. */
  lane?: string | null | undefined;
  /** A name for people. */
  name: string;
  /** 0 (first) to 9 (last). */
  priority?: number | null | undefined;
  /** A tenant's id or code; needed only with a platform key. */
  tenantId?: string | number | null | undefined;
};

/** Which channel configs are wanted: all that is given must match. */
export type ChannelConfigFilter = {
  /** The kind of channel. */
  channelType?: ChannelType | null | undefined;
  /** Enabled or disabled ones. */
  enabled?: boolean | null | undefined;
  /** The store within the tenant. */
  storeId?: string | number | null | undefined;
  /** A tenant's id or code; a tenant's key sees its own only. */
  tenantId?: string | number | null | undefined;
};

/** A channel config to store. An update replaces all of it; a masked secret stays as it was. */
export type ChannelConfigInput = {
  /** The kind of channel; can't be changed later. */
  channelType: ChannelType;
  /** Credentials and addresses of this channel type; secrets are write-only and stored encrypted. */
  config: unknown;
  /** IMMEDIATE when absent. */
  deliveryMode?: DeliveryMode | null | undefined;
  /** True when absent. */
  enabled?: boolean | null | undefined;
  /** A name for people. */
  name: string;
  /** What happens outside of the time window; DEFER when absent. */
  onClosedWindow?: OverLimitPolicy | null | undefined;
  /** What happens over the rate limit; DEFER when absent. */
  onRateLimit?: OverLimitPolicy | null | undefined;
  /** What an unknown outcome means where the provider has no idempotency key; RETRY when absent. */
  onUnknown?: UnknownPolicy | null | undefined;
  /** Smaller first. */
  priority?: number | null | undefined;
  /** How much it may send; null in an update takes the limit away. */
  rateLimit?: RateLimitInput | null | undefined;
  /** Five or six fields; needed where deliveryMode is SCHEDULED. */
  schedule?: string | null | undefined;
  /** The store that it is for; the whole tenant when absent. */
  storeId?: string | number | null | undefined;
  /** A tenant's id or code; needed only with a platform key. */
  tenantId?: string | number | null | undefined;
  /** When it may send; null in an update takes the window away. */
  timeWindow?: TimeWindowInput | null | undefined;
};

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

/** What a limit counts. */
export type ContentUnit =
  /** Bytes in UTF-8, of a picture before it is encoded. */
  | 'BYTES'
  /** Entries of a list. */
  | 'ENTRIES';

/** The kind of customer that a recipient is. */
export type CustomerType =
  /** A merchant. */
  | 'MERCHANT'
  /** A natural person. */
  | 'PERSONAL'
  /** A store of a merchant. */
  | 'STORE';

/** When a channel config sends. */
export type DeliveryMode =
  /** As soon as a worker is free. */
  | 'IMMEDIATE'
  /** By a job that runs on the config's cron schedule. */
  | 'SCHEDULED';

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

/** In which order channels are used. What is absent stays as it is. */
export type ExecutionSettingsInput = {
  /** PRIORITY: a group that failed does not keep the next from its turn. */
  continueOnFail?: boolean | null | undefined;
  /** Where a message does not choose. */
  mode?: ExecutionMode | null | undefined;
  /** PRIORITY: groups after one that succeeded are left out. */
  skipOnSuccess?: boolean | null | undefined;
};

/** Which failed tasks are meant: all that is given must match. */
export type FailedTaskFilter = {
  /** The business type's code. */
  businessType?: string | null | undefined;
  /** The config that it was sent with, deleted or not. */
  channelConfigId?: string | number | null | undefined;
  /** The kind of channel. */
  channelType?: ChannelType | null | undefined;
  /** The task's errorCode, e.g. BAD_MSG. */
  errorCode?: string | null | undefined;
  /** Failed at this time or later. */
  failedFrom?: string | null | undefined;
  /** Failed before this time. */
  failedTo?: string | null | undefined;
  /** A tenant's id or code; a tenant's key sees its own only. With a platform key every tenant's when absent. */
  tenantId?: string | number | null | undefined;
};

/** Changes to one handler of the chain. What is absent stays as it is. */
export type HandlerSettingInput = {
  /** Whether it runs. */
  enabled?: boolean | null | undefined;
  /** Which one, e.g. TIME_WINDOW. */
  name: string;
  /** What takes longer stops the message, 1 to 300. */
  timeoutSeconds?: number | null | undefined;
};

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

/** Which numbers are wanted: all that is given must match. */
export type MessageStatsFilter = {
  /** The business type's code. */
  businessType?: string | null | undefined;
  /** The channel config, deleted or not: then there are numbers of tasks only. */
  channelConfigId?: string | number | null | undefined;
  /** The kind of channel: then there are numbers of tasks only. */
  channelType?: ChannelType | null | undefined;
  /** A tenant's id or code; a tenant's key sees its own only. With a platform key every tenant's when absent. */
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

/** What happens to a channel over its limit or outside its window. */
export type OverLimitPolicy =
  /** Wait for the next free slot (default). */
  | 'DEFER'
  /** Drop the channel from this message with RATE_LIMITED or OUTSIDE_TIME_WINDOW. */
  | 'REJECT';

/** At most count messages in any stretch of window × unit. */
export type RateLimitInput = {
  /** So many messages, 1 to 100000. */
  count: number;
  /** What window counts. */
  unit: TimeUnit;
  /** So many units; 31 days in all at most. */
  window: number;
};

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

/**
 * What is to be otherwise than in the message that is sent once more. What is absent is as it was there, but for the
 * times: those of the old message do not count.
 */
export type ResendMessageInput = {
  /** After this the new message is no longer worth sending: what is unsent is cancelled. */
  expiresAt?: string | null | undefined;
  /** The new message's messageId: the idempotency key. Generated when absent. */
  messageId?: string | null | undefined;
  /** Sends it at this time rather than at once. */
  scheduledAt?: string | null | undefined;
  /** Restricts routing to these channels. */
  targetChannels?: Array<ChannelType> | null | undefined;
};

/** How long rows are kept, in months. What is absent stays as it is. */
export type RetentionSettingsInput = {
  /** Inbox entries, read or not, 1 to 120. */
  inboxMonths?: number | null | undefined;
  /** Messages with their tasks, from their end on, 1 to 120. */
  messagesMonths?: number | null | undefined;
  /** Timelines, from their message's end on, 1 to 120. */
  timelineMonths?: number | null | undefined;
};

/** How failed attempts are repeated. What is absent stays as it is. */
export type RetrySettingsInput = {
  /** Each wait is so many times the one before, 1 to 10. */
  backoffMultiplier?: number | null | undefined;
  /** Wait before the first retry, 1 to 86400. */
  intervalSeconds?: number | null | undefined;
  /** 0 to 1: share of the interval that is random. */
  jitter?: number | null | undefined;
  /** Retries after the first attempt, 0 to 20. */
  maxCount?: number | null | undefined;
  /** No wait is longer; up to 604800. */
  maxIntervalSeconds?: number | null | undefined;
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

/** How long a bucket of a series is. */
export type StatsInterval =
  /**
   * A day of the time zone, from midnight to midnight; made of hours, so it begins with the first full hour of UTC in zones
   * that are not whole hours off. Kept for 13 months.
   */
  | 'DAY'
  /** An hour of UTC. Kept for 13 months. */
  | 'HOUR'
  /** A minute. Kept for 48 hours. */
  | 'MINUTE';

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

/** What is absent stays as it is. */
export type SystemSettingsInput = {
  /** When a channel config whose provider fails is left alone. */
  breaker?: BreakerSettingsInput | null | undefined;
  /** In which order channels are used. */
  execution?: ExecutionSettingsInput | null | undefined;
  /** Handlers to change. */
  handlers?: Array<HandlerSettingInput> | null | undefined;
  /** How long rows are kept. */
  retention?: RetentionSettingsInput | null | undefined;
  /** How failed attempts are repeated. */
  retry?: RetrySettingsInput | null | undefined;
  /** How long sending may take. */
  timeout?: TimeoutSettingsInput | null | undefined;
  /** How much is worked on at once. */
  workers?: WorkerSettingsInput | null | undefined;
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

/** A template to store or to try. */
export type TemplateInput = {
  /** The business type's code. */
  businessType: string;
  /** The kind of channel. */
  channelType: ChannelType;
  /** Liquid; ${name} is accepted as a short form of {{ name }}. */
  content: unknown;
  /** True when absent. */
  enabled?: boolean | null | undefined;
  /** BCP 47, e.g. zh-CN; the default variant when absent. */
  locale?: string | null | undefined;
  /** The form of its content. */
  messageType: MessageType;
  /** A name for people. */
  name: string;
  /** A JSON object of at most 16 KiB to try it with; kept with each version. Absent in an update: it stays; null: it goes. */
  sampleData?: unknown;
  /** A tenant's id or code; needed only with a platform key. */
  tenantId?: string | number | null | undefined;
};

/** A tenant to store. */
export type TenantInput = {
  /** A short unique name. */
  code: string;
  /** True when absent. */
  enabled?: boolean | null | undefined;
  /** A name for people. */
  name: string;
  /** Rejects business types that are not registered; false when absent. */
  strictBusinessTypes?: boolean | null | undefined;
  /** IANA name, e.g. Asia/Shanghai. */
  timezone?: string | null | undefined;
};

/** A channel config to try. */
export type TestChannelConfigInput = {
  /** What to send; a short text that says what it is when absent. */
  content?: InlineContentInput | null | undefined;
  /** The channel config, enabled or not. */
  id: string | number;
  /** Whom the body names, 10 at most; nobody when absent. */
  recipients?: Array<RecipientInput> | null | undefined;
};

/** A template to try over a channel config. Exactly one of templateId and template is needed. */
export type TestTemplateInput = {
  /** The data to render it with; the template's sample data when absent. */
  businessData?: unknown;
  /** The channel config, enabled or not, of the template's channel type. */
  channelConfigId: string | number;
  /** Whom the body names, 10 at most; nobody when absent. */
  recipients?: Array<RecipientInput> | null | undefined;
  /** A template that need not be stored. */
  template?: TemplateInput | null | undefined;
  /** A stored template, enabled or not. */
  templateId?: string | number | null | undefined;
};

/** Unit of a rate limit's window. */
export type TimeUnit =
  /** Days of 24 hours. */
  | 'DAY'
  /** Hours. */
  | 'HOUR'
  /** Minutes. */
  | 'MINUTE'
  /** Seconds. */
  | 'SECOND';

/** The hours of the day in which a channel may send. */
export type TimeWindowInput = {
  /** 0-23; the window ends at the end of this hour, and may wrap past midnight. */
  endHour: number;
  /** 0-23. */
  startHour: number;
  /** IANA name; the tenant's when absent. */
  timezone?: string | null | undefined;
};

/** How long sending may take. What is absent stays as it is. */
export type TimeoutSettingsInput = {
  /** All channels of a message, 1 to 3600. */
  allChannelsSeconds?: number | null | undefined;
  /** One call of a provider, 1 to 300. */
  singleChannelSeconds?: number | null | undefined;
};

/** What becomes of a task of which nobody knows whether the provider got it. */
export type UnknownPolicy =
  /** It ends as FAILED: it may not have arrived. */
  | 'FAIL'
  /** It is tried again while retries are left: it may arrive twice (default). */
  | 'RETRY';

/** What is wrong with a field. */
export type UserErrorCode =
  /** Contradicts another field or the present state. */
  | 'CONFLICT'
  /** Not of the expected form or range. */
  | 'INVALID'
  /** The template reads a variable that the data lacks. */
  | 'MISSING_VARIABLE'
  /** What it refers to does not exist. */
  | 'NOT_FOUND'
  /** Absent although it is needed. */
  | 'REQUIRED'
  /** Another object has this name or code. */
  | 'TAKEN'
  /** Not valid Liquid. */
  | 'TEMPLATE_SYNTAX'
  /** Longer than allowed. */
  | 'TOO_LONG'
  /** Not available (yet) for this kind. */
  | 'UNSUPPORTED';

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

/** How much is worked on at once. What is absent stays as it is. */
export type WorkerSettingsInput = {
  /** Sends, per instance and lane, 1 to 10000. */
  deliverConcurrency?: number | null | undefined;
  /** Messages in the chain, per instance and lane, 1 to 10000. */
  processConcurrency?: number | null | undefined;
};

export type CreateTenantMutationVariables = Exact<{
  input: TenantInput;
}>;


export type CreateTenantMutation = { createTenant: { userErrors: Array<{ field: Array<string> | null, message: string, code: UserErrorCode }> } };

export type UpdateTenantMutationVariables = Exact<{
  id: string | number;
  input: TenantInput;
}>;


export type UpdateTenantMutation = { updateTenant: { userErrors: Array<{ field: Array<string> | null, message: string, code: UserErrorCode }> } };

export type ApiKeyRowFragment = { id: string, name: string, tenantId: string | null, role: Role, prefix: string, createdAt: string, lastUsedAt: string | null, expiresAt: string | null, revokedAt: string | null };

export type ApiKeysQueryVariables = Exact<{
  tenantId?: string | number | null | undefined;
}>;


export type ApiKeysQuery = { apiKeys: Array<{ id: string, name: string, tenantId: string | null, role: Role, prefix: string, createdAt: string, lastUsedAt: string | null, expiresAt: string | null, revokedAt: string | null }> };

export type CreateApiKeyMutationVariables = Exact<{
  input: ApiKeyInput;
}>;


export type CreateApiKeyMutation = { createApiKey: { secret: string | null, userErrors: Array<{ field: Array<string> | null, message: string, code: UserErrorCode }> } };

export type RevokeApiKeyMutationVariables = Exact<{
  id: string | number;
}>;


export type RevokeApiKeyMutation = { revokeApiKey: { apiKey: { id: string, revokedAt: string | null } | null, userErrors: Array<{ field: Array<string> | null, message: string, code: UserErrorCode }> } };

export type BusinessTypeRowFragment = { id: string, tenantId: string, code: string, name: string, enabled: boolean, priority: number, lane: string | null, updatedAt: string };

export type BusinessTypesQueryVariables = Exact<{
  tenantId?: string | number | null | undefined;
  first?: number | null | undefined;
  after?: string | null | undefined;
}>;


export type BusinessTypesQuery = { businessTypes: { nodes: Array<{ id: string, tenantId: string, code: string, name: string, enabled: boolean, priority: number, lane: string | null, updatedAt: string }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } };

export type CreateBusinessTypeMutationVariables = Exact<{
  input: BusinessTypeInput;
}>;


export type CreateBusinessTypeMutation = { createBusinessType: { userErrors: Array<{ field: Array<string> | null, message: string, code: UserErrorCode }> } };

export type UpdateBusinessTypeMutationVariables = Exact<{
  id: string | number;
  input: BusinessTypeInput;
}>;


export type UpdateBusinessTypeMutation = { updateBusinessType: { userErrors: Array<{ field: Array<string> | null, message: string, code: UserErrorCode }> } };

export type DeleteBusinessTypeMutationVariables = Exact<{
  id: string | number;
}>;


export type DeleteBusinessTypeMutation = { deleteBusinessType: { deletedId: string | null, userErrors: Array<{ field: Array<string> | null, message: string, code: UserErrorCode }> } };

export type ChannelNamesQueryVariables = Exact<{
  filter?: ChannelConfigFilter | null | undefined;
  first?: number | null | undefined;
  after?: string | null | undefined;
}>;


export type ChannelNamesQuery = { channelConfigs: { nodes: Array<{ id: string, name: string, channelType: ChannelType, storeId: string | null, enabled: boolean }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } };

export type TemplateNamesQueryVariables = Exact<{
  filter?: TemplateFilter | null | undefined;
  first?: number | null | undefined;
  after?: string | null | undefined;
}>;


export type TemplateNamesQuery = { templates: { nodes: Array<{ id: string, name: string, businessType: string, channelType: ChannelType }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } };

export type BusinessTypeNamesQueryVariables = Exact<{
  tenantId?: string | number | null | undefined;
  first?: number | null | undefined;
  after?: string | null | undefined;
}>;


export type BusinessTypeNamesQuery = { businessTypes: { nodes: Array<{ id: string, tenantId: string, code: string, name: string }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } };

export type ChannelFragment = { id: string, tenantId: string, storeId: string | null, channelType: ChannelType, name: string, config: unknown, priority: number, enabled: boolean, onRateLimit: OverLimitPolicy, onClosedWindow: OverLimitPolicy, onUnknown: UnknownPolicy, deliveryMode: DeliveryMode, schedule: string | null, createdAt: string, updatedAt: string, rateLimit: { count: number, window: number, unit: TimeUnit } | null, rateLimitInForce: { count: number, window: number, unit: TimeUnit } | null, timeWindow: { startHour: number, endHour: number, timezone: string | null } | null, breaker: { state: BreakerState, reason: string | null, openedAt: string | null, retryAt: string | null, consecutiveFailures: number } };

export type ChannelHealthFragment = { health: { lastSuccessAt: string | null, lastFailureAt: string | null, lastErrorCode: string | null, lastErrorMessage: string | null } };

export type ChannelsQueryVariables = Exact<{
  filter?: ChannelConfigFilter | null | undefined;
  first?: number | null | undefined;
  after?: string | null | undefined;
}>;


export type ChannelsQuery = { channelConfigs: { totalCount: number, nodes: Array<{ id: string, tenantId: string, storeId: string | null, channelType: ChannelType, name: string, config: unknown, priority: number, enabled: boolean, onRateLimit: OverLimitPolicy, onClosedWindow: OverLimitPolicy, onUnknown: UnknownPolicy, deliveryMode: DeliveryMode, schedule: string | null, createdAt: string, updatedAt: string, rateLimit: { count: number, window: number, unit: TimeUnit } | null, rateLimitInForce: { count: number, window: number, unit: TimeUnit } | null, timeWindow: { startHour: number, endHour: number, timezone: string | null } | null, breaker: { state: BreakerState, reason: string | null, openedAt: string | null, retryAt: string | null, consecutiveFailures: number }, health: { lastSuccessAt: string | null, lastFailureAt: string | null, lastErrorCode: string | null, lastErrorMessage: string | null } }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } };

export type ChannelByIdQueryVariables = Exact<{
  id: string | number;
}>;


export type ChannelByIdQuery = { channelConfig: { id: string, tenantId: string, storeId: string | null, channelType: ChannelType, name: string, config: unknown, priority: number, enabled: boolean, onRateLimit: OverLimitPolicy, onClosedWindow: OverLimitPolicy, onUnknown: UnknownPolicy, deliveryMode: DeliveryMode, schedule: string | null, createdAt: string, updatedAt: string, rateLimit: { count: number, window: number, unit: TimeUnit } | null, rateLimitInForce: { count: number, window: number, unit: TimeUnit } | null, timeWindow: { startHour: number, endHour: number, timezone: string | null } | null, breaker: { state: BreakerState, reason: string | null, openedAt: string | null, retryAt: string | null, consecutiveFailures: number } } | null };

export type CreateChannelMutationVariables = Exact<{
  input: ChannelConfigInput;
}>;


export type CreateChannelMutation = { createChannelConfig: { channelConfig: { id: string } | null, userErrors: Array<{ field: Array<string> | null, message: string, code: UserErrorCode }> } };

export type UpdateChannelMutationVariables = Exact<{
  id: string | number;
  input: ChannelConfigInput;
}>;


export type UpdateChannelMutation = { updateChannelConfig: { channelConfig: { id: string, tenantId: string, storeId: string | null, channelType: ChannelType, name: string, config: unknown, priority: number, enabled: boolean, onRateLimit: OverLimitPolicy, onClosedWindow: OverLimitPolicy, onUnknown: UnknownPolicy, deliveryMode: DeliveryMode, schedule: string | null, createdAt: string, updatedAt: string, rateLimit: { count: number, window: number, unit: TimeUnit } | null, rateLimitInForce: { count: number, window: number, unit: TimeUnit } | null, timeWindow: { startHour: number, endHour: number, timezone: string | null } | null, breaker: { state: BreakerState, reason: string | null, openedAt: string | null, retryAt: string | null, consecutiveFailures: number } } | null, userErrors: Array<{ field: Array<string> | null, message: string, code: UserErrorCode }> } };

export type ResetBreakerMutationVariables = Exact<{
  id: string | number;
}>;


export type ResetBreakerMutation = { resetChannelConfigBreaker: { channelConfig: { id: string, tenantId: string, storeId: string | null, channelType: ChannelType, name: string, config: unknown, priority: number, enabled: boolean, onRateLimit: OverLimitPolicy, onClosedWindow: OverLimitPolicy, onUnknown: UnknownPolicy, deliveryMode: DeliveryMode, schedule: string | null, createdAt: string, updatedAt: string, rateLimit: { count: number, window: number, unit: TimeUnit } | null, rateLimitInForce: { count: number, window: number, unit: TimeUnit } | null, timeWindow: { startHour: number, endHour: number, timezone: string | null } | null, breaker: { state: BreakerState, reason: string | null, openedAt: string | null, retryAt: string | null, consecutiveFailures: number } } | null, userErrors: Array<{ field: Array<string> | null, message: string, code: UserErrorCode }> } };

export type DeleteChannelMutationVariables = Exact<{
  id: string | number;
}>;


export type DeleteChannelMutation = { deleteChannelConfig: { deletedId: string | null, userErrors: Array<{ field: Array<string> | null, message: string, code: UserErrorCode }> } };

export type CopyChannelMutationVariables = Exact<{
  id: string | number;
  storeId?: string | number | null | undefined;
  name?: string | null | undefined;
  enabled?: boolean | null | undefined;
}>;


export type CopyChannelMutation = { copyChannelConfig: { channelConfig: { id: string } | null, userErrors: Array<{ field: Array<string> | null, message: string, code: UserErrorCode }> } };

export type TestSendFoundFragment = { success: boolean, outcome: string, message: string, durationMs: number, request: unknown, response: string | null };

export type TestChannelMutationVariables = Exact<{
  input: TestChannelConfigInput;
}>;


export type TestChannelMutation = { testChannelConfig: { testSend: { success: boolean, outcome: string, message: string, durationMs: number, request: unknown, response: string | null } | null, userErrors: Array<{ field: Array<string> | null, message: string, code: UserErrorCode }> } };

export type ChannelTypesQueryVariables = Exact<{ [key: string]: never; }>;


export type ChannelTypesQuery = { channelTypes: Array<{ type: ChannelType, title: string, description: string, configSchema: unknown, idempotencyKey: string | null, providerLimit: { host: string, limit: { count: number, window: number, unit: TimeUnit } } | null, messageTypes: Array<{ messageType: MessageType, exactlyOneOf: Array<string>, contentSchema: unknown, limits: Array<{ key: string | null, field: string, max: number, unit: ContentUnit }> }> }> };

export type SendMessageMutationVariables = Exact<{
  input: SendMessageInput;
}>;


export type SendMessageMutation = { sendMessage: { success: boolean, messageId: string | null, duplicate: boolean, errorCode: string | null, errorMessage: string | null, message: { id: string } | null } };

export type ExplainSendQueryVariables = Exact<{
  input: SendMessageInput;
}>;


export type ExplainSendQuery = { explainSend: { accepted: boolean, errorCode: string | null, errorMessage: string | null, verdicts: Array<{ handler: string, order: number, outcome: VerdictOutcome, code: string | null, detail: string | null, channelType: ChannelType | null, channelConfigId: string | null }>, tasks: Array<{ channelType: ChannelType, messageType: MessageType, renderedContent: unknown, sendAt: string, channelConfig: { id: string, name: string, tenantId: string }, template: { id: string, name: string, version: number } | null, recipients: Array<{ userId: string | null, mobile: string | null, email: string | null }> }> } };

export type TemplateVariablesQueryVariables = Exact<{
  filter?: TemplateFilter | null | undefined;
  first?: number | null | undefined;
  after?: string | null | undefined;
}>;


export type TemplateVariablesQuery = { templates: { nodes: Array<{ id: string, variables: Array<string> }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } };

export type FailedTaskFragment = { id: string, messageId: string, channelType: ChannelType, retryCount: number, maxRetry: number, errorCode: string | null, resultMessage: string | null, finishedAt: string | null, channelConfig: { id: string, name: string } | null };

export type FailedTasksQueryVariables = Exact<{
  filter?: FailedTaskFilter | null | undefined;
  first?: number | null | undefined;
  after?: string | null | undefined;
}>;


export type FailedTasksQuery = { failedTasks: { nodes: Array<{ id: string, messageId: string, channelType: ChannelType, retryCount: number, maxRetry: number, errorCode: string | null, resultMessage: string | null, finishedAt: string | null, channelConfig: { id: string, name: string } | null }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } };

export type BulkJobFragment = { id: string, kind: BulkKind, status: BulkStatus, total: number | null, done: number, skipped: number, ratePerSecond: number, errorMessage: string | null, createdBy: string, createdAt: string, finishedAt: string | null, filter: { tenantId: string | null, errorCode: string | null, channelType: ChannelType | null, channelConfigId: string | null, businessType: string | null, failedFrom: string | null, failedTo: string | null } };

export type BulkJobsQueryVariables = Exact<{
  tenantId?: string | number | null | undefined;
  first?: number | null | undefined;
}>;


export type BulkJobsQuery = { bulkJobs: { nodes: Array<{ id: string, kind: BulkKind, status: BulkStatus, total: number | null, done: number, skipped: number, ratePerSecond: number, errorMessage: string | null, createdBy: string, createdAt: string, finishedAt: string | null, filter: { tenantId: string | null, errorCode: string | null, channelType: ChannelType | null, channelConfigId: string | null, businessType: string | null, failedFrom: string | null, failedTo: string | null } }> } };

export type RetryTasksMutationVariables = Exact<{
  input: BulkTasksInput;
}>;


export type RetryTasksMutation = { retryTasks: { bulkJob: { id: string } | null, userErrors: Array<{ field: Array<string> | null, message: string, code: UserErrorCode }> } };

export type DiscardTasksMutationVariables = Exact<{
  input: BulkTasksInput;
}>;


export type DiscardTasksMutation = { discardTasks: { bulkJob: { id: string } | null, userErrors: Array<{ field: Array<string> | null, message: string, code: UserErrorCode }> } };

export type PauseBulkJobMutationVariables = Exact<{
  id: string | number;
}>;


export type PauseBulkJobMutation = { pauseBulkJob: { bulkJob: { id: string } | null, userErrors: Array<{ message: string }> } };

export type ResumeBulkJobMutationVariables = Exact<{
  id: string | number;
}>;


export type ResumeBulkJobMutation = { resumeBulkJob: { bulkJob: { id: string } | null, userErrors: Array<{ message: string }> } };

export type CancelBulkJobMutationVariables = Exact<{
  id: string | number;
}>;


export type CancelBulkJobMutation = { cancelBulkJob: { bulkJob: { id: string } | null, userErrors: Array<{ message: string }> } };

export type InboxRowFragment = { id: string, tenantId: string, messageId: string, businessType: string, messageType: MessageType, title: string | null, body: string, content: unknown, readAt: string | null, createdAt: string };

export type InboxQueryVariables = Exact<{
  tenantId?: string | number | null | undefined;
  userId: string;
  unreadOnly?: boolean | null | undefined;
  first?: number | null | undefined;
  after?: string | null | undefined;
}>;


export type InboxQuery = { inbox: { nodes: Array<{ id: string, tenantId: string, messageId: string, businessType: string, messageType: MessageType, title: string | null, body: string, content: unknown, readAt: string | null, createdAt: string }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } };

export type UnreadCountQueryVariables = Exact<{
  tenantId?: string | number | null | undefined;
  userId: string;
}>;


export type UnreadCountQuery = { unreadCount: number };

export type MarkReadMutationVariables = Exact<{
  tenantId?: string | number | null | undefined;
  userId: string;
  ids?: Array<string | number> | string | number | null | undefined;
}>;


export type MarkReadMutation = { markRead: { count: number, userErrors: Array<{ field: Array<string> | null, message: string, code: UserErrorCode }> } };

export type NewInboxMessagesSubscriptionVariables = Exact<{
  tenantId?: string | number | null | undefined;
  userId: string;
}>;


export type NewInboxMessagesSubscription = { inboxMessages: { id: string } };

export type MessageDetailFragment = { id: string, messageId: string, tenantId: string, storeId: string | null, businessType: string, businessData: unknown, targetChannels: Array<ChannelType> | null, executionMode: ExecutionMode, status: MessageStatus, errorCode: string | null, errorMessage: string | null, totalChannels: number, successChannels: number, failedChannels: number, attributes: unknown, resentFrom: string | null, scheduledAt: string | null, expiresAt: string | null, createdAt: string, updatedAt: string, finishedAt: string | null, recipientsMasked: boolean, recipients: Array<{ userId: string | null, userType: UserType | null, mobile: string | null, email: string | null, deviceNo: string | null, deviceType: DeviceType | null, customerNo: string | null, customerType: CustomerType | null, customerName: string | null, customerTag: string | null }>, tasks: Array<{ id: string, channelType: ChannelType, messageType: MessageType, renderedContent: unknown, status: TaskStatus, retryCount: number, maxRetry: number, nextRetryAt: string | null, errorCode: string | null, resultMessage: string | null, thirdPartyResponse: string | null, createdAt: string, finishedAt: string | null, discardedAt: string | null, channelConfig: { id: string, name: string, breaker: { state: BreakerState, reason: string | null, retryAt: string | null, consecutiveFailures: number } } | null, recipients: Array<{ userId: string | null, mobile: string | null, email: string | null, deviceNo: string | null }> }>, timeline: Array<{ at: string, stage: string, outcome: string, detail: string | null, durationMs: number | null, taskId: string | null, thirdPartyResponse: string | null }> };

export type ResendMessageMutationVariables = Exact<{
  id: string | number;
  input?: ResendMessageInput | null | undefined;
}>;


export type ResendMessageMutation = { resendMessage: { success: boolean, duplicate: boolean, errorCode: string | null, errorMessage: string | null, message: { id: string } | null } };

export type RevealRecipientsMutationVariables = Exact<{
  id: string | number;
}>;


export type RevealRecipientsMutation = { revealRecipients: { recipients: Array<{ userId: string | null, userType: UserType | null, mobile: string | null, email: string | null, deviceNo: string | null, deviceType: DeviceType | null, customerNo: string | null, customerType: CustomerType | null, customerName: string | null, customerTag: string | null }> | null, userErrors: Array<{ message: string }> } };

export type CancelledTaskFragment = { id: string, channelType: ChannelType, channelConfig: { id: string, name: string } | null };

export type CancelWithAnswerMutationVariables = Exact<{
  messageId: string;
  tenantId?: string | number | null | undefined;
}>;


export type CancelWithAnswerMutation = { cancelMessage: { success: boolean, errorCode: string | null, errorMessage: string | null, cancellation: { cancelled: Array<{ id: string, channelType: ChannelType, channelConfig: { id: string, name: string } | null }>, perhapsSent: Array<{ id: string, channelType: ChannelType, channelConfig: { id: string, name: string } | null }>, sent: Array<{ id: string, channelType: ChannelType, channelConfig: { id: string, name: string } | null }>, underWay: Array<{ id: string, channelType: ChannelType, channelConfig: { id: string, name: string } | null }>, ended: Array<{ id: string, channelType: ChannelType, channelConfig: { id: string, name: string } | null }> } | null } };

export type MessageByIdQueryVariables = Exact<{
  id: string | number;
}>;


export type MessageByIdQuery = { message: { id: string, messageId: string, tenantId: string, storeId: string | null, businessType: string, businessData: unknown, targetChannels: Array<ChannelType> | null, executionMode: ExecutionMode, status: MessageStatus, errorCode: string | null, errorMessage: string | null, totalChannels: number, successChannels: number, failedChannels: number, attributes: unknown, resentFrom: string | null, scheduledAt: string | null, expiresAt: string | null, createdAt: string, updatedAt: string, finishedAt: string | null, recipientsMasked: boolean, recipients: Array<{ userId: string | null, userType: UserType | null, mobile: string | null, email: string | null, deviceNo: string | null, deviceType: DeviceType | null, customerNo: string | null, customerType: CustomerType | null, customerName: string | null, customerTag: string | null }>, tasks: Array<{ id: string, channelType: ChannelType, messageType: MessageType, renderedContent: unknown, status: TaskStatus, retryCount: number, maxRetry: number, nextRetryAt: string | null, errorCode: string | null, resultMessage: string | null, thirdPartyResponse: string | null, createdAt: string, finishedAt: string | null, discardedAt: string | null, channelConfig: { id: string, name: string, breaker: { state: BreakerState, reason: string | null, retryAt: string | null, consecutiveFailures: number } } | null, recipients: Array<{ userId: string | null, mobile: string | null, email: string | null, deviceNo: string | null }> }>, timeline: Array<{ at: string, stage: string, outcome: string, detail: string | null, durationMs: number | null, taskId: string | null, thirdPartyResponse: string | null }> } | null };

export type MessageStampQueryVariables = Exact<{
  id: string | number;
}>;


export type MessageStampQuery = { message: { id: string, updatedAt: string } | null };

export type MessageByMessageIdQueryVariables = Exact<{
  messageId: string;
  tenantId?: string | number | null | undefined;
}>;


export type MessageByMessageIdQuery = { message: { id: string, messageId: string, tenantId: string, storeId: string | null, businessType: string, businessData: unknown, targetChannels: Array<ChannelType> | null, executionMode: ExecutionMode, status: MessageStatus, errorCode: string | null, errorMessage: string | null, totalChannels: number, successChannels: number, failedChannels: number, attributes: unknown, resentFrom: string | null, scheduledAt: string | null, expiresAt: string | null, createdAt: string, updatedAt: string, finishedAt: string | null, recipientsMasked: boolean, recipients: Array<{ userId: string | null, userType: UserType | null, mobile: string | null, email: string | null, deviceNo: string | null, deviceType: DeviceType | null, customerNo: string | null, customerType: CustomerType | null, customerName: string | null, customerTag: string | null }>, tasks: Array<{ id: string, channelType: ChannelType, messageType: MessageType, renderedContent: unknown, status: TaskStatus, retryCount: number, maxRetry: number, nextRetryAt: string | null, errorCode: string | null, resultMessage: string | null, thirdPartyResponse: string | null, createdAt: string, finishedAt: string | null, discardedAt: string | null, channelConfig: { id: string, name: string, breaker: { state: BreakerState, reason: string | null, retryAt: string | null, consecutiveFailures: number } } | null, recipients: Array<{ userId: string | null, mobile: string | null, email: string | null, deviceNo: string | null }> }>, timeline: Array<{ at: string, stage: string, outcome: string, detail: string | null, durationMs: number | null, taskId: string | null, thirdPartyResponse: string | null }> } | null };

export type MessageNamedQueryVariables = Exact<{
  messageId: string;
  tenantId: string | number;
}>;


export type MessageNamedQuery = { message: { id: string, tenantId: string, businessType: string, status: MessageStatus, createdAt: string } | null };

export type MessageProgressSubscriptionVariables = Exact<{
  messageId: string;
  tenantId?: string | number | null | undefined;
  after?: string | null | undefined;
}>;


export type MessageProgressSubscription = { messageStatus: { id: string, cursor: string, at: string, messageStatus: MessageStatus, taskId: string | null, taskStatus: TaskStatus | null } };

export type MessageRowFragment = { id: string, messageId: string, tenantId: string, businessType: string, status: MessageStatus, errorCode: string | null, totalChannels: number, successChannels: number, failedChannels: number, recipientsMasked: boolean, createdAt: string, updatedAt: string, finishedAt: string | null, recipients: Array<{ userId: string | null, mobile: string | null, email: string | null, deviceNo: string | null, customerName: string | null }>, tasks: Array<{ id: string, channelType: ChannelType, status: TaskStatus }> };

export type MessagesQueryVariables = Exact<{
  filter?: MessageFilter | null | undefined;
  first?: number | null | undefined;
  after?: string | null | undefined;
}>;


export type MessagesQuery = { messages: { nodes: Array<{ id: string, messageId: string, tenantId: string, businessType: string, status: MessageStatus, errorCode: string | null, totalChannels: number, successChannels: number, failedChannels: number, recipientsMasked: boolean, createdAt: string, updatedAt: string, finishedAt: string | null, recipients: Array<{ userId: string | null, mobile: string | null, email: string | null, deviceNo: string | null, customerName: string | null }>, tasks: Array<{ id: string, channelType: ChannelType, status: TaskStatus }> }>, pageInfo: { endCursor: string | null, hasNextPage: boolean } } };

export type OneMessageRowQueryVariables = Exact<{
  id: string | number;
}>;


export type OneMessageRowQuery = { message: { id: string, messageId: string, tenantId: string, businessType: string, status: MessageStatus, errorCode: string | null, totalChannels: number, successChannels: number, failedChannels: number, recipientsMasked: boolean, createdAt: string, updatedAt: string, finishedAt: string | null, recipients: Array<{ userId: string | null, mobile: string | null, email: string | null, deviceNo: string | null, customerName: string | null }>, tasks: Array<{ id: string, channelType: ChannelType, status: TaskStatus }> } | null };

export type StatusEventsSubscriptionVariables = Exact<{
  filter?: StatusEventFilter | null | undefined;
  after?: string | null | undefined;
  present?: number | null | undefined;
}>;


export type StatusEventsSubscription = { statusEvents: { id: string, cursor: string, at: string, messageId: string, tenantId: string, messageStatus: MessageStatus, taskId: string | null, channelType: ChannelType | null, taskStatus: TaskStatus | null } };

export type BulkResultFragment = { success: boolean, errorCode: string | null, message: { id: string, messageId: string } | null };

export type CancelMessagesMutationVariables = Exact<{
  ids: Array<string | number> | string | number;
}>;


export type CancelMessagesMutation = { cancelMessages: { totalCount: number, successCount: number, results: Array<{ success: boolean, errorCode: string | null, cancellation: { sent: Array<{ id: string }>, underWay: Array<{ id: string }>, perhapsSent: Array<{ id: string }> } | null, message: { id: string, messageId: string } | null }> } };

export type RetryMessagesMutationVariables = Exact<{
  ids: Array<string | number> | string | number;
}>;


export type RetryMessagesMutation = { retryMessages: { totalCount: number, successCount: number, results: Array<{ success: boolean, errorCode: string | null, message: { id: string, messageId: string } | null }> } };

export type RetryMessageMutationVariables = Exact<{
  messageId: string;
  tenantId?: string | number | null | undefined;
}>;


export type RetryMessageMutation = { retryMessage: { success: boolean, errorCode: string | null, errorMessage: string | null } };

export type SetupQueryVariables = Exact<{
  tenantId?: string | number | null | undefined;
}>;


export type SetupQuery = { enabled: { totalCount: number }, disabled: { totalCount: number }, templates: { totalCount: number }, businessTypes: { totalCount: number } };

export type MessageNumbersFragment = { accepted: number | null, succeeded: number, partiallySucceeded: number, failed: number, skipped: number, cancelled: number, reopened: number, latency: { count: number, p50Ms: number | null, p99Ms: number | null } };

export type TaskNumbersFragment = { sent: number, failed: number, retried: number, sendDuration: { count: number, p50Ms: number | null, p99Ms: number | null } };

export type OverviewQueryVariables = Exact<{
  filter?: MessageStatsFilter | null | undefined;
  from: string;
  interval: StatsInterval;
  beforeFrom: string;
  beforeTo: string;
  beforeInterval: StatsInterval;
}>;


export type OverviewQuery = { now: { from: string, to: string, interval: StatsInterval, total: { messages: { accepted: number | null, succeeded: number, partiallySucceeded: number, failed: number, skipped: number, cancelled: number, reopened: number, latency: { count: number, p50Ms: number | null, p99Ms: number | null } } | null, tasks: { retried: number } | null }, groups: Array<{ buckets: Array<{ at: string, counts: { messages: { accepted: number | null, succeeded: number, partiallySucceeded: number, failed: number, skipped: number, cancelled: number, reopened: number, latency: { count: number, p50Ms: number | null, p99Ms: number | null } } | null } }> }> }, before: { total: { messages: { accepted: number | null, succeeded: number, partiallySucceeded: number, failed: number, skipped: number, cancelled: number, reopened: number, latency: { count: number, p50Ms: number | null, p99Ms: number | null } } | null, tasks: { retried: number } | null } }, channels: { groups: Array<{ key: string | null, total: { tasks: { sent: number, failed: number, retried: number, sendDuration: { count: number, p50Ms: number | null, p99Ms: number | null } } | null } }> }, businessTypes: { groups: Array<{ key: string | null, total: { messages: { accepted: number | null, succeeded: number, partiallySucceeded: number, failed: number, skipped: number, cancelled: number, reopened: number, latency: { count: number, p50Ms: number | null, p99Ms: number | null } } | null } }> }, reasons: { groups: Array<{ key: string | null, total: { messages: { failed: number, partiallySucceeded: number } | null, tasks: { failed: number } | null } }> } };

export type StandingQueryVariables = Exact<{
  tenantId?: string | number | null | undefined;
  lanes: boolean;
}>;


export type StandingQuery = { backlog: { deferredMessages: { value: number, capped: boolean }, failedTasks: { value: number, capped: boolean } }, laneStats?: Array<{ lane: string, waiting: number, delayed: number, inHand: number, oldestAgeSeconds: number | null, workersPerInstance: number }> };

export type BreakersQueryVariables = Exact<{
  filter?: ChannelConfigFilter | null | undefined;
  first?: number | null | undefined;
  after?: string | null | undefined;
}>;


export type BreakersQuery = { channelConfigs: { nodes: Array<{ id: string, name: string, storeId: string | null, tenantId: string, channelType: ChannelType, breaker: { state: BreakerState, reason: string | null, retryAt: string | null } }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } };

export type LatestQueryVariables = Exact<{
  filter?: MessageFilter | null | undefined;
  first?: number | null | undefined;
}>;


export type LatestQuery = { messages: { nodes: Array<{ id: string, messageId: string, tenantId: string, businessType: string, status: MessageStatus, errorCode: string | null, createdAt: string, tasks: Array<{ id: string, channelType: ChannelType, status: TaskStatus, errorCode: string | null, resultMessage: string | null }> }> } };

export type SettingsQueryVariables = Exact<{ [key: string]: never; }>;


export type SettingsQuery = { systemSettings: { version: number, updatedAt: string, updatedBy: string | null, retry: { maxCount: number, intervalSeconds: number, backoffMultiplier: number, maxIntervalSeconds: number, jitter: number }, timeout: { singleChannelSeconds: number, allChannelsSeconds: number }, execution: { mode: ExecutionMode, continueOnFail: boolean, skipOnSuccess: boolean }, handlers: Array<{ name: string, order: number, enabled: boolean, timeoutSeconds: number }>, workers: { processConcurrency: number, deliverConcurrency: number }, retention: { messagesMonths: number, timelineMonths: number, inboxMonths: number }, breaker: { enabled: boolean, failures: number, openSeconds: number, maxOpenSeconds: number } } };

export type UpdateSettingsMutationVariables = Exact<{
  input: SystemSettingsInput;
}>;


export type UpdateSettingsMutation = { updateSystemSettings: { settings: { version: number } | null, userErrors: Array<{ field: Array<string> | null, message: string, code: UserErrorCode }> } };

export type TenantsQueryVariables = Exact<{ [key: string]: never; }>;


export type TenantsQuery = { tenants: Array<{ id: string, code: string, name: string, timezone: string, enabled: boolean, strictBusinessTypes: boolean, createdAt: string }> };

export type ViewerQueryVariables = Exact<{ [key: string]: never; }>;


export type ViewerQuery = { viewer: { name: string, role: Role, tenantId: string | null, tenant: { id: string, code: string, name: string, timezone: string, enabled: boolean } | null } };

export type ViewerTenantsQueryVariables = Exact<{ [key: string]: never; }>;


export type ViewerTenantsQuery = { tenants: Array<{ id: string, code: string, name: string, timezone: string, enabled: boolean }> };

export type TemplateCellFragment = { id: string, tenantId: string, businessType: string, channelType: ChannelType, messageType: MessageType, name: string, locale: string | null, enabled: boolean, version: number };

export type TemplatesQueryVariables = Exact<{
  filter?: TemplateFilter | null | undefined;
  first?: number | null | undefined;
  after?: string | null | undefined;
}>;


export type TemplatesQuery = { templates: { nodes: Array<{ id: string, tenantId: string, businessType: string, channelType: ChannelType, messageType: MessageType, name: string, locale: string | null, enabled: boolean, version: number }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } };

export type TemplateByIdQueryVariables = Exact<{
  id: string | number;
}>;


export type TemplateByIdQuery = { template: { content: unknown, sampleData: unknown, variables: Array<string>, updatedAt: string, id: string, tenantId: string, businessType: string, channelType: ChannelType, messageType: MessageType, name: string, locale: string | null, enabled: boolean, version: number, versions: Array<{ version: number, messageType: MessageType, name: string, content: unknown, sampleData: unknown, enabled: boolean, createdAt: string, createdBy: string | null }> } | null };

export type PreviewTemplateQueryVariables = Exact<{
  input: TemplateInput;
  businessData?: unknown;
}>;


export type PreviewTemplateQuery = { previewTemplate: { rendered: unknown, variables: Array<string>, userErrors: Array<{ field: Array<string> | null, message: string, code: UserErrorCode }> } };

export type TestTemplateMutationVariables = Exact<{
  input: TestTemplateInput;
}>;


export type TestTemplateMutation = { testTemplate: { testSend: { success: boolean, outcome: string, message: string, durationMs: number, request: unknown, response: string | null } | null, userErrors: Array<{ field: Array<string> | null, message: string, code: UserErrorCode }> } };

export type LastBusinessDataQueryVariables = Exact<{
  filter?: MessageFilter | null | undefined;
}>;


export type LastBusinessDataQuery = { messages: { nodes: Array<{ id: string, businessData: unknown }> } };

export type CreateTemplateMutationVariables = Exact<{
  input: TemplateInput;
}>;


export type CreateTemplateMutation = { createTemplate: { template: { id: string } | null, userErrors: Array<{ field: Array<string> | null, message: string, code: UserErrorCode }> } };

export type UpdateTemplateMutationVariables = Exact<{
  id: string | number;
  input: TemplateInput;
}>;


export type UpdateTemplateMutation = { updateTemplate: { template: { id: string, version: number } | null, userErrors: Array<{ field: Array<string> | null, message: string, code: UserErrorCode }> } };

export type DeleteTemplateMutationVariables = Exact<{
  id: string | number;
}>;


export type DeleteTemplateMutation = { deleteTemplate: { deletedId: string | null, userErrors: Array<{ field: Array<string> | null, message: string, code: UserErrorCode }> } };

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
export const ApiKeyRowFragmentDoc = new TypedDocumentString(`
    fragment ApiKeyRow on ApiKey {
  id
  name
  tenantId
  role
  prefix
  createdAt
  lastUsedAt
  expiresAt
  revokedAt
}
    `, {"fragmentName":"ApiKeyRow"}) as unknown as TypedDocumentString<ApiKeyRowFragment, unknown>;
export const BusinessTypeRowFragmentDoc = new TypedDocumentString(`
    fragment BusinessTypeRow on BusinessType {
  id
  tenantId
  code
  name
  enabled
  priority
  lane
  updatedAt
}
    `, {"fragmentName":"BusinessTypeRow"}) as unknown as TypedDocumentString<BusinessTypeRowFragment, unknown>;
export const ChannelFragmentDoc = new TypedDocumentString(`
    fragment Channel on ChannelConfig {
  id
  tenantId
  storeId
  channelType
  name
  config
  priority
  enabled
  rateLimit {
    count
    window
    unit
  }
  rateLimitInForce {
    count
    window
    unit
  }
  onRateLimit
  timeWindow {
    startHour
    endHour
    timezone
  }
  onClosedWindow
  onUnknown
  deliveryMode
  schedule
  createdAt
  updatedAt
  breaker {
    state
    reason
    openedAt
    retryAt
    consecutiveFailures
  }
}
    `, {"fragmentName":"Channel"}) as unknown as TypedDocumentString<ChannelFragment, unknown>;
export const ChannelHealthFragmentDoc = new TypedDocumentString(`
    fragment ChannelHealth on ChannelConfig {
  health {
    lastSuccessAt
    lastFailureAt
    lastErrorCode
    lastErrorMessage
  }
}
    `, {"fragmentName":"ChannelHealth"}) as unknown as TypedDocumentString<ChannelHealthFragment, unknown>;
export const TestSendFoundFragmentDoc = new TypedDocumentString(`
    fragment TestSendFound on TestSend {
  success
  outcome
  message
  durationMs
  request
  response
}
    `, {"fragmentName":"TestSendFound"}) as unknown as TypedDocumentString<TestSendFoundFragment, unknown>;
export const FailedTaskFragmentDoc = new TypedDocumentString(`
    fragment FailedTask on ChannelTask {
  id
  messageId
  channelType
  retryCount
  maxRetry
  errorCode
  resultMessage
  finishedAt
  channelConfig {
    id
    name
  }
}
    `, {"fragmentName":"FailedTask"}) as unknown as TypedDocumentString<FailedTaskFragment, unknown>;
export const BulkJobFragmentDoc = new TypedDocumentString(`
    fragment BulkJob on BulkJob {
  id
  kind
  status
  total
  done
  skipped
  ratePerSecond
  errorMessage
  createdBy
  createdAt
  finishedAt
  filter {
    tenantId
    errorCode
    channelType
    channelConfigId
    businessType
    failedFrom
    failedTo
  }
}
    `, {"fragmentName":"BulkJob"}) as unknown as TypedDocumentString<BulkJobFragment, unknown>;
export const InboxRowFragmentDoc = new TypedDocumentString(`
    fragment InboxRow on InboxMessage {
  id
  tenantId
  messageId
  businessType
  messageType
  title
  body
  content
  readAt
  createdAt
}
    `, {"fragmentName":"InboxRow"}) as unknown as TypedDocumentString<InboxRowFragment, unknown>;
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
  resentFrom
  scheduledAt
  expiresAt
  createdAt
  updatedAt
  finishedAt
  recipientsMasked
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
    errorCode
    resultMessage
    thirdPartyResponse
    createdAt
    finishedAt
    discardedAt
    channelConfig {
      id
      name
      breaker {
        state
        reason
        retryAt
        consecutiveFailures
      }
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
    thirdPartyResponse
  }
}
    `, {"fragmentName":"MessageDetail"}) as unknown as TypedDocumentString<MessageDetailFragment, unknown>;
export const CancelledTaskFragmentDoc = new TypedDocumentString(`
    fragment CancelledTask on ChannelTask {
  id
  channelType
  channelConfig {
    id
    name
  }
}
    `, {"fragmentName":"CancelledTask"}) as unknown as TypedDocumentString<CancelledTaskFragment, unknown>;
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
  recipientsMasked
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
export const BulkResultFragmentDoc = new TypedDocumentString(`
    fragment BulkResult on SendResult {
  success
  errorCode
  message {
    id
    messageId
  }
}
    `, {"fragmentName":"BulkResult"}) as unknown as TypedDocumentString<BulkResultFragment, unknown>;
export const MessageNumbersFragmentDoc = new TypedDocumentString(`
    fragment MessageNumbers on MessageCounts {
  accepted
  succeeded
  partiallySucceeded
  failed
  skipped
  cancelled
  reopened
  latency {
    count
    p50Ms
    p99Ms
  }
}
    `, {"fragmentName":"MessageNumbers"}) as unknown as TypedDocumentString<MessageNumbersFragment, unknown>;
export const TaskNumbersFragmentDoc = new TypedDocumentString(`
    fragment TaskNumbers on TaskCounts {
  sent
  failed
  retried
  sendDuration {
    count
    p50Ms
    p99Ms
  }
}
    `, {"fragmentName":"TaskNumbers"}) as unknown as TypedDocumentString<TaskNumbersFragment, unknown>;
export const TemplateCellFragmentDoc = new TypedDocumentString(`
    fragment TemplateCell on Template {
  id
  tenantId
  businessType
  channelType
  messageType
  name
  locale
  enabled
  version
}
    `, {"fragmentName":"TemplateCell"}) as unknown as TypedDocumentString<TemplateCellFragment, unknown>;
export const CreateTenantDocument = new TypedDocumentString(`
    mutation CreateTenant($input: TenantInput!) {
  createTenant(input: $input) {
    userErrors {
      field
      message
      code
    }
  }
}
    `) as unknown as TypedDocumentString<CreateTenantMutation, CreateTenantMutationVariables>;
export const UpdateTenantDocument = new TypedDocumentString(`
    mutation UpdateTenant($id: ID!, $input: TenantInput!) {
  updateTenant(id: $id, input: $input) {
    userErrors {
      field
      message
      code
    }
  }
}
    `) as unknown as TypedDocumentString<UpdateTenantMutation, UpdateTenantMutationVariables>;
export const ApiKeysDocument = new TypedDocumentString(`
    query ApiKeys($tenantId: ID) {
  apiKeys(tenantId: $tenantId) {
    ...ApiKeyRow
  }
}
    fragment ApiKeyRow on ApiKey {
  id
  name
  tenantId
  role
  prefix
  createdAt
  lastUsedAt
  expiresAt
  revokedAt
}`) as unknown as TypedDocumentString<ApiKeysQuery, ApiKeysQueryVariables>;
export const CreateApiKeyDocument = new TypedDocumentString(`
    mutation CreateApiKey($input: ApiKeyInput!) {
  createApiKey(input: $input) {
    secret
    userErrors {
      field
      message
      code
    }
  }
}
    `) as unknown as TypedDocumentString<CreateApiKeyMutation, CreateApiKeyMutationVariables>;
export const RevokeApiKeyDocument = new TypedDocumentString(`
    mutation RevokeApiKey($id: ID!) {
  revokeApiKey(id: $id) {
    apiKey {
      id
      revokedAt
    }
    userErrors {
      field
      message
      code
    }
  }
}
    `) as unknown as TypedDocumentString<RevokeApiKeyMutation, RevokeApiKeyMutationVariables>;
export const BusinessTypesDocument = new TypedDocumentString(`
    query BusinessTypes($tenantId: ID, $first: Int, $after: String) {
  businessTypes(tenantId: $tenantId, first: $first, after: $after) {
    nodes {
      ...BusinessTypeRow
    }
    pageInfo {
      hasNextPage
      endCursor
    }
  }
}
    fragment BusinessTypeRow on BusinessType {
  id
  tenantId
  code
  name
  enabled
  priority
  lane
  updatedAt
}`) as unknown as TypedDocumentString<BusinessTypesQuery, BusinessTypesQueryVariables>;
export const CreateBusinessTypeDocument = new TypedDocumentString(`
    mutation CreateBusinessType($input: BusinessTypeInput!) {
  createBusinessType(input: $input) {
    userErrors {
      field
      message
      code
    }
  }
}
    `) as unknown as TypedDocumentString<CreateBusinessTypeMutation, CreateBusinessTypeMutationVariables>;
export const UpdateBusinessTypeDocument = new TypedDocumentString(`
    mutation UpdateBusinessType($id: ID!, $input: BusinessTypeInput!) {
  updateBusinessType(id: $id, input: $input) {
    userErrors {
      field
      message
      code
    }
  }
}
    `) as unknown as TypedDocumentString<UpdateBusinessTypeMutation, UpdateBusinessTypeMutationVariables>;
export const DeleteBusinessTypeDocument = new TypedDocumentString(`
    mutation DeleteBusinessType($id: ID!) {
  deleteBusinessType(id: $id) {
    deletedId
    userErrors {
      field
      message
      code
    }
  }
}
    `) as unknown as TypedDocumentString<DeleteBusinessTypeMutation, DeleteBusinessTypeMutationVariables>;
export const ChannelNamesDocument = new TypedDocumentString(`
    query ChannelNames($filter: ChannelConfigFilter, $first: Int, $after: String) {
  channelConfigs(filter: $filter, first: $first, after: $after) {
    nodes {
      id
      name
      channelType
      storeId
      enabled
    }
    pageInfo {
      hasNextPage
      endCursor
    }
  }
}
    `) as unknown as TypedDocumentString<ChannelNamesQuery, ChannelNamesQueryVariables>;
export const TemplateNamesDocument = new TypedDocumentString(`
    query TemplateNames($filter: TemplateFilter, $first: Int, $after: String) {
  templates(filter: $filter, first: $first, after: $after) {
    nodes {
      id
      name
      businessType
      channelType
    }
    pageInfo {
      hasNextPage
      endCursor
    }
  }
}
    `) as unknown as TypedDocumentString<TemplateNamesQuery, TemplateNamesQueryVariables>;
export const BusinessTypeNamesDocument = new TypedDocumentString(`
    query BusinessTypeNames($tenantId: ID, $first: Int, $after: String) {
  businessTypes(tenantId: $tenantId, first: $first, after: $after) {
    nodes {
      id
      tenantId
      code
      name
    }
    pageInfo {
      hasNextPage
      endCursor
    }
  }
}
    `) as unknown as TypedDocumentString<BusinessTypeNamesQuery, BusinessTypeNamesQueryVariables>;
export const ChannelsDocument = new TypedDocumentString(`
    query Channels($filter: ChannelConfigFilter, $first: Int, $after: String) {
  channelConfigs(filter: $filter, first: $first, after: $after) {
    nodes {
      ...Channel
      ...ChannelHealth
    }
    pageInfo {
      hasNextPage
      endCursor
    }
    totalCount
  }
}
    fragment Channel on ChannelConfig {
  id
  tenantId
  storeId
  channelType
  name
  config
  priority
  enabled
  rateLimit {
    count
    window
    unit
  }
  rateLimitInForce {
    count
    window
    unit
  }
  onRateLimit
  timeWindow {
    startHour
    endHour
    timezone
  }
  onClosedWindow
  onUnknown
  deliveryMode
  schedule
  createdAt
  updatedAt
  breaker {
    state
    reason
    openedAt
    retryAt
    consecutiveFailures
  }
}
fragment ChannelHealth on ChannelConfig {
  health {
    lastSuccessAt
    lastFailureAt
    lastErrorCode
    lastErrorMessage
  }
}`) as unknown as TypedDocumentString<ChannelsQuery, ChannelsQueryVariables>;
export const ChannelByIdDocument = new TypedDocumentString(`
    query ChannelById($id: ID!) {
  channelConfig(id: $id) {
    ...Channel
  }
}
    fragment Channel on ChannelConfig {
  id
  tenantId
  storeId
  channelType
  name
  config
  priority
  enabled
  rateLimit {
    count
    window
    unit
  }
  rateLimitInForce {
    count
    window
    unit
  }
  onRateLimit
  timeWindow {
    startHour
    endHour
    timezone
  }
  onClosedWindow
  onUnknown
  deliveryMode
  schedule
  createdAt
  updatedAt
  breaker {
    state
    reason
    openedAt
    retryAt
    consecutiveFailures
  }
}`) as unknown as TypedDocumentString<ChannelByIdQuery, ChannelByIdQueryVariables>;
export const CreateChannelDocument = new TypedDocumentString(`
    mutation CreateChannel($input: ChannelConfigInput!) {
  createChannelConfig(input: $input) {
    channelConfig {
      id
    }
    userErrors {
      field
      message
      code
    }
  }
}
    `) as unknown as TypedDocumentString<CreateChannelMutation, CreateChannelMutationVariables>;
export const UpdateChannelDocument = new TypedDocumentString(`
    mutation UpdateChannel($id: ID!, $input: ChannelConfigInput!) {
  updateChannelConfig(id: $id, input: $input) {
    channelConfig {
      ...Channel
    }
    userErrors {
      field
      message
      code
    }
  }
}
    fragment Channel on ChannelConfig {
  id
  tenantId
  storeId
  channelType
  name
  config
  priority
  enabled
  rateLimit {
    count
    window
    unit
  }
  rateLimitInForce {
    count
    window
    unit
  }
  onRateLimit
  timeWindow {
    startHour
    endHour
    timezone
  }
  onClosedWindow
  onUnknown
  deliveryMode
  schedule
  createdAt
  updatedAt
  breaker {
    state
    reason
    openedAt
    retryAt
    consecutiveFailures
  }
}`) as unknown as TypedDocumentString<UpdateChannelMutation, UpdateChannelMutationVariables>;
export const ResetBreakerDocument = new TypedDocumentString(`
    mutation ResetBreaker($id: ID!) {
  resetChannelConfigBreaker(id: $id) {
    channelConfig {
      ...Channel
    }
    userErrors {
      field
      message
      code
    }
  }
}
    fragment Channel on ChannelConfig {
  id
  tenantId
  storeId
  channelType
  name
  config
  priority
  enabled
  rateLimit {
    count
    window
    unit
  }
  rateLimitInForce {
    count
    window
    unit
  }
  onRateLimit
  timeWindow {
    startHour
    endHour
    timezone
  }
  onClosedWindow
  onUnknown
  deliveryMode
  schedule
  createdAt
  updatedAt
  breaker {
    state
    reason
    openedAt
    retryAt
    consecutiveFailures
  }
}`) as unknown as TypedDocumentString<ResetBreakerMutation, ResetBreakerMutationVariables>;
export const DeleteChannelDocument = new TypedDocumentString(`
    mutation DeleteChannel($id: ID!) {
  deleteChannelConfig(id: $id) {
    deletedId
    userErrors {
      field
      message
      code
    }
  }
}
    `) as unknown as TypedDocumentString<DeleteChannelMutation, DeleteChannelMutationVariables>;
export const CopyChannelDocument = new TypedDocumentString(`
    mutation CopyChannel($id: ID!, $storeId: ID, $name: String, $enabled: Boolean) {
  copyChannelConfig(id: $id, storeId: $storeId, name: $name, enabled: $enabled) {
    channelConfig {
      id
    }
    userErrors {
      field
      message
      code
    }
  }
}
    `) as unknown as TypedDocumentString<CopyChannelMutation, CopyChannelMutationVariables>;
export const TestChannelDocument = new TypedDocumentString(`
    mutation TestChannel($input: TestChannelConfigInput!) {
  testChannelConfig(input: $input) {
    testSend {
      ...TestSendFound
    }
    userErrors {
      field
      message
      code
    }
  }
}
    fragment TestSendFound on TestSend {
  success
  outcome
  message
  durationMs
  request
  response
}`) as unknown as TypedDocumentString<TestChannelMutation, TestChannelMutationVariables>;
export const ChannelTypesDocument = new TypedDocumentString(`
    query ChannelTypes {
  channelTypes {
    type
    title
    description
    configSchema
    idempotencyKey
    providerLimit {
      limit {
        count
        window
        unit
      }
      host
    }
    messageTypes {
      messageType
      exactlyOneOf
      contentSchema
      limits {
        key
        field
        max
        unit
      }
    }
  }
}
    `) as unknown as TypedDocumentString<ChannelTypesQuery, ChannelTypesQueryVariables>;
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
        tenantId
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
    query TemplateVariables($filter: TemplateFilter, $first: Int, $after: String) {
  templates(filter: $filter, first: $first, after: $after) {
    nodes {
      id
      variables
    }
    pageInfo {
      hasNextPage
      endCursor
    }
  }
}
    `) as unknown as TypedDocumentString<TemplateVariablesQuery, TemplateVariablesQueryVariables>;
export const FailedTasksDocument = new TypedDocumentString(`
    query FailedTasks($filter: FailedTaskFilter, $first: Int, $after: String) {
  failedTasks(filter: $filter, first: $first, after: $after) {
    nodes {
      ...FailedTask
    }
    pageInfo {
      hasNextPage
      endCursor
    }
  }
}
    fragment FailedTask on ChannelTask {
  id
  messageId
  channelType
  retryCount
  maxRetry
  errorCode
  resultMessage
  finishedAt
  channelConfig {
    id
    name
  }
}`) as unknown as TypedDocumentString<FailedTasksQuery, FailedTasksQueryVariables>;
export const BulkJobsDocument = new TypedDocumentString(`
    query BulkJobs($tenantId: ID, $first: Int) {
  bulkJobs(tenantId: $tenantId, first: $first) {
    nodes {
      ...BulkJob
    }
  }
}
    fragment BulkJob on BulkJob {
  id
  kind
  status
  total
  done
  skipped
  ratePerSecond
  errorMessage
  createdBy
  createdAt
  finishedAt
  filter {
    tenantId
    errorCode
    channelType
    channelConfigId
    businessType
    failedFrom
    failedTo
  }
}`) as unknown as TypedDocumentString<BulkJobsQuery, BulkJobsQueryVariables>;
export const RetryTasksDocument = new TypedDocumentString(`
    mutation RetryTasks($input: BulkTasksInput!) {
  retryTasks(input: $input) {
    bulkJob {
      id
    }
    userErrors {
      field
      message
      code
    }
  }
}
    `) as unknown as TypedDocumentString<RetryTasksMutation, RetryTasksMutationVariables>;
export const DiscardTasksDocument = new TypedDocumentString(`
    mutation DiscardTasks($input: BulkTasksInput!) {
  discardTasks(input: $input) {
    bulkJob {
      id
    }
    userErrors {
      field
      message
      code
    }
  }
}
    `) as unknown as TypedDocumentString<DiscardTasksMutation, DiscardTasksMutationVariables>;
export const PauseBulkJobDocument = new TypedDocumentString(`
    mutation PauseBulkJob($id: ID!) {
  pauseBulkJob(id: $id) {
    bulkJob {
      id
    }
    userErrors {
      message
    }
  }
}
    `) as unknown as TypedDocumentString<PauseBulkJobMutation, PauseBulkJobMutationVariables>;
export const ResumeBulkJobDocument = new TypedDocumentString(`
    mutation ResumeBulkJob($id: ID!) {
  resumeBulkJob(id: $id) {
    bulkJob {
      id
    }
    userErrors {
      message
    }
  }
}
    `) as unknown as TypedDocumentString<ResumeBulkJobMutation, ResumeBulkJobMutationVariables>;
export const CancelBulkJobDocument = new TypedDocumentString(`
    mutation CancelBulkJob($id: ID!) {
  cancelBulkJob(id: $id) {
    bulkJob {
      id
    }
    userErrors {
      message
    }
  }
}
    `) as unknown as TypedDocumentString<CancelBulkJobMutation, CancelBulkJobMutationVariables>;
export const InboxDocument = new TypedDocumentString(`
    query Inbox($tenantId: ID, $userId: String!, $unreadOnly: Boolean, $first: Int, $after: String) {
  inbox(
    tenantId: $tenantId
    userId: $userId
    unreadOnly: $unreadOnly
    first: $first
    after: $after
  ) {
    nodes {
      ...InboxRow
    }
    pageInfo {
      hasNextPage
      endCursor
    }
  }
}
    fragment InboxRow on InboxMessage {
  id
  tenantId
  messageId
  businessType
  messageType
  title
  body
  content
  readAt
  createdAt
}`) as unknown as TypedDocumentString<InboxQuery, InboxQueryVariables>;
export const UnreadCountDocument = new TypedDocumentString(`
    query UnreadCount($tenantId: ID, $userId: String!) {
  unreadCount(tenantId: $tenantId, userId: $userId)
}
    `) as unknown as TypedDocumentString<UnreadCountQuery, UnreadCountQueryVariables>;
export const MarkReadDocument = new TypedDocumentString(`
    mutation MarkRead($tenantId: ID, $userId: String!, $ids: [ID!]) {
  markRead(tenantId: $tenantId, userId: $userId, ids: $ids) {
    count
    userErrors {
      field
      message
      code
    }
  }
}
    `) as unknown as TypedDocumentString<MarkReadMutation, MarkReadMutationVariables>;
export const NewInboxMessagesDocument = new TypedDocumentString(`
    subscription NewInboxMessages($tenantId: ID, $userId: String!) {
  inboxMessages(tenantId: $tenantId, userId: $userId) {
    id
  }
}
    `) as unknown as TypedDocumentString<NewInboxMessagesSubscription, NewInboxMessagesSubscriptionVariables>;
export const ResendMessageDocument = new TypedDocumentString(`
    mutation ResendMessage($id: ID!, $input: ResendMessageInput) {
  resendMessage(id: $id, input: $input) {
    success
    duplicate
    errorCode
    errorMessage
    message {
      id
    }
  }
}
    `) as unknown as TypedDocumentString<ResendMessageMutation, ResendMessageMutationVariables>;
export const RevealRecipientsDocument = new TypedDocumentString(`
    mutation RevealRecipients($id: ID!) {
  revealRecipients(id: $id) {
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
    userErrors {
      message
    }
  }
}
    `) as unknown as TypedDocumentString<RevealRecipientsMutation, RevealRecipientsMutationVariables>;
export const CancelWithAnswerDocument = new TypedDocumentString(`
    mutation CancelWithAnswer($messageId: String!, $tenantId: ID) {
  cancelMessage(messageId: $messageId, tenantId: $tenantId) {
    success
    errorCode
    errorMessage
    cancellation {
      cancelled {
        ...CancelledTask
      }
      perhapsSent {
        ...CancelledTask
      }
      sent {
        ...CancelledTask
      }
      underWay {
        ...CancelledTask
      }
      ended {
        ...CancelledTask
      }
    }
  }
}
    fragment CancelledTask on ChannelTask {
  id
  channelType
  channelConfig {
    id
    name
  }
}`) as unknown as TypedDocumentString<CancelWithAnswerMutation, CancelWithAnswerMutationVariables>;
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
  resentFrom
  scheduledAt
  expiresAt
  createdAt
  updatedAt
  finishedAt
  recipientsMasked
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
    errorCode
    resultMessage
    thirdPartyResponse
    createdAt
    finishedAt
    discardedAt
    channelConfig {
      id
      name
      breaker {
        state
        reason
        retryAt
        consecutiveFailures
      }
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
    thirdPartyResponse
  }
}`) as unknown as TypedDocumentString<MessageByIdQuery, MessageByIdQueryVariables>;
export const MessageStampDocument = new TypedDocumentString(`
    query MessageStamp($id: ID!) {
  message(id: $id) {
    id
    updatedAt
  }
}
    `) as unknown as TypedDocumentString<MessageStampQuery, MessageStampQueryVariables>;
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
  resentFrom
  scheduledAt
  expiresAt
  createdAt
  updatedAt
  finishedAt
  recipientsMasked
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
    errorCode
    resultMessage
    thirdPartyResponse
    createdAt
    finishedAt
    discardedAt
    channelConfig {
      id
      name
      breaker {
        state
        reason
        retryAt
        consecutiveFailures
      }
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
    thirdPartyResponse
  }
}`) as unknown as TypedDocumentString<MessageByMessageIdQuery, MessageByMessageIdQueryVariables>;
export const MessageNamedDocument = new TypedDocumentString(`
    query MessageNamed($messageId: String!, $tenantId: ID!) {
  message(messageId: $messageId, tenantId: $tenantId) {
    id
    tenantId
    businessType
    status
    createdAt
  }
}
    `) as unknown as TypedDocumentString<MessageNamedQuery, MessageNamedQueryVariables>;
export const MessageProgressDocument = new TypedDocumentString(`
    subscription MessageProgress($messageId: String!, $tenantId: ID, $after: String) {
  messageStatus(messageId: $messageId, tenantId: $tenantId, after: $after) {
    id
    cursor
    at
    messageStatus
    taskId
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
  recipientsMasked
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
  recipientsMasked
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
    subscription StatusEvents($filter: StatusEventFilter, $after: String, $present: Int) {
  statusEvents(filter: $filter, after: $after, present: $present) {
    id
    cursor
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
export const CancelMessagesDocument = new TypedDocumentString(`
    mutation CancelMessages($ids: [ID!]!) {
  cancelMessages(ids: $ids) {
    totalCount
    successCount
    results {
      ...BulkResult
      cancellation {
        sent {
          id
        }
        underWay {
          id
        }
        perhapsSent {
          id
        }
      }
    }
  }
}
    fragment BulkResult on SendResult {
  success
  errorCode
  message {
    id
    messageId
  }
}`) as unknown as TypedDocumentString<CancelMessagesMutation, CancelMessagesMutationVariables>;
export const RetryMessagesDocument = new TypedDocumentString(`
    mutation RetryMessages($ids: [ID!]!) {
  retryMessages(ids: $ids) {
    totalCount
    successCount
    results {
      ...BulkResult
    }
  }
}
    fragment BulkResult on SendResult {
  success
  errorCode
  message {
    id
    messageId
  }
}`) as unknown as TypedDocumentString<RetryMessagesMutation, RetryMessagesMutationVariables>;
export const RetryMessageDocument = new TypedDocumentString(`
    mutation RetryMessage($messageId: String!, $tenantId: ID) {
  retryMessage(messageId: $messageId, tenantId: $tenantId) {
    success
    errorCode
    errorMessage
  }
}
    `) as unknown as TypedDocumentString<RetryMessageMutation, RetryMessageMutationVariables>;
export const SetupDocument = new TypedDocumentString(`
    query Setup($tenantId: ID) {
  enabled: channelConfigs(filter: {tenantId: $tenantId, enabled: true}, first: 1) {
    totalCount
  }
  disabled: channelConfigs(
    filter: {tenantId: $tenantId, enabled: false}
    first: 1
  ) {
    totalCount
  }
  templates(filter: {tenantId: $tenantId}, first: 1) {
    totalCount
  }
  businessTypes(tenantId: $tenantId, first: 1) {
    totalCount
  }
}
    `) as unknown as TypedDocumentString<SetupQuery, SetupQueryVariables>;
export const OverviewDocument = new TypedDocumentString(`
    query Overview($filter: MessageStatsFilter, $from: DateTime!, $interval: StatsInterval!, $beforeFrom: DateTime!, $beforeTo: DateTime!, $beforeInterval: StatsInterval!) {
  now: messageStats(filter: $filter, from: $from, interval: $interval) {
    from
    to
    interval
    total {
      messages {
        ...MessageNumbers
      }
      tasks {
        retried
      }
    }
    groups {
      buckets {
        at
        counts {
          messages {
            ...MessageNumbers
          }
        }
      }
    }
  }
  before: messageStats(
    filter: $filter
    from: $beforeFrom
    to: $beforeTo
    interval: $beforeInterval
  ) {
    total {
      messages {
        ...MessageNumbers
      }
      tasks {
        retried
      }
    }
  }
  channels: messageStats(
    filter: $filter
    from: $from
    interval: $interval
    groupBy: CHANNEL_TYPE
  ) {
    groups {
      key
      total {
        tasks {
          ...TaskNumbers
        }
      }
    }
  }
  businessTypes: messageStats(
    filter: $filter
    from: $from
    interval: $interval
    groupBy: BUSINESS_TYPE
  ) {
    groups {
      key
      total {
        messages {
          ...MessageNumbers
        }
      }
    }
  }
  reasons: messageStats(
    filter: $filter
    from: $from
    interval: $interval
    groupBy: ERROR_CODE
  ) {
    groups {
      key
      total {
        messages {
          failed
          partiallySucceeded
        }
        tasks {
          failed
        }
      }
    }
  }
}
    fragment MessageNumbers on MessageCounts {
  accepted
  succeeded
  partiallySucceeded
  failed
  skipped
  cancelled
  reopened
  latency {
    count
    p50Ms
    p99Ms
  }
}
fragment TaskNumbers on TaskCounts {
  sent
  failed
  retried
  sendDuration {
    count
    p50Ms
    p99Ms
  }
}`) as unknown as TypedDocumentString<OverviewQuery, OverviewQueryVariables>;
export const StandingDocument = new TypedDocumentString(`
    query Standing($tenantId: ID, $lanes: Boolean!) {
  backlog(tenantId: $tenantId) {
    deferredMessages {
      value
      capped
    }
    failedTasks {
      value
      capped
    }
  }
  laneStats @include(if: $lanes) {
    lane
    waiting
    delayed
    inHand
    oldestAgeSeconds
    workersPerInstance
  }
}
    `) as unknown as TypedDocumentString<StandingQuery, StandingQueryVariables>;
export const BreakersDocument = new TypedDocumentString(`
    query Breakers($filter: ChannelConfigFilter, $first: Int, $after: String) {
  channelConfigs(filter: $filter, first: $first, after: $after) {
    nodes {
      id
      name
      storeId
      tenantId
      channelType
      breaker {
        state
        reason
        retryAt
      }
    }
    pageInfo {
      hasNextPage
      endCursor
    }
  }
}
    `) as unknown as TypedDocumentString<BreakersQuery, BreakersQueryVariables>;
export const LatestDocument = new TypedDocumentString(`
    query Latest($filter: MessageFilter, $first: Int) {
  messages(filter: $filter, first: $first) {
    nodes {
      id
      messageId
      tenantId
      businessType
      status
      errorCode
      createdAt
      tasks {
        id
        channelType
        status
        errorCode
        resultMessage
      }
    }
  }
}
    `) as unknown as TypedDocumentString<LatestQuery, LatestQueryVariables>;
export const SettingsDocument = new TypedDocumentString(`
    query Settings {
  systemSettings {
    retry {
      maxCount
      intervalSeconds
      backoffMultiplier
      maxIntervalSeconds
      jitter
    }
    timeout {
      singleChannelSeconds
      allChannelsSeconds
    }
    execution {
      mode
      continueOnFail
      skipOnSuccess
    }
    handlers {
      name
      order
      enabled
      timeoutSeconds
    }
    workers {
      processConcurrency
      deliverConcurrency
    }
    retention {
      messagesMonths
      timelineMonths
      inboxMonths
    }
    breaker {
      enabled
      failures
      openSeconds
      maxOpenSeconds
    }
    version
    updatedAt
    updatedBy
  }
}
    `) as unknown as TypedDocumentString<SettingsQuery, SettingsQueryVariables>;
export const UpdateSettingsDocument = new TypedDocumentString(`
    mutation UpdateSettings($input: SystemSettingsInput!) {
  updateSystemSettings(input: $input) {
    settings {
      version
    }
    userErrors {
      field
      message
      code
    }
  }
}
    `) as unknown as TypedDocumentString<UpdateSettingsMutation, UpdateSettingsMutationVariables>;
export const TenantsDocument = new TypedDocumentString(`
    query Tenants {
  tenants {
    id
    code
    name
    timezone
    enabled
    strictBusinessTypes
    createdAt
  }
}
    `) as unknown as TypedDocumentString<TenantsQuery, TenantsQueryVariables>;
export const ViewerDocument = new TypedDocumentString(`
    query Viewer {
  viewer {
    name
    role
    tenantId
    tenant {
      id
      code
      name
      timezone
      enabled
    }
  }
}
    `) as unknown as TypedDocumentString<ViewerQuery, ViewerQueryVariables>;
export const ViewerTenantsDocument = new TypedDocumentString(`
    query ViewerTenants {
  tenants {
    id
    code
    name
    timezone
    enabled
  }
}
    `) as unknown as TypedDocumentString<ViewerTenantsQuery, ViewerTenantsQueryVariables>;
export const TemplatesDocument = new TypedDocumentString(`
    query Templates($filter: TemplateFilter, $first: Int, $after: String) {
  templates(filter: $filter, first: $first, after: $after) {
    nodes {
      ...TemplateCell
    }
    pageInfo {
      hasNextPage
      endCursor
    }
  }
}
    fragment TemplateCell on Template {
  id
  tenantId
  businessType
  channelType
  messageType
  name
  locale
  enabled
  version
}`) as unknown as TypedDocumentString<TemplatesQuery, TemplatesQueryVariables>;
export const TemplateByIdDocument = new TypedDocumentString(`
    query TemplateById($id: ID!) {
  template(id: $id) {
    ...TemplateCell
    content
    sampleData
    variables
    updatedAt
    versions {
      version
      messageType
      name
      content
      sampleData
      enabled
      createdAt
      createdBy
    }
  }
}
    fragment TemplateCell on Template {
  id
  tenantId
  businessType
  channelType
  messageType
  name
  locale
  enabled
  version
}`) as unknown as TypedDocumentString<TemplateByIdQuery, TemplateByIdQueryVariables>;
export const PreviewTemplateDocument = new TypedDocumentString(`
    query PreviewTemplate($input: TemplateInput!, $businessData: JSON) {
  previewTemplate(input: $input, businessData: $businessData) {
    rendered
    variables
    userErrors {
      field
      message
      code
    }
  }
}
    `) as unknown as TypedDocumentString<PreviewTemplateQuery, PreviewTemplateQueryVariables>;
export const TestTemplateDocument = new TypedDocumentString(`
    mutation TestTemplate($input: TestTemplateInput!) {
  testTemplate(input: $input) {
    testSend {
      ...TestSendFound
    }
    userErrors {
      field
      message
      code
    }
  }
}
    fragment TestSendFound on TestSend {
  success
  outcome
  message
  durationMs
  request
  response
}`) as unknown as TypedDocumentString<TestTemplateMutation, TestTemplateMutationVariables>;
export const LastBusinessDataDocument = new TypedDocumentString(`
    query LastBusinessData($filter: MessageFilter) {
  messages(filter: $filter, first: 1) {
    nodes {
      id
      businessData
    }
  }
}
    `) as unknown as TypedDocumentString<LastBusinessDataQuery, LastBusinessDataQueryVariables>;
export const CreateTemplateDocument = new TypedDocumentString(`
    mutation CreateTemplate($input: TemplateInput!) {
  createTemplate(input: $input) {
    template {
      id
    }
    userErrors {
      field
      message
      code
    }
  }
}
    `) as unknown as TypedDocumentString<CreateTemplateMutation, CreateTemplateMutationVariables>;
export const UpdateTemplateDocument = new TypedDocumentString(`
    mutation UpdateTemplate($id: ID!, $input: TemplateInput!) {
  updateTemplate(id: $id, input: $input) {
    template {
      id
      version
    }
    userErrors {
      field
      message
      code
    }
  }
}
    `) as unknown as TypedDocumentString<UpdateTemplateMutation, UpdateTemplateMutationVariables>;
export const DeleteTemplateDocument = new TypedDocumentString(`
    mutation DeleteTemplate($id: ID!) {
  deleteTemplate(id: $id) {
    deletedId
    userErrors {
      field
      message
      code
    }
  }
}
    `) as unknown as TypedDocumentString<DeleteTemplateMutation, DeleteTemplateMutationVariables>;