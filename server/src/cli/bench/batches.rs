//! Batches of messages, followed to their recorded end.

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use futures::future::try_join_all;
use serde_json::Value;

use super::report::{Figure, Latencies, Limit, Unit};
use super::stand::{Channel, Stand, message};

/// Messages of a batch, and connections that send batches.
const BATCH: u32 = 100;
const SENDERS: usize = 8;

/// Batches over some channels, and how the provider behaves.
#[derive(Clone)]
pub(super) struct Scenario {
    channels: Vec<Channel>,
    delay: Duration,
    /// Each so many-th message is refused once; 0: none.
    fail_every: u32,
    /// Message `n` is of the tenant `bench-(n % tenants)`; 0: all are of `bench`.
    tenants: u32,
    messages: Option<u32>,
    name: Option<String>,
}

impl Scenario {
    pub(super) fn over(channels: &[Channel]) -> Self {
        Self {
            channels: channels.to_vec(),
            delay: Duration::ZERO,
            fail_every: 0,
            tenants: 0,
            messages: None,
            name: None,
        }
    }

    pub(super) const fn delayed(mut self, delay: Duration) -> Self {
        self.delay = delay;
        self
    }

    pub(super) const fn failing_once(mut self, every: u32) -> Self {
        self.fail_every = every;
        self
    }

    pub(super) const fn of_tenants(mut self, tenants: u32) -> Self {
        self.tenants = tenants;
        self
    }

    pub(super) const fn messages(mut self, messages: u32) -> Self {
        self.messages = Some(messages);
        self
    }

    pub(super) fn named(mut self, name: impl Into<String>) -> Self {
        self.name = Some(name.into());
        self
    }

    fn name(&self) -> String {
        if let Some(name) = &self.name {
            return name.clone();
        }
        let mut name = self.channels.iter().map(|channel| channel.name()).collect::<Vec<_>>().join(" + ");
        if !self.delay.is_zero() {
            name += &format!(", the sink takes {} ms", self.delay.as_millis());
        }
        if let Some(percent) = 100u32.checked_div(self.fail_every) {
            name += &format!(", {percent}% fail once");
        }
        name
    }

    fn message(&self, n: u32) -> Value {
        match n.checked_rem(self.tenants) {
            Some(number) => message(n, &tenant(number), &self.channels),
            None => message(n, "bench", &self.channels),
        }
    }
}

/// The code of one of many tenants.
pub(super) fn tenant(number: u32) -> String {
    format!("bench-{number}")
}

/// Sends the scenario's messages in batches of 100 on 8 connections, and waits until each has come to its recorded end.
pub(super) async fn end_to_end(stand: &mut Stand, scenario: &Scenario) -> Result<Vec<Figure>, String> {
    let batches = scenario.messages.unwrap_or(stand.messages) / BATCH;
    let count = batches * BATCH;
    stand.sink.begin(count as usize, scenario.delay, scenario.fail_every);
    let done = stand.finished().await?;
    let before = stand.costs().await?;
    let next = AtomicU32::new(0);
    let began = Instant::now();
    let server = stand.server();
    let senders = (0..SENDERS).map(|_| async {
        let mut connection = server.connect().await?;
        let mut asked_at = Vec::new();
        loop {
            let batch = next.fetch_add(1, Ordering::Relaxed);
            if batch >= batches {
                return Ok::<_, String>(asked_at);
            }
            let inputs: Vec<Value> = (batch * BATCH..(batch + 1) * BATCH).map(|n| scenario.message(n)).collect();
            let body = Value::from(inputs).to_string();
            asked_at.push((batch, Instant::now()));
            let (status, text) =
                connection.post("/api/messages/batch", &body).await.map_err(|error| error.to_string())?;
            if status != 202 || text.contains("\"success\":false") {
                return Err(format!("not accepted: {status} {}", text.chars().take(300).collect::<String>()));
            }
        }
    });
    let asked_at: Vec<(u32, Instant)> = try_join_all(senders).await?.into_iter().flatten().collect();
    let accepted_in = began.elapsed();
    stand.wait_finished(done + u64::from(count)).await?;
    let took = began.elapsed();
    let name = scenario.name();
    let rate = |took: Duration| f64::from(count) / took.as_secs_f64();
    let mut figures = vec![
        Figure::new(format!("{name}: accepted"), rate(accepted_in), Unit::PerSecond).below(Limit::Stored),
        Figure::new(format!("{name}: end to end"), rate(took), Unit::PerSecond).below(Limit::Delivered),
    ];
    figures.extend(stand.costs().await?.since(&before, &name, count as usize));
    if scenario.channels.contains(&Channel::Webhook) {
        let mut latencies = Vec::with_capacity(count as usize);
        for (batch, asked) in asked_at {
            for n in batch * BATCH..(batch + 1) * BATCH {
                let arrived = stand.sink.arrived(n as usize).ok_or_else(|| format!("message {n} did not arrive"))?;
                latencies.push(arrived.saturating_duration_since(asked));
            }
        }
        figures.extend(Latencies::new(latencies).figures(&format!("{name}: request to arrival")));
        figures.push(Figure::new(format!("{name}: arrived twice"), stand.sink.twice() as f64, Unit::Count));
    }
    Ok(figures)
}
