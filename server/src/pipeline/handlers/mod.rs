//! The handlers of the chain, a file each.

pub mod channel_dispatch;
pub mod channel_router;
pub mod deduplication;
pub mod rate_limit;
pub mod status_tracking;
pub mod template_render;
pub mod time_window;
pub mod validation;
