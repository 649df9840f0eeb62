//! From a task to its outcome: claim, send, record, and again where it failed for now.
//!
//! - [`deliver`]: the "deliver" lanes' work
//! - [`booking`]: what the process that makes a task sends at once
//! - [`line`]: waiting a moment to book
//! - [`turn`]: how many tasks of a config are under way at once
//! - [`pace`]: keeping to rate limits and time windows when tasks are sent
//! - [`throttle`]: heeding providers that throttle; [`resting`]: leaving those alone that fail
//! - [`health`]: when configs last sent and last failed
//! - [`settle`]: what an outcome makes of a task (pure)
//! - [`inboxes`]: sending over LOCAL
//! - [`local`]: what the LOCAL channel writes into inboxes
//! - [`sweep`]: what is due and held by nobody is announced again
//! - [`jumps`]: notices when the clock jumps
//! - [`tell`]: watchers hear of tasks that nobody had in hand
//! - [`bulk`]: many failed tasks sent again or discarded, at a given rate; [`pages`]: whose page comes next

pub mod booking;
pub mod bulk;
pub mod deliver;
mod health;
mod inboxes;
pub mod jumps;
mod line;
pub mod local;
mod pace;
mod pages;
mod resting;
pub mod settle;
pub mod sweep;
pub mod tell;
#[cfg(test)]
mod tests;
mod throttle;
mod turn;
