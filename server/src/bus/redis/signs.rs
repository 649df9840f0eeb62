//! Which instances are alive, by what they append. One that falls silent without a last word may have changed the database
//! and not told of it: what its last events were nobody knows.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::super::position::Position;
use super::read::Entry;

/// What an entry says instead of an event: that its origin is alive; that nothing comes after it.
pub(super) const ALIVE: &str = "alive";
pub(super) const BYE: &str = "bye";
/// How often an origin says that it is alive.
pub(super) const SIGN_EVERY: Duration = Duration::from_secs(2);
/// Who says nothing for so long has gone.
const SILENT_FOR: Duration = Duration::from_secs(8);

/// By how much one instance may notice that before another does.
pub(super) const NOTICED_WITHIN: Duration = Duration::from_secs(10);

/// When each origin that has not ended was last heard.
#[derive(Default)]
pub(super) struct Signs {
    heard: Mutex<HashMap<String, Instant>>,
}

impl Signs {
    fn lock(&self) -> MutexGuard<'_, HashMap<String, Instant>> {
        self.heard.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes note of what came in.
    pub fn hear(&self, entries: &[Entry], now: Instant) {
        let mut heard = self.lock();
        for (_, fields) in entries {
            let Some(origin) = fields.get("from") else { continue };
            if fields.get("event").is_some_and(|text| text == BYE) {
                heard.remove(origin);
            } else if let Some(last) = heard.get_mut(origin) {
                *last = now;
            } else {
                heard.insert(origin.clone(), now);
            }
        }
    }

    /// Whether somebody fell silent; each is told of once.
    pub fn silent(&self, now: Instant) -> bool {
        let mut heard = self.lock();
        let before = heard.len();
        heard.retain(|_, last| now.saturating_duration_since(*last) < SILENT_FOR);
        heard.len() < before
    }

    /// Nobody could be heard until now: that says nothing of them.
    pub fn wait_anew(&self, now: Instant) {
        self.lock().values_mut().for_each(|last| *last = now);
    }

    /// Begins anew.
    pub fn forget(&self) {
        self.lock().clear();
    }

    /// Takes note of what was there before `before`, from where on everything was heard. Who was there then, and was not heard
    /// since, has its time from now on. Gives the stamp up to which somebody had been silent for too long by then, on every
    /// instance: who resumes from before that would not be told what may be missing.
    pub fn look_back(&self, entries: &[Entry], before: Position, now: Instant) -> Option<u64> {
        let mut last = HashMap::new();
        for (id, fields) in entries {
            if let (Some(origin), Ok(position)) = (fields.get("from"), id.parse::<Position>()) {
                last.insert(origin, (position.stamp, fields.get("event").is_some_and(|text| text == BYE)));
            }
        }
        let millis = |span: Duration| u64::try_from(span.as_millis()).unwrap_or(u64::MAX);
        let patience = millis(SILENT_FOR);
        let mut silent_until = None;
        let mut heard = self.lock();
        for (origin, (stamp, _)) in last.into_iter().filter(|(_, (_, ended))| !ended) {
            if stamp + patience < before.stamp {
                silent_until = silent_until.max(Some(stamp + patience + millis(NOTICED_WITHIN)));
            } else {
                heard.entry(origin.clone()).or_insert(now);
            }
        }
        silent_until
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(stamp: u64, origin: &str, event: &str) -> Entry {
        let fields = [("from", origin), ("number", "1"), ("event", event)];
        (format!("{stamp}-1"), fields.into_iter().map(|(name, text)| (name.to_owned(), text.to_owned())).collect())
    }

    #[test]
    fn who_falls_silent_without_a_last_word_is_told_of_once() {
        let (signs, start) = (Signs::default(), Instant::now());
        let at = |seconds: u64| start + Duration::from_secs(seconds);
        signs.hear(&[entry(1, "a", ALIVE), entry(1, "b", "{}"), entry(1, "c", "{}"), entry(2, "c", BYE)], at(0));
        signs.hear(&[entry(3, "a", ALIVE)], at(4));
        assert!(!signs.silent(at(7)));
        assert!(signs.silent(at(8)), "b has gone");
        assert!(!signs.silent(at(9)));
        signs.wait_anew(at(12));
        assert!(!signs.silent(at(19)), "nobody could be heard");
        assert!(signs.silent(at(20)));
        assert!(!signs.silent(at(60)));
    }

    #[test]
    fn who_was_there_before_has_its_time_and_who_had_gone_cuts_the_log() {
        let (signs, start) = (Signs::default(), Instant::now());
        let older = [
            entry(1_000, "gone", "{}"),
            entry(2_000, "ended", BYE),
            entry(15_000, "late", ALIVE),
            entry(19_000, "a", "{}"),
        ];
        let before = Position { stamp: 20_000, number: 9 };
        assert_eq!(signs.look_back(&older, before, start), Some(19_000));
        signs.hear(&[entry(21_000, "a", ALIVE)], start + Duration::from_secs(5));
        assert!(signs.silent(start + Duration::from_secs(8)), "late was not heard again");
        assert!(!signs.silent(start + Duration::from_secs(12)));
    }
}
