//! What is measured, set up: the instances of one backend, the sink, the simulator, tenants and their configuration.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::costs::{Costs, Meter};
use super::report::Figure;
use super::server::{Backend, Server};
use super::sink::Sink;
use crate::domain::chance::Chance;
use crate::domain::time::Clock;
use crate::simulate::{Running, Simulator};
use crate::store::conn::Store;

/// An instance with others beside it sends status events for as long after its start, as it can't know yet whether one of
/// them watches.
const SETTLED_AFTER: Duration = Duration::from_secs(8);
const END_WITHIN: Duration = Duration::from_secs(600);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Channel {
    Webhook,
    Local,
    Dingtalk,
}

impl Channel {
    pub(super) const ALL: [Self; 3] = [Self::Webhook, Self::Local, Self::Dingtalk];

    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Webhook => "WEBHOOK",
            Self::Local => "LOCAL",
            Self::Dingtalk => "DINGTALK",
        }
    }
}

pub(super) struct Stand {
    pub(super) backend: Backend,
    /// The first serves.
    servers: Vec<Server>,
    folder: PathBuf,
    pub(super) sink: Sink,
    simulator: Running,
    meter: Meter,
    /// Messages of a workload.
    pub(super) messages: u32,
}

impl Stand {
    /// One instance that does everything, and the tenant `bench`.
    pub(super) async fn start(backend: Backend, messages: u32) -> Result<Self, String> {
        let sink = Sink::start().await.map_err(|error| format!("the sink: {error}"))?;
        let simulator = Simulator::new(Clock::System, 0);
        let simulator =
            simulator.listen(([127, 0, 0, 1], 0).into()).await.map_err(|error| format!("simulator: {error}"))?;
        let folder = std::env::temp_dir().join(format!("posthorn-bench-{}", Chance::System.name()));
        std::fs::create_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
        let meter = Meter::open(&backend).await?;
        let mut stand = Self { backend, servers: Vec::new(), folder, sink, simulator, meter, messages };
        stand.restart(&["all"]).await?;
        // So that retries come soon.
        let settings = json!({ "retry": { "intervalSeconds": 1, "jitter": 0.0 } });
        let update = "mutation($input: SystemSettingsInput!) \
                      { it: updateSystemSettings(input: $input) { userErrors { message } } }";
        stand.server().graphql(update, settings).await?;
        stand.add_tenant("bench", &Channel::ALL).await?;
        Ok(stand)
    }

    pub(super) fn server(&self) -> &Server {
        &self.servers[0]
    }

    /// The database itself, past the server.
    pub(super) async fn store(&self) -> Result<Store, String> {
        let store = match &self.backend {
            Backend::Embedded => Store::sqlite(&self.folder.join("posthorn.db")).await,
            Backend::Scaled { database_url, .. } => Store::postgres(database_url).await,
        };
        store.map_err(|error| error.to_string())
    }

    /// Sends one message over WEBHOOK and gives its messageId once it has ended.
    pub(super) async fn sample(&self) -> Result<String, String> {
        let done = self.finished().await?;
        let body = message(0, "bench", &[Channel::Webhook]).to_string();
        let mut connection = self.server().connect().await?;
        let (_, text) = connection.post("/api/messages", &body).await.map_err(|error| error.to_string())?;
        let answer: Value = serde_json::from_str(&text).map_err(|error| error.to_string())?;
        self.wait_finished(done + 1).await?;
        answer["messageId"].as_str().map(str::to_owned).ok_or_else(|| format!("not accepted: {text}"))
    }

    /// A tenant with a config and a template for each channel.
    pub(super) async fn add_tenant(&self, code: &str, channels: &[Channel]) -> Result<(), String> {
        self.add_tenant_at(code, channels, &self.sink.address.to_string()).await
    }

    /// The same, with a webhook at another address.
    pub(super) async fn add_tenant_at(&self, code: &str, channels: &[Channel], webhook: &str) -> Result<(), String> {
        let server = self.server();
        let create = "mutation($input: TenantInput!) { it: createTenant(input: $input) { userErrors { message } } }";
        server.graphql(create, json!({ "code": code, "name": "Bench" })).await?;
        for channel in channels {
            let config = match channel {
                Channel::Webhook => json!({
                    "url": format!("http://{webhook}/webhook"),
                    "secret": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
                }),
                Channel::Local => json!({}),
                Channel::Dingtalk => json!({
                    "webhook": format!("http://{}/dingtalk/robot/send?access_token=bench", self.simulator.addr),
                    "secret": "SECbench0123456789",
                }),
            };
            let input = json!({ "tenantId": code, "channelType": channel.name(), "name": "bench", "config": config });
            let create = "mutation($input: ChannelConfigInput!) \
                          { it: createChannelConfig(input: $input) { userErrors { message } } }";
            server.graphql(create, input).await?;
            let input = json!({
                "tenantId": code, "businessType": "ORDER", "channelType": channel.name(), "messageType": "TEXT",
                "name": "bench", "content": { "text": "Order ${n} of {{ customer }}: {{ amount }}" },
            });
            let create = "mutation($input: TemplateInput!) \
                          { it: createTemplate(input: $input) { userErrors { message } } }";
            server.graphql(create, input).await?;
        }
        Ok(())
    }

    /// Ends all instances and starts one for each role, the first of which must serve; gives them time to settle.
    pub(super) async fn restart(&mut self, roles: &[&str]) -> Result<(), String> {
        self.stop_servers().await?;
        for role in roles {
            self.servers.push(Server::start(&self.backend, role, &self.folder).await?);
        }
        if matches!(self.backend, Backend::Scaled { .. }) {
            tokio::time::sleep(SETTLED_AFTER).await;
        }
        Ok(())
    }

    pub(super) async fn stop_servers(&mut self) -> Result<(), String> {
        for server in self.servers.drain(..) {
            server.stop().await?;
        }
        Ok(())
    }

    pub(super) async fn stop(mut self) -> Result<(), String> {
        self.stop_servers().await?;
        std::fs::remove_dir_all(&self.folder).map_err(|error| format!("{}: {error}", self.folder.display()))?;
        self.simulator.stop().await.map_err(|error| error.to_string())
    }

    /// What all instances and their neighbours have used so far.
    pub(super) async fn costs(&mut self) -> Result<Costs, String> {
        let ids: Vec<u32> = self.servers.iter().filter_map(Server::id).collect();
        self.meter.read(&ids).await
    }

    /// Messages that came to an end since the instances started.
    pub(super) async fn finished(&self) -> Result<u64, String> {
        let mut all = 0;
        for server in &self.servers {
            all += server.finished(&mut server.connect().await?).await?;
        }
        Ok(all)
    }

    pub(super) async fn wait_finished(&self, count: u64) -> Result<(), String> {
        let asked = Instant::now();
        let mut connections = Vec::new();
        for server in &self.servers {
            connections.push(server.connect().await?);
        }
        loop {
            let mut all = 0;
            for (server, connection) in self.servers.iter().zip(&mut connections) {
                all += server.finished(connection).await?;
            }
            if all >= count {
                return Ok(());
            }
            if asked.elapsed() > END_WITHIN {
                return Err(format!("{all} of {count} messages came to an end within {} s", END_WITHIN.as_secs()));
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    pub(super) fn peak(&self) -> Result<Vec<Figure>, String> {
        self.server().peak()
    }
}

/// Message number `n`, of a tenant.
pub(super) fn message(n: u32, tenant: &str, channels: &[Channel]) -> Value {
    let channels: Vec<&str> = channels.iter().map(|channel| channel.name()).collect();
    json!({
        "tenantId": tenant, "businessType": "ORDER", "targetChannels": channels, "recipients": [{ "userId": "ada" }],
        "businessData": { "n": n, "customer": "Ada", "amount": 42 },
    })
}
