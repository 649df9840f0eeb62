//! A subscriber in a fault test. It follows every change by the rules of README.md: it comes back with its last cursor, to whichever
//! server, whenever its subscription ends, and where that cursor has expired it reads the present and begins anew. What it
//! knows at the end must be what is stored.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tokio::task::JoinHandle;

use crate::api::{Api, FINISHED};
use crate::live::{Event, WebSocket};
use crate::targets::Targets;
use crate::wait::SOON;

/// One message of the present comes first where there is no cursor: then the subscription is known to be in force.
const CHANGES: &str = "subscription($after: String) { it: statusEvents(after: $after, present: 1) {
    cursor messageId messageStatus } }";
const PRESENT: &str = "query($after: String) { it: messages(first: 100, after: $after) {
    nodes { messageId status } pageInfo { hasNextPage endCursor } } }";

/// How long it waits before it comes back.
const PAUSE: Duration = Duration::from_millis(100);

/// What the subscriber knows.
#[derive(Default)]
struct Known {
    /// Each message's status, as it was told or read last.
    statuses: HashMap<String, String>,
    /// As it was told last since the present was read: before that, others may have told of what is older.
    told: HashMap<String, String>,
    /// Changes that it was told, how often it came back with a cursor, and how often it read the present.
    heard: u32,
    resumed: u32,
    read: u32,
    wrong: Vec<String>,
}

/// What became of it.
pub struct Followed {
    pub heard: u32,
    pub resumed: u32,
    pub read: u32,
    /// Where it knows, or was told, something else than the truth.
    pub wrong: Vec<String>,
}

pub struct Subscriber {
    known: Arc<Mutex<Known>>,
    follows: JoinHandle<()>,
}

impl Subscriber {
    /// Begins to follow all that this key may see, at one server or another.
    pub fn start(key: &str, targets: Targets) -> Self {
        let known = Arc::<Mutex<Known>>::default();
        let follows = tokio::spawn(follow(key.to_owned(), targets, Arc::clone(&known)));
        Self { known, follows }
    }

    /// Waits until it knows how all of these messages, which are all that there are, have ended.
    pub async fn finish(self, stored: &[(String, String)]) -> Followed {
        let started = Instant::now();
        // Whoever died without a word is missed only after a while.
        while !self.unknown(stored).is_empty() && started.elapsed() < SOON {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        let unknown = self.unknown(stored);
        let mut known = self.known.lock().unwrap();
        let mut wrong = std::mem::take(&mut known.wrong);
        wrong.extend(unknown);
        if known.heard == 0 {
            wrong.push("the subscriber was told nothing".to_owned());
        }
        if self.follows.is_finished() {
            wrong.push("the subscriber has panicked".to_owned());
        }
        Followed { heard: known.heard, resumed: known.resumed, read: known.read, wrong }
    }

    /// Where it does not know what is stored.
    fn unknown(&self, stored: &[(String, String)]) -> Vec<String> {
        let known = self.known.lock().unwrap();
        stored
            .iter()
            .filter(|(id, status)| known.statuses.get(id) != Some(status))
            .map(|(id, status)| format!("{id} is {status}, and the subscriber knows of {:?}", known.statuses.get(id)))
            .collect()
    }
}

impl Drop for Subscriber {
    fn drop(&mut self) {
        self.follows.abort();
    }
}

impl Known {
    fn hear(&mut self, event: &Value) {
        self.heard += 1;
        let (id, status) = (text_of(&event["messageId"]), text_of(&event["messageStatus"]));
        let before = self.told.insert(id.clone(), status.clone());
        // Nobody tries a message of the stream again that has ended.
        if let Some(before) = before.filter(|before| stage(before) > stage(&status) || has_changed_end(before, &status))
        {
            self.wrong.push(format!("{id} was told to be {status} after it was {before}"));
        }
        self.statuses.insert(id, status);
    }
}

/// How far a message with this status is on its way.
fn stage(status: &str) -> usize {
    let open = ["SCHEDULED", "PENDING", "PROCESSING"];
    open.iter().position(|stage| *stage == status).unwrap_or(open.len())
}

fn has_changed_end(before: &str, after: &str) -> bool {
    FINISHED.contains(&before) && before != after
}

async fn follow(key: String, targets: Targets, known: Arc<Mutex<Known>>) {
    let mut api = Api::new(&targets.next().await, Some(key.as_str()));
    let mut cursor = None;
    loop {
        cursor = follow_at(&api, cursor, &known).await;
        tokio::time::sleep(PAUSE).await;
        api.url = targets.next().await;
    }
}

/// Follows what this server tells after `cursor`, until that ends. Gives the cursor to come back with.
async fn follow_at(api: &Api, mut cursor: Option<String>, known: &Mutex<Known>) -> Option<String> {
    let Some(mut socket) = WebSocket::try_subscribe(api, CHANGES, json!({ "after": cursor })).await else {
        return cursor;
    };
    known.lock().unwrap().resumed += u32::from(cursor.is_some());
    loop {
        match socket.event_at_last().await {
            Event::Next(data) => {
                let event = &data["it"];
                if cursor.is_none() {
                    // From here on it is told of every change, so what was not told until now can be read.
                    let present = present(api).await?;
                    let mut known = known.lock().unwrap();
                    known.read += 1;
                    known.told.clear();
                    known.statuses.extend(present);
                } else {
                    known.lock().unwrap().hear(event);
                }
                cursor = Some(text_of(&event["cursor"]));
            }
            Event::Error(errors) => {
                match errors[0]["extensions"]["code"].as_str() {
                    Some("CURSOR_EXPIRED") => return None,
                    Some("LAGGED" | "UNAVAILABLE") => {}
                    _ => known.lock().unwrap().wrong.push(format!("a subscription ended with {errors}")),
                }
                return cursor;
            }
            Event::Complete | Event::Closed(_) => return cursor,
        }
    }
}

/// The present status of every message; none where it is not to be had.
async fn present(api: &Api) -> Option<HashMap<String, String>> {
    let mut statuses = HashMap::new();
    let mut after = Value::Null;
    loop {
        let (_, mut answer) = api.execute(PRESENT, json!({ "after": after })).await;
        let page = answer.get_mut("data")?["it"].take();
        for node in page["nodes"].as_array()? {
            statuses.insert(text_of(&node["messageId"]), text_of(&node["status"]));
        }
        if page["pageInfo"]["hasNextPage"] != true {
            return Some(statuses);
        }
        after = page["pageInfo"]["endCursor"].clone();
    }
}

fn text_of(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("a text was expected: {value}")).to_owned()
}
