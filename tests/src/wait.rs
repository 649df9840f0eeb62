//! Waiting for a condition instead of for a time.

use std::time::{Duration, Instant};

/// How long a test waits for what should take a moment: generous, for debug builds on a busy machine.
pub const SOON: Duration = Duration::from_secs(30);

/// The longest that a test may take: one that waits for ever says so instead of holding up the whole run.
const LONGEST: Duration = Duration::from_secs(15 * 60);

/// Runs a test's body within the longest time that one may take.
pub async fn bounded<T>(body: impl Future<Output = T>) -> T {
    tokio::time::timeout(LONGEST, body).await.expect("the test ends in time")
}

/// Asks again at a short interval until there is an answer; panics with `what` after [`SOON`].
pub async fn poll_until<T>(what: &str, ask: impl AsyncFnMut() -> Option<T>) -> T {
    within(SOON, what, ask).await
}

/// [`poll_until`] with a deadline of its own.
pub async fn within<T>(deadline: Duration, what: &str, mut ask: impl AsyncFnMut() -> Option<T>) -> T {
    let started = Instant::now();
    let mut interval = Duration::from_millis(5);
    loop {
        if let Some(answer) = ask().await {
            return answer;
        }
        assert!(started.elapsed() < deadline, "waited {deadline:?} in vain for {what}");
        tokio::time::sleep(interval).await;
        interval = (interval * 2).min(Duration::from_millis(100));
    }
}
