//! Lanes: the named queues that keep slow channels and busy neighbours out of each other's way.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use crate::domain::enums::ChannelType;

/// What the jobs of a lane are about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum LaneKind {
    /// Messages that the chain has to run for.
    Process,
    /// Tasks that have to be sent over this kind of channel.
    Deliver(ChannelType),
}

/// A queue of its own, with its own workers. Prints as `process`, `process.vip`, `deliver.DINGTALK` or
/// `deliver.DINGTALK.vip`, and reads back from that.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Lane {
    pub kind: LaneKind,
    /// Name of a green channel; the general lane when absent. Never empty.
    pub green: Option<Arc<str>>,
}

impl Lane {
    /// The lane of the chain.
    pub fn process(green: Option<Arc<str>>) -> Self {
        Self::new(LaneKind::Process, green)
    }

    /// The lane of a kind of channel.
    pub fn deliver(channel: ChannelType, green: Option<Arc<str>>) -> Self {
        Self::new(LaneKind::Deliver(channel), green)
    }

    /// An empty green name means the general lane.
    pub fn new(kind: LaneKind, green: Option<Arc<str>>) -> Self {
        Self { kind, green: green.filter(|name| !name.is_empty()) }
    }
}

impl fmt::Display for Lane {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.kind {
            LaneKind::Process => f.write_str("process")?,
            LaneKind::Deliver(channel) => write!(f, "deliver.{channel}")?,
        }
        match &self.green {
            Some(green) => write!(f, ".{green}"),
            None => Ok(()),
        }
    }
}

/// A string that is not the name of a lane.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a lane: expected `process` or `deliver.<channel type>`, with `.<green channel>` or without")]
pub struct ParseLaneError(String);

impl FromStr for Lane {
    type Err = ParseLaneError;

    fn from_str(text: &str) -> Result<Self, ParseLaneError> {
        let refused = || ParseLaneError(text.chars().take(80).collect());
        let (head, rest) = split(text);
        let (kind, green) = match (head, rest) {
            ("process", green) => (LaneKind::Process, green),
            ("deliver", Some(rest)) => {
                let (channel, green) = split(rest);
                (LaneKind::Deliver(channel.parse().map_err(|_| refused())?), green)
            }
            _ => return Err(refused()),
        };
        match green {
            Some("") => Err(refused()),
            green => Ok(Self { kind, green: green.map(Arc::from) }),
        }
    }
}

fn split(text: &str) -> (&str, Option<&str>) {
    text.split_once('.').map_or((text, None), |(head, rest)| (head, Some(rest)))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_lane_prints_its_kind_and_its_green_channel() {
        assert_eq!(Lane::process(None).to_string(), "process");
        assert_eq!(Lane::process(Some("vip".into())).to_string(), "process.vip");
        assert_eq!(Lane::deliver(ChannelType::Dingtalk, None).to_string(), "deliver.DINGTALK");
        assert_eq!(Lane::deliver(ChannelType::WechatWork, Some("vip".into())).to_string(), "deliver.WECHAT_WORK.vip");
        assert_eq!(Lane::process(Some("".into())), Lane::process(None));
    }

    #[test]
    fn what_is_no_lane_is_refused() {
        for text in ["", "process.", "deliver", "deliver.", "deliver.PIGEON", "deliver.SMS.", "other"] {
            assert!(text.parse::<Lane>().is_err(), "{text}");
        }
    }

    proptest! {
        #[test]
        fn a_lane_reads_back_what_it_prints(channel in 0..ChannelType::ALL.len() + 1, green in "[a-z.{}:0-9-]{0,12}") {
            let green = Some(Arc::from(green.as_str()));
            let lane = match ChannelType::ALL.get(channel) {
                Some(channel) => Lane::deliver(*channel, green),
                None => Lane::process(green),
            };
            prop_assert_eq!(lane.to_string().parse(), Ok(lane));
        }
    }
}
