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
    "\n  fragment Channel on ChannelConfig {\n    id tenantId storeId channelType name config priority enabled\n    rateLimit { count window unit }\n    onRateLimit\n    timeWindow { startHour endHour timezone }\n    onClosedWindow deliveryMode schedule createdAt updatedAt\n  }\n": typeof types.ChannelFragmentDoc,
    "\n  query Channels($filter: ChannelConfigFilter, $first: Int, $after: String) {\n    channelConfigs(filter: $filter, first: $first, after: $after) {\n      nodes { ...Channel }\n      pageInfo { hasNextPage endCursor }\n      totalCount\n    }\n  }\n": typeof types.ChannelsDocument,
    "\n  query ChannelById($id: ID!) { channelConfig(id: $id) { ...Channel } }\n": typeof types.ChannelByIdDocument,
    "\n  mutation CreateChannel($input: ChannelConfigInput!) {\n    createChannelConfig(input: $input) { channelConfig { id } userErrors { field message code } }\n  }\n": typeof types.CreateChannelDocument,
    "\n  mutation UpdateChannel($id: ID!, $input: ChannelConfigInput!) {\n    updateChannelConfig(id: $id, input: $input) { channelConfig { ...Channel } userErrors { field message code } }\n  }\n": typeof types.UpdateChannelDocument,
    "\n  mutation DeleteChannel($id: ID!) {\n    deleteChannelConfig(id: $id) { deletedId userErrors { field message code } }\n  }\n": typeof types.DeleteChannelDocument,
    "\n  query BusinessTypeCodes($tenantId: ID) {\n    businessTypes(tenantId: $tenantId, first: 100) { nodes { code name } }\n    templates(filter: { tenantId: $tenantId }, first: 100) { nodes { businessType } }\n  }\n": typeof types.BusinessTypeCodesDocument,
    "\n  query PalettePlaces($tenantId: ID) {\n    channelConfigs(filter: { tenantId: $tenantId }, first: 100) { nodes { id name channelType } }\n    templates(filter: { tenantId: $tenantId }, first: 100) { nodes { id name businessType channelType } }\n  }\n": typeof types.PalettePlacesDocument,
    "\n  mutation SendMessage($input: SendMessageInput!) {\n    sendMessage(input: $input) { success messageId duplicate errorCode errorMessage message { id } }\n  }\n": typeof types.SendMessageDocument,
    "\n  query ExplainSend($input: SendMessageInput!) {\n    explainSend(input: $input) {\n      accepted errorCode errorMessage\n      verdicts { handler order outcome code detail channelType channelConfigId }\n      tasks {\n        channelType messageType renderedContent sendAt\n        channelConfig { id name }\n        template { id name version }\n        recipients { userId mobile email }\n      }\n    }\n  }\n": typeof types.ExplainSendDocument,
    "\n  query TemplateVariables($filter: TemplateFilter) {\n    templates(filter: $filter, first: 100) { nodes { id channelType variables } }\n  }\n": typeof types.TemplateVariablesDocument,
    "\n  fragment MessageDetail on Message {\n    id messageId tenantId storeId businessType businessData targetChannels executionMode status errorCode errorMessage\n    totalChannels successChannels failedChannels attributes scheduledAt expiresAt createdAt updatedAt finishedAt\n    recipients { userId userType mobile email deviceNo deviceType customerNo customerType customerName customerTag }\n    tasks {\n      id channelType messageType renderedContent status retryCount maxRetry nextRetryAt resultMessage thirdPartyResponse\n      createdAt finishedAt\n      channelConfig { id name }\n      recipients { userId mobile email deviceNo }\n    }\n    timeline { at stage outcome detail durationMs taskId }\n  }\n": typeof types.MessageDetailFragmentDoc,
    "\n  query MessageById($id: ID!) { message(id: $id) { ...MessageDetail } }\n": typeof types.MessageByIdDocument,
    "\n  query MessageByMessageId($messageId: String!, $tenantId: ID) {\n    message(messageId: $messageId, tenantId: $tenantId) { ...MessageDetail }\n  }\n": typeof types.MessageByMessageIdDocument,
    "\n  subscription MessageProgress($messageId: String!, $tenantId: ID) {\n    messageStatus(messageId: $messageId, tenantId: $tenantId) { at messageStatus taskStatus }\n  }\n": typeof types.MessageProgressDocument,
    "\n  fragment MessageRow on Message {\n    id\n    messageId\n    tenantId\n    businessType\n    status\n    errorCode\n    totalChannels\n    successChannels\n    failedChannels\n    recipients { userId mobile email deviceNo customerName }\n    tasks { id channelType status }\n    createdAt\n    updatedAt\n    finishedAt\n  }\n": typeof types.MessageRowFragmentDoc,
    "\n  query Messages($filter: MessageFilter, $first: Int, $after: String) {\n    messages(filter: $filter, first: $first, after: $after) {\n      nodes { ...MessageRow }\n      pageInfo { endCursor hasNextPage }\n    }\n  }\n": typeof types.MessagesDocument,
    "\n  query OneMessageRow($id: ID!) {\n    message(id: $id) { ...MessageRow }\n  }\n": typeof types.OneMessageRowDocument,
    "\n  subscription StatusEvents($filter: StatusEventFilter) {\n    statusEvents(filter: $filter) { at messageId tenantId messageStatus taskId channelType taskStatus }\n  }\n": typeof types.StatusEventsDocument,
    "\n  mutation CancelMessage($messageId: String!, $tenantId: ID) {\n    cancelMessage(messageId: $messageId, tenantId: $tenantId) { success errorCode errorMessage }\n  }\n": typeof types.CancelMessageDocument,
    "\n  mutation RetryMessage($messageId: String!, $tenantId: ID) {\n    retryMessage(messageId: $messageId, tenantId: $tenantId) { success errorCode errorMessage }\n  }\n": typeof types.RetryMessageDocument,
    "\n  query Viewer {\n    viewer { name role tenantId }\n    tenants { id code name timezone enabled }\n  }\n": typeof types.ViewerDocument,
    "\n  fragment TemplateCell on Template {\n    id tenantId businessType channelType messageType name locale enabled version\n  }\n": typeof types.TemplateCellFragmentDoc,
    "\n  query Templates($filter: TemplateFilter, $first: Int, $after: String) {\n    templates(filter: $filter, first: $first, after: $after) {\n      nodes { ...TemplateCell }\n      pageInfo { hasNextPage endCursor }\n    }\n  }\n": typeof types.TemplatesDocument,
    "\n  query TemplateMatrixFrame($tenantId: ID) {\n    businessTypes(tenantId: $tenantId, first: 100) { nodes { id tenantId code name } }\n    channelConfigs(filter: { tenantId: $tenantId, enabled: true }, first: 100) { nodes { id channelType } }\n  }\n": typeof types.TemplateMatrixFrameDocument,
    "\n  query TemplateById($id: ID!) {\n    template(id: $id) {\n      ...TemplateCell\n      content variables updatedAt\n      versions { version messageType name content enabled createdAt createdBy }\n    }\n  }\n": typeof types.TemplateByIdDocument,
    "\n  query PreviewTemplate($input: TemplateInput!, $businessData: JSON!) {\n    previewTemplate(input: $input, businessData: $businessData) { rendered userErrors { field message code } }\n  }\n": typeof types.PreviewTemplateDocument,
    "\n  query LastBusinessData($filter: MessageFilter) {\n    messages(filter: $filter, first: 1) { nodes { id businessData } }\n  }\n": typeof types.LastBusinessDataDocument,
    "\n  mutation CreateTemplate($input: TemplateInput!) {\n    createTemplate(input: $input) { template { id } userErrors { field message code } }\n  }\n": typeof types.CreateTemplateDocument,
    "\n  mutation UpdateTemplate($id: ID!, $input: TemplateInput!) {\n    updateTemplate(id: $id, input: $input) { template { id version } userErrors { field message code } }\n  }\n": typeof types.UpdateTemplateDocument,
    "\n  mutation DeleteTemplate($id: ID!) {\n    deleteTemplate(id: $id) { deletedId userErrors { field message code } }\n  }\n": typeof types.DeleteTemplateDocument,
};
const documents: Documents = {
    "\n  fragment Channel on ChannelConfig {\n    id tenantId storeId channelType name config priority enabled\n    rateLimit { count window unit }\n    onRateLimit\n    timeWindow { startHour endHour timezone }\n    onClosedWindow deliveryMode schedule createdAt updatedAt\n  }\n": types.ChannelFragmentDoc,
    "\n  query Channels($filter: ChannelConfigFilter, $first: Int, $after: String) {\n    channelConfigs(filter: $filter, first: $first, after: $after) {\n      nodes { ...Channel }\n      pageInfo { hasNextPage endCursor }\n      totalCount\n    }\n  }\n": types.ChannelsDocument,
    "\n  query ChannelById($id: ID!) { channelConfig(id: $id) { ...Channel } }\n": types.ChannelByIdDocument,
    "\n  mutation CreateChannel($input: ChannelConfigInput!) {\n    createChannelConfig(input: $input) { channelConfig { id } userErrors { field message code } }\n  }\n": types.CreateChannelDocument,
    "\n  mutation UpdateChannel($id: ID!, $input: ChannelConfigInput!) {\n    updateChannelConfig(id: $id, input: $input) { channelConfig { ...Channel } userErrors { field message code } }\n  }\n": types.UpdateChannelDocument,
    "\n  mutation DeleteChannel($id: ID!) {\n    deleteChannelConfig(id: $id) { deletedId userErrors { field message code } }\n  }\n": types.DeleteChannelDocument,
    "\n  query BusinessTypeCodes($tenantId: ID) {\n    businessTypes(tenantId: $tenantId, first: 100) { nodes { code name } }\n    templates(filter: { tenantId: $tenantId }, first: 100) { nodes { businessType } }\n  }\n": types.BusinessTypeCodesDocument,
    "\n  query PalettePlaces($tenantId: ID) {\n    channelConfigs(filter: { tenantId: $tenantId }, first: 100) { nodes { id name channelType } }\n    templates(filter: { tenantId: $tenantId }, first: 100) { nodes { id name businessType channelType } }\n  }\n": types.PalettePlacesDocument,
    "\n  mutation SendMessage($input: SendMessageInput!) {\n    sendMessage(input: $input) { success messageId duplicate errorCode errorMessage message { id } }\n  }\n": types.SendMessageDocument,
    "\n  query ExplainSend($input: SendMessageInput!) {\n    explainSend(input: $input) {\n      accepted errorCode errorMessage\n      verdicts { handler order outcome code detail channelType channelConfigId }\n      tasks {\n        channelType messageType renderedContent sendAt\n        channelConfig { id name }\n        template { id name version }\n        recipients { userId mobile email }\n      }\n    }\n  }\n": types.ExplainSendDocument,
    "\n  query TemplateVariables($filter: TemplateFilter) {\n    templates(filter: $filter, first: 100) { nodes { id channelType variables } }\n  }\n": types.TemplateVariablesDocument,
    "\n  fragment MessageDetail on Message {\n    id messageId tenantId storeId businessType businessData targetChannels executionMode status errorCode errorMessage\n    totalChannels successChannels failedChannels attributes scheduledAt expiresAt createdAt updatedAt finishedAt\n    recipients { userId userType mobile email deviceNo deviceType customerNo customerType customerName customerTag }\n    tasks {\n      id channelType messageType renderedContent status retryCount maxRetry nextRetryAt resultMessage thirdPartyResponse\n      createdAt finishedAt\n      channelConfig { id name }\n      recipients { userId mobile email deviceNo }\n    }\n    timeline { at stage outcome detail durationMs taskId }\n  }\n": types.MessageDetailFragmentDoc,
    "\n  query MessageById($id: ID!) { message(id: $id) { ...MessageDetail } }\n": types.MessageByIdDocument,
    "\n  query MessageByMessageId($messageId: String!, $tenantId: ID) {\n    message(messageId: $messageId, tenantId: $tenantId) { ...MessageDetail }\n  }\n": types.MessageByMessageIdDocument,
    "\n  subscription MessageProgress($messageId: String!, $tenantId: ID) {\n    messageStatus(messageId: $messageId, tenantId: $tenantId) { at messageStatus taskStatus }\n  }\n": types.MessageProgressDocument,
    "\n  fragment MessageRow on Message {\n    id\n    messageId\n    tenantId\n    businessType\n    status\n    errorCode\n    totalChannels\n    successChannels\n    failedChannels\n    recipients { userId mobile email deviceNo customerName }\n    tasks { id channelType status }\n    createdAt\n    updatedAt\n    finishedAt\n  }\n": types.MessageRowFragmentDoc,
    "\n  query Messages($filter: MessageFilter, $first: Int, $after: String) {\n    messages(filter: $filter, first: $first, after: $after) {\n      nodes { ...MessageRow }\n      pageInfo { endCursor hasNextPage }\n    }\n  }\n": types.MessagesDocument,
    "\n  query OneMessageRow($id: ID!) {\n    message(id: $id) { ...MessageRow }\n  }\n": types.OneMessageRowDocument,
    "\n  subscription StatusEvents($filter: StatusEventFilter) {\n    statusEvents(filter: $filter) { at messageId tenantId messageStatus taskId channelType taskStatus }\n  }\n": types.StatusEventsDocument,
    "\n  mutation CancelMessage($messageId: String!, $tenantId: ID) {\n    cancelMessage(messageId: $messageId, tenantId: $tenantId) { success errorCode errorMessage }\n  }\n": types.CancelMessageDocument,
    "\n  mutation RetryMessage($messageId: String!, $tenantId: ID) {\n    retryMessage(messageId: $messageId, tenantId: $tenantId) { success errorCode errorMessage }\n  }\n": types.RetryMessageDocument,
    "\n  query Viewer {\n    viewer { name role tenantId }\n    tenants { id code name timezone enabled }\n  }\n": types.ViewerDocument,
    "\n  fragment TemplateCell on Template {\n    id tenantId businessType channelType messageType name locale enabled version\n  }\n": types.TemplateCellFragmentDoc,
    "\n  query Templates($filter: TemplateFilter, $first: Int, $after: String) {\n    templates(filter: $filter, first: $first, after: $after) {\n      nodes { ...TemplateCell }\n      pageInfo { hasNextPage endCursor }\n    }\n  }\n": types.TemplatesDocument,
    "\n  query TemplateMatrixFrame($tenantId: ID) {\n    businessTypes(tenantId: $tenantId, first: 100) { nodes { id tenantId code name } }\n    channelConfigs(filter: { tenantId: $tenantId, enabled: true }, first: 100) { nodes { id channelType } }\n  }\n": types.TemplateMatrixFrameDocument,
    "\n  query TemplateById($id: ID!) {\n    template(id: $id) {\n      ...TemplateCell\n      content variables updatedAt\n      versions { version messageType name content enabled createdAt createdBy }\n    }\n  }\n": types.TemplateByIdDocument,
    "\n  query PreviewTemplate($input: TemplateInput!, $businessData: JSON!) {\n    previewTemplate(input: $input, businessData: $businessData) { rendered userErrors { field message code } }\n  }\n": types.PreviewTemplateDocument,
    "\n  query LastBusinessData($filter: MessageFilter) {\n    messages(filter: $filter, first: 1) { nodes { id businessData } }\n  }\n": types.LastBusinessDataDocument,
    "\n  mutation CreateTemplate($input: TemplateInput!) {\n    createTemplate(input: $input) { template { id } userErrors { field message code } }\n  }\n": types.CreateTemplateDocument,
    "\n  mutation UpdateTemplate($id: ID!, $input: TemplateInput!) {\n    updateTemplate(id: $id, input: $input) { template { id version } userErrors { field message code } }\n  }\n": types.UpdateTemplateDocument,
    "\n  mutation DeleteTemplate($id: ID!) {\n    deleteTemplate(id: $id) { deletedId userErrors { field message code } }\n  }\n": types.DeleteTemplateDocument,
};

/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  fragment Channel on ChannelConfig {\n    id tenantId storeId channelType name config priority enabled\n    rateLimit { count window unit }\n    onRateLimit\n    timeWindow { startHour endHour timezone }\n    onClosedWindow deliveryMode schedule createdAt updatedAt\n  }\n"): typeof import('./graphql').ChannelFragmentDoc;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query Channels($filter: ChannelConfigFilter, $first: Int, $after: String) {\n    channelConfigs(filter: $filter, first: $first, after: $after) {\n      nodes { ...Channel }\n      pageInfo { hasNextPage endCursor }\n      totalCount\n    }\n  }\n"): typeof import('./graphql').ChannelsDocument;
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
export function graphql(source: "\n  mutation DeleteChannel($id: ID!) {\n    deleteChannelConfig(id: $id) { deletedId userErrors { field message code } }\n  }\n"): typeof import('./graphql').DeleteChannelDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query BusinessTypeCodes($tenantId: ID) {\n    businessTypes(tenantId: $tenantId, first: 100) { nodes { code name } }\n    templates(filter: { tenantId: $tenantId }, first: 100) { nodes { businessType } }\n  }\n"): typeof import('./graphql').BusinessTypeCodesDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query PalettePlaces($tenantId: ID) {\n    channelConfigs(filter: { tenantId: $tenantId }, first: 100) { nodes { id name channelType } }\n    templates(filter: { tenantId: $tenantId }, first: 100) { nodes { id name businessType channelType } }\n  }\n"): typeof import('./graphql').PalettePlacesDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation SendMessage($input: SendMessageInput!) {\n    sendMessage(input: $input) { success messageId duplicate errorCode errorMessage message { id } }\n  }\n"): typeof import('./graphql').SendMessageDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query ExplainSend($input: SendMessageInput!) {\n    explainSend(input: $input) {\n      accepted errorCode errorMessage\n      verdicts { handler order outcome code detail channelType channelConfigId }\n      tasks {\n        channelType messageType renderedContent sendAt\n        channelConfig { id name }\n        template { id name version }\n        recipients { userId mobile email }\n      }\n    }\n  }\n"): typeof import('./graphql').ExplainSendDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query TemplateVariables($filter: TemplateFilter) {\n    templates(filter: $filter, first: 100) { nodes { id channelType variables } }\n  }\n"): typeof import('./graphql').TemplateVariablesDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  fragment MessageDetail on Message {\n    id messageId tenantId storeId businessType businessData targetChannels executionMode status errorCode errorMessage\n    totalChannels successChannels failedChannels attributes scheduledAt expiresAt createdAt updatedAt finishedAt\n    recipients { userId userType mobile email deviceNo deviceType customerNo customerType customerName customerTag }\n    tasks {\n      id channelType messageType renderedContent status retryCount maxRetry nextRetryAt resultMessage thirdPartyResponse\n      createdAt finishedAt\n      channelConfig { id name }\n      recipients { userId mobile email deviceNo }\n    }\n    timeline { at stage outcome detail durationMs taskId }\n  }\n"): typeof import('./graphql').MessageDetailFragmentDoc;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query MessageById($id: ID!) { message(id: $id) { ...MessageDetail } }\n"): typeof import('./graphql').MessageByIdDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query MessageByMessageId($messageId: String!, $tenantId: ID) {\n    message(messageId: $messageId, tenantId: $tenantId) { ...MessageDetail }\n  }\n"): typeof import('./graphql').MessageByMessageIdDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  subscription MessageProgress($messageId: String!, $tenantId: ID) {\n    messageStatus(messageId: $messageId, tenantId: $tenantId) { at messageStatus taskStatus }\n  }\n"): typeof import('./graphql').MessageProgressDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  fragment MessageRow on Message {\n    id\n    messageId\n    tenantId\n    businessType\n    status\n    errorCode\n    totalChannels\n    successChannels\n    failedChannels\n    recipients { userId mobile email deviceNo customerName }\n    tasks { id channelType status }\n    createdAt\n    updatedAt\n    finishedAt\n  }\n"): typeof import('./graphql').MessageRowFragmentDoc;
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
export function graphql(source: "\n  subscription StatusEvents($filter: StatusEventFilter) {\n    statusEvents(filter: $filter) { at messageId tenantId messageStatus taskId channelType taskStatus }\n  }\n"): typeof import('./graphql').StatusEventsDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation CancelMessage($messageId: String!, $tenantId: ID) {\n    cancelMessage(messageId: $messageId, tenantId: $tenantId) { success errorCode errorMessage }\n  }\n"): typeof import('./graphql').CancelMessageDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation RetryMessage($messageId: String!, $tenantId: ID) {\n    retryMessage(messageId: $messageId, tenantId: $tenantId) { success errorCode errorMessage }\n  }\n"): typeof import('./graphql').RetryMessageDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query Viewer {\n    viewer { name role tenantId }\n    tenants { id code name timezone enabled }\n  }\n"): typeof import('./graphql').ViewerDocument;
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
export function graphql(source: "\n  query TemplateMatrixFrame($tenantId: ID) {\n    businessTypes(tenantId: $tenantId, first: 100) { nodes { id tenantId code name } }\n    channelConfigs(filter: { tenantId: $tenantId, enabled: true }, first: 100) { nodes { id channelType } }\n  }\n"): typeof import('./graphql').TemplateMatrixFrameDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query TemplateById($id: ID!) {\n    template(id: $id) {\n      ...TemplateCell\n      content variables updatedAt\n      versions { version messageType name content enabled createdAt createdBy }\n    }\n  }\n"): typeof import('./graphql').TemplateByIdDocument;
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query PreviewTemplate($input: TemplateInput!, $businessData: JSON!) {\n    previewTemplate(input: $input, businessData: $businessData) { rendered userErrors { field message code } }\n  }\n"): typeof import('./graphql').PreviewTemplateDocument;
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
