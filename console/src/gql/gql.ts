/* eslint-disable */
import * as types from './graphql';



/**
 * Map of all GraphQL operations in the project.
 *
 * This map has several performance disadvantages:
 * 1. It is not tree-shakeable, so it will include all operations in the project.
 * 2. It is not minifiable, so the string of a GraphQL query will be multiple times inside the bundle.
 * 3. It does not support dead code elimination, so it will add unused operations.
 *
 * Therefore it is highly recommended to use the babel or swc plugin for production.
 * Learn more about it here: https://the-guild.dev/graphql/codegen/plugins/presets/preset-client#reducing-bundle-size
 */
type Documents = {
    "\n  mutation CreateTenant($input: TenantInput!) {\n    createTenant(input: $input) { userErrors { field message code } }\n  }\n": typeof types.CreateTenantDocument,
    "\n  mutation UpdateTenant($id: ID!, $input: TenantInput!) {\n    updateTenant(id: $id, input: $input) { userErrors { field message code } }\n  }\n": typeof types.UpdateTenantDocument,
    "\n  fragment ApiKeyRow on ApiKey { id name tenantId role prefix createdAt lastUsedAt expiresAt revokedAt }\n": typeof types.ApiKeyRowFragmentDoc,
    "\n  query ApiKeys($tenantId: ID) {\n    apiKeys(tenantId: $tenantId) { ...ApiKeyRow }\n  }\n": typeof types.ApiKeysDocument,
    "\n  mutation CreateApiKey($input: ApiKeyInput!) {\n    createApiKey(input: $input) { secret userErrors { field message code } }\n  }\n": typeof types.CreateApiKeyDocument,
    "\n  mutation RevokeApiKey($id: ID!) {\n    revokeApiKey(id: $id) { apiKey { id revokedAt } userErrors { field message code } }\n  }\n": typeof types.RevokeApiKeyDocument,
    "\n  fragment BusinessTypeRow on BusinessType { id tenantId code name enabled priority lane updatedAt }\n": typeof types.BusinessTypeRowFragmentDoc,
    "\n  query BusinessTypes($tenantId: ID, $first: Int, $after: String) {\n    businessTypes(tenantId: $tenantId, first: $first, after: $after) {\n      nodes { ...BusinessTypeRow }\n      pageInfo { hasNextPage endCursor }\n    }\n  }\n": typeof types.BusinessTypesDocument,
    "\n  mutation CreateBusinessType($input: BusinessTypeInput!) {\n    createBusinessType(input: $input) { userErrors { field message code } }\n  }\n": typeof types.CreateBusinessTypeDocument,
    "\n  mutation UpdateBusinessType($id: ID!, $input: BusinessTypeInput!) {\n    updateBusinessType(id: $id, input: $input) { userErrors { field message code } }\n  }\n": typeof types.UpdateBusinessTypeDocument,
    "\n  mutation DeleteBusinessType($id: ID!) {\n    deleteBusinessType(id: $id) { deletedId userErrors { field message code } }\n  }\n": typeof types.DeleteBusinessTypeDocument,
    "\n  query ChannelNames($filter: ChannelConfigFilter, $first: Int, $after: String) {\n    channelConfigs(filter: $filter, first: $first, after: $after) {\n      nodes { id name channelType storeId enabled }\n      pageInfo { hasNextPage endCursor }\n    }\n  }\n": typeof types.ChannelNamesDocument,
    "\n  query TemplateNames($filter: TemplateFilter, $first: Int, $after: String) {\n    templates(filter: $filter, first: $first, after: $after) {\n      nodes { id name businessType channelType }\n      pageInfo { hasNextPage endCursor }\n    }\n  }\n": typeof types.TemplateNamesDocument,
    "\n  query BusinessTypeNames($tenantId: ID, $first: Int, $after: String) {\n    businessTypes(tenantId: $tenantId, first: $first, after: $after) {\n      nodes { id tenantId code name }\n      pageInfo { hasNextPage endCursor }\n    }\n  }\n": typeof types.BusinessTypeNamesDocument,
    "\n  fragment Channel on ChannelConfig {\n    id tenantId storeId channelType name config priority enabled\n    rateLimit { count window unit }\n    rateLimitInForce { count window unit }\n    onRateLimit\n    timeWindow { startHour endHour timezone }\n    onClosedWindow onUnknown deliveryMode schedule createdAt updatedAt\n    breaker { state reason openedAt retryAt consecutiveFailures }\n  }\n": typeof types.ChannelFragmentDoc,
    "\n  fragment ChannelHealth on ChannelConfig {\n    health { lastSuccessAt lastFailureAt lastErrorCode lastErrorMessage }\n  }\n": typeof types.ChannelHealthFragmentDoc,
    "\n  query Channels($filter: ChannelConfigFilter, $first: Int, $after: String) {\n    channelConfigs(filter: $filter, first: $first, after: $after) {\n      nodes { ...Channel ...ChannelHealth }\n      pageInfo { hasNextPage endCursor }\n      totalCount\n    }\n  }\n": typeof types.ChannelsDocument,
    "\n  query ChannelById($id: ID!) { channelConfig(id: $id) { ...Channel } }\n": typeof types.ChannelByIdDocument,
    "\n  mutation CreateChannel($input: ChannelConfigInput!) {\n    createChannelConfig(input: $input) { channelConfig { id } userErrors { field message code } }\n  }\n": typeof types.CreateChannelDocument,
    "\n  mutation UpdateChannel($id: ID!, $input: ChannelConfigInput!) {\n    updateChannelConfig(id: $id, input: $input) { channelConfig { ...Channel } userErrors { field message code } }\n  }\n": typeof types.UpdateChannelDocument,
    "\n  mutation ResetBreaker($id: ID!) {\n    resetChannelConfigBreaker(id: $id) { channelConfig { ...Channel } userErrors { field message code } }\n  }\n": typeof types.ResetBreakerDocument,
    "\n  mutation DeleteChannel($id: ID!) {\n    deleteChannelConfig(id: $id) { deletedId userErrors { field message code } }\n  }\n": typeof types.DeleteChannelDocument,
    "\n  mutation CopyChannel($id: ID!, $storeId: ID, $name: String, $enabled: Boolean) {\n    copyChannelConfig(id: $id, storeId: $storeId, name: $name, enabled: $enabled) {\n      channelConfig { id }\n      userErrors { field message code }\n    }\n  }\n": typeof types.CopyChannelDocument,
    "\n  fragment TestSendFound on TestSend { success outcome message durationMs request response }\n": typeof types.TestSendFoundFragmentDoc,
    "\n  mutation TestChannel($input: TestChannelConfigInput!) {\n    testChannelConfig(input: $input) { testSend { ...TestSendFound } userErrors { field message code } }\n  }\n": typeof types.TestChannelDocument,
    "\n  query ChannelTypes {\n    channelTypes {\n      type title description configSchema idempotencyKey\n      providerLimit { limit { count window unit } host }\n      messageTypes { messageType exactlyOneOf contentSchema limits { key field max unit } }\n    }\n  }\n": typeof types.ChannelTypesDocument,
    "\n  mutation SendMessage($input: SendMessageInput!) {\n    sendMessage(input: $input) { success messageId duplicate errorCode errorMessage message { id } }\n  }\n": typeof types.SendMessageDocument,
    "\n  query ExplainSend($input: SendMessageInput!) {\n    explainSend(input: $input) {\n      accepted errorCode errorMessage\n      verdicts { handler order outcome code detail channelType channelConfigId }\n      tasks {\n        channelType messageType renderedContent sendAt\n        channelConfig { id name tenantId }\n        template { id name version }\n        recipients { userId mobile email }\n      }\n    }\n  }\n": typeof types.ExplainSendDocument,
    "\n  query TemplateVariables($filter: TemplateFilter, $first: Int, $after: String) {\n    templates(filter: $filter, first: $first, after: $after) {\n      nodes { id variables }\n      pageInfo { hasNextPage endCursor }\n    }\n  }\n": typeof types.TemplateVariablesDocument,
    "\n  fragment FailedTask on ChannelTask {\n    id messageId channelType retryCount maxRetry errorCode resultMessage finishedAt\n    channelConfig { id name }\n  }\n": typeof types.FailedTaskFragmentDoc,
    "\n  query FailedTasks($filter: FailedTaskFilter, $first: Int, $after: String) {\n    failedTasks(filter: $filter, first: $first, after: $after) {\n      nodes { ...FailedTask }\n      pageInfo { hasNextPage endCursor }\n    }\n  }\n": typeof types.FailedTasksDocument,
    "\n  fragment BulkJob on BulkJob {\n    id kind status total done skipped ratePerSecond errorMessage createdBy createdAt finishedAt\n    filter { tenantId errorCode channelType channelConfigId businessType failedFrom failedTo }\n  }\n": typeof types.BulkJobFragmentDoc,
    "\n  query BulkJobs($tenantId: ID, $first: Int) {\n    bulkJobs(tenantId: $tenantId, first: $first) { nodes { ...BulkJob } }\n  }\n": typeof types.BulkJobsDocument,
    "\n  mutation RetryTasks($input: BulkTasksInput!) {\n    retryTasks(input: $input) { bulkJob { id } userErrors { field message code } }\n  }\n": typeof types.RetryTasksDocument,
    "\n  mutation DiscardTasks($input: BulkTasksInput!) {\n    discardTasks(input: $input) { bulkJob { id } userErrors { field message code } }\n  }\n": typeof types.DiscardTasksDocument,
    "\n  mutation PauseBulkJob($id: ID!) { pauseBulkJob(id: $id) { bulkJob { id } userErrors { message } } }\n": typeof types.PauseBulkJobDocument,
    "\n  mutation ResumeBulkJob($id: ID!) { resumeBulkJob(id: $id) { bulkJob { id } userErrors { message } } }\n": typeof types.ResumeBulkJobDocument,
    "\n  mutation CancelBulkJob($id: ID!) { cancelBulkJob(id: $id) { bulkJob { id } userErrors { message } } }\n": typeof types.CancelBulkJobDocument,
    "\n  fragment InboxRow on InboxMessage { id tenantId messageId businessType messageType title body content readAt createdAt }\n": typeof types.InboxRowFragmentDoc,
    "\n  query Inbox($tenantId: ID, $userId: String!, $unreadOnly: Boolean, $first: Int, $after: String) {\n    inbox(tenantId: $tenantId, userId: $userId, unreadOnly: $unreadOnly, first: $first, after: $after) {\n      nodes { ...InboxRow }\n      pageInfo { hasNextPage endCursor }\n    }\n  }\n": typeof types.InboxDocument,
    "\n  query UnreadCount($tenantId: ID, $userId: String!) {\n    unreadCount(tenantId: $tenantId, userId: $userId)\n  }\n": typeof types.UnreadCountDocument,
    "\n  mutation MarkRead($tenantId: ID, $userId: String!, $ids: [ID!]) {\n    markRead(tenantId: $tenantId, userId: $userId, ids: $ids) { count userErrors { field message code } }\n  }\n": typeof types.MarkReadDocument,
    "\n  subscription NewInboxMessages($tenantId: ID, $userId: String!) {\n    inboxMessages(tenantId: $tenantId, userId: $userId) { id }\n  }\n": typeof types.NewInboxMessagesDocument,
    "\n  fragment MessageDetail on Message {\n    id messageId tenantId storeId businessType businessData targetChannels executionMode status errorCode errorMessage\n    totalChannels successChannels failedChannels attributes resentFrom scheduledAt expiresAt createdAt updatedAt finishedAt\n    recipientsMasked\n    recipients { userId userType mobile email deviceNo deviceType customerNo customerType customerName customerTag }\n    tasks {\n      id channelType messageType renderedContent status retryCount maxRetry nextRetryAt errorCode resultMessage\n      thirdPartyResponse createdAt finishedAt discardedAt\n      channelConfig { id name breaker { state reason retryAt consecutiveFailures } }\n      recipients { userId mobile email deviceNo }\n    }\n    timeline { at stage outcome detail durationMs taskId thirdPartyResponse }\n  }\n": typeof types.MessageDetailFragmentDoc,
    "\n  mutation ResendMessage($id: ID!, $input: ResendMessageInput) {\n    resendMessage(id: $id, input: $input) { success duplicate errorCode errorMessage message { id } }\n  }\n": typeof types.ResendMessageDocument,
    "\n  mutation RevealRecipients($id: ID!) {\n    revealRecipients(id: $id) {\n      recipients { userId userType mobile email deviceNo deviceType customerNo customerType customerName customerTag }\n      userErrors { message }\n    }\n  }\n": typeof types.RevealRecipientsDocument,
    "\n  fragment CancelledTask on ChannelTask { id channelType channelConfig { id name } }\n": typeof types.CancelledTaskFragmentDoc,
    "\n  mutation CancelWithAnswer($messageId: String!, $tenantId: ID) {\n    cancelMessage(messageId: $messageId, tenantId: $tenantId) {\n      success errorCode errorMessage\n      cancellation {\n        cancelled { ...CancelledTask }\n        perhapsSent { ...CancelledTask }\n        sent { ...CancelledTask }\n        underWay { ...CancelledTask }\n        ended { ...CancelledTask }\n      }\n    }\n  }\n": typeof types.CancelWithAnswerDocument,
    "\n  query MessageById($id: ID!) { message(id: $id) { ...MessageDetail } }\n": typeof types.MessageByIdDocument,
    "\n  query MessageStamp($id: ID!) { message(id: $id) { id updatedAt } }\n": typeof types.MessageStampDocument,
    "\n  query MessageByMessageId($messageId: String!, $tenantId: ID) {\n    message(messageId: $messageId, tenantId: $tenantId) { ...MessageDetail }\n  }\n": typeof types.MessageByMessageIdDocument,
    "\n  query MessageNamed($messageId: String!, $tenantId: ID!) {\n    message(messageId: $messageId, tenantId: $tenantId) { id tenantId businessType status createdAt }\n  }\n": typeof types.MessageNamedDocument,
    "\n  subscription MessageProgress($messageId: String!, $tenantId: ID, $after: String) {\n    messageStatus(messageId: $messageId, tenantId: $tenantId, after: $after) { id cursor at messageStatus taskId taskStatus }\n  }\n": typeof types.MessageProgressDocument,
    "\n  fragment MessageRow on Message {\n    id\n    messageId\n    tenantId\n    businessType\n    status\n    errorCode\n    totalChannels\n    successChannels\n    failedChannels\n    recipients { userId mobile email deviceNo customerName }\n    recipientsMasked\n    tasks { id channelType status }\n    createdAt\n    updatedAt\n    finishedAt\n  }\n": typeof types.MessageRowFragmentDoc,
    "\n  query Messages($filter: MessageFilter, $first: Int, $after: String) {\n    messages(filter: $filter, first: $first, after: $after) {\n      nodes { ...MessageRow }\n      pageInfo { endCursor hasNextPage }\n    }\n  }\n": typeof types.MessagesDocument,
    "\n  query OneMessageRow($id: ID!) {\n    message(id: $id) { ...MessageRow }\n  }\n": typeof types.OneMessageRowDocument,
    "\n  subscription StatusEvents($filter: StatusEventFilter, $after: String, $present: Int) {\n    statusEvents(filter: $filter, after: $after, present: $present) {\n      id cursor at messageId tenantId messageStatus taskId channelType taskStatus\n    }\n  }\n": typeof types.StatusEventsDocument,
    "\n  fragment BulkResult on SendResult {\n    success\n    errorCode\n    message { id messageId }\n  }\n": typeof types.BulkResultFragmentDoc,
    "\n  mutation CancelMessages($ids: [ID!]!) {\n    cancelMessages(ids: $ids) {\n      totalCount\n      successCount\n      results { ...BulkResult cancellation { sent { id } underWay { id } perhapsSent { id } } }\n    }\n  }\n": typeof types.CancelMessagesDocument,
    "\n  mutation RetryMessages($ids: [ID!]!) {\n    retryMessages(ids: $ids) {\n      totalCount\n      successCount\n      results { ...BulkResult }\n    }\n  }\n": typeof types.RetryMessagesDocument,
    "\n  mutation RetryMessage($messageId: String!, $tenantId: ID) {\n    retryMessage(messageId: $messageId, tenantId: $tenantId) { success errorCode errorMessage }\n  }\n": typeof types.RetryMessageDocument,
    "\n  query Setup($tenantId: ID) {\n    enabled: channelConfigs(filter: { tenantId: $tenantId, enabled: true }, first: 1) { totalCount }\n    disabled: channelConfigs(filter: { tenantId: $tenantId, enabled: false }, first: 1) { totalCount }\n    templates(filter: { tenantId: $tenantId }, first: 1) { totalCount }\n    businessTypes(tenantId: $tenantId, first: 1) { totalCount }\n  }\n": typeof types.SetupDocument,
    "\n  fragment MessageNumbers on MessageCounts {\n    accepted succeeded partiallySucceeded failed skipped cancelled reopened latency { count p50Ms p99Ms }\n  }\n": typeof types.MessageNumbersFragmentDoc,
    "\n  fragment TaskNumbers on TaskCounts { sent failed retried sendDuration { count p50Ms p99Ms } }\n": typeof types.TaskNumbersFragmentDoc,
    "\n  query Overview(\n    $filter: MessageStatsFilter\n    $from: DateTime!\n    $interval: StatsInterval!\n    $beforeFrom: DateTime!\n    $beforeTo: DateTime!\n    $beforeInterval: StatsInterval!\n  ) {\n    now: messageStats(filter: $filter, from: $from, interval: $interval) {\n      from\n      to\n      interval\n      total { messages { ...MessageNumbers } tasks { retried } }\n      groups { buckets { at counts { messages { ...MessageNumbers } } } }\n    }\n    before: messageStats(filter: $filter, from: $beforeFrom, to: $beforeTo, interval: $beforeInterval) {\n      total { messages { ...MessageNumbers } tasks { retried } }\n    }\n    channels: messageStats(filter: $filter, from: $from, interval: $interval, groupBy: CHANNEL_TYPE) {\n      groups { key total { tasks { ...TaskNumbers } } }\n    }\n    businessTypes: messageStats(filter: $filter, from: $from, interval: $interval, groupBy: BUSINESS_TYPE) {\n      groups { key total { messages { ...MessageNumbers } } }\n    }\n    reasons: messageStats(filter: $filter, from: $from, interval: $interval, groupBy: ERROR_CODE) {\n      groups { key total { messages { failed partiallySucceeded } tasks { failed } } }\n    }\n  }\n": typeof types.OverviewDocument,
    "\n  query Standing($tenantId: ID, $lanes: Boolean!) {\n    backlog(tenantId: $tenantId) {\n      deferredMessages { value capped }\n      failedTasks { value capped }\n    }\n    laneStats @include(if: $lanes) { lane waiting delayed inHand oldestAgeSeconds workersPerInstance }\n  }\n": typeof types.StandingDocument,
    "\n  query Breakers($filter: ChannelConfigFilter, $first: Int, $after: String) {\n    channelConfigs(filter: $filter, first: $first, after: $after) {\n      nodes { id name storeId tenantId channelType breaker { state reason retryAt } }\n      pageInfo { hasNextPage endCursor }\n    }\n  }\n": typeof types.BreakersDocument,
    "\n  query Latest($filter: MessageFilter, $first: Int) {\n    messages(filter: $filter, first: $first) {\n      nodes {\n        id messageId tenantId businessType status errorCode createdAt\n        tasks { id channelType status errorCode resultMessage }\n      }\n    }\n  }\n": typeof types.LatestDocument,
    "\n  query Settings {\n    systemSettings {\n      retry { maxCount intervalSeconds backoffMultiplier maxIntervalSeconds jitter }\n      timeout { singleChannelSeconds allChannelsSeconds }\n      execution { mode continueOnFail skipOnSuccess }\n      handlers { name order enabled timeoutSeconds }\n      workers { processConcurrency deliverConcurrency }\n      retention { messagesMonths timelineMonths inboxMonths }\n      breaker { enabled failures openSeconds maxOpenSeconds }\n      version updatedAt updatedBy\n    }\n  }\n": typeof types.SettingsDocument,
    "\n  mutation UpdateSettings($input: SystemSettingsInput!) {\n    updateSystemSettings(input: $input) { settings { version } userErrors { field message code } }\n  }\n": typeof types.UpdateSettingsDocument,
    "\n  query Tenants {\n    tenants { id code name timezone enabled strictBusinessTypes createdAt }\n  }\n": typeof types.TenantsDocument,
    "\n  query Viewer {\n    viewer { name role tenantId tenant { id code name timezone enabled } }\n  }\n": typeof types.ViewerDocument,
    "\n  query ViewerTenants {\n    tenants { id code name timezone enabled }\n  }\n": typeof types.ViewerTenantsDocument,
    "\n  fragment TemplateCell on Template {\n    id tenantId businessType channelType messageType name locale enabled version\n  }\n": typeof types.TemplateCellFragmentDoc,
    "\n  query Templates($filter: TemplateFilter, $first: Int, $after: String) {\n    templates(filter: $filter, first: $first, after: $after) {\n      nodes { ...TemplateCell }\n      pageInfo { hasNextPage endCursor }\n    }\n  }\n": typeof types.TemplatesDocument,
    "\n  query TemplateById($id: ID!) {\n    template(id: $id) {\n      ...TemplateCell\n      content sampleData variables updatedAt\n      versions { version messageType name content sampleData enabled createdAt createdBy }\n    }\n  }\n": typeof types.TemplateByIdDocument,
    "\n  query PreviewTemplate($input: TemplateInput!, $businessData: JSON) {\n    previewTemplate(input: $input, businessData: $businessData) {\n      rendered variables userErrors { field message code }\n    }\n  }\n": typeof types.PreviewTemplateDocument,
    "\n  mutation TestTemplate($input: TestTemplateInput!) {\n    testTemplate(input: $input) { testSend { ...TestSendFound } userErrors { field message code } }\n  }\n": typeof types.TestTemplateDocument,
    "\n  query LastBusinessData($filter: MessageFilter) {\n    messages(filter: $filter, first: 1) { nodes { id businessData } }\n  }\n": typeof types.LastBusinessDataDocument,
    "\n  mutation CreateTemplate($input: TemplateInput!) {\n    createTemplate(input: $input) { template { id } userErrors { field message code } }\n  }\n": typeof types.CreateTemplateDocument,
    "\n  mutation UpdateTemplate($id: ID!, $input: TemplateInput!) {\n    updateTemplate(id: $id, input: $input) { template { id version } userErrors { field message code } }\n  }\n": typeof types.UpdateTemplateDocument,
    "\n  mutation DeleteTemplate($id: ID!) {\n    deleteTemplate(id: $id) { deletedId userErrors { field message code } }\n  }\n": typeof types.DeleteTemplateDocument,
};
const documents: Documents = {
    "\n  mutation CreateTenant($input: TenantInput!) {\n    createTenant(input: $input) { userErrors { field message code } }\n  }\n": types.CreateTenantDocument,
    "\n  mutation UpdateTenant($id: ID!, $input: TenantInput!) {\n    updateTenant(id: $id, input: $input) { userErrors { field message code } }\n  }\n": types.UpdateTenantDocument,
    "\n  fragment ApiKeyRow on ApiKey { id name tenantId role prefix createdAt lastUsedAt expiresAt revokedAt }\n": types.ApiKeyRowFragmentDoc,
    "\n  query ApiKeys($tenantId: ID) {\n    apiKeys(tenantId: $tenantId) { ...ApiKeyRow }\n  }\n": types.ApiKeysDocument,
    "\n  mutation CreateApiKey($input: ApiKeyInput!) {\n    createApiKey(input: $input) { secret userErrors { field message code } }\n  }\n": types.CreateApiKeyDocument,
    "\n  mutation RevokeApiKey($id: ID!) {\n    revokeApiKey(id: $id) { apiKey { id revokedAt } userErrors { field message code } }\n  }\n": types.RevokeApiKeyDocument,
    "\n  fragment BusinessTypeRow on BusinessType { id tenantId code name enabled priority lane updatedAt }\n": types.BusinessTypeRowFragmentDoc,
    "\n  query BusinessTypes($tenantId: ID, $first: Int, $after: String) {\n    businessTypes(tenantId: $tenantId, first: $first, after: $after) {\n      nodes { ...BusinessTypeRow }\n      pageInfo { hasNextPage endCursor }\n    }\n  }\n": types.BusinessTypesDocument,
    "\n  mutation CreateBusinessType($input: BusinessTypeInput!) {\n    createBusinessType(input: $input) { userErrors { field message code } }\n  }\n": types.CreateBusinessTypeDocument,
    "\n  mutation UpdateBusinessType($id: ID!, $input: BusinessTypeInput!) {\n    updateBusinessType(id: $id, input: $input) { userErrors { field message code } }\n  }\n": types.UpdateBusinessTypeDocument,
    "\n  mutation DeleteBusinessType($id: ID!) {\n    deleteBusinessType(id: $id) { deletedId userErrors { field message code } }\n  }\n": types.DeleteBusinessTypeDocument,
    "\n  query ChannelNames($filter: ChannelConfigFilter, $first: Int, $after: String) {\n    channelConfigs(filter: $filter, first: $first, after: $after) {\n      nodes { id name channelType storeId enabled }\n      pageInfo { hasNextPage endCursor }\n    }\n  }\n": types.ChannelNamesDocument,
    "\n  query TemplateNames($filter: TemplateFilter, $first: Int, $after: String) {\n    templates(filter: $filter, first: $first, after: $after) {\n      nodes { id name businessType channelType }\n      pageInfo { hasNextPage endCursor }\n    }\n  }\n": types.TemplateNamesDocument,
    "\n  query BusinessTypeNames($tenantId: ID, $first: Int, $after: String) {\n    businessTypes(tenantId: $tenantId, first: $first, after: $after) {\n      nodes { id tenantId code name }\n      pageInfo { hasNextPage endCursor }\n    }\n  }\n": types.BusinessTypeNamesDocument,
    "\n  fragment Channel on ChannelConfig {\n    id tenantId storeId channelType name config priority enabled\n    rateLimit { count window unit }\n    rateLimitInForce { count window unit }\n    onRateLimit\n    timeWindow { startHour endHour timezone }\n    onClosedWindow onUnknown deliveryMode schedule createdAt updatedAt\n    breaker { state reason openedAt retryAt consecutiveFailures }\n  }\n": types.ChannelFragmentDoc,
    "\n  fragment ChannelHealth on ChannelConfig {\n    health { lastSuccessAt lastFailureAt lastErrorCode lastErrorMessage }\n  }\n": types.ChannelHealthFragmentDoc,
    "\n  query Channels($filter: ChannelConfigFilter, $first: Int, $after: String) {\n    channelConfigs(filter: $filter, first: $first, after: $after) {\n      nodes { ...Channel ...ChannelHealth }\n      pageInfo { hasNextPage endCursor }\n      totalCount\n    }\n  }\n": types.ChannelsDocument,
    "\n  query ChannelById($id: ID!) { channelConfig(id: $id) { ...Channel } }\n": types.ChannelByIdDocument,
    "\n  mutation CreateChannel($input: ChannelConfigInput!) {\n    createChannelConfig(input: $input) { channelConfig { id } userErrors { field message code } }\n  }\n": types.CreateChannelDocument,
    "\n  mutation UpdateChannel($id: ID!, $input: ChannelConfigInput!) {\n    updateChannelConfig(id: $id, input: $input) { channelConfig { ...Channel } userErrors { field message code } }\n  }\n": types.UpdateChannelDocument,
    "\n  mutation ResetBreaker($id: ID!) {\n    resetChannelConfigBreaker(id: $id) { channelConfig { ...Channel } userErrors { field message code } }\n  }\n": types.ResetBreakerDocument,
    "\n  mutation DeleteChannel($id: ID!) {\n    deleteChannelConfig(id: $id) { deletedId userErrors { field message code } }\n  }\n": types.DeleteChannelDocument,
    "\n  mutation CopyChannel($id: ID!, $storeId: ID, $name: String, $enabled: Boolean) {\n    copyChannelConfig(id: $id, storeId: $storeId, name: $name, enabled: $enabled) {\n      channelConfig { id }\n      userErrors { field message code }\n    }\n  }\n": types.CopyChannelDocument,
    "\n  fragment TestSendFound on TestSend { success outcome message durationMs request response }\n": types.TestSendFoundFragmentDoc,
    "\n  mutation TestChannel($input: TestChannelConfigInput!) {\n    testChannelConfig(input: $input) { testSend { ...TestSendFound } userErrors { field message code } }\n  }\n": types.TestChannelDocument,
    "\n  query ChannelTypes {\n    channelTypes {\n      type title description configSchema idempotencyKey\n      providerLimit { limit { count window unit } host }\n      messageTypes { messageType exactlyOneOf contentSchema limits { key field max unit } }\n    }\n  }\n": types.ChannelTypesDocument,
    "\n  mutation SendMessage($input: SendMessageInput!) {\n    sendMessage(input: $input) { success messageId duplicate errorCode errorMessage message { id } }\n  }\n": types.SendMessageDocument,
    "\n  query ExplainSend($input: SendMessageInput!) {\n    explainSend(input: $input) {\n      accepted errorCode errorMessage\n      verdicts { handler order outcome code detail channelType channelConfigId }\n      tasks {\n        channelType messageType renderedContent sendAt\n        channelConfig { id name tenantId }\n        template { id name version }\n        recipients { userId mobile email }\n      }\n    }\n  }\n": types.ExplainSendDocument,
    "\n  query TemplateVariables($filter: TemplateFilter, $first: Int, $after: String) {\n    templates(filter: $filter, first: $first, after: $after) {\n      nodes { id variables }\n      pageInfo { hasNextPage endCursor }\n    }\n  }\n": types.TemplateVariablesDocument,
    "\n  fragment FailedTask on ChannelTask {\n    id messageId channelType retryCount maxRetry errorCode resultMessage finishedAt\n    channelConfig { id name }\n  }\n": types.FailedTaskFragmentDoc,
    "\n  query FailedTasks($filter: FailedTaskFilter, $first: Int, $after: String) {\n    failedTasks(filter: $filter, first: $first, after: $after) {\n      nodes { ...FailedTask }\n      pageInfo { hasNextPage endCursor }\n    }\n  }\n": types.FailedTasksDocument,
    "\n  fragment BulkJob on BulkJob {\n    id kind status total done skipped ratePerSecond errorMessage createdBy createdAt finishedAt\n    filter { tenantId errorCode channelType channelConfigId businessType failedFrom failedTo }\n  }\n": types.BulkJobFragmentDoc,
    "\n  query BulkJobs($tenantId: ID, $first: Int) {\n    bulkJobs(tenantId: $tenantId, first: $first) { nodes { ...BulkJob } }\n  }\n": types.BulkJobsDocument,
    "\n  mutation RetryTasks($input: BulkTasksInput!) {\n    retryTasks(input: $input) { bulkJob { id } userErrors { field message code } }\n  }\n": types.RetryTasksDocument,
    "\n  mutation DiscardTasks($input: BulkTasksInput!) {\n    discardTasks(input: $input) { bulkJob { id } userErrors { field message code } }\n  }\n": types.DiscardTasksDocument,
    "\n  mutation PauseBulkJob($id: ID!) { pauseBulkJob(id: $id) { bulkJob { id } userErrors { message } } }\n": types.PauseBulkJobDocument,
    "\n  mutation ResumeBulkJob($id: ID!) { resumeBulkJob(id: $id) { bulkJob { id } userErrors { message } } }\n": types.ResumeBulkJobDocument,
    "\n  mutation CancelBulkJob($id: ID!) { cancelBulkJob(id: $id) { bulkJob { id } userErrors { message } } }\n": types.CancelBulkJobDocument,
    "\n  fragment InboxRow on InboxMessage { id tenantId messageId businessType messageType title body content readAt createdAt }\n": types.InboxRowFragmentDoc,
    "\n  query Inbox($tenantId: ID, $userId: String!, $unreadOnly: Boolean, $first: Int, $after: String) {\n    inbox(tenantId: $tenantId, userId: $userId, unreadOnly: $unreadOnly, first: $first, after: $after) {\n      nodes { ...InboxRow }\n      pageInfo { hasNextPage endCursor }\n    }\n  }\n": types.InboxDocument,
    "\n  query UnreadCount($tenantId: ID, $userId: String!) {\n    unreadCount(tenantId: $tenantId, userId: $userId)\n  }\n": types.UnreadCountDocument,
    "\n  mutation MarkRead($tenantId: ID, $userId: String!, $ids: [ID!]) {\n    markRead(tenantId: $tenantId, userId: $userId, ids: $ids) { count userErrors { field message code } }\n  }\n": types.MarkReadDocument,
    "\n  subscription NewInboxMessages($tenantId: ID, $userId: String!) {\n    inboxMessages(tenantId: $tenantId, userId: $userId) { id }\n  }\n": types.NewInboxMessagesDocument,
    "\n  fragment MessageDetail on Message {\n    id messageId tenantId storeId businessType businessData targetChannels executionMode status errorCode errorMessage\n    totalChannels successChannels failedChannels attributes resentFrom scheduledAt expiresAt createdAt updatedAt finishedAt\n    recipientsMasked\n    recipients { userId userType mobile email deviceNo deviceType customerNo customerType customerName customerTag }\n    tasks {\n      id channelType messageType renderedContent status retryCount maxRetry nextRetryAt errorCode resultMessage\n      thirdPartyResponse createdAt finishedAt discardedAt\n      channelConfig { id name breaker { state reason retryAt consecutiveFailures } }\n      recipients { userId mobile email deviceNo }\n    }\n    timeline { at stage outcome detail durationMs taskId thirdPartyResponse }\n  }\n": types.MessageDetailFragmentDoc,
    "\n  mutation ResendMessage($id: ID!, $input: ResendMessageInput) {\n    resendMessage(id: $id, input: $input) { success duplicate errorCode errorMessage message { id } }\n  }\n": types.ResendMessageDocument,
    "\n  mutation RevealRecipients($id: ID!) {\n    revealRecipients(id: $id) {\n      recipients { userId userType mobile email deviceNo deviceType customerNo customerType customerName customerTag }\n      userErrors { message }\n    }\n  }\n": types.RevealRecipientsDocument,
    "\n  fragment CancelledTask on ChannelTask { id channelType channelConfig { id name } }\n": types.CancelledTaskFragmentDoc,
    "\n  mutation CancelWithAnswer($messageId: String!, $tenantId: ID) {\n    cancelMessage(messageId: $messageId, tenantId: $tenantId) {\n      success errorCode errorMessage\n      cancellation {\n        cancelled { ...CancelledTask }\n        perhapsSent { ...CancelledTask }\n        sent { ...CancelledTask }\n        underWay { ...CancelledTask }\n        ended { ...CancelledTask }\n      }\n    }\n  }\n": types.CancelWithAnswerDocument,
    "\n  query MessageById($id: ID!) { message(id: $id) { ...MessageDetail } }\n": types.MessageByIdDocument,
    "\n  query MessageStamp($id: ID!) { message(id: $id) { id updatedAt } }\n": types.MessageStampDocument,
    "\n  query MessageByMessageId($messageId: String!, $tenantId: ID) {\n    message(messageId: $messageId, tenantId: $tenantId) { ...MessageDetail }\n  }\n": types.MessageByMessageIdDocument,
    "\n  query MessageNamed($messageId: String!, $tenantId: ID!) {\n    message(messageId: $messageId, tenantId: $tenantId) { id tenantId businessType status createdAt }\n  }\n": types.MessageNamedDocument,
    "\n  subscription MessageProgress($messageId: String!, $tenantId: ID, $after: String) {\n    messageStatus(messageId: $messageId, tenantId: $tenantId, after: $after) { id cursor at messageStatus taskId taskStatus }\n  }\n": types.MessageProgressDocument,
    "\n  fragment MessageRow on Message {\n    id\n    messageId\n    tenantId\n    businessType\n    status\n    errorCode\n    totalChannels\n    successChannels\n    failedChannels\n    recipients { userId mobile email deviceNo customerName }\n    recipientsMasked\n    tasks { id channelType status }\n    createdAt\n    updatedAt\n    finishedAt\n  }\n": types.MessageRowFragmentDoc,
    "\n  query Messages($filter: MessageFilter, $first: Int, $after: String) {\n    messages(filter: $filter, first: $first, after: $after) {\n      nodes { ...MessageRow }\n      pageInfo { endCursor hasNextPage }\n    }\n  }\n": types.MessagesDocument,
    "\n  query OneMessageRow($id: ID!) {\n    message(id: $id) { ...MessageRow }\n  }\n": types.OneMessageRowDocument,
    "\n  subscription StatusEvents($filter: StatusEventFilter, $after: String, $present: Int) {\n    statusEvents(filter: $filter, after: $after, present: $present) {\n      id cursor at messageId tenantId messageStatus taskId channelType taskStatus\n    }\n  }\n": types.StatusEventsDocument,
    "\n  fragment BulkResult on SendResult {\n    success\n    errorCode\n    message { id messageId }\n  }\n": types.BulkResultFragmentDoc,
    "\n  mutation CancelMessages($ids: [ID!]!) {\n    cancelMessages(ids: $ids) {\n      totalCount\n      successCount\n      results { ...BulkResult cancellation { sent { id } underWay { id } perhapsSent { id } } }\n    }\n  }\n": types.CancelMessagesDocument,
    "\n  mutation RetryMessages($ids: [ID!]!) {\n    retryMessages(ids: $ids) {\n      totalCount\n      successCount\n      results { ...BulkResult }\n    }\n  }\n": types.RetryMessagesDocument,
    "\n  mutation RetryMessage($messageId: String!, $tenantId: ID) {\n    retryMessage(messageId: $messageId, tenantId: $tenantId) { success errorCode errorMessage }\n  }\n": types.RetryMessageDocument,
    "\n  query Setup($tenantId: ID) {\n    enabled: channelConfigs(filter: { tenantId: $tenantId, enabled: true }, first: 1) { totalCount }\n    disabled: channelConfigs(filter: { tenantId: $tenantId, enabled: false }, first: 1) { totalCount }\n    templates(filter: { tenantId: $tenantId }, first: 1) { totalCount }\n    businessTypes(tenantId: $tenantId, first: 1) { totalCount }\n  }\n": types.SetupDocument,
    "\n  fragment MessageNumbers on MessageCounts {\n    accepted succeeded partiallySucceeded failed skipped cancelled reopened latency { count p50Ms p99Ms }\n  }\n": types.MessageNumbersFragmentDoc,
    "\n  fragment TaskNumbers on TaskCounts { sent failed retried sendDuration { count p50Ms p99Ms } }\n": types.TaskNumbersFragmentDoc,
    "\n  query Overview(\n    $filter: MessageStatsFilter\n    $from: DateTime!\n    $interval: StatsInterval!\n    $beforeFrom: DateTime!\n    $beforeTo: DateTime!\n    $beforeInterval: StatsInterval!\n  ) {\n    now: messageStats(filter: $filter, from: $from, interval: $interval) {\n      from\n      to\n      interval\n      total { messages { ...MessageNumbers } tasks { retried } }\n      groups { buckets { at counts { messages { ...MessageNumbers } } } }\n    }\n    before: messageStats(filter: $filter, from: $beforeFrom, to: $beforeTo, interval: $beforeInterval) {\n      total { messages { ...MessageNumbers } tasks { retried } }\n    }\n    channels: messageStats(filter: $filter, from: $from, interval: $interval, groupBy: CHANNEL_TYPE) {\n      groups { key total { tasks { ...TaskNumbers } } }\n    }\n    businessTypes: messageStats(filter: $filter, from: $from, interval: $interval, groupBy: BUSINESS_TYPE) {\n      groups { key total { messages { ...MessageNumbers } } }\n    }\n    reasons: messageStats(filter: $filter, from: $from, interval: $interval, groupBy: ERROR_CODE) {\n      groups { key total { messages { failed partiallySucceeded } tasks { failed } } }\n    }\n  }\n": types.OverviewDocument,
    "\n  query Standing($tenantId: ID, $lanes: Boolean!) {\n    backlog(tenantId: $tenantId) {\n      deferredMessages { value capped }\n      failedTasks { value capped }\n    }\n    laneStats @include(if: $lanes) { lane waiting delayed inHand oldestAgeSeconds workersPerInstance }\n  }\n": types.StandingDocument,
    "\n  query Breakers($filter: ChannelConfigFilter, $first: Int, $after: String) {\n    channelConfigs(filter: $filter, first: $first, after: $after) {\n      nodes { id name storeId tenantId channelType breaker { state reason retryAt } }\n      pageInfo { hasNextPage endCursor }\n    }\n  }\n": types.BreakersDocument,
    "\n  query Latest($filter: MessageFilter, $first: Int) {\n    messages(filter: $filter, first: $first) {\n      nodes {\n        id messageId tenantId businessType status errorCode createdAt\n        tasks { id channelType status errorCode resultMessage }\n      }\n    }\n  }\n": types.LatestDocument,
    "\n  query Settings {\n    systemSettings {\n      retry { maxCount intervalSeconds backoffMultiplier maxIntervalSeconds jitter }\n      timeout { singleChannelSeconds allChannelsSeconds }\n      execution { mode continueOnFail skipOnSuccess }\n      handlers { name order enabled timeoutSeconds }\n      workers { processConcurrency deliverConcurrency }\n      retention { messagesMonths timelineMonths inboxMonths }\n      breaker { enabled failures openSeconds maxOpenSeconds }\n      version updatedAt updatedBy\n    }\n  }\n": types.SettingsDocument,
    "\n  mutation UpdateSettings($input: SystemSettingsInput!) {\n    updateSystemSettings(input: $input) { settings { version } userErrors { field message code } }\n  }\n": types.UpdateSettingsDocument,
    "\n  query Tenants {\n    tenants { id code name timezone enabled strictBusinessTypes createdAt }\n  }\n": types.TenantsDocument,
    "\n  query Viewer {\n    viewer { name role tenantId tenant { id code name timezone enabled } }\n  }\n": types.ViewerDocument,
    "\n  query ViewerTenants {\n    tenants { id code name timezone enabled }\n  }\n": types.ViewerTenantsDocument,
    "\n  fragment TemplateCell on Template {\n    id tenantId businessType channelType messageType name locale enabled version\n  }\n": types.TemplateCellFragmentDoc,
    "\n  query Templates($filter: TemplateFilter, $first: Int, $after: String) {\n    templates(filter: $filter, first: $first, after: $after) {\n      nodes { ...TemplateCell }\n      pageInfo { hasNextPage endCursor }\n    }\n  }\n": types.TemplatesDocument,
    "\n  query TemplateById($id: ID!) {\n    template(id: $id) {\n      ...TemplateCell\n      content sampleData variables updatedAt\n      versions { version messageType name content sampleData enabled createdAt createdBy }\n    }\n  }\n": types.TemplateByIdDocument,
    "\n  query PreviewTemplate($input: TemplateInput!, $businessData: JSON) {\n    previewTemplate(input: $input, businessData: $businessData) {\n      rendered variables userErrors { field message code }\n    }\n  }\n": types.PreviewTemplateDocument,
    "\n  mutation TestTemplate($input: TestTemplateInput!) {\n    testTemplate(input: $input) { testSend { ...TestSendFound } userErrors { field message code } }\n  }\n": types.TestTemplateDocument,
    "\n  query LastBusinessData($filter: MessageFilter) {\n    messages(filter: $filter, first: 1) { nodes { id businessData } }\n  }\n": types.LastBusinessDataDocument,
    "\n  mutation CreateTemplate($input: TemplateInput!) {\n    createTemplate(input: $input) { template { id } userErrors { field message code } }\n  }\n": types.CreateTemplateDocument,
    "\n  mutation UpdateTemplate($id: ID!, $input: TemplateInput!) {\n    updateTemplate(id: $id, input: $input) { template { id version } userErrors { field message code } }\n  }\n": types.UpdateTemplateDocument,
    "\n  mutation DeleteTemplate($id: ID!) {\n    deleteTemplate(id: $id) { deletedId userErrors { field message code } }\n  }\n": types.DeleteTemplateDocument,
};

/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation CreateTenant($input: TenantInput!) {\n    createTenant(input: $input) { userErrors { field message code } }\n  }\n"): typeof import('./graphql').CreateTenantDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation UpdateTenant($id: ID!, $input: TenantInput!) {\n    updateTenant(id: $id, input: $input) { userErrors { field message code } }\n  }\n"): typeof import('./graphql').UpdateTenantDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  fragment ApiKeyRow on ApiKey { id name tenantId role prefix createdAt lastUsedAt expiresAt revokedAt }\n"): typeof import('./graphql').ApiKeyRowFragmentDoc;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query ApiKeys($tenantId: ID) {\n    apiKeys(tenantId: $tenantId) { ...ApiKeyRow }\n  }\n"): typeof import('./graphql').ApiKeysDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation CreateApiKey($input: ApiKeyInput!) {\n    createApiKey(input: $input) { secret userErrors { field message code } }\n  }\n"): typeof import('./graphql').CreateApiKeyDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation RevokeApiKey($id: ID!) {\n    revokeApiKey(id: $id) { apiKey { id revokedAt } userErrors { field message code } }\n  }\n"): typeof import('./graphql').RevokeApiKeyDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  fragment BusinessTypeRow on BusinessType { id tenantId code name enabled priority lane updatedAt }\n"): typeof import('./graphql').BusinessTypeRowFragmentDoc;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query BusinessTypes($tenantId: ID, $first: Int, $after: String) {\n    businessTypes(tenantId: $tenantId, first: $first, after: $after) {\n      nodes { ...BusinessTypeRow }\n      pageInfo { hasNextPage endCursor }\n    }\n  }\n"): typeof import('./graphql').BusinessTypesDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation CreateBusinessType($input: BusinessTypeInput!) {\n    createBusinessType(input: $input) { userErrors { field message code } }\n  }\n"): typeof import('./graphql').CreateBusinessTypeDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation UpdateBusinessType($id: ID!, $input: BusinessTypeInput!) {\n    updateBusinessType(id: $id, input: $input) { userErrors { field message code } }\n  }\n"): typeof import('./graphql').UpdateBusinessTypeDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation DeleteBusinessType($id: ID!) {\n    deleteBusinessType(id: $id) { deletedId userErrors { field message code } }\n  }\n"): typeof import('./graphql').DeleteBusinessTypeDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query ChannelNames($filter: ChannelConfigFilter, $first: Int, $after: String) {\n    channelConfigs(filter: $filter, first: $first, after: $after) {\n      nodes { id name channelType storeId enabled }\n      pageInfo { hasNextPage endCursor }\n    }\n  }\n"): typeof import('./graphql').ChannelNamesDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query TemplateNames($filter: TemplateFilter, $first: Int, $after: String) {\n    templates(filter: $filter, first: $first, after: $after) {\n      nodes { id name businessType channelType }\n      pageInfo { hasNextPage endCursor }\n    }\n  }\n"): typeof import('./graphql').TemplateNamesDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query BusinessTypeNames($tenantId: ID, $first: Int, $after: String) {\n    businessTypes(tenantId: $tenantId, first: $first, after: $after) {\n      nodes { id tenantId code name }\n      pageInfo { hasNextPage endCursor }\n    }\n  }\n"): typeof import('./graphql').BusinessTypeNamesDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  fragment Channel on ChannelConfig {\n    id tenantId storeId channelType name config priority enabled\n    rateLimit { count window unit }\n    rateLimitInForce { count window unit }\n    onRateLimit\n    timeWindow { startHour endHour timezone }\n    onClosedWindow onUnknown deliveryMode schedule createdAt updatedAt\n    breaker { state reason openedAt retryAt consecutiveFailures }\n  }\n"): typeof import('./graphql').ChannelFragmentDoc;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  fragment ChannelHealth on ChannelConfig {\n    health { lastSuccessAt lastFailureAt lastErrorCode lastErrorMessage }\n  }\n"): typeof import('./graphql').ChannelHealthFragmentDoc;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query Channels($filter: ChannelConfigFilter, $first: Int, $after: String) {\n    channelConfigs(filter: $filter, first: $first, after: $after) {\n      nodes { ...Channel ...ChannelHealth }\n      pageInfo { hasNextPage endCursor }\n      totalCount\n    }\n  }\n"): typeof import('./graphql').ChannelsDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query ChannelById($id: ID!) { channelConfig(id: $id) { ...Channel } }\n"): typeof import('./graphql').ChannelByIdDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation CreateChannel($input: ChannelConfigInput!) {\n    createChannelConfig(input: $input) { channelConfig { id } userErrors { field message code } }\n  }\n"): typeof import('./graphql').CreateChannelDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation UpdateChannel($id: ID!, $input: ChannelConfigInput!) {\n    updateChannelConfig(id: $id, input: $input) { channelConfig { ...Channel } userErrors { field message code } }\n  }\n"): typeof import('./graphql').UpdateChannelDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation ResetBreaker($id: ID!) {\n    resetChannelConfigBreaker(id: $id) { channelConfig { ...Channel } userErrors { field message code } }\n  }\n"): typeof import('./graphql').ResetBreakerDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation DeleteChannel($id: ID!) {\n    deleteChannelConfig(id: $id) { deletedId userErrors { field message code } }\n  }\n"): typeof import('./graphql').DeleteChannelDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation CopyChannel($id: ID!, $storeId: ID, $name: String, $enabled: Boolean) {\n    copyChannelConfig(id: $id, storeId: $storeId, name: $name, enabled: $enabled) {\n      channelConfig { id }\n      userErrors { field message code }\n    }\n  }\n"): typeof import('./graphql').CopyChannelDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  fragment TestSendFound on TestSend { success outcome message durationMs request response }\n"): typeof import('./graphql').TestSendFoundFragmentDoc;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation TestChannel($input: TestChannelConfigInput!) {\n    testChannelConfig(input: $input) { testSend { ...TestSendFound } userErrors { field message code } }\n  }\n"): typeof import('./graphql').TestChannelDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query ChannelTypes {\n    channelTypes {\n      type title description configSchema idempotencyKey\n      providerLimit { limit { count window unit } host }\n      messageTypes { messageType exactlyOneOf contentSchema limits { key field max unit } }\n    }\n  }\n"): typeof import('./graphql').ChannelTypesDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation SendMessage($input: SendMessageInput!) {\n    sendMessage(input: $input) { success messageId duplicate errorCode errorMessage message { id } }\n  }\n"): typeof import('./graphql').SendMessageDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query ExplainSend($input: SendMessageInput!) {\n    explainSend(input: $input) {\n      accepted errorCode errorMessage\n      verdicts { handler order outcome code detail channelType channelConfigId }\n      tasks {\n        channelType messageType renderedContent sendAt\n        channelConfig { id name tenantId }\n        template { id name version }\n        recipients { userId mobile email }\n      }\n    }\n  }\n"): typeof import('./graphql').ExplainSendDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query TemplateVariables($filter: TemplateFilter, $first: Int, $after: String) {\n    templates(filter: $filter, first: $first, after: $after) {\n      nodes { id variables }\n      pageInfo { hasNextPage endCursor }\n    }\n  }\n"): typeof import('./graphql').TemplateVariablesDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  fragment FailedTask on ChannelTask {\n    id messageId channelType retryCount maxRetry errorCode resultMessage finishedAt\n    channelConfig { id name }\n  }\n"): typeof import('./graphql').FailedTaskFragmentDoc;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query FailedTasks($filter: FailedTaskFilter, $first: Int, $after: String) {\n    failedTasks(filter: $filter, first: $first, after: $after) {\n      nodes { ...FailedTask }\n      pageInfo { hasNextPage endCursor }\n    }\n  }\n"): typeof import('./graphql').FailedTasksDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  fragment BulkJob on BulkJob {\n    id kind status total done skipped ratePerSecond errorMessage createdBy createdAt finishedAt\n    filter { tenantId errorCode channelType channelConfigId businessType failedFrom failedTo }\n  }\n"): typeof import('./graphql').BulkJobFragmentDoc;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query BulkJobs($tenantId: ID, $first: Int) {\n    bulkJobs(tenantId: $tenantId, first: $first) { nodes { ...BulkJob } }\n  }\n"): typeof import('./graphql').BulkJobsDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation RetryTasks($input: BulkTasksInput!) {\n    retryTasks(input: $input) { bulkJob { id } userErrors { field message code } }\n  }\n"): typeof import('./graphql').RetryTasksDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation DiscardTasks($input: BulkTasksInput!) {\n    discardTasks(input: $input) { bulkJob { id } userErrors { field message code } }\n  }\n"): typeof import('./graphql').DiscardTasksDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation PauseBulkJob($id: ID!) { pauseBulkJob(id: $id) { bulkJob { id } userErrors { message } } }\n"): typeof import('./graphql').PauseBulkJobDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation ResumeBulkJob($id: ID!) { resumeBulkJob(id: $id) { bulkJob { id } userErrors { message } } }\n"): typeof import('./graphql').ResumeBulkJobDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation CancelBulkJob($id: ID!) { cancelBulkJob(id: $id) { bulkJob { id } userErrors { message } } }\n"): typeof import('./graphql').CancelBulkJobDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  fragment InboxRow on InboxMessage { id tenantId messageId businessType messageType title body content readAt createdAt }\n"): typeof import('./graphql').InboxRowFragmentDoc;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query Inbox($tenantId: ID, $userId: String!, $unreadOnly: Boolean, $first: Int, $after: String) {\n    inbox(tenantId: $tenantId, userId: $userId, unreadOnly: $unreadOnly, first: $first, after: $after) {\n      nodes { ...InboxRow }\n      pageInfo { hasNextPage endCursor }\n    }\n  }\n"): typeof import('./graphql').InboxDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query UnreadCount($tenantId: ID, $userId: String!) {\n    unreadCount(tenantId: $tenantId, userId: $userId)\n  }\n"): typeof import('./graphql').UnreadCountDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation MarkRead($tenantId: ID, $userId: String!, $ids: [ID!]) {\n    markRead(tenantId: $tenantId, userId: $userId, ids: $ids) { count userErrors { field message code } }\n  }\n"): typeof import('./graphql').MarkReadDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  subscription NewInboxMessages($tenantId: ID, $userId: String!) {\n    inboxMessages(tenantId: $tenantId, userId: $userId) { id }\n  }\n"): typeof import('./graphql').NewInboxMessagesDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  fragment MessageDetail on Message {\n    id messageId tenantId storeId businessType businessData targetChannels executionMode status errorCode errorMessage\n    totalChannels successChannels failedChannels attributes resentFrom scheduledAt expiresAt createdAt updatedAt finishedAt\n    recipientsMasked\n    recipients { userId userType mobile email deviceNo deviceType customerNo customerType customerName customerTag }\n    tasks {\n      id channelType messageType renderedContent status retryCount maxRetry nextRetryAt errorCode resultMessage\n      thirdPartyResponse createdAt finishedAt discardedAt\n      channelConfig { id name breaker { state reason retryAt consecutiveFailures } }\n      recipients { userId mobile email deviceNo }\n    }\n    timeline { at stage outcome detail durationMs taskId thirdPartyResponse }\n  }\n"): typeof import('./graphql').MessageDetailFragmentDoc;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation ResendMessage($id: ID!, $input: ResendMessageInput) {\n    resendMessage(id: $id, input: $input) { success duplicate errorCode errorMessage message { id } }\n  }\n"): typeof import('./graphql').ResendMessageDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation RevealRecipients($id: ID!) {\n    revealRecipients(id: $id) {\n      recipients { userId userType mobile email deviceNo deviceType customerNo customerType customerName customerTag }\n      userErrors { message }\n    }\n  }\n"): typeof import('./graphql').RevealRecipientsDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  fragment CancelledTask on ChannelTask { id channelType channelConfig { id name } }\n"): typeof import('./graphql').CancelledTaskFragmentDoc;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation CancelWithAnswer($messageId: String!, $tenantId: ID) {\n    cancelMessage(messageId: $messageId, tenantId: $tenantId) {\n      success errorCode errorMessage\n      cancellation {\n        cancelled { ...CancelledTask }\n        perhapsSent { ...CancelledTask }\n        sent { ...CancelledTask }\n        underWay { ...CancelledTask }\n        ended { ...CancelledTask }\n      }\n    }\n  }\n"): typeof import('./graphql').CancelWithAnswerDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query MessageById($id: ID!) { message(id: $id) { ...MessageDetail } }\n"): typeof import('./graphql').MessageByIdDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query MessageStamp($id: ID!) { message(id: $id) { id updatedAt } }\n"): typeof import('./graphql').MessageStampDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query MessageByMessageId($messageId: String!, $tenantId: ID) {\n    message(messageId: $messageId, tenantId: $tenantId) { ...MessageDetail }\n  }\n"): typeof import('./graphql').MessageByMessageIdDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query MessageNamed($messageId: String!, $tenantId: ID!) {\n    message(messageId: $messageId, tenantId: $tenantId) { id tenantId businessType status createdAt }\n  }\n"): typeof import('./graphql').MessageNamedDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  subscription MessageProgress($messageId: String!, $tenantId: ID, $after: String) {\n    messageStatus(messageId: $messageId, tenantId: $tenantId, after: $after) { id cursor at messageStatus taskId taskStatus }\n  }\n"): typeof import('./graphql').MessageProgressDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  fragment MessageRow on Message {\n    id\n    messageId\n    tenantId\n    businessType\n    status\n    errorCode\n    totalChannels\n    successChannels\n    failedChannels\n    recipients { userId mobile email deviceNo customerName }\n    recipientsMasked\n    tasks { id channelType status }\n    createdAt\n    updatedAt\n    finishedAt\n  }\n"): typeof import('./graphql').MessageRowFragmentDoc;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query Messages($filter: MessageFilter, $first: Int, $after: String) {\n    messages(filter: $filter, first: $first, after: $after) {\n      nodes { ...MessageRow }\n      pageInfo { endCursor hasNextPage }\n    }\n  }\n"): typeof import('./graphql').MessagesDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query OneMessageRow($id: ID!) {\n    message(id: $id) { ...MessageRow }\n  }\n"): typeof import('./graphql').OneMessageRowDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  subscription StatusEvents($filter: StatusEventFilter, $after: String, $present: Int) {\n    statusEvents(filter: $filter, after: $after, present: $present) {\n      id cursor at messageId tenantId messageStatus taskId channelType taskStatus\n    }\n  }\n"): typeof import('./graphql').StatusEventsDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  fragment BulkResult on SendResult {\n    success\n    errorCode\n    message { id messageId }\n  }\n"): typeof import('./graphql').BulkResultFragmentDoc;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation CancelMessages($ids: [ID!]!) {\n    cancelMessages(ids: $ids) {\n      totalCount\n      successCount\n      results { ...BulkResult cancellation { sent { id } underWay { id } perhapsSent { id } } }\n    }\n  }\n"): typeof import('./graphql').CancelMessagesDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation RetryMessages($ids: [ID!]!) {\n    retryMessages(ids: $ids) {\n      totalCount\n      successCount\n      results { ...BulkResult }\n    }\n  }\n"): typeof import('./graphql').RetryMessagesDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation RetryMessage($messageId: String!, $tenantId: ID) {\n    retryMessage(messageId: $messageId, tenantId: $tenantId) { success errorCode errorMessage }\n  }\n"): typeof import('./graphql').RetryMessageDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query Setup($tenantId: ID) {\n    enabled: channelConfigs(filter: { tenantId: $tenantId, enabled: true }, first: 1) { totalCount }\n    disabled: channelConfigs(filter: { tenantId: $tenantId, enabled: false }, first: 1) { totalCount }\n    templates(filter: { tenantId: $tenantId }, first: 1) { totalCount }\n    businessTypes(tenantId: $tenantId, first: 1) { totalCount }\n  }\n"): typeof import('./graphql').SetupDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  fragment MessageNumbers on MessageCounts {\n    accepted succeeded partiallySucceeded failed skipped cancelled reopened latency { count p50Ms p99Ms }\n  }\n"): typeof import('./graphql').MessageNumbersFragmentDoc;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  fragment TaskNumbers on TaskCounts { sent failed retried sendDuration { count p50Ms p99Ms } }\n"): typeof import('./graphql').TaskNumbersFragmentDoc;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query Overview(\n    $filter: MessageStatsFilter\n    $from: DateTime!\n    $interval: StatsInterval!\n    $beforeFrom: DateTime!\n    $beforeTo: DateTime!\n    $beforeInterval: StatsInterval!\n  ) {\n    now: messageStats(filter: $filter, from: $from, interval: $interval) {\n      from\n      to\n      interval\n      total { messages { ...MessageNumbers } tasks { retried } }\n      groups { buckets { at counts { messages { ...MessageNumbers } } } }\n    }\n    before: messageStats(filter: $filter, from: $beforeFrom, to: $beforeTo, interval: $beforeInterval) {\n      total { messages { ...MessageNumbers } tasks { retried } }\n    }\n    channels: messageStats(filter: $filter, from: $from, interval: $interval, groupBy: CHANNEL_TYPE) {\n      groups { key total { tasks { ...TaskNumbers } } }\n    }\n    businessTypes: messageStats(filter: $filter, from: $from, interval: $interval, groupBy: BUSINESS_TYPE) {\n      groups { key total { messages { ...MessageNumbers } } }\n    }\n    reasons: messageStats(filter: $filter, from: $from, interval: $interval, groupBy: ERROR_CODE) {\n      groups { key total { messages { failed partiallySucceeded } tasks { failed } } }\n    }\n  }\n"): typeof import('./graphql').OverviewDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query Standing($tenantId: ID, $lanes: Boolean!) {\n    backlog(tenantId: $tenantId) {\n      deferredMessages { value capped }\n      failedTasks { value capped }\n    }\n    laneStats @include(if: $lanes) { lane waiting delayed inHand oldestAgeSeconds workersPerInstance }\n  }\n"): typeof import('./graphql').StandingDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query Breakers($filter: ChannelConfigFilter, $first: Int, $after: String) {\n    channelConfigs(filter: $filter, first: $first, after: $after) {\n      nodes { id name storeId tenantId channelType breaker { state reason retryAt } }\n      pageInfo { hasNextPage endCursor }\n    }\n  }\n"): typeof import('./graphql').BreakersDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query Latest($filter: MessageFilter, $first: Int) {\n    messages(filter: $filter, first: $first) {\n      nodes {\n        id messageId tenantId businessType status errorCode createdAt\n        tasks { id channelType status errorCode resultMessage }\n      }\n    }\n  }\n"): typeof import('./graphql').LatestDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query Settings {\n    systemSettings {\n      retry { maxCount intervalSeconds backoffMultiplier maxIntervalSeconds jitter }\n      timeout { singleChannelSeconds allChannelsSeconds }\n      execution { mode continueOnFail skipOnSuccess }\n      handlers { name order enabled timeoutSeconds }\n      workers { processConcurrency deliverConcurrency }\n      retention { messagesMonths timelineMonths inboxMonths }\n      breaker { enabled failures openSeconds maxOpenSeconds }\n      version updatedAt updatedBy\n    }\n  }\n"): typeof import('./graphql').SettingsDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation UpdateSettings($input: SystemSettingsInput!) {\n    updateSystemSettings(input: $input) { settings { version } userErrors { field message code } }\n  }\n"): typeof import('./graphql').UpdateSettingsDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query Tenants {\n    tenants { id code name timezone enabled strictBusinessTypes createdAt }\n  }\n"): typeof import('./graphql').TenantsDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query Viewer {\n    viewer { name role tenantId tenant { id code name timezone enabled } }\n  }\n"): typeof import('./graphql').ViewerDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query ViewerTenants {\n    tenants { id code name timezone enabled }\n  }\n"): typeof import('./graphql').ViewerTenantsDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  fragment TemplateCell on Template {\n    id tenantId businessType channelType messageType name locale enabled version\n  }\n"): typeof import('./graphql').TemplateCellFragmentDoc;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query Templates($filter: TemplateFilter, $first: Int, $after: String) {\n    templates(filter: $filter, first: $first, after: $after) {\n      nodes { ...TemplateCell }\n      pageInfo { hasNextPage endCursor }\n    }\n  }\n"): typeof import('./graphql').TemplatesDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query TemplateById($id: ID!) {\n    template(id: $id) {\n      ...TemplateCell\n      content sampleData variables updatedAt\n      versions { version messageType name content sampleData enabled createdAt createdBy }\n    }\n  }\n"): typeof import('./graphql').TemplateByIdDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query PreviewTemplate($input: TemplateInput!, $businessData: JSON) {\n    previewTemplate(input: $input, businessData: $businessData) {\n      rendered variables userErrors { field message code }\n    }\n  }\n"): typeof import('./graphql').PreviewTemplateDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation TestTemplate($input: TestTemplateInput!) {\n    testTemplate(input: $input) { testSend { ...TestSendFound } userErrors { field message code } }\n  }\n"): typeof import('./graphql').TestTemplateDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query LastBusinessData($filter: MessageFilter) {\n    messages(filter: $filter, first: 1) { nodes { id businessData } }\n  }\n"): typeof import('./graphql').LastBusinessDataDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation CreateTemplate($input: TemplateInput!) {\n    createTemplate(input: $input) { template { id } userErrors { field message code } }\n  }\n"): typeof import('./graphql').CreateTemplateDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation UpdateTemplate($id: ID!, $input: TemplateInput!) {\n    updateTemplate(id: $id, input: $input) { template { id version } userErrors { field message code } }\n  }\n"): typeof import('./graphql').UpdateTemplateDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation DeleteTemplate($id: ID!) {\n    deleteTemplate(id: $id) { deletedId userErrors { field message code } }\n  }\n"): typeof import('./graphql').DeleteTemplateDocument;


export function graphql(source: string) {
  return (documents as any)[source] ?? {};
}
