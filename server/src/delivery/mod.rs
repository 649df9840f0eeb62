//! From a task to its outcome: claim, send, record, and again where it failed for now.
//!
//! - [`deliver`]: the "deliver" lanes' work
//! - [`booking`]: what the process that makes a task sends at once
//! - [`turn`]: how many tasks of a config are under way at once
//! - [`throttle`]: heeding providers that throttle
//! - [`settle`]: what an outcome makes of a task (pure)
//! - [`inboxes`]: sending over LOCAL
//! - [`local`]: what the LOCAL channel writes into inboxes
//! - [`sweep`]: what is due and held by nobody is announced again; [`pace`]: notices when the clock jumps
//! - [`bulk`]: many failed tasks sent again or discarded, at a given rate

pub mod booking;
pub mod bulk;
pub mod deliver;
mod inboxes;
pub mod local;
pub mod pace;
pub mod settle;
pub mod sweep;
mod throttle;
mod turn;
