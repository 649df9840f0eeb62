//! Figures: printed as they are measured, and kept for the JSON.

use std::time::Duration;

use serde::Serialize;

use crate::cli::say;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Unit {
    PerSecond,
    Milliseconds,
    /// CPU milliseconds for 1,000 messages, which are microseconds for one.
    CpuPerThousand,
    Megabytes,
    PerMessage,
    BytesPerMessage,
    Count,
}

/// What stands above a rate on this machine, whatever Posthorn does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Limit {
    /// Storing messages.
    Stored,
    /// Answering single requests, and storing.
    Answered,
    /// Posting to the sink, and storing.
    Delivered,
}

/// The limits as measured, a second.
#[derive(Debug, Clone, Copy, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Limits {
    /// Messages with their tasks and recipients, inserted in transactions of 100.
    pub(super) inserts: f64,
    /// Requests to an axum handler that does nothing.
    pub(super) requests: f64,
    /// POSTs by reqwest to the sink.
    pub(super) posts: f64,
    /// Entries added to a stream, 500 at a time; none without Redis.
    pub(super) xadds: Option<f64>,
}

impl Limits {
    fn of(&self, limit: Limit) -> f64 {
        match limit {
            Limit::Stored => self.inserts,
            Limit::Answered => self.inserts.min(self.requests),
            Limit::Delivered => self.inserts.min(self.posts),
        }
    }
}

impl Unit {
    const fn text(self) -> &'static str {
        match self {
            Self::PerSecond => "/s",
            Self::Milliseconds => "ms",
            Self::CpuPerThousand => "CPU ms / 1,000",
            Self::Megabytes => "MB",
            Self::PerMessage => "a message",
            Self::BytesPerMessage => "bytes a message",
            Self::Count => "",
        }
    }
}

#[derive(Debug, Clone, Serialize)]
pub(super) struct Figure {
    what: String,
    value: f64,
    unit: Unit,
    #[serde(skip)]
    limit: Option<Limit>,
}

impl Figure {
    pub(super) fn new(what: impl Into<String>, value: f64, unit: Unit) -> Self {
        Self { what: what.into(), value, unit, limit: None }
    }

    /// A rate that a limit stands above.
    pub(super) const fn below(mut self, limit: Limit) -> Self {
        self.limit = Some(limit);
        self
    }
}

#[derive(Debug, Serialize)]
struct Measured {
    backend: &'static str,
    #[serde(flatten)]
    figure: Figure,
    #[serde(rename = "fractionOfLimit", skip_serializing_if = "Option::is_none")]
    fraction: Option<f64>,
}

#[derive(Debug, Default, Serialize)]
pub(super) struct Report {
    version: &'static str,
    cores: usize,
    #[serde(skip)]
    limits: Option<Limits>,
    figures: Vec<Measured>,
}

impl Report {
    /// What figures are compared with from now on.
    pub(super) const fn compare_with(&mut self, limits: Limits) {
        self.limits = Some(limits);
    }

    /// Prints the figures and keeps them.
    pub(super) fn add(&mut self, backend: &'static str, figures: Vec<Figure>) -> Result<(), String> {
        for figure in figures {
            let digits = if figure.value < 100.0 { 2 } else { 0 };
            let fraction = figure.limit.zip(self.limits).map(|(limit, limits)| figure.value / limits.of(limit));
            let of_limit = fraction.map(|fraction| format!("  ({:.0}% of the limit)", 100.0 * fraction));
            let (what, value, unit) = (&figure.what, figure.value, figure.unit.text());
            say(&format!("{what:<62} {value:>10.digits$} {unit}{}", of_limit.unwrap_or_default()))?;
            self.figures.push(Measured { backend, figure, fraction });
        }
        Ok(())
    }

    pub(super) fn json(&mut self) -> Result<String, String> {
        self.version = env!("CARGO_PKG_VERSION");
        self.cores = std::thread::available_parallelism().map_or(0, usize::from);
        serde_json::to_string_pretty(self).map_err(|error| error.to_string())
    }
}

/// Durations, to be asked for percentiles.
#[derive(Debug, Default)]
pub(super) struct Latencies(Vec<Duration>);

impl Latencies {
    pub(super) fn new(mut all: Vec<Duration>) -> Self {
        all.sort_unstable();
        Self(all)
    }

    /// In milliseconds; 0 where nothing was measured.
    fn percentile(&self, percent: f64) -> f64 {
        let rank = (self.0.len() as f64 * percent / 100.0).ceil() as usize;
        self.0.get(rank.max(1) - 1).map_or(0.0, |took| took.as_secs_f64() * 1000.0)
    }

    pub(super) fn figures(&self, what: &str) -> Vec<Figure> {
        [50.0, 99.0]
            .map(|percent| Figure::new(format!("{what}, p{percent:.0}"), self.percentile(percent), Unit::Milliseconds))
            .into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_percentile_is_a_value_that_was_measured() {
        let all = Latencies::new((1..=100).rev().map(Duration::from_millis).collect());
        assert!((all.percentile(50.0) - 50.0).abs() < 1e-9);
        assert!((all.percentile(99.0) - 99.0).abs() < 1e-9);
        assert!(Latencies::default().percentile(50.0).abs() < 1e-9);
    }
}
