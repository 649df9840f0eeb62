//! The workloads: one message alone, single requests from many connections, and batches followed to their end.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use futures::future::{join_all, try_join_all};
use serde_json::{Value, json};

use super::report::{Figure, Latencies, Unit};
use super::server::{Cpu, Server};
use super::sink::Sink;

/// Messages of a batch, and connections that send batches.
const BATCH: u32 = 100;
const SENDERS: usize = 8;
/// Messages sent one after another, and of these how many only warm up.
const ALONE: u32 = 500;
const WARM_UP: u32 = 100;
const END_WITHIN: Duration = Duration::from_secs(300);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Channel {
    Webhook,
    Local,
    Dingtalk,
}

impl Channel {
    const fn name(self) -> &'static str {
        match self {
            Self::Webhook => "WEBHOOK",
            Self::Local => "LOCAL",
            Self::Dingtalk => "DINGTALK",
        }
    }
}

/// How single messages are handed in.
#[derive(Debug, Clone, Copy)]
pub(super) enum Way {
    GraphQl,
    Rest,
}

/// Batches over some channels, and how the provider behaves.
pub(super) struct Scenario {
    pub(super) channels: Vec<Channel>,
    pub(super) delay: Duration,
    /// Each so many-th message is refused once; 0: none.
    pub(super) fail_every: u32,
}

impl Scenario {
    pub(super) fn new(channels: &[Channel]) -> Self {
        Self { channels: channels.to_vec(), delay: Duration::ZERO, fail_every: 0 }
    }

    fn name(&self) -> String {
        let mut name = self.channels.iter().map(|channel| channel.name()).collect::<Vec<_>>().join(" + ");
        if !self.delay.is_zero() {
            name += &format!(", the sink takes {} ms", self.delay.as_millis());
        }
        if let Some(percent) = 100u32.checked_div(self.fail_every) {
            name += &format!(", {percent}% fail once");
        }
        name
    }
}

pub(super) struct Bench {
    pub(super) server: Server,
    pub(super) sink: Sink,
    pub(super) simulator: SocketAddr,
    /// Messages of a workload.
    pub(super) messages: u32,
}

impl Bench {
    /// A tenant, a config and a template for each channel; retries after a second.
    pub(super) async fn prepare(&self) -> Result<(), String> {
        let tenant = json!({ "code": "bench", "name": "Bench" });
        let create = "mutation($input: TenantInput!) { it: createTenant(input: $input) { userErrors { message } } }";
        self.server.graphql(create, tenant).await?;
        let settings = json!({ "retry": { "intervalSeconds": 1, "jitter": 0.0 } });
        let update = "mutation($input: SystemSettingsInput!) \
                      { it: updateSystemSettings(input: $input) { userErrors { message } } }";
        self.server.graphql(update, settings).await?;
        for channel in [Channel::Webhook, Channel::Local, Channel::Dingtalk] {
            let config = match channel {
                Channel::Webhook => json!({
                    "url": format!("http://{}/webhook", self.sink.address),
                    "secret": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
                }),
                Channel::Local => json!({}),
                Channel::Dingtalk => json!({
                    "webhook": format!("http://{}/dingtalk/robot/send?access_token=bench", self.simulator),
                    "secret": "SECbench0123456789",
                }),
            };
            let input =
                json!({ "tenantId": "bench", "channelType": channel.name(), "name": "bench", "config": config });
            let create = "mutation($input: ChannelConfigInput!) \
                          { it: createChannelConfig(input: $input) { userErrors { message } } }";
            self.server.graphql(create, input).await?;
            let input = json!({
                "tenantId": "bench", "businessType": "ORDER", "channelType": channel.name(), "messageType": "TEXT",
                "name": "bench", "content": { "text": "Order ${n} of {{ customer }}: {{ amount }}" },
            });
            let create = "mutation($input: TemplateInput!) \
                          { it: createTemplate(input: $input) { userErrors { message } } }";
            self.server.graphql(create, input).await?;
        }
        Ok(())
    }

    /// One message after another: how long the answer takes, and how long it is until the provider has it.
    pub(super) async fn alone(&self, scenario: Scenario) -> Result<Vec<Figure>, String> {
        self.sink.begin(Duration::ZERO, 0);
        let mut connection = self.server.connect().await?;
        let (mut accepted, mut delivered) = (Vec::new(), Vec::new());
        for n in 0..ALONE.min(self.messages) {
            let body = message(n, &scenario.channels).to_string();
            let asked = Instant::now();
            let (status, text) = connection.post("/api/messages", &body).await.map_err(|error| error.to_string())?;
            let answered = asked.elapsed();
            if status != 202 {
                return Err(format!("not accepted: {status} {text}"));
            }
            let arrived = loop {
                match self.sink.arrived(n as usize) {
                    Some(arrived) => break arrived,
                    None if asked.elapsed() > END_WITHIN => return Err("a message does not arrive".to_owned()),
                    None => tokio::time::sleep(Duration::from_millis(1)).await,
                }
            };
            if n >= WARM_UP {
                accepted.push(answered);
                delivered.push(arrived.saturating_duration_since(asked));
            }
        }
        let mut figures = Latencies::new(accepted).figures("one alone: accepted");
        figures.extend(Latencies::new(delivered).figures("one alone: delivered"));
        Ok(figures)
    }

    /// Single requests, one after another on each of `concurrency` connections; the messages are for LOCAL.
    pub(super) async fn singles(&self, way: Way, concurrency: usize, during: Duration) -> Result<Vec<Figure>, String> {
        let began = Instant::now();
        let (before, mut watcher) = (self.server.cpu(), self.server.connect().await?);
        let done = self.server.finished(&mut watcher).await?;
        let next = Arc::new(AtomicU32::new(0));
        let senders = (0..concurrency).map(|_| async {
            let mut connection = self.server.connect().await?;
            let mut latencies = Vec::new();
            while began.elapsed() < during {
                let input = message(next.fetch_add(1, Ordering::Relaxed), &[Channel::Local]);
                let (path, body) = match way {
                    Way::Rest => ("/api/messages", input.to_string()),
                    Way::GraphQl => {
                        let query =
                            "mutation($input: SendMessageInput!) { sendMessage(input: $input) { success messageId } }";
                        ("/graphql", json!({ "query": query, "variables": { "input": input } }).to_string())
                    }
                };
                let asked = Instant::now();
                let (status, text) = connection.post(path, &body).await.map_err(|error| error.to_string())?;
                if !matches!(status, 200 | 202) || !text.contains("\"success\":true") {
                    return Err(format!("not accepted: {status} {text}"));
                }
                latencies.push(asked.elapsed());
            }
            Ok(latencies)
        });
        let latencies: Vec<Duration> = try_join_all(senders).await?.into_iter().flatten().collect();
        let (accepted, took) = (latencies.len(), began.elapsed());
        let name = match way {
            Way::Rest => format!("REST, {concurrency} at once"),
            Way::GraphQl => format!("sendMessage, {concurrency} at once"),
        };
        let mut figures =
            vec![Figure::new(format!("{name}: accepted"), accepted as f64 / took.as_secs_f64(), Unit::PerSecond)];
        figures.extend(Latencies::new(latencies).figures(&format!("{name}: answer")));
        self.wait_finished(done + accepted as u64).await?;
        figures.extend(cpu_figures(&name, before, self.server.cpu(), accepted));
        Ok(figures)
    }

    /// Batches of 100 on 8 connections, until every message has come to its recorded end.
    pub(super) async fn end_to_end(&self, scenario: &Scenario) -> Result<Vec<Figure>, String> {
        self.sink.begin(scenario.delay, scenario.fail_every);
        let mut watcher = self.server.connect().await?;
        let done = self.server.finished(&mut watcher).await?;
        let before = self.server.cpu();
        let (next, batches) = (AtomicU32::new(0), self.messages / BATCH);
        let began = Instant::now();
        let senders = (0..SENDERS).map(|_| async {
            let mut connection = self.server.connect().await?;
            let mut asked_at = Vec::new();
            loop {
                let batch = next.fetch_add(1, Ordering::Relaxed);
                if batch >= batches {
                    return Ok::<_, String>(asked_at);
                }
                let inputs: Vec<Value> =
                    (batch * BATCH..(batch + 1) * BATCH).map(|n| message(n, &scenario.channels)).collect();
                let body = Value::from(inputs).to_string();
                asked_at.push((batch, Instant::now()));
                let (status, text) =
                    connection.post("/api/messages/batch", &body).await.map_err(|error| error.to_string())?;
                if status != 202 {
                    return Err(format!("not accepted: {status} {}", text.chars().take(300).collect::<String>()));
                }
            }
        });
        let asked_at: Vec<(u32, Instant)> =
            join_all(senders).await.into_iter().collect::<Result<Vec<_>, _>>()?.into_iter().flatten().collect();
        let accepted_in = began.elapsed();
        let count = u64::from(batches * BATCH);
        self.wait_finished(done + count).await?;
        let took = began.elapsed();
        let name = scenario.name();
        let rate = |took: Duration| count as f64 / took.as_secs_f64();
        let mut figures = vec![
            Figure::new(format!("{name}: accepted"), rate(accepted_in), Unit::PerSecond),
            Figure::new(format!("{name}: end to end"), rate(took), Unit::PerSecond),
        ];
        figures.extend(cpu_figures(&name, before, self.server.cpu(), count as usize));
        if scenario.channels.contains(&Channel::Webhook) {
            let mut latencies = Vec::with_capacity(count as usize);
            for (batch, asked) in asked_at {
                for n in batch * BATCH..(batch + 1) * BATCH {
                    let arrived = self.sink.arrived(n as usize).ok_or_else(|| format!("message {n} did not arrive"))?;
                    latencies.push(arrived.saturating_duration_since(asked));
                }
            }
            figures.extend(Latencies::new(latencies).figures(&format!("{name}: request to arrival")));
            figures.push(Figure::new(format!("{name}: arrived twice"), self.sink.twice() as f64, Unit::Count));
        }
        Ok(figures)
    }

    async fn wait_finished(&self, count: u64) -> Result<(), String> {
        let asked = Instant::now();
        let mut connection = self.server.connect().await?;
        while self.server.finished(&mut connection).await? < count {
            if asked.elapsed() > END_WITHIN {
                return Err(format!("not all messages came to an end within {} s", END_WITHIN.as_secs()));
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        Ok(())
    }
}

fn message(n: u32, channels: &[Channel]) -> Value {
    let channels: Vec<&str> = channels.iter().map(|channel| channel.name()).collect();
    json!({
        "tenantId": "bench", "businessType": "ORDER", "targetChannels": channels, "recipients": [{ "userId": "ada" }],
        "businessData": { "n": n, "customer": "Ada", "amount": 42 },
    })
}

fn cpu_figures(name: &str, before: Cpu, after: Cpu, messages: usize) -> Vec<Figure> {
    let per_thousand = |seconds: f64| seconds * 1_000_000.0 / messages.max(1) as f64;
    let parts = [
        ("server", after.server - before.server),
        ("PostgreSQL", after.postgres - before.postgres),
        ("Redis", after.redis - before.redis),
    ];
    let used = parts.into_iter().filter(|(_, seconds)| *seconds > 0.0);
    used.map(|(part, seconds)| Figure::new(format!("{name}: {part}"), per_thousand(seconds), Unit::CpuPerThousand))
        .collect()
}
