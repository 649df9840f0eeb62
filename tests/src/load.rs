//! A steady stream of messages through the public API, with what the callers know of each: answered, or not. What was not
//! answered is sent again with the same messageId, or given up.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use reqwest::Client;
use serde_json::{Value, json};
use tokio::task::JoinHandle;

use crate::api::{http_client_within, merge};
use crate::dice::Dice;
use crate::from_now;
use crate::stage::text;
use crate::targets::Targets;

/// The user whose inbox LOCAL delivers to.
pub const READER: &str = "reader";
/// The store whose WEBHOOK config is refused for good.
pub const REFUSING: &str = "refusing";
/// The store that has two WEBHOOK configs, of which the one named [`LAST`] goes after all else.
pub const GROUPED: &str = "grouped";
pub const LAST: &str = "last";

/// How long a caller waits for an answer.
const PATIENCE: Duration = Duration::from_secs(8);

/// How messages are sent.
#[derive(Debug, Clone, Copy)]
pub struct Stream {
    /// Callers at once.
    pub callers: usize,
    /// Milliseconds that each pauses between two messages, at most.
    pub pause: u64,
    /// Whether some go over one channel after the other, or over one group of channels after the other.
    pub steps: bool,
}

impl Default for Stream {
    fn default() -> Self {
        Self { callers: 3, pause: 60, steps: true }
    }
}

/// What a message is to become.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Over WEBHOOK.
    Plain,
    /// Over WEBHOOK and LOCAL at once.
    Pair,
    /// Over WEBHOOK, then over LOCAL.
    Steps,
    /// Over WEBHOOK and LOCAL at once, then over the WEBHOOK that is [`LAST`].
    Grouped,
    /// Over WEBHOOK, some seconds later.
    Later,
    /// The provider refuses it: it fails.
    Refused,
    /// For next week, and cancelled at once.
    Cancelled,
}

impl Kind {
    fn any(dice: &mut Dice, steps: bool) -> Self {
        match dice.below(20) {
            0..9 => Self::Plain,
            9..12 => Self::Pair,
            12 | 13 if steps => Self::Steps,
            14 if steps => Self::Grouped,
            12..17 => Self::Later,
            17 | 18 => Self::Refused,
            _ => Self::Cancelled,
        }
    }

    fn input(self, id: &str, dice: &mut Dice) -> Value {
        let more = match self {
            Self::Plain => json!({ "targetChannels": ["WEBHOOK"] }),
            Self::Pair => json!({ "targetChannels": ["WEBHOOK", "LOCAL"] }),
            Self::Steps => json!({ "targetChannels": ["WEBHOOK", "LOCAL"], "executionMode": "SEQUENTIAL" }),
            Self::Grouped => {
                json!({ "targetChannels": ["WEBHOOK", "LOCAL"], "executionMode": "PRIORITY", "storeId": GROUPED })
            }
            Self::Later => {
                json!({ "targetChannels": ["WEBHOOK"], "scheduledAt": from_now(1 + dice.below(4) as i64) })
            }
            Self::Refused => json!({ "targetChannels": ["WEBHOOK"], "storeId": REFUSING }),
            Self::Cancelled => json!({ "targetChannels": ["WEBHOOK"], "scheduledAt": from_now(7 * 86_400) }),
        };
        let mut input = text(id);
        merge(&mut input, json!({ "messageId": id, "recipients": [{ "userId": READER }] }));
        merge(&mut input, more);
        input
    }
}

/// What the caller knows of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Known {
    /// Nothing yet.
    Open,
    /// It was accepted.
    Accepted,
    /// It was never answered, and not sent again.
    GivenUp,
}

#[derive(Debug, Clone)]
pub struct Sent {
    pub kind: Kind,
    pub known: Known,
    pub at: Instant,
    /// Requests that were not answered with a yes or no.
    pub doubts: u32,
}

/// How requests to accept ended.
#[derive(Debug, Clone, Copy, Default)]
pub struct Requests {
    pub accepted: u32,
    /// Sent again after a request that was not answered, which had been stored all the same.
    pub duplicates: u32,
    /// No connection came about.
    pub refused: u32,
    /// A connection broke, or there was no answer in time.
    pub unanswered: u32,
    /// 503.
    pub unavailable: u32,
}

#[derive(Default)]
pub struct Book {
    pub sent: HashMap<String, Sent>,
    pub requests: Requests,
    /// Answers that must not be.
    pub wrong: Vec<String>,
}

struct Shared {
    client: Client,
    key: String,
    targets: Targets,
    stopped: AtomicBool,
    book: Mutex<Book>,
}

pub struct Load {
    shared: Arc<Shared>,
    senders: Vec<JoinHandle<()>>,
    watcher: Option<JoinHandle<()>>,
}

impl Load {
    /// Starts sending to the servers at `urls` in turn.
    pub fn start(key: &str, urls: &[String], stream: Stream, dice: &mut Dice) -> Self {
        let shared = Arc::new(Shared {
            client: http_client_within(PATIENCE),
            key: key.to_owned(),
            targets: Targets::new(urls),
            stopped: AtomicBool::new(false),
            book: Mutex::default(),
        });
        let senders = (0..stream.callers)
            .map(|number| tokio::spawn(send_on(Arc::clone(&shared), number, stream, dice.fork())))
            .collect();
        Self { shared, senders, watcher: None }
    }

    /// The servers that are sent to.
    pub fn targets(&self) -> Targets {
        self.shared.targets.clone()
    }

    /// A server has another address now.
    pub fn retarget(&self, number: usize, url: &str) {
        self.shared.targets.retarget(number, url);
    }

    /// From now on servers that are not ready get nothing, as a load balancer does it.
    pub fn follow_readiness(&mut self) {
        self.watcher = Some(tokio::spawn(self.targets().follow_readiness(self.shared.client.clone())));
    }

    /// Whether the server is sent to.
    pub fn is_ready(&self, number: usize) -> bool {
        self.shared.targets.is_ready(number)
    }

    pub fn requests(&self) -> Requests {
        self.shared.book.lock().unwrap().requests
    }

    pub fn accepted(&self) -> usize {
        self.shared.book.lock().unwrap().requests.accepted as usize
    }

    /// Sends no new messages, waits until every caller has its answer, and gives what they know.
    pub async fn finish(mut self) -> Book {
        self.shared.stopped.store(true, Ordering::Relaxed);
        for sender in self.senders.drain(..) {
            tokio::time::timeout(Duration::from_secs(120), sender).await.expect("callers still wait").unwrap();
        }
        std::mem::take(&mut *self.shared.book.lock().unwrap())
    }
}

impl Drop for Load {
    fn drop(&mut self) {
        self.senders.iter().chain(&self.watcher).for_each(JoinHandle::abort);
    }
}

async fn send_on(shared: Arc<Shared>, number: usize, stream: Stream, mut dice: Dice) {
    for count in 0.. {
        if shared.stopped.load(Ordering::Relaxed) {
            return;
        }
        let kind = Kind::any(&mut dice, stream.steps);
        let id = format!("{number}-{count}");
        let input = kind.input(&id, &mut dice);
        let sent = Sent { kind, known: Known::Open, at: Instant::now(), doubts: 0 };
        shared.book.lock().unwrap().sent.insert(id.clone(), sent);
        if shared.accept(&id, &input, &mut dice).await && kind == Kind::Cancelled {
            shared.cancel(&id, &mut dice).await;
        }
        dice.moment(1, stream.pause).await;
    }
}

impl Shared {
    /// Sends a message until there is an answer, or the caller gives up: then false.
    async fn accept(&self, id: &str, input: &Value, dice: &mut Dice) -> bool {
        loop {
            let url = format!("{}/api/messages", self.targets.next().await);
            let asked = self.client.post(url).bearer_auth(&self.key).json(input).send().await;
            let answered = match asked {
                Ok(response) => {
                    let status = response.status().as_u16();
                    response.text().await.map(|text| (status, text))
                }
                Err(error) => Err(error),
            };
            {
                let mut book = self.book.lock().unwrap();
                let Book { sent, requests, wrong } = &mut *book;
                let sent = sent.get_mut(id).unwrap();
                match answered {
                    Ok((202, _)) => requests.accepted += 1,
                    Ok((200, _)) if sent.doubts > 0 => {
                        requests.accepted += 1;
                        requests.duplicates += 1;
                    }
                    Ok((503, _)) => {
                        requests.unavailable += 1;
                        sent.doubts += 1;
                    }
                    // Nothing can have been stored; a doubt that there was before remains.
                    Err(ref error) if error.is_connect() => requests.refused += 1,
                    Err(_) => {
                        requests.unanswered += 1;
                        sent.doubts += 1;
                    }
                    Ok((status, text)) => {
                        wrong.push(format!("{id} was answered {status} {text}"));
                        sent.known = Known::GivenUp;
                        return false;
                    }
                }
                if matches!(answered, Ok((200 | 202, _))) {
                    sent.known = Known::Accepted;
                    return true;
                }
                // Nobody would cancel it.
                if sent.kind != Kind::Cancelled && dice.one_in(10) {
                    sent.known = Known::GivenUp;
                    return false;
                }
            }
            dice.moment(50, 300).await;
        }
    }

    /// Cancels a message until there is an answer.
    async fn cancel(&self, id: &str, dice: &mut Dice) {
        let query = "mutation($id: String!) { it: cancelMessage(messageId: $id) { success errorCode } }";
        let mut doubted = false;
        loop {
            let url = format!("{}/graphql", self.targets.next().await);
            let body = json!({ "query": query, "variables": { "id": id } });
            let asked = self.client.post(url).bearer_auth(&self.key).json(&body).send().await;
            let answer = match asked {
                Ok(response) => response.json::<Value>().await.unwrap_or_default(),
                Err(_) => Value::Null,
            };
            let result = &answer["data"]["it"];
            let code = answer["errors"][0]["extensions"]["code"].as_str();
            if result["success"] == true || (doubted && result["errorCode"] == "NOT_CANCELLABLE") {
                return;
            }
            if result.is_object() || code.is_some_and(|code| code != "UNAVAILABLE") {
                self.book.lock().unwrap().wrong.push(format!("{id} could not be cancelled: {answer}"));
                return;
            }
            doubted = true;
            dice.moment(50, 300).await;
        }
    }
}
