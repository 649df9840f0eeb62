//! Batching writers: what arrives while a statement runs goes into the next one. A lonely item is written at once.

use std::future::Future;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use futures::FutureExt;
use tokio::sync::{Semaphore, mpsc, oneshot};

use super::error::StoreError;
use super::inlet::Inlet;

/// A patient batch that has grown to so many items is written without further waiting.
const ENOUGH: usize = 16;

/// How large a batch may grow.
#[derive(Debug, Clone, Copy)]
pub struct BatchLimits {
    pub items: usize,
    /// In bytes, roughly: a batch of huge items stays a bounded statement.
    pub bytes: usize,
    /// Batches under way at once.
    pub parallel: usize,
    /// Whether a small batch waits a moment for more, where items come in quick succession: for what nobody waits for.
    pub patient: bool,
}

/// How often a batch is tried again that another transaction got in the way of.
pub(super) const CONFLICT_RETRIES: usize = 5;

type Waiting<I, O> = (I, oneshot::Sender<Result<O, StoreError>>);

/// Gathers items into batches. Cheap to clone; ends when the last clone is dropped.
pub struct Batcher<I, O> {
    sender: mpsc::Sender<Waiting<I, O>>,
}

impl<I, O> Clone for Batcher<I, O> {
    fn clone(&self) -> Self {
        Self { sender: self.sender.clone() }
    }
}

impl<I, O> Batcher<I, O>
where
    I: Send + Sync + Clone + 'static,
    O: Send + 'static,
{
    /// `flush` writes a batch and answers for each item, in order. `weigh` gives an item's size in bytes.
    pub fn spawn<F, Fut>(limits: BatchLimits, weigh: fn(&I) -> usize, flush: F) -> Self
    where
        F: Fn(Arc<Vec<I>>) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<Vec<O>, StoreError>> + Send + 'static,
    {
        let (sender, receiver) = mpsc::channel(4 * limits.items);
        tokio::spawn(gather(receiver, limits, weigh, Arc::new(flush)));
        Self { sender }
    }

    /// Writes `item` with the next batch and waits for its answer.
    ///
    /// # Errors
    /// Where the batch failed; then the item was not written (or nobody knows, when the connection broke).
    pub async fn put(&self, item: I) -> Result<O, StoreError> {
        let (answer, answered) = oneshot::channel();
        let gone = || StoreError::Unavailable("the writer has stopped".to_owned());
        self.sender.send((item, answer)).await.map_err(|_| gone())?;
        answered.await.map_err(|_| gone())?
    }

    /// Writes several items, in as few batches as they fit in, and waits for all answers.
    pub async fn put_all(&self, items: Vec<I>) -> Vec<Result<O, StoreError>> {
        futures::future::join_all(items.into_iter().map(|item| self.put(item))).await
    }
}

async fn gather<I, O, F, Fut>(
    receiver: mpsc::Receiver<Waiting<I, O>>,
    limits: BatchLimits,
    weigh: fn(&I) -> usize,
    flush: Arc<F>,
) where
    I: Send + Sync + Clone + 'static,
    O: Send + 'static,
    F: Fn(Arc<Vec<I>>) -> Fut + Send + Sync + 'static,
    Fut: Future<Output = Result<Vec<O>, StoreError>> + Send + 'static,
{
    let mut inlet = Inlet::new(receiver, limits.patient);
    let permits = Arc::new(Semaphore::new(limits.parallel));
    let mut left_over: Option<Waiting<I, O>> = None;
    loop {
        // Waiting for a permit first: what arrives meanwhile shares the batch.
        let Ok(permit) = Arc::clone(&permits).acquire_owned().await else { return };
        let first = match left_over.take() {
            Some(item) => item,
            None => match inlet.next().await {
                Some(item) => item,
                None => return,
            },
        };
        let mut bytes = weigh(&first.0);
        let mut items = Vec::with_capacity(16);
        let mut answers = Vec::with_capacity(16);
        items.push(first.0);
        answers.push(first.1);
        // Takes one into the batch, and gives its size then; none where it did not fit, and begins the next.
        let mut take = |next: Waiting<I, O>| {
            bytes += weigh(&next.0);
            if bytes > limits.bytes {
                left_over = Some(next);
                return None;
            }
            items.push(next.0);
            answers.push(next.1);
            Some(items.len())
        };
        let mut fits = Some(1);
        while fits.is_some_and(|len| len < limits.items) {
            let Some(next) = inlet.try_next() else { break };
            fits = take(next);
        }
        if limits.patient && inlet.quick() && fits.is_some_and(|len| len < ENOUGH) {
            inlet.gather(|next| take(next).is_some_and(|len| len < ENOUGH)).await;
        }
        if limits.parallel == 1 {
            // Here and now: a task of its own would bring nothing but its way to another thread.
            let writing = AssertUnwindSafe(write(Arc::new(items), answers, &*flush)).catch_unwind();
            if writing.await.is_err() {
                tracing::error!("a batch panicked; who waits for it hears that it is gone");
            }
            continue;
        }
        let flush = Arc::clone(&flush);
        tokio::spawn(async move {
            write(Arc::new(items), answers, &*flush).await;
            drop(permit);
        });
    }
}

async fn write<I, O, F, Fut>(items: Arc<Vec<I>>, answers: Vec<oneshot::Sender<Result<O, StoreError>>>, flush: &F)
where
    I: Clone,
    F: Fn(Arc<Vec<I>>) -> Fut,
    Fut: Future<Output = Result<Vec<O>, StoreError>>,
{
    match with_retries(&items, flush).await {
        Ok(results) => {
            for (answer, result) in answers.into_iter().zip(results) {
                // A caller that no longer waits has given up; the item is written all the same.
                let _ = answer.send(Ok(result));
            }
        }
        // One bad item must not take its neighbours with it.
        Err(StoreError::Query(error)) if items.len() > 1 => {
            tracing::warn!(%error, items = items.len(), "a batch was refused, writing its items one by one");
            for (item, answer) in items.iter().zip(answers) {
                let alone = with_retries(&Arc::new(vec![item.clone()]), flush).await;
                let _ = answer.send(alone.and_then(|mut results| {
                    results.pop().ok_or_else(|| StoreError::corrupt("a batch gave no answer"))
                }));
            }
        }
        Err(error) => {
            for answer in answers {
                let _ = answer.send(Err(error.clone()));
            }
        }
    }
}

async fn with_retries<I, O, F, Fut>(items: &Arc<Vec<I>>, flush: &F) -> Result<Vec<O>, StoreError>
where
    F: Fn(Arc<Vec<I>>) -> Fut,
    Fut: Future<Output = Result<Vec<O>, StoreError>>,
{
    let mut tries = 0;
    loop {
        match flush(Arc::clone(items)).await {
            Err(StoreError::Conflict(_)) if tries < CONFLICT_RETRIES => tries += 1,
            result => return result,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    const LIMITS: BatchLimits = BatchLimits { items: 100, bytes: 1000, parallel: 1, patient: false };

    #[tokio::test]
    async fn items_that_arrive_during_a_flush_share_the_next() {
        let flushes = Arc::new(AtomicUsize::new(0));
        let counter = Arc::clone(&flushes);
        let batcher = Batcher::spawn(
            LIMITS,
            |_| 1,
            move |items: Arc<Vec<u32>>| {
                counter.fetch_add(1, Ordering::SeqCst);
                async move {
                    tokio::task::yield_now().await;
                    Ok(items.iter().map(|item| item * 2).collect())
                }
            },
        );
        let results = batcher.put_all((0..100).collect()).await;
        let doubled: Vec<u32> = results.into_iter().map(Result::unwrap).collect();
        assert_eq!(doubled, (0..100).map(|n| n * 2).collect::<Vec<_>>());
        assert!(flushes.load(Ordering::SeqCst) <= 5, "{flushes:?}");
    }

    #[tokio::test]
    async fn one_bad_item_fails_alone() {
        let batcher = Batcher::spawn(
            LIMITS,
            |_| 1,
            |items: Arc<Vec<u32>>| async move {
                if items.contains(&7) { Err(diesel::result::Error::NotFound.into()) } else { Ok(items.to_vec()) }
            },
        );
        let results = batcher.put_all((0..20).collect()).await;
        let bad: Vec<_> = results.iter().enumerate().filter(|(_, r)| r.is_err()).map(|(n, _)| n).collect();
        assert_eq!(bad, [7]);
    }

    #[tokio::test]
    async fn a_batch_is_bounded_in_bytes() {
        let batcher = Batcher::spawn(
            LIMITS,
            |_| 400,
            |items: Arc<Vec<u32>>| async move { Ok(items.iter().map(|_| items.len()).collect()) },
        );
        let sizes = batcher.put_all((0..50).collect()).await;
        assert!(sizes.into_iter().all(|size| size.unwrap() <= 2));
    }

    /// An item that does something the moment it is taken into a batch.
    type Deed = Option<Arc<dyn Fn() + Send + Sync>>;

    #[tokio::test]
    async fn a_patient_batch_takes_along_what_comes_a_moment_later() {
        for patient in [true, false] {
            let batcher: Batcher<Deed, usize> = Batcher::spawn(
                BatchLimits { patient, ..LIMITS },
                |item| {
                    if let Some(deed) = item {
                        deed();
                    }
                    1
                },
                |items| async move { Ok(vec![items.len(); items.len()]) },
            );
            let (sender, mut behind) = mpsc::channel(1);
            let follow = {
                let batcher = batcher.clone();
                move || {
                    let (batcher, sender) = (batcher.clone(), sender.clone());
                    tokio::spawn(async move { sender.send(batcher.put(None).await.unwrap()).await });
                }
            };
            let first = batcher.put(Some(Arc::new(follow))).await.unwrap();
            let expected = if patient { 2 } else { 1 };
            assert_eq!((first, behind.recv().await), (expected, Some(expected)), "patient: {patient}");
            // Nobody comes: it is written all the same.
            assert_eq!(batcher.put(None).await.unwrap(), 1);
        }
    }
}
