//! Where a writer takes what is to be written from. It knows whether that comes in quick succession: then it pays to let
//! what nobody waits for wait a moment, and share the next one's way to the disk. No clock and no rates: what came a
//! moment after the last write tells it.

use std::time::Duration;

use tokio::sync::mpsc;

/// A moment: the shortest that a timer of tokio knows, which may be twice as long.
pub(super) const MOMENT: Duration = Duration::from_millis(1);

/// The receiving end of a writer.
pub(super) struct Inlet<T> {
    receiver: mpsc::Receiver<T>,
    /// Whether anybody asks for `quick`: each answer costs a timer.
    watched: bool,
    quick: bool,
}

impl<T> Inlet<T> {
    /// `watched`: whether [`quick`](Self::quick) will be asked for.
    pub(super) const fn new(receiver: mpsc::Receiver<T>, watched: bool) -> Self {
        Self { receiver, watched, quick: false }
    }

    /// The next one, however long it takes; None when nobody is left to send any.
    pub(super) async fn next(&mut self) -> Option<T> {
        if let Some(next) = self.try_next() {
            self.quick = true;
            return Some(next);
        }
        if !self.watched {
            return self.receiver.recv().await;
        }
        let soon = tokio::time::timeout(MOMENT, self.receiver.recv()).await;
        self.quick = soon.is_ok();
        match soon {
            Ok(next) => next,
            Err(_) => self.receiver.recv().await,
        }
    }

    /// What has arrived already.
    pub(super) fn try_next(&mut self) -> Option<T> {
        self.receiver.try_recv().ok()
    }

    /// Whether the last [`next`](Self::next) came within a moment.
    pub(super) const fn quick(&self) -> bool {
        self.quick
    }

    /// Gathers what comes within a moment, for as long as `more` takes it. False where nothing came.
    pub(super) async fn gather(&mut self, mut more: impl FnMut(T) -> bool) -> bool {
        let moment = tokio::time::sleep(MOMENT);
        tokio::pin!(moment);
        let mut came = false;
        loop {
            tokio::select! {
                biased;
                next = self.receiver.recv() => {
                    let Some(next) = next else { return came };
                    came = true;
                    if !more(next) {
                        return came;
                    }
                }
                () = &mut moment => return came,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_comes_right_after_the_last_is_quick() {
        let (sender, receiver) = mpsc::channel(4);
        let mut inlet = Inlet::new(receiver, true);
        sender.send(1).await.unwrap();
        assert_eq!((inlet.next().await, inlet.quick()), (Some(1), true));
        let sending = tokio::spawn(async move {
            tokio::time::sleep(MOMENT * 20).await;
            sender.send(2).await.unwrap();
        });
        assert_eq!((inlet.next().await, inlet.quick()), (Some(2), false));
        sending.await.unwrap();
        assert_eq!(inlet.next().await, None);
    }

    #[tokio::test]
    async fn gathers_for_a_moment_and_while_it_is_wanted() {
        let (sender, receiver) = mpsc::channel(8);
        let mut inlet = Inlet::new(receiver, false);
        assert!(!inlet.gather(|_| true).await);
        for n in 0..4 {
            sender.send(n).await.unwrap();
        }
        let mut got = Vec::new();
        let wanted = |n| {
            got.push(n);
            n < 2
        };
        assert!(inlet.gather(wanted).await);
        assert_eq!(got, [0, 1, 2]);
        assert!(inlet.gather(|n| n == 3).await);
        assert!(!inlet.gather(|_| true).await);
    }
}
