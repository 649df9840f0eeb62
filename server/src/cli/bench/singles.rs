//! Messages handed in one by one: alone, from many connections as fast as they are answered, and at a steady rate.

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use futures::future::try_join_all;
use serde_json::json;

use super::connection::Connection;
use super::report::{Figure, Latencies, Limit, Unit};
use super::stand::{Channel, Stand, message};
use crate::domain::time::Clock;

/// Messages sent one after another, and of these how many only warm up.
const ALONE: u32 = 500;
const WARM_UP: u32 = 100;
const ARRIVE_WITHIN: Duration = Duration::from_secs(60);
/// Connections of the steady rate; more than it needs unless the server is slow.
const STEADY_CONNECTIONS: u32 = 64;

/// How single messages are handed in.
#[derive(Debug, Clone, Copy)]
pub(super) enum Way {
    GraphQl,
    Rest,
}

/// Hands in one message; an error where it is not accepted.
pub(super) async fn send(connection: &mut Connection, way: Way, n: u32, channel: Channel) -> Result<(), String> {
    let input = message(n, "bench", &[channel]);
    let (path, body) = match way {
        Way::Rest => ("/api/messages", input.to_string()),
        Way::GraphQl => {
            let query = "mutation($input: SendMessageInput!) { sendMessage(input: $input) { success messageId } }";
            ("/graphql", json!({ "query": query, "variables": { "input": input } }).to_string())
        }
    };
    let (status, text) = connection.post(path, &body).await.map_err(|error| error.to_string())?;
    if matches!(status, 200 | 202) && text.contains("\"success\":true") {
        Ok(())
    } else {
        Err(format!("not accepted: {status} {text}"))
    }
}

/// One message after another: how long the answer takes, and how long it is until the provider has it.
pub(super) async fn alone(stand: &Stand) -> Result<Vec<Figure>, String> {
    stand.sink.begin(ALONE as usize, Duration::ZERO, 0);
    let mut connection = stand.server().connect().await?;
    let (mut accepted, mut delivered) = (Vec::new(), Vec::new());
    for n in 0..ALONE {
        let asked = Instant::now();
        send(&mut connection, Way::Rest, n, Channel::Webhook).await?;
        let answered = asked.elapsed();
        let arrived = arrival(stand, n).await?;
        if n >= WARM_UP {
            accepted.push(answered);
            delivered.push(arrived.saturating_duration_since(asked));
        }
    }
    let mut figures = Latencies::new(accepted).figures("one alone: accepted");
    figures.extend(Latencies::new(delivered).figures("one alone: delivered"));
    Ok(figures)
}

pub(super) async fn arrival(stand: &Stand, n: u32) -> Result<Instant, String> {
    let asked = Instant::now();
    loop {
        match stand.sink.arrived(n as usize) {
            Some(arrived) => return Ok(arrived),
            None if asked.elapsed() > ARRIVE_WITHIN => return Err(format!("message {n} does not arrive")),
            None => tokio::time::sleep(Duration::from_millis(1)).await,
        }
    }
}

/// Single requests, one after another on each of `concurrency` connections; the messages are for LOCAL.
pub(super) async fn closed_loop(
    stand: &mut Stand,
    way: Way,
    concurrency: usize,
    during: Duration,
) -> Result<Vec<Figure>, String> {
    let done = stand.finished().await?;
    let before = stand.costs().await?;
    let (next, began) = (AtomicU32::new(0), Instant::now());
    let server = stand.server();
    let senders = (0..concurrency).map(|_| async {
        let mut connection = server.connect().await?;
        let mut latencies = Vec::new();
        while began.elapsed() < during {
            let asked = Instant::now();
            send(&mut connection, way, next.fetch_add(1, Ordering::Relaxed), Channel::Local).await?;
            latencies.push(asked.elapsed());
        }
        Ok::<_, String>(latencies)
    });
    let latencies: Vec<Duration> = try_join_all(senders).await?.into_iter().flatten().collect();
    let (accepted, took) = (latencies.len(), began.elapsed());
    let name = match way {
        Way::Rest => format!("REST, {concurrency} at once"),
        Way::GraphQl => format!("sendMessage, {concurrency} at once"),
    };
    let rate = accepted as f64 / took.as_secs_f64();
    let mut figures = vec![Figure::new(format!("{name}: accepted"), rate, Unit::PerSecond).below(Limit::Answered)];
    figures.extend(Latencies::new(latencies).figures(&format!("{name}: answer")));
    stand.wait_finished(done + accepted as u64).await?;
    figures.extend(stand.costs().await?.since(&before, &name, accepted));
    Ok(figures)
}

/// Single requests that are only accepted: the messages are for an hour later, so nothing is sent meanwhile.
pub(super) async fn accepting_alone(
    stand: &mut Stand,
    concurrency: usize,
    during: Duration,
) -> Result<Vec<Figure>, String> {
    let before = stand.costs().await?;
    let later = Clock::System.now().plus(Duration::from_secs(3600)).to_utc().to_rfc3339();
    let (next, began) = (AtomicU32::new(0), Instant::now());
    let server = stand.server();
    let senders = (0..concurrency).map(|_| async {
        let mut connection = server.connect().await?;
        let mut latencies = Vec::new();
        while began.elapsed() < during {
            let mut input = message(next.fetch_add(1, Ordering::Relaxed), "bench", &[Channel::Local]);
            input["scheduledAt"] = json!(later);
            let asked = Instant::now();
            let answer = connection.post("/api/messages", &input.to_string()).await;
            latencies.push(asked.elapsed());
            let (status, text) = answer.map_err(|error| error.to_string())?;
            if status != 202 {
                return Err(format!("not accepted: {status} {text}"));
            }
        }
        Ok::<_, String>(latencies)
    });
    let latencies: Vec<Duration> = try_join_all(senders).await?.into_iter().flatten().collect();
    let (accepted, took) = (latencies.len(), began.elapsed());
    let name = format!("REST, {concurrency} at once, for later");
    let rate = accepted as f64 / took.as_secs_f64();
    let mut figures = vec![Figure::new(format!("{name}: accepted"), rate, Unit::PerSecond).below(Limit::Answered)];
    figures.extend(Latencies::new(latencies).figures(&format!("{name}: answer")));
    figures.extend(stand.costs().await?.since(&before, &name, accepted));
    Ok(figures)
}

/// Messages that are due at a steady rate, whether the server keeps up or not: what it is late with counts as waiting
/// time.
pub(super) async fn open_loop(stand: &mut Stand, per_second: u32, during: Duration) -> Result<Vec<Figure>, String> {
    let count = per_second * u32::try_from(during.as_secs()).unwrap_or(1);
    stand.sink.begin(count as usize, Duration::ZERO, 0);
    let done = stand.finished().await?;
    let before = stand.costs().await?;
    let server = stand.server();
    let connections = try_join_all((0..STEADY_CONNECTIONS).map(|_| server.connect())).await?;
    let began = Instant::now() + Duration::from_millis(50);
    let due = move |n: u32| began + Duration::from_secs(1) * n / per_second;
    let (turns, senders): (Vec<_>, Vec<_>) = connections
        .into_iter()
        .map(|mut connection| {
            let (turn, mut turns) = tokio::sync::mpsc::unbounded_channel();
            let sender = async move {
                let mut latencies = Vec::new();
                while let Some(n) = turns.recv().await {
                    send(&mut connection, Way::Rest, n, Channel::Webhook).await?;
                    latencies.push(due(n).elapsed());
                }
                Ok::<_, String>(latencies)
            };
            (turn, sender)
        })
        .unzip();
    // A thread's sleep ends within a tenth of a millisecond; Tokio's timer, which counts milliseconds, would be measured too.
    std::thread::spawn(move || {
        for (n, turn) in (0..count).zip(turns.iter().cycle()) {
            std::thread::sleep(due(n).saturating_duration_since(Instant::now()));
            if turn.send(n).is_err() {
                return;
            }
        }
    });
    let latencies: Vec<Duration> = try_join_all(senders).await?.into_iter().flatten().collect();
    stand.wait_finished(done + u64::from(count)).await?;
    let name = format!("{per_second} a second");
    let mut figures = Latencies::new(latencies).figures(&format!("{name}: accepted"));
    let mut delivered = Vec::new();
    for n in 0..count {
        delivered.push(arrival(stand, n).await?.saturating_duration_since(due(n)));
    }
    figures.extend(Latencies::new(delivered).figures(&format!("{name}: delivered")));
    figures.extend(stand.costs().await?.since(&before, &name, count as usize));
    Ok(figures)
}
