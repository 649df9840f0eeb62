//! What a worker's fetch brings, read from Redis' answers.

use fred::types::Value;
use uuid::Uuid;

use super::{LaneKeys, number};
use crate::queue::job::{Share, UnknownWork, Work, read_stored};

/// What a fetch brings, and leaves.
#[derive(Default)]
pub(super) struct Fetched {
    pub(super) entries: Vec<Entry>,
    /// How many jobs are left in lines, where that was asked.
    pub(super) lined: usize,
    /// The shares that have no room here for what is in their lines, each with the first priority that it is of.
    pub(super) without_room: Vec<(Uuid, usize)>,
}

impl Fetched {
    /// Reads what FETCH gives.
    pub(super) fn from_script(answer: Value) -> Self {
        let mut values = answer.into_array().into_iter();
        let lined = values.next().map_or(0, |lined| number(&lined));
        let mut without_room = Vec::new();
        for _ in 0..values.next().map_or(0, |count| number(&count)) {
            let (Some(share), Some(priority)) = (values.next(), values.next()) else { break };
            let share = share.as_bytes().and_then(|share| Uuid::try_parse_ascii(share).ok());
            without_room.extend(share.map(|share| (share, number(&priority))));
        }
        Self { entries: Entry::from_script(values), lined, without_room }
    }
}

impl From<Vec<Entry>> for Fetched {
    fn from(entries: Vec<Entry>) -> Self {
        Self { entries, ..Self::default() }
    }
}

/// An entry of a stream.
pub(super) struct Entry {
    pub(super) priority: usize,
    pub(super) id: String,
    pub(super) stored: Vec<u8>,
}

impl Entry {
    /// What RECLAIM gives: priority, id and stored job, one after another.
    pub(super) fn from_script(values: impl IntoIterator<Item = Value, IntoIter: ExactSizeIterator>) -> Vec<Self> {
        let mut values = values.into_iter();
        let mut entries = Vec::with_capacity(values.len() / 3);
        while let (Some(priority), Some(id), Some(stored)) = (values.next(), values.next(), values.next()) {
            let stored = stored.as_bytes().unwrap_or_default().to_vec();
            entries.push(Self { priority: number(&priority), id: id.into_string().unwrap_or_default(), stored });
        }
        entries
    }

    /// What XREADGROUP gives: pairs of a stream's key and its entries, each a pair of id and fields.
    pub(super) fn from_read(answer: Value, keys: &LaneKeys) -> Vec<Self> {
        let mut entries = Vec::new();
        for stream in pairs(answer) {
            let (key, found) = stream;
            let Some(priority) = keys.streams.iter().position(|its| Some(its.as_bytes()) == key.as_bytes()) else {
                continue;
            };
            for (id, fields) in pairs(found) {
                let stored = fields.into_array().get(1).and_then(Value::as_bytes).unwrap_or_default().to_vec();
                entries.push(Self { priority, id: id.into_string().unwrap_or_default(), stored });
            }
        }
        entries.sort_by_key(|entry| entry.priority);
        entries
    }

    pub(super) fn job(&self) -> Result<(Work, Share), UnknownWork> {
        read_stored(&self.stored)
    }
}

fn pairs(list: Value) -> impl Iterator<Item = (Value, Value)> {
    let list = if let Value::Array(list) = list { list } else { Vec::new() };
    list.into_iter().filter_map(|pair| {
        let mut pair = pair.into_array().into_iter();
        pair.next().zip(pair.next())
    })
}
