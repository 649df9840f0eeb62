//! Typed ids: a prefix that names the noun and a UUIDv7, e.g. `msg_0193…`; the same string in API and logs.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::chance::Chance;
use super::time::Timestamp;

/// A string that is not an id of the expected kind.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not an id of the form {prefix}_…")]
pub struct ParseIdError {
    text: String,
    prefix: &'static str,
}

/// What ids are built on, ordered by `at` to the millisecond. The rest is drawn here, whatever source of chance is passed
/// around: ids must differ between all parts of all processes, and no decision depends on that rest.
pub fn uuid_v7(at: Timestamp) -> Uuid {
    let millis = u64::try_from(at.as_millis()).unwrap_or(0);
    uuid::Builder::from_unix_timestamp_millis(millis, &Chance::System.draw()).into_uuid()
}

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident = $prefix:literal;)*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub Uuid);

        impl $name {
            /// What an id of this kind starts with, before the underscore.
            pub const PREFIX: &'static str = $prefix;

            /// A new id, ordered by `at` to the millisecond.
            pub fn new(at: Timestamp) -> Self {
                Self(uuid_v7(at))
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!($prefix, "_{}"), self.0.simple())
            }
        }

        impl FromStr for $name {
            type Err = ParseIdError;
            fn from_str(text: &str) -> Result<Self, ParseIdError> {
                text.strip_prefix(concat!($prefix, "_"))
                    .filter(|hex| hex.len() == 32 && !hex.bytes().any(|b| b.is_ascii_uppercase()))
                    .and_then(|hex| Uuid::try_parse(hex).ok())
                    .map(Self)
                    .ok_or_else(|| ParseIdError { text: text.chars().take(80).collect(), prefix: $prefix })
            }
        }

        impl Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
                s.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
                <std::borrow::Cow<'de, str>>::deserialize(d)?.parse().map_err(serde::de::Error::custom)
            }
        }
    )*};
}

ids! {
    /// A message that a business system handed in.
    MessageId = "msg";
    /// One channel's share of a message.
    TaskId = "task";
    /// A tenant.
    TenantId = "ten";
    /// A business type of a tenant.
    BusinessTypeId = "biz";
    /// A channel config of a tenant or one of its stores.
    ChannelConfigId = "chc";
    /// A template.
    TemplateId = "tpl";
    /// An API key (the key's record, not the secret).
    ApiKeyId = "key";
    /// A message in a user's inbox.
    InboxId = "inb";
    /// One worker process, from its start to its end.
    InstanceId = "ins";
    /// A rare entry of a message's timeline.
    EntryId = "ent";
    /// A job over many failed tasks.
    BulkJobId = "bulk";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_reads_back_what_it_prints() {
        let id = MessageId::new(Timestamp::from_millis(1_795_228_200_000));
        assert_eq!(id.to_string().parse(), Ok(id));
    }

    #[test]
    fn ids_of_another_kind_or_spelling_are_refused() {
        let id = MessageId::new(Timestamp::from_millis(1_795_228_200_000));
        assert!(id.to_string().parse::<TaskId>().is_err());
        assert!(id.to_string().to_uppercase().parse::<MessageId>().is_err());
        assert!("msg_".parse::<MessageId>().is_err());
        assert!(format!("msg_{}", id.0).parse::<MessageId>().is_err());
    }

    #[test]
    fn ids_are_version_7_tell_their_time_and_differ() {
        let at = Timestamp::from_millis(1_795_228_200_123);
        let (one, other) = (uuid_v7(at), uuid_v7(at));
        assert_ne!(one, other);
        assert_eq!((one.get_version_num(), one.get_variant()), (7, uuid::Variant::RFC4122));
        assert_eq!(one.get_timestamp().map(|time| time.to_unix()), Some((1_795_228_200, 123_000_000)));
    }

    #[test]
    fn ids_are_ordered_by_time() {
        let early = MessageId::new(Timestamp::from_millis(1_000_000));
        let late = MessageId::new(Timestamp::from_millis(1_000_001));
        assert!(early < late);
    }
}
