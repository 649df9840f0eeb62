//! What this machine can do at most, with nothing of Posthorn between: the same rows inserted raw, entries added to a
//! stream, an HTTP handler that does nothing, requests sent to the sink in a loop; and how long one row takes to the disk.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use axum::Router;
use axum::routing::post;
use futures::future::{join_all, try_join_all};

use super::connection::Connection;
use super::report::{Figure, Latencies, Limits, Unit};
use super::resp::{Redis, encode};
use super::server::{Backend, KEY};
use super::stand::{Channel, Stand, message};
use crate::domain::chance::Chance;
use crate::domain::time::{Clock, Timestamp};
use crate::store::fill;

/// How long each is tried.
const DURING: Duration = Duration::from_secs(4);
/// Connections, and requests under way at once.
const AT_ONCE: usize = 64;
/// Messages in a transaction, and transactions of a writer; SQLite has one writer.
const BATCH: u32 = 100;
const BATCHES: u32 = 100;
const WRITERS: u32 = 4;
/// Numbers of the copies that are made here, far from those of the growth.
const FIRST: u32 = 4_000_000_000;
/// Rows committed one after another.
const COMMITS: usize = 500;
/// Entries in one go, and goes.
const ENTRIES: usize = 500;
const GOES: usize = 200;

pub(super) async fn measure(stand: &Stand, sample: &str) -> Result<Limits, String> {
    let xadds = match &stand.backend {
        Backend::Embedded => None,
        Backend::Scaled { redis_url, .. } => Some(xadds(redis_url).await?),
    };
    Ok(Limits {
        inserts: inserts(stand, sample).await?,
        requests: requests().await?,
        posts: posts(stand).await?,
        xadds,
    })
}

impl Limits {
    pub(super) fn figures(&self) -> Vec<Figure> {
        let figure = |what: &str, rate| Figure::new(format!("limit: {what}"), rate, Unit::PerSecond);
        let mut figures = vec![
            figure("messages with task and recipient inserted, 100 a transaction", self.inserts),
            figure("requests to an axum handler that does nothing", self.requests),
            figure("requests by reqwest to the sink", self.posts),
        ];
        figures.extend(self.xadds.map(|rate| figure("entries added to a Redis stream, pipelined", rate)));
        figures
    }
}

/// How long one row takes to be committed, one after another, with nothing else to do: no message can be accepted faster.
pub(super) async fn commits(stand: &Stand) -> Result<Vec<Figure>, String> {
    let store = stand.store().await?;
    let mut conn = store.write().await.map_err(|error| error.to_string())?;
    let mut took = Vec::with_capacity(COMMITS);
    for n in 0..COMMITS {
        let began = Instant::now();
        fill::commit_a_row(&mut conn, n).await.map_err(|error| error.to_string())?;
        took.push(began.elapsed());
    }
    Ok(Latencies::new(took).figures("limit: one row committed alone"))
}

async fn inserts(stand: &Stand, sample: &str) -> Result<f64, String> {
    let store = stand.store().await?;
    let writers = if store.is_postgres() { WRITERS } else { 1 };
    let now = Clock::System.now();
    let span = (Timestamp::from_millis(now.as_millis() - 1000), now);
    let began = Instant::now();
    let each = BATCH * BATCHES;
    let all = (0..writers).map(|writer| {
        let numbers = FIRST + writer * each..FIRST + (writer + 1) * each;
        fill::multiply(&store, sample, numbers, BATCH, span)
    });
    try_join_all(all).await.map_err(|error| error.to_string())?;
    Ok(f64::from(writers * each) / began.elapsed().as_secs_f64())
}

async fn xadds(redis_url: &str) -> Result<f64, String> {
    let mut redis = Redis::open(redis_url).await?;
    let key = format!("posthorn-bench:{}", Chance::System.name());
    let entry = encode(&["XADD", &key, "*", "j", "1p0123456789abcdef0123456789abcdef"]);
    let entries = entry.repeat(ENTRIES);
    let began = Instant::now();
    for _ in 0..GOES {
        redis.pipeline(&entries, ENTRIES).await?;
    }
    let took = began.elapsed();
    redis.pipeline(&encode(&["DEL", &key]), 1).await?;
    Ok((ENTRIES * GOES) as f64 / took.as_secs_f64())
}

async fn requests() -> Result<f64, String> {
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await.map_err(|error| error.to_string())?;
    let address = listener.local_addr().map_err(|error| error.to_string())?.to_string();
    let router = Router::new().route("/", post(|body: String| async move { body.len().to_string() }));
    let served = tokio::spawn(async move { axum::serve(listener, router).await });
    let body = message(0, "bench", &[Channel::Webhook]).to_string();
    let began = Instant::now();
    let senders = (0..AT_ONCE).map(|_| async {
        let mut connection = Connection::open(&address, KEY).await?;
        let mut count = 0usize;
        while began.elapsed() < DURING {
            connection.post("/", &body).await?;
            count += 1;
        }
        Ok::<_, std::io::Error>(count)
    });
    let count: usize = try_join_all(senders).await.map_err(|error| error.to_string())?.into_iter().sum();
    let rate = count as f64 / began.elapsed().as_secs_f64();
    served.abort();
    Ok(rate)
}

async fn posts(stand: &Stand) -> Result<f64, String> {
    // An error means that there is one already.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let client = reqwest::Client::builder().build().map_err(|error| error.to_string())?;
    let url = format!("http://{}/webhook", stand.sink.address);
    let body = message(0, "bench", &[Channel::Webhook]).to_string();
    let (count, failed) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicBool::new(false)));
    let began = Instant::now();
    // Tasks, so that all cores are used, as the server's workers do.
    let senders = (0..AT_ONCE).map(|_| {
        let (client, url, body) = (client.clone(), url.clone(), body.clone());
        let (count, failed) = (Arc::clone(&count), Arc::clone(&failed));
        tokio::spawn(async move {
            while began.elapsed() < DURING {
                let answered =
                    async { client.post(&url).body(body.clone()).send().await?.error_for_status()?.bytes().await };
                if answered.await.is_err() {
                    return failed.store(true, Ordering::Relaxed);
                }
                count.fetch_add(1, Ordering::Relaxed);
            }
        })
    });
    join_all(senders).await;
    let rate = count.load(Ordering::Relaxed) as f64 / began.elapsed().as_secs_f64();
    if failed.load(Ordering::Relaxed) { Err("a request to the sink failed".to_owned()) } else { Ok(rate) }
}
