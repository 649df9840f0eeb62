//! A client with one API key: GraphQL, REST, and a method for each thing that tests do often. What a method does not expect
//! makes it panic with the server's whole answer.

use std::sync::Once;
use std::time::Duration;

use reqwest::{Client, Method};
use serde_json::{Value, json};

use crate::wait::{SOON, within};

/// What most tests look at in a message.
pub const MESSAGE: &str = "
    id messageId tenantId storeId businessType businessData targetChannels executionMode status errorCode errorMessage
    totalChannels successChannels failedChannels attributes scheduledAt expiresAt createdAt updatedAt finishedAt
    tasks { id messageId channelType channelConfig { id name } messageType renderedContent status retryCount maxRetry
        nextRetryAt resultMessage thirdPartyResponse createdAt updatedAt finishedAt }
    timeline { at stage outcome detail durationMs taskId thirdPartyResponse }";

const RESULT: &str = "success messageId duplicate errorCode errorMessage message { id messageId status }";
const CONFIG: &str = "id tenantId storeId channelType name config priority enabled rateLimit { count window unit }
    onRateLimit timeWindow { startHour endHour timezone } onClosedWindow deliveryMode schedule createdAt updatedAt";
const TEMPLATE: &str = "id tenantId businessType channelType messageType name content locale enabled variables version";
const USER_ERRORS: &str = "userErrors { field message code }";

/// The statuses that a message does not leave by itself.
pub const FINISHED: [&str; 5] = ["SUCCESS", "PARTIAL_SUCCESS", "FAILED", "SKIPPED", "CANCELLED"];

#[derive(Clone)]
pub struct Api {
    pub url: String,
    pub key: Option<String>,
    /// Given as `tenantId` where a platform key must name the tenant.
    tenant: Option<String>,
    client: Client,
}

/// An HTTP client for tests.
pub fn http_client() -> Client {
    http_client_within(Duration::from_secs(60))
}

/// One that waits this long for an answer.
pub fn http_client_within(patience: Duration) -> Client {
    static PROVIDER: Once = Once::new();
    PROVIDER.call_once(|| {
        let _ = rustls::crypto::ring::default_provider().install_default();
    });
    Client::builder().timeout(patience).build().unwrap()
}

impl Api {
    pub fn new(url: &str, key: Option<&str>) -> Self {
        Self { url: url.to_owned(), key: key.map(str::to_owned), tenant: None, client: http_client() }
    }

    /// The same client for another tenant: for platform keys.
    #[must_use]
    pub fn for_tenant(&self, tenant: &str) -> Self {
        Self { tenant: Some(tenant.to_owned()), ..self.clone() }
    }

    // ------------------------------------------------------------------------------------------------ requests

    /// HTTP status and body (as JSON, or else as a JSON string).
    pub async fn request(&self, method: Method, path: &str, body: Option<&Value>) -> (u16, Value) {
        let mut request = self.client.request(method, format!("{}{path}", self.url));
        if let Some(key) = &self.key {
            request = request.bearer_auth(key);
        }
        if let Some(body) = body {
            request = request.json(body);
        }
        match request.send().await {
            Ok(response) => {
                let status = response.status().as_u16();
                let text = response.text().await.unwrap_or_default();
                (status, serde_json::from_str(&text).unwrap_or(Value::String(text)))
            }
            // 0: no answer.
            Err(error) => (0, Value::String(format!("{error:?}"))),
        }
    }

    pub async fn get(&self, path: &str) -> (u16, Value) {
        self.request(Method::GET, path, None).await
    }

    pub async fn post(&self, path: &str, body: &Value) -> (u16, Value) {
        self.request(Method::POST, path, Some(body)).await
    }

    /// The whole GraphQL answer.
    pub async fn execute(&self, query: &str, variables: Value) -> (u16, Value) {
        self.post("/graphql", &json!({ "query": query, "variables": variables })).await
    }

    /// `data` of an answer without errors.
    pub async fn gql(&self, query: &str, variables: Value) -> Value {
        let (status, mut answer) = self.execute(query, variables).await;
        assert!(status == 200 && answer.get("errors").is_none(), "{status} {answer:#}\nto {query}");
        answer["data"].take()
    }

    /// The first error of an answer that must have one.
    pub async fn gql_err(&self, query: &str, variables: Value) -> Value {
        let (status, mut answer) = self.execute(query, variables).await;
        assert!(answer["errors"][0].is_object(), "an error was expected: {status} {answer:#}\nto {query}");
        answer["errors"][0].take()
    }

    /// `extensions.code` of an answer that must be an error.
    pub async fn gql_code(&self, query: &str, variables: Value) -> String {
        let error = self.gql_err(query, variables).await;
        error["extensions"]["code"].as_str().unwrap_or_else(|| panic!("no extensions.code: {error:#}")).to_owned()
    }

    // ------------------------------------------------------------------------------------------------ configuration

    /// `input` of a mutation, with the tenant named where this client is for one.
    fn named(&self, mut input: Value) -> Value {
        if let (Some(tenant), None) = (&self.tenant, input.get("tenantId")) {
            input["tenantId"] = json!(tenant);
        }
        input
    }

    pub async fn create_tenant(&self, input: Value) -> String {
        let query = format!(
            "mutation($input: TenantInput!) {{ it: createTenant(input: $input) {{ it: tenant {{ id }} {USER_ERRORS} }} }}"
        );
        created(&self.gql(&query, json!({ "input": input })).await["it"])["id"].as_str().unwrap().to_owned()
    }

    /// The key's id and the key itself. `tenant` is None for a platform key.
    pub async fn create_key(&self, role: &str, tenant: Option<&str>) -> (String, String) {
        self.create_key_with(json!({ "name": format!("{role} key"), "role": role, "tenantId": tenant })).await
    }

    pub async fn create_key_with(&self, input: Value) -> (String, String) {
        let query = format!(
            "mutation($input: ApiKeyInput!) {{ it: createApiKey(input: $input) {{ it: apiKey {{ id }} secret {USER_ERRORS} }} }}"
        );
        let payload = self.gql(&query, json!({ "input": input })).await;
        let id = created(&payload["it"])["id"].as_str().unwrap().to_owned();
        (id, payload["it"]["secret"].as_str().expect("the new key's secret").to_owned())
    }

    pub async fn try_create_channel_config(&self, input: Value) -> Value {
        let query = format!(
            "mutation($input: ChannelConfigInput!) {{ it: createChannelConfig(input: $input) {{ it: channelConfig {{ {CONFIG} }} {USER_ERRORS} }} }}"
        );
        self.gql(&query, json!({ "input": self.named(input) })).await["it"].take()
    }

    pub async fn try_update_channel_config(&self, id: &str, input: Value) -> Value {
        let query = format!(
            "mutation($id: ID!, $input: ChannelConfigInput!) {{ it: updateChannelConfig(id: $id, input: $input) {{ it: channelConfig {{ {CONFIG} }} {USER_ERRORS} }} }}"
        );
        self.gql(&query, json!({ "id": id, "input": self.named(input) })).await["it"].take()
    }

    /// A config named after its channel; `more` overrides and adds.
    pub async fn create_channel_config(&self, channel: &str, config: Value, more: Value) -> Value {
        let mut input = json!({ "channelType": channel, "name": channel, "config": config });
        merge(&mut input, more);
        created(&self.try_create_channel_config(input).await)
    }

    pub async fn try_create_template(&self, input: Value) -> Value {
        let query = format!(
            "mutation($input: TemplateInput!) {{ it: createTemplate(input: $input) {{ it: template {{ {TEMPLATE} }} {USER_ERRORS} }} }}"
        );
        self.gql(&query, json!({ "input": self.named(input) })).await["it"].take()
    }

    pub async fn try_update_template(&self, id: &str, input: Value) -> Value {
        let query = format!(
            "mutation($id: ID!, $input: TemplateInput!) {{ it: updateTemplate(id: $id, input: $input) {{ it: template {{ {TEMPLATE} }} {USER_ERRORS} }} }}"
        );
        self.gql(&query, json!({ "id": id, "input": self.named(input) })).await["it"].take()
    }

    pub async fn create_template(
        &self,
        business_type: &str,
        channel: &str,
        message_type: &str,
        content: Value,
    ) -> Value {
        let input = json!({ "businessType": business_type, "channelType": channel, "messageType": message_type,
            "name": format!("{business_type} {channel}"), "content": content });
        created(&self.try_create_template(input).await)
    }

    pub async fn try_create_business_type(&self, input: Value) -> Value {
        let query = format!(
            "mutation($input: BusinessTypeInput!) {{ it: createBusinessType(input: $input) {{ it: businessType {{ id code name enabled priority lane }} {USER_ERRORS} }} }}"
        );
        self.gql(&query, json!({ "input": self.named(input) })).await["it"].take()
    }

    pub async fn create_business_type(&self, input: Value) -> Value {
        created(&self.try_create_business_type(input).await)
    }

    pub async fn try_settings(&self, input: Value) -> Value {
        let query = format!(
            "mutation($input: SystemSettingsInput!) {{ it: updateSystemSettings(input: $input) {{
                it: settings {{ version retry {{ maxCount intervalSeconds backoffMultiplier maxIntervalSeconds jitter }} }} {USER_ERRORS} }} }}"
        );
        self.gql(&query, json!({ "input": input })).await["it"].take()
    }

    /// Changes the system settings and gives their new version.
    pub async fn settings(&self, input: Value) -> i64 {
        created(&self.try_settings(input).await)["version"].as_i64().unwrap()
    }

    // ------------------------------------------------------------------------------------------------ messages

    /// The SendResult.
    pub async fn send(&self, input: Value) -> Value {
        let query = format!("mutation($input: SendMessageInput!) {{ it: sendMessage(input: $input) {{ {RESULT} }} }}");
        self.gql(&query, json!({ "input": self.named(input) })).await["it"].take()
    }

    /// Sends what must be accepted, and gives its messageId.
    pub async fn accept(&self, input: Value) -> String {
        let result = self.send(input).await;
        assert!(result["success"] == true && result["duplicate"] == false, "not accepted: {result:#}");
        result["messageId"].as_str().unwrap().to_owned()
    }

    /// The BatchSendResult.
    pub async fn send_batch(&self, inputs: Vec<Value>) -> Value {
        let query = format!(
            "mutation($inputs: [SendMessageInput!]!) {{ it: sendMessages(inputs: $inputs) {{ totalCount successCount failedCount results {{ {RESULT} }} }} }}"
        );
        let inputs: Vec<_> = inputs.into_iter().map(|input| self.named(input)).collect();
        self.gql(&query, json!({ "inputs": inputs })).await["it"].take()
    }

    /// The SendResult of `cancelMessage` or `retryMessage`.
    pub async fn act(&self, mutation: &str, message_id: &str) -> Value {
        let query = format!(
            "mutation($id: String!, $tenant: ID) {{ it: {mutation}(messageId: $id, tenantId: $tenant) {{ {RESULT} }} }}"
        );
        self.gql(&query, json!({ "id": message_id, "tenant": self.tenant })).await["it"].take()
    }

    /// The message, or null.
    pub async fn message(&self, message_id: &str) -> Value {
        let query = format!(
            "query($id: String, $tenant: ID) {{ it: message(messageId: $id, tenantId: $tenant) {{ {MESSAGE} }} }}"
        );
        self.gql(&query, json!({ "id": message_id, "tenant": self.tenant })).await["it"].take()
    }

    /// Waits until the message has `status`; it must not end otherwise.
    pub async fn wait_status(&self, message_id: &str, status: &str) -> Value {
        self.wait_status_within(SOON, message_id, status).await
    }

    pub async fn wait_status_within(&self, deadline: Duration, message_id: &str, status: &str) -> Value {
        self.wait_message(deadline, message_id, &format!("to be {status}"), |message| {
            let now = message["status"].as_str().unwrap();
            assert!(now == status || !FINISHED.contains(&now), "{status} was expected: {message:#}");
            now == status
        })
        .await
    }

    /// Waits until the message has ended, however it did.
    pub async fn wait_finished(&self, message_id: &str) -> Value {
        self.wait_message(SOON, message_id, "to end", |message| FINISHED.contains(&message["status"].as_str().unwrap()))
            .await
    }

    /// Waits until the message is as `wanted` says.
    pub async fn wait_message(
        &self,
        deadline: Duration,
        message_id: &str,
        what: &str,
        wanted: impl Fn(&Value) -> bool,
    ) -> Value {
        let mut last = Value::Null;
        let started = std::time::Instant::now();
        within(deadline + SOON, what, async || {
            let message = self.message(message_id).await;
            assert!(message.is_object(), "there is no message {message_id}");
            if wanted(&message) {
                return Some(message);
            }
            last = message;
            assert!(started.elapsed() < deadline, "waited {deadline:?} for {message_id} {what}: {last:#}");
            None
        })
        .await
    }

    /// messageId and status of every message that `filter` lets through, newest first.
    pub async fn messages(&self, filter: Value) -> Vec<(String, String)> {
        let query = "query($filter: MessageFilter, $after: String) {
            it: messages(filter: $filter, first: 100, after: $after) {
                nodes { messageId status } pageInfo { hasNextPage endCursor } } }";
        let filter = self.named(filter);
        let mut all = Vec::new();
        let mut after = Value::Null;
        loop {
            let page = self.gql(query, json!({ "filter": filter, "after": after })).await["it"].take();
            for node in page["nodes"].as_array().unwrap() {
                all.push((node["messageId"].as_str().unwrap().to_owned(), node["status"].as_str().unwrap().to_owned()));
            }
            if page["pageInfo"]["hasNextPage"] != true {
                return all;
            }
            after = page["pageInfo"]["endCursor"].clone();
        }
    }

    pub async fn message_count(&self) -> usize {
        self.messages(json!({})).await.len()
    }

    /// Waits until all of the tenant's messages have ended, and gives the statuses.
    pub async fn wait_all_finished(&self, deadline: Duration) -> Vec<(String, String)> {
        within(deadline, "every message to end", async || {
            let all = self.messages(json!({})).await;
            all.iter().all(|(_, status)| FINISHED.contains(&status.as_str())).then_some(all)
        })
        .await
    }

    // ------------------------------------------------------------------------------------------------ inbox

    pub async fn inbox(&self, user: &str) -> Vec<Value> {
        let query = "query($user: String!, $tenant: ID) { it: inbox(userId: $user, tenantId: $tenant, first: 100) {
            nodes { id tenantId userId messageId businessType messageType title body content readAt createdAt } } }";
        let nodes = self.gql(query, json!({ "user": user, "tenant": self.tenant })).await["it"]["nodes"].take();
        nodes.as_array().unwrap().clone()
    }

    pub async fn unread_count(&self, user: &str) -> i64 {
        let query = "query($user: String!, $tenant: ID) { it: unreadCount(userId: $user, tenantId: $tenant) }";
        self.gql(query, json!({ "user": user, "tenant": self.tenant })).await["it"].as_i64().unwrap()
    }
}

/// The object of a payload (asked for as `it`) that must have no user errors.
#[track_caller]
pub fn created(payload: &Value) -> Value {
    assert!(payload["userErrors"] == json!([]) && payload["it"].is_object(), "user errors: {payload:#}");
    payload["it"].clone()
}

/// Code and dotted path of each user error of a payload whose object must be null, e.g. `("INVALID", "input.config.url")`.
#[track_caller]
pub fn refused(payload: &Value) -> Vec<(String, String)> {
    assert!(payload["it"].is_null(), "it was to be refused: {payload:#}");
    let errors = payload["userErrors"].as_array().unwrap();
    assert!(!errors.is_empty(), "no user errors: {payload:#}");
    errors
        .iter()
        .map(|error| {
            assert!(!error["message"].as_str().unwrap().is_empty());
            let path = error["field"].as_array().map_or_else(String::new, |path| {
                path.iter().map(|part| part.as_str().unwrap()).collect::<Vec<_>>().join(".")
            });
            (error["code"].as_str().unwrap().to_owned(), path)
        })
        .collect()
}

/// Copies the keys of `more` over those of `into`.
pub fn merge(into: &mut Value, more: Value) {
    if let (Some(into), Value::Object(more)) = (into.as_object_mut(), more) {
        into.extend(more);
    }
}
