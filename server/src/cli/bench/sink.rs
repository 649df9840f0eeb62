//! A lean webhook receiver that notes when each message arrived, by the number `n` in its business data.

use std::io;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

use super::connection::find;

const OK: &[u8] = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\r\n{}";
const BUSY: &[u8] = b"HTTP/1.1 503 Service Unavailable\r\ncontent-length: 0\r\n\r\n";

struct State {
    began: Instant,
    workload: RwLock<Arc<Workload>>,
}

/// What is expected, how it is answered, and what has come.
struct Workload {
    delay: Duration,
    /// Each so many-th message is refused once; 0: none.
    fail_every: usize,
    /// Nanoseconds from the sink's start to the first arrival that was taken, by number; 0: none yet.
    arrived: Vec<AtomicU64>,
    refused: Vec<AtomicBool>,
    twice: AtomicUsize,
}

impl Workload {
    fn new(messages: usize, delay: Duration, fail_every: u32) -> Arc<Self> {
        Arc::new(Self {
            delay,
            fail_every: fail_every as usize,
            arrived: (0..messages).map(|_| AtomicU64::new(0)).collect(),
            refused: (0..messages).map(|_| AtomicBool::new(false)).collect(),
            twice: AtomicUsize::new(0),
        })
    }
}

pub(super) struct Sink {
    pub(super) address: SocketAddr,
    state: Arc<State>,
    task: JoinHandle<()>,
}

impl Sink {
    pub(super) async fn start() -> io::Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let address = listener.local_addr()?;
        let workload = RwLock::new(Workload::new(0, Duration::ZERO, 0));
        let state = Arc::new(State { began: Instant::now(), workload });
        let shared = Arc::clone(&state);
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                // A connection that breaks is the server's to notice.
                tokio::spawn(serve(stream, Arc::clone(&shared)));
            }
        });
        Ok(Self { address, state, task })
    }

    /// Expects messages numbered below `messages`, and behaves so from now on.
    pub(super) fn begin(&self, messages: usize, delay: Duration, fail_every: u32) {
        let workload = Workload::new(messages, delay, fail_every);
        *self.state.workload.write().unwrap_or_else(PoisonError::into_inner) = workload;
    }

    /// When message `n` was taken.
    pub(super) fn arrived(&self, n: usize) -> Option<Instant> {
        let nanos = self.state.workload().arrived.get(n)?.load(Ordering::Acquire);
        (nanos > 0).then(|| self.state.began + Duration::from_nanos(nanos))
    }

    /// Messages that were taken more than once.
    pub(super) fn twice(&self) -> usize {
        self.state.workload().twice.load(Ordering::Relaxed)
    }
}

impl Drop for Sink {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn serve(mut stream: TcpStream, state: Arc<State>) {
    // Where it can't be set, answers merely wait.
    let _ = stream.set_nodelay(true);
    let mut buffer = Vec::with_capacity(8 << 10);
    loop {
        let Some(end) = find(&buffer, b"\r\n\r\n") else {
            match stream.read_buf(&mut buffer).await {
                Ok(read) if read > 0 => continue,
                _ => return,
            }
        };
        let whole = end + 4 + content_length(&buffer[..end]);
        while buffer.len() < whole {
            match stream.read_buf(&mut buffer).await {
                Ok(read) if read > 0 => {}
                _ => return,
            }
        }
        let workload = state.workload();
        let answer = workload.take(&buffer[end + 4..whole], state.began);
        buffer.drain(..whole);
        if !workload.delay.is_zero() {
            tokio::time::sleep(workload.delay).await;
        }
        if stream.write_all(answer).await.is_err() {
            return;
        }
    }
}

impl State {
    fn workload(&self) -> Arc<Workload> {
        Arc::clone(&self.workload.read().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Workload {
    fn take(&self, body: &[u8], began: Instant) -> &'static [u8] {
        let Some(n) = number(body) else { return OK };
        let Some(arrived) = self.arrived.get(n) else { return OK };
        if n.checked_rem(self.fail_every) == Some(0) && !self.refused[n].swap(true, Ordering::Relaxed) {
            return BUSY;
        }
        let nanos = u64::try_from(began.elapsed().as_nanos()).unwrap_or(u64::MAX).max(1);
        if arrived.compare_exchange(0, nanos, Ordering::AcqRel, Ordering::Relaxed).is_err() {
            self.twice.fetch_add(1, Ordering::Relaxed);
        }
        OK
    }
}

fn content_length(head: &[u8]) -> usize {
    let head = String::from_utf8_lossy(head).to_ascii_lowercase();
    head.lines().find_map(|line| line.strip_prefix("content-length:")?.trim().parse().ok()).unwrap_or(0)
}

/// The number after `"n":`.
fn number(body: &[u8]) -> Option<usize> {
    let from = find(body, b"\"n\":")? + 4;
    let digits = body[from..].iter().take_while(|byte| byte.is_ascii_digit()).count();
    std::str::from_utf8(&body[from..from + digits]).ok()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_is_known_by_its_number() {
        assert_eq!(number(br#"{"data":{"n":1234,"x":1}}"#), Some(1234));
        assert_eq!(number(br#"{"data":{}}"#), None);
        assert_eq!(content_length(b"POST / HTTP/1.1\r\nContent-Length: 17\r\nx: y"), 17);
    }
}
