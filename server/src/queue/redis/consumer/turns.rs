//! Which jobs of a fetch are for those that would wait behind more urgent ones of other shares.

use crate::queue::job::{OTHERS_TURN, PRIORITIES};

/// Counts what was brought, so that one in eight is theirs however few are fetched at once.
#[derive(Default)]
pub(super) struct Turns {
    /// Jobs brought since the last that was kept for them.
    passed: usize,
    /// The priority that comes first.
    next: usize,
}

impl Turns {
    /// How many of the next `want` jobs are kept for them, and the priority that comes first.
    pub(super) fn kept(&self, want: usize) -> (usize, usize) {
        ((self.passed + want) / OTHERS_TURN, self.next)
    }

    /// Counts what a fetch brought.
    pub(super) fn brought(&mut self, count: usize, want: usize, kept: usize) {
        // Nothing is left where it brought less than it might.
        self.passed = if count < want { 0 } else { (self.passed + count).saturating_sub(kept * OTHERS_TURN) };
        if kept > 0 {
            self.next = (self.next + 1) % PRIORITIES;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_in_eight_is_kept_however_few_are_fetched() {
        for want in [1, 3, 8, 100] {
            let mut turns = Turns::default();
            let mut all = 0;
            for _ in 0..240 {
                let (kept, next) = turns.kept(want);
                assert!(kept <= want && next < PRIORITIES);
                turns.brought(want, want, kept);
                all += kept;
            }
            assert_eq!(all, 240 * want / OTHERS_TURN, "{want}");
        }
        let mut turns = Turns { passed: 7, next: 9 };
        turns.brought(1, 4, 1);
        assert_eq!((turns.kept(7), turns.passed), ((0, 0), 0), "nothing is left");
    }
}
