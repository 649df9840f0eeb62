/** What the schema says about the fields of these inputs. */
export const inputs = {
  "SendMessageInput": {
    "attributes": "Further routing keys (subBusinessType, productCode, channelNo, institution, ...) and free tags.",
    "businessData": "Business data: a JSON object that templates render.",
    "businessType": "What kind of event it is about; chooses the templates.",
    "channelOptions": "Wishes for single channels.",
    "content": "Sends this text as it is, without a template.",
    "executionMode": "In which order its channels are used; the settings' when absent.",
    "expiresAt": "After this the message is no longer worth sending: what is unsent is cancelled.",
    "messageId": "Chosen by the caller, unique per tenant: the idempotency key. Generated when absent.",
    "recipients": "Who it is for.",
    "scheduledAt": "Sends it at this time rather than at once.",
    "storeId": "The store within the tenant that it is about: its channel configs win over the tenant's.",
    "targetChannels": "Restricts routing to these channels; absent: every channel that the rules and configs give.",
    "tenantId": "A tenant's id or code. Needed only with a platform key; a tenant's key implies it."
  },
  "RecipientInput": {
    "customerName": "The customer's name.",
    "customerNo": "The customer's number.",
    "customerTag": "A tag of the customer.",
    "customerType": "The kind of customer.",
    "deviceNo": "The device's number, for push notifications.",
    "deviceType": "The kind of device.",
    "email": "Mail address.",
    "mobile": "Mobile number; robots mention it.",
    "userId": "The user's id; LOCAL needs it.",
    "userType": "Where in the organisation the user belongs."
  },
  "ChannelOptionInput": {
    "channelType": "The channel that this is about.",
    "maxRetry": "Retries after the first attempt.",
    "priority": "Order of channels within the message, smaller first.",
    "retryOnFail": "False: one attempt only."
  }
}
