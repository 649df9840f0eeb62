//! What the handlers of the chain read and change while they decide about one message.

use std::sync::Arc;

use serde_json::Value;
use tokio::sync::OwnedSemaphorePermit;

use crate::catalog::{OpenChannel, TenantCatalog};
use crate::domain::code::ErrorCode;
use crate::domain::content::Content;
use crate::domain::enums::{ChannelType, MessageStatus, VerdictOutcome};
use crate::domain::id::TemplateId;
use crate::domain::message::{Failure, PendingMessage};
use crate::domain::settings::Settings;
use crate::domain::task::NewTask;
use crate::domain::time::Timestamp;
use crate::domain::verdict::Verdict;

/// A turn at what keeps a thread busy for long, until its last clone is dropped.
pub type Turn = Arc<OwnedSemaphorePermit>;

/// How the chain goes on after a handler.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Flow {
    Continue,
    /// The message ends here.
    Stop(MessageStatus, Failure),
}

impl Flow {
    pub fn stop(status: MessageStatus, code: ErrorCode, message: impl Into<String>) -> Self {
        Self::Stop(status, Failure::new(code, message))
    }
}

/// Why a handler gave no verdict.
#[derive(Debug, thiserror::Error)]
pub enum HandlerError {
    /// Something it needs is away: the message waits and is tried again.
    #[error("{0}")]
    Unavailable(String),
    /// It can't decide about this message, now or later.
    #[error("{0}")]
    Failed(String),
    /// It would hold up all else on its thread: it is to run once more, with a turn at what takes long. Nothing is changed.
    #[error("it needs a turn")]
    NeedsTurn,
}

/// A channel that the message may go over, as far as the chain has decided.
#[derive(Clone)]
pub struct Candidate {
    pub channel: Arc<OpenChannel>,
    /// Order of channels within the message, smaller first.
    pub priority: i32,
    /// Not before this.
    pub send_at: Timestamp,
    pub content: Option<Content>,
    pub template: Option<TemplateId>,
}

impl Candidate {
    pub fn channel_type(&self) -> ChannelType {
        self.channel.config.channel_type
    }

    /// Names the config in a verdict: `config "Ops group" (chc_…)`.
    pub fn describe(&self) -> String {
        format!("config \"{}\" ({})", self.channel.config.name, self.channel.config.id)
    }
}

/// One message on its way through the chain.
pub struct State {
    pub message: Arc<PendingMessage>,
    pub tenant: Arc<TenantCatalog>,
    pub settings: Arc<Settings>,
    pub now: Timestamp,
    /// Stores, counts and reserves nothing.
    pub dry: bool,
    /// The parsed business data, from VALIDATION on.
    pub data: Value,
    /// None until a handler needs them: see [`State::candidates`].
    candidates: Option<Vec<Candidate>>,
    /// Why the last channel that was taken out had to go; decides the message's end when none is left.
    pub last_drop: Option<(MessageStatus, Failure)>,
    pub verdicts: Vec<Verdict>,
    pub tasks: Vec<NewTask>,
    /// Channels that failed before there was a task for them.
    pub lost: usize,
    /// The handler at work, for its verdicts.
    pub handler: (&'static str, u16),
    /// The handler at work may take long; given where it asked for it.
    pub turn: Option<Turn>,
}

impl State {
    pub fn new(
        message: Arc<PendingMessage>,
        tenant: Arc<TenantCatalog>,
        settings: Arc<Settings>,
        now: Timestamp,
        dry: bool,
    ) -> Self {
        Self {
            message,
            tenant,
            settings,
            now,
            dry,
            data: Value::Null,
            candidates: None,
            last_drop: None,
            verdicts: Vec::with_capacity(8),
            tasks: Vec::new(),
            lost: 0,
            handler: ("", 0),
            turn: None,
        }
    }

    /// The channels that routing gives for this message: looked up once, by whichever handler asks first.
    pub fn candidates(&mut self) -> &mut Vec<Candidate> {
        let (message, tenant) = (&self.message, &self.tenant);
        self.candidates.get_or_insert_with(|| {
            let options = &message.options;
            let mut candidates: Vec<Candidate> = tenant
                .route(message.store_id.as_deref())
                .into_iter()
                .filter(|channel| {
                    let wanted = options.target_channels.as_ref();
                    wanted.is_none_or(|wanted| wanted.contains(&channel.config.channel_type))
                })
                .map(|channel| Candidate {
                    priority: options
                        .for_channel(channel.config.channel_type)
                        .and_then(|option| option.priority)
                        .unwrap_or(channel.config.priority),
                    send_at: self.now,
                    content: None,
                    template: None,
                    channel,
                })
                .collect();
            candidates.sort_by_key(|candidate| candidate.priority);
            candidates
        })
    }

    /// Takes the candidates out, to be put back by [`State::keep`].
    pub fn take_candidates(&mut self) -> Vec<Candidate> {
        std::mem::take(self.candidates())
    }

    pub fn keep(&mut self, candidates: Vec<Candidate>) {
        self.candidates = Some(candidates);
    }

    /// Records what the handler at work decided about the whole message.
    pub fn say(&mut self, outcome: VerdictOutcome, code: Option<&str>, detail: Option<String>) {
        self.push(outcome, code, detail, None);
    }

    /// Records what the handler at work decided about one channel.
    pub fn say_of(&mut self, candidate: &Candidate, outcome: VerdictOutcome, code: Option<&str>, detail: String) {
        self.push(outcome, code, Some(detail), Some(candidate));
    }

    fn push(
        &mut self,
        outcome: VerdictOutcome,
        code: Option<&str>,
        detail: Option<String>,
        candidate: Option<&Candidate>,
    ) {
        self.verdicts.push(Verdict {
            handler: self.handler.0.to_owned(),
            order: self.handler.1,
            outcome,
            code: code.map(str::to_owned),
            detail,
            channel_type: candidate.map(Candidate::channel_type),
            channel_config_id: candidate.map(|candidate| candidate.channel.config.id),
            at: self.now,
            duration_us: None,
        });
    }

    /// Records that one channel is taken out because what it was to carry can't be made: the message was to go over it, so
    /// it counts as failed.
    pub fn lose_channel(&mut self, candidate: &Candidate, failure: Failure) {
        self.drop_channel(candidate, MessageStatus::Failed, failure);
        self.lost += 1;
    }

    /// Records that one channel is taken out by a rule, and why; `status` is the message's end should none be left.
    pub fn drop_channel(&mut self, candidate: &Candidate, status: MessageStatus, failure: Failure) {
        self.say_of(candidate, VerdictOutcome::Drop, Some(failure.code.as_str()), failure.message.clone());
        self.last_drop = Some((status, failure));
    }

    /// After channels were taken out: the message ends where none is left.
    pub fn go_on_with(&mut self, kept: Vec<Candidate>) -> Flow {
        let empty = kept.is_empty();
        self.keep(kept);
        match (empty, self.last_drop.clone()) {
            (true, Some((status, failure))) => Flow::Stop(status, failure),
            _ => Flow::Continue,
        }
    }
}
