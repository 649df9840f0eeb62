//! Who watches what in this process: events are handed to those they concern, and to nobody else.

use std::collections::{HashMap, VecDeque};
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::mpsc;
use tokio::sync::mpsc::error::TrySendError;

use super::log::{Expired, Log, LogLimits};
use super::order::Order;
use super::position::Position;
use super::subscription::{ReadOn, Source, Subscription};
use crate::domain::event::{Event, StatusEvent};
use crate::domain::id::{MessageId, TenantId};
use crate::domain::inbox::InboxMessage;
use crate::domain::time::Clock;

/// Messages whose progress is kept in mind, to tell their events in order: those of the last seconds.
const ORDERED: usize = 16_384;
/// What a subscriber wants to hear of.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Topic {
    /// Status events of one message.
    Message(MessageId),
    /// Status events of one tenant.
    Tenant(TenantId),
    /// Status events of all tenants.
    All,
    /// New inbox messages of one user.
    Inbox(TenantId, String),
}

impl Topic {
    fn takes(&self, event: &StatusEvent) -> bool {
        match self {
            Self::Message(id) => event.id == *id,
            Self::Tenant(id) => event.tenant_id == *id,
            Self::All => true,
            Self::Inbox(..) => false,
        }
    }
}

/// An event as a subscriber gets it.
#[derive(Debug, Clone)]
pub enum Told {
    /// With the position to resume from.
    Status(Position, Arc<StatusEvent>),
    Inbox(Arc<InboxMessage>),
}

/// Events did not reach the subscriber.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Missed {
    /// It was too slow; this is the end.
    #[error("events came faster than they were read")]
    TooSlow,
    /// They were lost on their way here; it goes on after that.
    #[error("events were lost on their way")]
    Lost,
}

/// Why nobody can subscribe yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refused {
    /// Nobody watched for long, so nothing was logged: the log must begin anew first.
    Idle,
    Expired,
}

pub(super) type Sign = Result<Told, Missed>;

/// The local subscribers and the log that they can catch up from.
pub struct Hub {
    pub(super) clock: Clock,
    inner: Mutex<Inner>,
    /// Events that a subscriber may fall behind.
    capacity: usize,
    linger: Duration,
    watchers: AtomicUsize,
    started: Instant,
    /// When the last watcher went, in milliseconds since `started`, plus one; 0 when there was none.
    left: AtomicU64,
}

struct Inner {
    log: Log,
    order: Order,
    mailboxes: HashMap<Topic, Vec<Mailbox>>,
    next_mailbox: u64,
    /// Nobody resumes from before this stamp.
    doubtful_until: u64,
    /// Whether events come in: before the first watcher, and long after the last, they don't.
    following: bool,
    ended: bool,
}

struct Mailbox {
    number: u64,
    sender: mpsc::Sender<Sign>,
    too_slow: Arc<AtomicBool>,
}

impl Hub {
    /// Somebody who left counts as a watcher for `linger` more.
    pub fn new(clock: Clock, capacity: usize, linger: Duration, limits: LogLimits) -> Arc<Self> {
        let inner = Inner {
            log: Log::new(limits, Position::hole_before(0)),
            order: Order::new(ORDERED),
            mailboxes: HashMap::new(),
            next_mailbox: 0,
            doubtful_until: 0,
            following: false,
            ended: false,
        };
        Arc::new(Self {
            inner: Mutex::new(inner),
            capacity: capacity.clamp(1, 1 << 20),
            linger,
            watchers: AtomicUsize::new(0),
            started: clock.instant(),
            left: AtomicU64::new(0),
            clock,
        })
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Subscribers at present.
    pub fn watchers(&self) -> usize {
        self.watchers.load(Ordering::Relaxed)
    }

    /// Whether somebody watches here, or did a while ago.
    pub fn watched(&self) -> bool {
        if self.watchers() > 0 {
            return true;
        }
        match self.left.load(Ordering::Relaxed) {
            0 => false,
            left => Duration::from_millis(left) + self.linger > self.clock.since(self.started),
        }
    }

    /// From here on events come in, after this position.
    pub fn begin(&self, after: Position) {
        let mut inner = self.lock();
        inner.following = true;
        inner.order.forget();
        inner.log.reset(after);
    }

    /// Whether events come in.
    pub fn follows(&self) -> bool {
        self.lock().following
    }

    /// Forgets everything unless somebody watches; whether it did.
    pub fn rest(&self) -> bool {
        let mut inner = self.lock();
        let rests = !self.watched();
        if rests {
            inner.rest();
        }
        inner.log.trim(self.clock.instant());
        rests
    }

    /// Appends events to the log and tells them. The positions follow each other.
    pub fn append(&self, events: impl IntoIterator<Item = (Position, Option<StatusEvent>)>) {
        let now = self.clock.instant();
        let mut inner = self.lock();
        for (position, event) in events {
            inner.append(position, event, now);
        }
    }

    /// [`Self::append`] with the next positions.
    pub fn append_next(&self, events: impl IntoIterator<Item = StatusEvent>) {
        let now = self.clock.instant();
        let mut inner = self.lock();
        for event in events {
            let Position { stamp, number } = inner.log.end();
            inner.append(Position { stamp, number: number.wrapping_add(1) }, Some(event), now);
        }
    }

    /// Tells of a new inbox message; those are not in the log, since they can be read.
    pub fn tell_inbox(&self, message: InboxMessage) {
        let message = Arc::new(message);
        let topic = Topic::Inbox(message.tenant_id, message.user_id.clone());
        self.lock().tell(&topic, || Ok(Told::Inbox(Arc::clone(&message))));
    }

    /// Tells subscribers that something was lost: of status events, or of inbox messages.
    pub fn lost(&self, of_inboxes: bool) {
        let mut inner = self.lock();
        let concerned: Vec<Topic> =
            inner.mailboxes.keys().filter(|topic| matches!(topic, Topic::Inbox(..)) == of_inboxes).cloned().collect();
        for topic in concerned {
            inner.tell(&topic, || Err(Missed::Lost));
        }
        if !of_inboxes {
            inner.order.forget();
            inner.forget_log();
        }
    }

    /// Tells subscribers that an instance fell silent, whose last changes nobody knows. Others notice that a little earlier or
    /// later, and go on telling until then: who comes from one of them within `tolerance` has not been told either.
    pub fn fell_silent(&self, tolerance: Duration) {
        let tolerance = u64::try_from(tolerance.as_millis()).unwrap_or(u64::MAX);
        {
            let mut inner = self.lock();
            inner.doubtful_until = inner.log.end().stamp.saturating_add(tolerance);
        }
        self.lost(false);
        self.lost(true);
    }

    /// Puts older events in front of the log. `ages` are theirs by now.
    pub fn prepend(&self, before: Position, older: Vec<(Position, Option<Arc<StatusEvent>>, Duration)>) {
        self.lock().log.prepend(before, older, self.clock.instant());
    }

    /// The positions before the first and at the last event of the log.
    pub fn reach(&self) -> (Position, Position) {
        let inner = self.lock();
        (inner.log.before(), inner.log.end())
    }

    /// Subscribes from now on, or from right after a position.
    pub fn subscribe(self: &Arc<Self>, topic: Topic, after: Option<Position>) -> Result<Subscription, Refused> {
        let mut inner = self.lock();
        if !inner.following || !self.watched() {
            inner.rest();
            // From now on it counts as watched, so that what follows `begin` is not missed.
            self.note_interest();
            return Err(Refused::Idle);
        }
        inner.log.trim(self.clock.instant());
        let start = inner.log.end();
        let source = match after {
            None => inner.register(topic.clone(), self.capacity),
            Some(after) => {
                let doubtful = after.stamp < inner.doubtful_until;
                inner.log.after(after, 0, |_| false).ok().filter(|_| !doubtful).ok_or(Refused::Expired)?;
                Source::Log { reached: after, chunk: VecDeque::new() }
            }
        };
        self.watchers.fetch_add(1, Ordering::Relaxed);
        Ok(Subscription { hub: Arc::clone(self), topic, source, start })
    }

    /// Counts as watched from now on, so that `begin` makes sense.
    fn note_interest(&self) {
        let now = u64::try_from(self.clock.since(self.started).as_millis()).unwrap_or(u64::MAX - 1);
        self.left.store(now + 1, Ordering::Relaxed);
    }

    /// Reads on in the log, or subscribes where there is nothing left to read.
    pub(super) fn read_on(&self, topic: &Topic, after: Position, most: usize) -> Result<ReadOn, Expired> {
        let mut inner = self.lock();
        let (found, reached) = inner.log.after(after, most, |event| topic.takes(event))?;
        if found.is_empty() && reached == inner.log.end() {
            return Ok(ReadOn::Live(inner.register(topic.clone(), self.capacity)));
        }
        Ok(ReadOn::Events(found, reached))
    }

    /// A subscriber has gone, with its mailbox if it had one.
    pub(super) fn leave(&self, topic: &Topic, mailbox: Option<u64>) {
        let mut inner = self.lock();
        if let Some(number) = mailbox
            && let Some(mailboxes) = inner.mailboxes.get_mut(topic)
        {
            mailboxes.retain(|mailbox| mailbox.number != number);
            if mailboxes.is_empty() {
                inner.mailboxes.remove(topic);
            }
        }
        // Under the lock, so that `rest` sees either the watcher or when it left.
        self.note_interest();
        self.watchers.fetch_sub(1, Ordering::Relaxed);
    }

    /// Ends all subscriptions, also those to come.
    pub fn end(&self) {
        let mut inner = self.lock();
        inner.ended = true;
        inner.mailboxes.clear();
    }
}

impl Inner {
    fn append(&mut self, position: Position, event: Option<StatusEvent>, now: Instant) {
        let event = event.and_then(|event| self.order.admit(event)).map(Arc::new);
        self.log.push(position, event.clone(), now);
        let Some(event) = event else { return };
        for topic in [Topic::Message(event.id), Topic::Tenant(event.tenant_id), Topic::All] {
            self.tell(&topic, || Ok(Told::Status(position, Arc::clone(&event))));
        }
    }

    fn rest(&mut self) {
        self.following = false;
        self.order.forget();
        self.forget_log();
    }

    /// Nobody can resume from before this point any more.
    fn forget_log(&mut self) {
        let end = self.log.end();
        self.log.reset(Position::hole_before(end.number.wrapping_add(1)));
    }

    fn register(&mut self, topic: Topic, capacity: usize) -> Source {
        let (sender, receiver) = mpsc::channel(capacity);
        let too_slow = Arc::new(AtomicBool::new(false));
        let number = self.next_mailbox;
        self.next_mailbox += 1;
        if !self.ended {
            let mailbox = Mailbox { number, sender, too_slow: Arc::clone(&too_slow) };
            self.mailboxes.entry(topic).or_default().push(mailbox);
        }
        Source::Live { number, receiver, too_slow }
    }

    /// Hands a sign to the subscribers of a topic. One whose mailbox is full has been too slow.
    fn tell(&mut self, topic: &Topic, sign: impl Fn() -> Sign) {
        let Some(mailboxes) = self.mailboxes.get_mut(topic) else { return };
        mailboxes.retain(|mailbox| match mailbox.sender.try_send(sign()) {
            Ok(()) => true,
            Err(TrySendError::Full(_)) => {
                mailbox.too_slow.store(true, Ordering::Relaxed);
                metrics::counter!("posthorn_bus_slow_watchers_total").increment(1);
                false
            }
            Err(TrySendError::Closed(_)) => false,
        });
        if mailboxes.is_empty() {
            self.mailboxes.remove(topic);
        }
    }
}

/// Splits what is published by how it travels.
pub(super) fn sort(events: Vec<Event>) -> (Vec<StatusEvent>, Vec<InboxMessage>) {
    let (mut status, mut inbox) = (Vec::new(), Vec::new());
    for event in events {
        match event {
            Event::Status(event) => status.push(event),
            Event::Inbox(message) => inbox.push(message),
        }
    }
    (status, inbox)
}
