//! A server with a tenant on it, as most tests want it.

use serde_json::{Value, json};

use crate::api::Api;
use crate::receiver::Receiver;
use crate::server::{Backend, Server};
use crate::unique;

/// The secret of every webhook that [`Stage::webhook`] makes.
pub const WEBHOOK_SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

/// What `both!` can set up for a test.
pub trait SetUp {
    fn set_up(backend: Backend) -> impl Future<Output = Self>;
}

impl SetUp for Backend {
    async fn set_up(backend: Backend) -> Self {
        backend
    }
}

impl SetUp for Server {
    async fn set_up(backend: Backend) -> Self {
        Self::start(backend).await
    }
}

impl SetUp for Stage {
    async fn set_up(backend: Backend) -> Self {
        Self::on(Server::start(backend).await).await
    }
}

/// A server, a tenant (in UTC), and clients for both.
pub struct Stage {
    pub server: Server,
    pub tenant: String,
    /// PLATFORM_ADMIN, naming the tenant where a method needs one.
    pub platform: Api,
    /// The tenant's TENANT_ADMIN.
    pub api: Api,
}

impl Stage {
    pub async fn on(server: Server) -> Self {
        let platform = server.platform();
        let tenant = platform.create_tenant(json!({ "code": unique("t"), "name": "Test", "timezone": "UTC" })).await;
        let platform = platform.for_tenant(&tenant);
        let (_, key) = platform.create_key("TENANT_ADMIN", Some(&tenant)).await;
        let api = server.api(&key);
        Self { server, tenant, platform, api }
    }

    /// Another tenant on the same server: its id, and its TENANT_ADMIN's client.
    pub async fn another_tenant(&self) -> (String, Api) {
        let input = json!({ "code": unique("t"), "name": "Other", "timezone": "UTC" });
        let tenant = self.platform.create_tenant(input).await;
        let (_, key) = self.platform.create_key("TENANT_ADMIN", Some(&tenant)).await;
        (tenant, self.server.api(&key))
    }

    pub fn backend(&self) -> Backend {
        self.server.place().backend
    }

    /// A client of this tenant with another role.
    pub async fn with_role(&self, role: &str) -> Api {
        let (_, key) = self.platform.create_key(role, Some(&self.tenant)).await;
        self.server.api(&key)
    }

    /// Points the clients to the server's address, which a restart changes.
    pub fn follow(&mut self) {
        self.platform.url.clone_from(&self.server.url);
        self.api.url.clone_from(&self.server.url);
    }

    /// Retries after exactly one second each.
    pub async fn fast_retries(&self) {
        self.platform
            .settings(json!({ "retry": { "intervalSeconds": 1, "backoffMultiplier": 1.0, "maxIntervalSeconds": 1, "jitter": 0.0 } }))
            .await;
    }

    /// A WEBHOOK config that sends to `receiver`, with `more` set. Gives its id.
    pub async fn webhook(&self, receiver: &Receiver, path: &str, more: Value) -> String {
        let config = json!({ "url": receiver.url(path), "secret": WEBHOOK_SECRET });
        self.api.create_channel_config("WEBHOOK", config, more).await["id"].as_str().unwrap().to_owned()
    }

    /// A LOCAL config. Gives its id.
    pub async fn local(&self, more: Value) -> String {
        self.api.create_channel_config("LOCAL", json!({}), more).await["id"].as_str().unwrap().to_owned()
    }
}

/// A message that needs no template: text `body` to the user `u1`.
pub fn text(body: &str) -> Value {
    json!({ "businessType": "NOTICE", "businessData": {}, "recipients": [{ "userId": "u1" }], "content": { "body": body } })
}

/// [`text`] with `more` set.
pub fn text_with(body: &str, more: Value) -> Value {
    let mut input = text(body);
    crate::api::merge(&mut input, more);
    input
}

/// The outcomes of a message's timeline entries of one stage, oldest first.
pub fn outcomes(message: &Value, stage: &str) -> Vec<String> {
    entries(message, stage).iter().map(|entry| entry["outcome"].as_str().unwrap().to_owned()).collect()
}

/// A message's timeline entries of one stage, oldest first.
pub fn entries(message: &Value, stage: &str) -> Vec<Value> {
    let timeline = message["timeline"].as_array().unwrap_or_else(|| panic!("no timeline: {message:#}"));
    timeline.iter().filter(|entry| entry["stage"] == stage).cloned().collect()
}
