//! The two questions that `posthorn send` asks of a server, over GraphQL.

use std::time::Duration;

use reqwest::header::{ACCEPT, AUTHORIZATION, HeaderMap, HeaderValue};
use reqwest::redirect::Policy;
use serde_json::{Value, json};

/// Longest that one answer may take.
const PATIENCE: Duration = Duration::from_secs(30);
const SEND: &str = "mutation Send($input: SendMessageInput!) { sendMessage(input: $input) { \
    success messageId duplicate errorCode errorMessage message { tenantId status scheduledAt } } }";
const FOLLOW: &str = "query Follow($messageId: String!, $tenantId: ID) { \
    message(messageId: $messageId, tenantId: $tenantId) { id messageId tenantId businessType status errorCode errorMessage \
    totalChannels successChannels failedChannels scheduledAt createdAt finishedAt \
    tasks { id channelType channelConfig { name } status retryCount maxRetry nextRetryAt resultMessage } \
    timeline { at stage outcome detail durationMs taskId } } }";

/// A running Posthorn.
pub struct Server {
    client: reqwest::Client,
    endpoint: String,
}

impl Server {
    /// `url` is where the console is, e.g. `http://127.0.0.1:8080`.
    pub fn new(url: &str, key: Option<&str>) -> Result<Self, String> {
        let parsed = reqwest::Url::parse(url).map_err(|error| format!("--url `{url}`: {error}"))?;
        let plain = match parsed.scheme() {
            "http" => true,
            "https" => false,
            other => return Err(format!("--url must begin with http:// or https://, not {other}:")),
        };
        let mut headers = HeaderMap::new();
        headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
        if let Some(key) = key {
            let mut value =
                HeaderValue::from_str(&format!("Bearer {key}")).map_err(|_| "the API key is not plain text")?;
            value.set_sensitive(true);
            headers.insert(AUTHORIZATION, value);
        }
        // a second installation is refused, and harmless
        let _ = rustls::crypto::ring::default_provider().install_default();
        let builder = reqwest::Client::builder().no_proxy().redirect(Policy::none()).timeout(PATIENCE);
        // without TLS no trusted certificates are needed, and a machine without any can still send
        let builder = if plain { builder.tls_certs_only([]) } else { builder };
        let client = builder.default_headers(headers).build().map_err(|error| told(&error))?;
        Ok(Self { client, endpoint: format!("{}/graphql", url.trim_end_matches('/')) })
    }

    /// `sendMessage`: its `SendResult`.
    pub async fn send(&self, input: Value) -> Result<Value, String> {
        let mut data = self.ask(SEND, json!({"input": input})).await?;
        Ok(data["sendMessage"].take())
    }

    /// `message`: with its tasks and timeline.
    pub async fn message(&self, message_id: &str, tenant: Option<&str>) -> Result<Value, String> {
        let mut data = self.ask(FOLLOW, json!({"messageId": message_id, "tenantId": tenant})).await?;
        match data["message"].take() {
            Value::Null => Err(format!("the server does not show message {message_id} to this key")),
            message => Ok(message),
        }
    }

    async fn ask(&self, query: &str, variables: Value) -> Result<Value, String> {
        let request = self.client.post(&self.endpoint).json(&json!({"query": query, "variables": variables}));
        let response = request.send().await.map_err(|error| told(&error))?;
        let status = response.status();
        let body = response.bytes().await.map_err(|error| told(&error))?;
        let Ok(mut answer) = serde_json::from_slice::<Value>(&body) else {
            return Err(format!("{} answered {status} without JSON: is this Posthorn?", self.endpoint));
        };
        // a field that this key may not see is no reason to hide the rest
        let empty = answer["data"].as_object().is_none_or(|data| data.values().all(Value::is_null));
        if empty && let Some(error) = answer["errors"].as_array().and_then(|errors| errors.first()) {
            let text = error["message"].as_str().unwrap_or("no message");
            return Err(match error["extensions"]["code"].as_str() {
                Some("UNAUTHENTICATED") => format!("{text} (UNAUTHENTICATED): give --key or POSTHORN_API_KEY"),
                Some(code) => format!("{text} ({code})"),
                None => text.to_owned(),
            });
        }
        match answer["data"].take() {
            Value::Object(data) => Ok(Value::Object(data)),
            _ => Err(format!("{} answered {status} without data", self.endpoint)),
        }
    }
}

/// An error with its causes: "error sending request" alone helps nobody.
fn told(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(inner) = cause {
        text = format!("{text}: {inner}");
        cause = inner.source();
    }
    text
}
