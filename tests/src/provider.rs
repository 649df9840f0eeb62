//! A provider that can misbehave: it speaks HTTP/1.1 over bare TCP, so that it can also send garbage, half an answer, or
//! nothing, and it keeps a book of every request that came in whole and of what became of it.

use std::collections::HashMap;
use std::io;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use crate::dice::Dice;

/// What is done with a request.
#[derive(Debug, Clone)]
pub enum Deed {
    /// An answer of this status.
    Answer(u16),
    /// 429 with a `Retry-After` of that many seconds.
    Throttle(u32),
    /// The same, later.
    After(Duration, Box<Deed>),
    /// Bytes that are no HTTP, then the end of the connection.
    Garbage,
    /// Half of an answer's head, then the end of the connection.
    HalfHead,
    /// The head of a 200 and less of a body than it announces, then the end of the connection.
    HalfBody,
    /// A 200, whose head takes this long.
    SlowHead(Duration),
    /// Nothing, for as long as the sender waits.
    Silence,
    /// The connection is reset, the request having been read.
    Reset,
    /// The connection is reset before the request's body is read: it has not arrived.
    ResetUnread,
}

/// What became of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// It is not answered yet.
    Open,
    /// A status was given, and at least its whole head.
    Answered(u16),
    /// What was given was no answer.
    Cut,
    /// The sender went away before it had an answer.
    Left,
}

/// A request that came in whole.
#[derive(Debug, Clone)]
pub struct Delivery {
    pub at: Instant,
    pub path: String,
    /// `webhook-id`.
    pub task: String,
    /// The caller's messageId.
    pub message: String,
    pub end: End,
    /// When its end was known.
    pub ended_at: Option<Instant>,
}

impl Delivery {
    /// The sender was told that it has arrived.
    pub fn confirmed(&self) -> bool {
        matches!(self.end, End::Answered(200..300))
    }
}

type Script = Box<dyn FnMut(&str, &mut Dice) -> Deed + Send>;

struct Shared {
    script: Mutex<(Script, Dice)>,
    book: Mutex<Vec<Delivery>>,
    deeds: Mutex<HashMap<&'static str, u32>>,
}

pub struct Provider {
    shared: Arc<Shared>,
    address: String,
    server: tokio::task::JoinHandle<()>,
}

impl Provider {
    /// One that answers every request with 200 until it is told otherwise.
    pub async fn start(dice: Dice) -> Self {
        let shared = Arc::new(Shared {
            script: Mutex::new((Box::new(|_, _| Deed::Answer(200)), dice)),
            book: Mutex::default(),
            deeds: Mutex::default(),
        });
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let accepting = Arc::clone(&shared);
        let server = tokio::spawn(async move {
            loop {
                if let Ok((stream, _)) = listener.accept().await {
                    let shared = Arc::clone(&accepting);
                    // A connection that breaks has written down what there was to say.
                    tokio::spawn(async move { drop(serve(stream, &shared).await) });
                }
            }
        });
        Self { shared, address, server }
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// What is done from now on, by the request's path.
    pub fn script(&self, script: impl FnMut(&str, &mut Dice) -> Deed + Send + 'static) {
        self.shared.script.lock().unwrap().0 = Box::new(script);
    }

    pub fn deliveries(&self) -> Vec<Delivery> {
        self.shared.book.lock().unwrap().clone()
    }

    pub fn count(&self) -> usize {
        self.shared.book.lock().unwrap().len()
    }

    /// How often each misdeed was done.
    pub fn deeds(&self) -> HashMap<&'static str, u32> {
        self.shared.deeds.lock().unwrap().clone()
    }
}

impl Drop for Provider {
    fn drop(&mut self) {
        self.server.abort();
    }
}

/// A request's head.
struct Head {
    path: String,
    task: String,
    length: usize,
}

async fn serve(mut stream: TcpStream, shared: &Shared) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let mut buffer = Vec::new();
    while let Some(head) = read_head(&mut stream, &mut buffer).await? {
        let deed = {
            let mut script = shared.script.lock().unwrap();
            let (script, dice) = &mut *script;
            script(&head.path, dice)
        };
        if let Some(name) = misdeed(&deed) {
            *shared.deeds.lock().unwrap().entry(name).or_default() += 1;
        }
        if matches!(deed, Deed::ResetUnread) {
            return stream.set_zero_linger();
        }
        while buffer.len() < head.length {
            if stream.read_buf(&mut buffer).await? == 0 {
                return Ok(()); // Half a request has not arrived.
            }
        }
        let body: Vec<u8> = buffer.drain(..head.length).collect();
        let body: Value = serde_json::from_slice(&body).unwrap_or_default();
        let number = {
            let mut book = shared.book.lock().unwrap();
            book.push(Delivery {
                at: Instant::now(),
                path: head.path,
                task: head.task,
                message: body["messageId"].as_str().unwrap_or_default().to_owned(),
                end: End::Open,
                ended_at: None,
            });
            book.len() - 1
        };
        let (end, goes_on) = perform(&mut stream, deed).await.unwrap_or((End::Left, false));
        {
            let delivery = &mut shared.book.lock().unwrap()[number];
            (delivery.end, delivery.ended_at) = (end, Some(Instant::now()));
        }
        if !goes_on {
            return Ok(());
        }
    }
    Ok(())
}

fn misdeed(deed: &Deed) -> Option<&'static str> {
    Some(match deed {
        Deed::Answer(200..300) => return None,
        Deed::Answer(_) => "status",
        Deed::Throttle(_) => "throttled",
        Deed::After(..) => "slow",
        Deed::Garbage => "garbage",
        Deed::HalfHead => "half a head",
        Deed::HalfBody => "half a body",
        Deed::SlowHead(_) => "slow head",
        Deed::Silence => "silence",
        Deed::Reset => "reset after reading",
        Deed::ResetUnread => "reset before reading",
    })
}

/// Does the deed; says what it was, and whether the connection goes on.
async fn perform(stream: &mut TcpStream, deed: Deed) -> io::Result<(End, bool)> {
    const OK: &str = "HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\ncontent-length: 0\r\n\r\n";
    let mut deed = deed;
    while let Deed::After(wait, then) = deed {
        if !waits(stream, wait).await {
            return Ok((End::Left, false));
        }
        deed = *then;
    }
    match deed {
        Deed::Answer(status) => {
            let answer = format!("HTTP/1.1 {status} Scripted\r\ncontent-length: 0\r\n\r\n");
            stream.write_all(answer.as_bytes()).await?;
            Ok((End::Answered(status), true))
        }
        Deed::Throttle(seconds) => {
            let answer = format!("HTTP/1.1 429 Scripted\r\nretry-after: {seconds}\r\ncontent-length: 0\r\n\r\n");
            stream.write_all(answer.as_bytes()).await?;
            Ok((End::Answered(429), true))
        }
        Deed::Garbage => {
            stream.write_all(b"\x16\x03\x01 no HTTP at all \0\xff\r\n\r\n{]").await?;
            Ok((End::Cut, false))
        }
        Deed::HalfHead => {
            stream.write_all(&OK.as_bytes()[..25]).await?;
            Ok((End::Cut, false))
        }
        Deed::HalfBody => {
            let half = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 400\r\n\r\n{\"errcode\":";
            stream.write_all(half).await?;
            Ok((End::Answered(200), false))
        }
        Deed::SlowHead(whole) => {
            let pause = whole / u32::try_from(OK.len()).unwrap_or(u32::MAX);
            for byte in OK.as_bytes() {
                if !waits(stream, pause).await {
                    return Ok((End::Left, false));
                }
                stream.write_all(&[*byte]).await?;
            }
            Ok((End::Answered(200), true))
        }
        Deed::Silence => {
            waits(stream, Duration::from_secs(3600)).await;
            Ok((End::Left, false))
        }
        Deed::Reset | Deed::ResetUnread => {
            stream.set_zero_linger()?;
            Ok((End::Cut, false))
        }
        Deed::After(..) => unreachable!("delays were waited for above"),
    }
}

/// Whether the sender is still there after `wait`.
async fn waits(stream: &TcpStream, wait: Duration) -> bool {
    let gone = async {
        while let Ok(1..) = stream.peek(&mut [0]).await {
            // A sender that says more has not gone.
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    tokio::select! {
        () = tokio::time::sleep(wait) => true,
        () = gone => false,
    }
}

/// The next request's head; what came in behind it stays in the buffer. None at the connection's end.
async fn read_head(stream: &mut TcpStream, buffer: &mut Vec<u8>) -> io::Result<Option<Head>> {
    let end = loop {
        if let Some(at) = buffer.windows(4).position(|bytes| bytes == b"\r\n\r\n") {
            break at + 4;
        }
        if stream.read_buf(buffer).await? == 0 {
            return Ok(None);
        }
    };
    let text = String::from_utf8_lossy(&buffer[..end]).into_owned();
    buffer.drain(..end);
    let mut lines = text.split("\r\n");
    let path = lines.next().and_then(|line| line.split(' ').nth(1)).unwrap_or_default().to_owned();
    let headers: HashMap<String, &str> = lines
        .filter_map(|line| line.split_once(':'))
        .map(|(name, value)| (name.to_ascii_lowercase(), value.trim()))
        .collect();
    let header = |name: &str| headers.get(name).copied().unwrap_or_default();
    let length = header("content-length").parse().map_err(|_| io::Error::other("a request of unknown length"))?;
    Ok(Some(Head { path, task: header("webhook-id").to_owned(), length }))
}
