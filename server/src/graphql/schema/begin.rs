//! The beginning of an operation, apart from who reads its responses.

use std::future::Future;

use async_graphql::Response;
use futures::StreamExt;
use futures::stream::{BoxStream, empty, iter, once};
use tokio_util::task::AbortOnDropHandle;
use tracing::Instrument;

use crate::graphql::error::{ApiError, refusal};

/// The responses of an operation, which runs in a task of its own until it has the first of them; that is all of a query.
/// Meanwhile it may hold a connection to the database, or be what others wait for, and whoever reads may be waiting for
/// something else: for a socket to take what was said before, or for that very connection. What comes after a
/// subscription's first response needs the database through tasks of their own only. Dropped, it ends.
pub(super) fn begun<F>(start: F) -> BoxStream<'static, Response>
where
    F: Future<Output = BoxStream<'static, Response>> + Send + 'static,
{
    let first = async move {
        let mut responses = start.await;
        (responses.next().await, responses)
    };
    // Begins when it is asked for: a task that nobody waits for would run for nobody.
    once(async move { AbortOnDropHandle::new(tokio::spawn(first.in_current_span())).await })
        .flat_map(|begun| match begun {
            Ok((first, rest)) => iter(first).chain(rest).boxed(),
            Err(error) if error.is_panic() => {
                let refused = refusal(ApiError::internal("an operation panicked as it began"));
                once(async { refused }).boxed()
            }
            Err(_) => empty().boxed(),
        })
        .boxed()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::time::Duration;

    use futures::stream::FuturesUnordered;
    use tokio::sync::{Semaphore, oneshot};
    use tokio::time::{sleep, timeout};

    use super::*;

    const SOON: Duration = Duration::from_secs(20);

    fn response(number: i32) -> Response {
        Response::new(async_graphql::Value::from(number))
    }

    async fn numbers(responses: BoxStream<'static, Response>) -> Vec<String> {
        responses.map(|response| response.data.to_string()).collect().await
    }

    #[tokio::test]
    async fn the_responses_come_in_order() {
        let start = async { iter((0..5).map(response)).boxed() };
        assert_eq!(numbers(begun(start)).await, ["0", "1", "2", "3", "4"]);
        assert_eq!(numbers(begun(async { empty().boxed() })).await, Vec::<String>::new());
    }

    /// A pool of three, and operations that need one for a while: one that is not looked at gives its back.
    #[tokio::test]
    async fn who_is_not_looked_at_holds_nothing() {
        let pool = Arc::new(Semaphore::new(3));
        let operation = || {
            let pool = Arc::clone(&pool);
            begun(async move {
                let taken = pool.acquire_owned().await;
                sleep(Duration::from_millis(20)).await;
                drop(taken);
                once(async { response(1) }).boxed()
            })
        };
        let mut operations: Vec<_> = (0..10).map(|_| operation()).collect();
        // All have begun, and from now on nobody looks at them.
        let begin = operations.iter_mut().map(|operation| timeout(Duration::from_millis(5), operation.next()));
        let _: Vec<_> = begin.collect::<FuturesUnordered<_>>().collect().await;
        let all = timeout(SOON, pool.acquire_many(3)).await.expect("a free pool");
        drop(all);
        for operation in operations {
            assert_eq!(timeout(SOON, numbers(operation)).await.expect("a response"), ["1"]);
        }
    }

    #[tokio::test]
    async fn dropped_it_ends() {
        let (alive, ended) = oneshot::channel::<()>();
        let mut operation = begun(async move {
            let _alive = alive;
            std::future::pending().await
        });
        assert!(timeout(Duration::from_millis(20), operation.next()).await.is_err());
        drop(operation);
        assert!(timeout(SOON, ended).await.expect("its end").is_err());
    }

    #[tokio::test]
    async fn a_panic_is_an_answer() {
        fn fail() -> BoxStream<'static, Response> {
            panic!("on purpose")
        }
        let mut operation = begun(async { fail() });
        let refused = operation.next().await.unwrap();
        assert_eq!(refused.errors.len(), 1);
        assert!(!format!("{refused:?}").contains("on purpose"));
        assert!(operation.next().await.is_none());
    }
}
