//! What others do to a tenant's single messages: nothing, a provider that never answers, a long queue.

use std::time::{Duration, Instant};

use futures::future::try_join_all;
use serde_json::{Value, json};

use super::report::{Figure, Latencies};
use super::singles::{Way, arrival, send};
use super::sink::Sink;
use super::stand::{Channel, Stand, message};
use crate::domain::time::{Clock, Timestamp};

/// Single messages of the tenant `bench`, over WEBHOOK, and the time between them.
const SINGLES: u32 = 400;
const EACH: Duration = Duration::from_millis(20);
/// Time between messages for the provider that never answers, and how long they come before anything is measured.
const EACH_DEAD: Duration = Duration::from_millis(5);
const DEAD_FOR: Duration = Duration::from_secs(10);
/// Messages of the long queue, in a request, and from handing them in to their time.
const QUEUED: u32 = 100_000;
const BATCH: u32 = 1000;
const SENDERS: u32 = 4;
const AHEAD: Duration = Duration::from_secs(40);

pub(super) async fn measure(stand: &mut Stand) -> Result<Vec<Figure>, String> {
    stand.sink.begin(SINGLES as usize, Duration::ZERO, 0);
    let mut figures = singles(stand, Instant::now(), "single ones, nothing beside them").await?;
    figures.extend(beside_the_dead(stand).await?);
    figures.extend(beside_a_queue(stand).await?);
    Ok(figures)
}

/// Hands in single messages from an instant on, and follows them to the sink. Both from when each was due to be handed in.
async fn singles(stand: &Stand, from: Instant, name: &str) -> Result<Vec<Figure>, String> {
    let mut connection = stand.server().connect().await?;
    let due = |n: u32| from + EACH * n;
    let (mut accepted, mut delivered) = (Vec::new(), Vec::new());
    for n in 0..SINGLES {
        tokio::time::sleep(due(n).saturating_duration_since(Instant::now())).await;
        send(&mut connection, Way::Rest, n, Channel::Webhook).await?;
        accepted.push(due(n).elapsed());
    }
    for n in 0..SINGLES {
        delivered.push(arrival(stand, n).await?.saturating_duration_since(due(n)));
    }
    let mut figures = Latencies::new(accepted).figures(&format!("{name}: accepted"));
    figures.extend(Latencies::new(delivered).figures(&format!("{name}: delivered")));
    Ok(figures)
}

async fn another_sink(delay: Duration) -> Result<Sink, String> {
    let sink = Sink::start().await.map_err(|error| format!("a sink: {error}"))?;
    sink.begin(0, delay, 0);
    Ok(sink)
}

async fn beside_the_dead(stand: &Stand) -> Result<Vec<Figure>, String> {
    let dead = another_sink(Duration::from_secs(3600)).await?;
    stand.add_tenant_at("bench-dead", &[Channel::Webhook], &dead.address.to_string()).await?;
    let mut connection = stand.server().connect().await?;
    let (began, body) = (Instant::now(), message(0, "bench-dead", &[Channel::Webhook]).to_string());
    let sending = tokio::spawn(async move {
        for n in 0.. {
            tokio::time::sleep((began + EACH_DEAD * n).saturating_duration_since(Instant::now())).await;
            if connection.post("/api/messages", &body).await.is_err() {
                return;
            }
        }
    });
    tokio::time::sleep(DEAD_FOR).await;
    stand.sink.begin(SINGLES as usize, Duration::ZERO, 0);
    let figures = singles(stand, Instant::now(), "single ones, another's provider never answers").await;
    if sending.is_finished() {
        return Err("the messages for the dead provider came to an end".to_owned());
    }
    sending.abort();
    figures
}

/// 100,000 messages of another tenant become due at one instant; single ones follow from then on, handed in at once, and
/// others that were handed in before, each for its time.
async fn beside_a_queue(stand: &Stand) -> Result<Vec<Figure>, String> {
    let sink = another_sink(Duration::ZERO).await?;
    stand.add_tenant_at("bench-queue", &[Channel::Webhook], &sink.address.to_string()).await?;
    stand.sink.begin(2 * SINGLES as usize, Duration::ZERO, 0);
    let (due, due_at) = (Instant::now() + AHEAD, Clock::System.now().plus(AHEAD));
    let scheduled = |n: u32, tenant: &str, at: Timestamp| {
        let mut input = message(n, tenant, &[Channel::Webhook]);
        input["scheduledAt"] = json!(at.to_utc().to_rfc3339());
        input
    };
    let queued = (0..SENDERS).map(|sender| async move {
        let inputs: Value = (0..BATCH).map(|n| scheduled(n, "bench-queue", due_at)).collect();
        let body = inputs.to_string();
        let mut connection = stand.server().connect().await?;
        for _ in (sender * BATCH..QUEUED).step_by((SENDERS * BATCH) as usize) {
            let (status, text) = connection.post("/api/messages/batch", &body).await.map_err(|e| e.to_string())?;
            if status != 202 || !text.contains(&format!("\"successCount\":{BATCH}")) {
                return Err(format!("not accepted: {status} {}", text.chars().take(300).collect::<String>()));
            }
        }
        Ok(())
    });
    try_join_all(queued).await?;
    let inputs: Value = (0..SINGLES).map(|n| scheduled(SINGLES + n, "bench", due_at.plus(EACH * n))).collect();
    let answered = stand.server().connect().await?.post("/api/messages/batch", &inputs.to_string()).await;
    answered.map_err(|error| error.to_string())?;
    if Instant::now() > due {
        return Err(format!("{QUEUED} messages were not accepted within {} s", AHEAD.as_secs()));
    }
    tokio::time::sleep(due.saturating_duration_since(Instant::now())).await;
    let mut figures = singles(stand, due, "single ones, another's 100,000 became due").await?;
    let mut delivered = Vec::new();
    for n in 0..SINGLES {
        delivered.push(arrival(stand, SINGLES + n).await?.saturating_duration_since(due + EACH * n));
    }
    figures.extend(Latencies::new(delivered).figures("scheduled ones, another's 100,000 became due: delivered"));
    Ok(figures)
}
