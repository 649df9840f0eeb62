//! How events travel over Redis: a line with the sender and the batch's number, then the events as a JSON array.

use serde_json::Value;

use crate::domain::event::Event;

/// A batch is cut once its text is longer than this.
const LONG_ENOUGH: usize = 256 * 1024;

/// A batch as received; the events are still text.
#[derive(Debug, PartialEq, Eq)]
pub struct Batch<'a> {
    pub origin: &'a str,
    pub number: u64,
    pub events: &'a [u8],
}

/// Takes events off the front of `events`, as many as make a reasonable batch, and writes them.
pub fn write(origin: &str, number: u64, events: &[Event]) -> (Vec<u8>, usize) {
    let mut text = format!("{origin} {number}\n[").into_bytes();
    let mut taken = 0;
    for event in events {
        let start = text.len();
        if text.last() != Some(&b'[') {
            text.push(b',');
        }
        taken += 1;
        if serde_json::to_writer(&mut text, event).is_err() {
            text.truncate(start); // an event that can't be written is left out
        }
        if text.len() > LONG_ENOUGH {
            break;
        }
    }
    text.push(b']');
    (text, taken)
}

/// Reads the head line; none if this is not a batch.
pub fn read(text: &[u8]) -> Option<Batch<'_>> {
    let end = text.iter().position(|&byte| byte == b'\n')?;
    let (origin, number) = std::str::from_utf8(&text[..end]).ok()?.split_once(' ')?;
    Some(Batch { origin, number: number.parse().ok()?, events: &text[end + 1..] })
}

/// Reads the events. Those of a kind that this version does not know yet are left out.
pub fn read_events(text: &[u8]) -> Vec<Event> {
    serde_json::from_slice::<Vec<Event>>(text).unwrap_or_else(|_| {
        let known = serde_json::from_slice::<Vec<Value>>(text).unwrap_or_default();
        known.into_iter().filter_map(|event| serde_json::from_value(event).ok()).collect()
    })
}

#[cfg(test)]
mod tests {
    use super::super::tests::{event, mark};
    use super::*;

    #[test]
    fn a_batch_reads_back() {
        let events = vec![event("a"), event("b"), event("c")];
        let (text, taken) = write("me", 7, &events);
        assert_eq!(taken, 3);
        let batch = read(&text).unwrap();
        assert_eq!((batch.origin, batch.number), ("me", 7));
        assert_eq!(read_events(batch.events).iter().map(mark).collect::<Vec<_>>(), ["a", "b", "c"]);
    }

    #[test]
    fn a_long_batch_is_cut() {
        let events: Vec<_> = (0..10).map(|_| event(&"x".repeat(LONG_ENOUGH / 3))).collect();
        let (text, taken) = write("me", 1, &events);
        assert_eq!(taken, 3);
        assert_eq!(read_events(read(&text).unwrap().events).len(), 3);
    }

    #[test]
    fn an_event_of_an_unknown_kind_is_left_out() {
        let (text, _) = write("me", 1, &[event("a"), event("b")]);
        let newer = String::from_utf8(text).unwrap().replacen("[{", "[{\"Later\":{}},{", 1);
        let events = read_events(read(newer.as_bytes()).unwrap().events);
        assert_eq!(events.iter().map(mark).collect::<Vec<_>>(), ["a", "b"]);
    }

    #[test]
    fn other_text_is_not_a_batch() {
        for text in ["", "me", "me 1", "me one\n[]", "\n[]"] {
            assert_eq!(read(text.as_bytes()), None, "{text}");
        }
        assert!(read_events(b"nonsense").is_empty());
    }
}
