//! From a task to its outcome: claim, send, record, and again where it failed for now.
//!
//! - [`deliver`]: the "deliver" lanes' work
//! - [`settle`]: what an outcome makes of a task (pure)
//! - [`local`]: what the LOCAL channel writes into inboxes
//! - [`sweep`]: what is due and held by nobody is announced again

pub mod deliver;
pub mod local;
pub mod settle;
pub mod sweep;
