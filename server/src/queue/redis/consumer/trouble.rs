//! Waiting while Redis is away.

use std::time::Duration;

use fred::error::Error;

use crate::queue::lane::Lane;

/// Redis being away: waits longer each time, and logs the beginning and the end.
#[derive(Default)]
pub(super) struct Trouble {
    times: u32,
}

impl Trouble {
    pub(super) fn wait(&mut self, lane: &Lane, error: &Error) -> Duration {
        if self.times == 0 {
            tracing::warn!(%lane, %error, "redis is away, the lane pauses");
        }
        self.times = (self.times + 1).min(6);
        Duration::from_millis(20) * 2u32.pow(self.times - 1)
    }

    pub(super) fn over(&mut self, lane: &Lane) {
        if self.times > 0 {
            tracing::info!(%lane, "redis is back, the lane goes on");
            self.times = 0;
        }
    }
}
