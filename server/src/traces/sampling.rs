//! Which traces are exported: all, or the share that OTEL_TRACES_SAMPLER and OTEL_TRACES_SAMPLER_ARG name. It is decided by
//! the trace's id, so that all instances decide alike about a message.

use std::sync::OnceLock;

use opentelemetry::trace::{Link, SpanKind, TraceContextExt, TraceId, TraceState};
use opentelemetry::{Context, KeyValue};
use opentelemetry_sdk::trace::{Sampler, SamplingDecision, SamplingResult, ShouldSample};

/// The share in force, from 0 to 1; all where nobody set it.
static SHARE: OnceLock<f64> = OnceLock::new();

/// By the names and meanings of the OpenTelemetry specification.
///
/// # Errors
/// Naming the variable that makes no sense.
pub(super) fn from_environment() -> Result<Sampler, String> {
    let name = std::env::var("OTEL_TRACES_SAMPLER").unwrap_or_default();
    let argument = std::env::var("OTEL_TRACES_SAMPLER_ARG").unwrap_or_default();
    let share = share(&name, &argument)?;
    let share = *SHARE.get_or_init(|| share);
    Ok(Sampler::ParentBased(Box::new(Share(share))))
}

fn share(name: &str, argument: &str) -> Result<f64, String> {
    match name.strip_prefix("parentbased_").unwrap_or(name) {
        "" | "always_on" => Ok(1.0),
        "always_off" => Ok(0.0),
        "traceidratio" if argument.is_empty() => Ok(1.0),
        "traceidratio" => {
            let share = argument.parse().ok().filter(|share| (0.0..=1.0).contains(share));
            share.ok_or_else(|| format!("OTEL_TRACES_SAMPLER_ARG must be a number from 0 to 1, not `{argument}`"))
        }
        _ => Err(format!("OTEL_TRACES_SAMPLER must be always_on, always_off or traceidratio, not `{name}`")),
    }
}

/// Whether this trace is among those that are exported.
pub(super) fn chosen(trace: TraceId) -> bool {
    among(trace, SHARE.get().copied().unwrap_or(1.0))
}

fn among(trace: TraceId, share: f64) -> bool {
    let [.., a, b, c, d, e, f, g, h] = trace.to_bytes();
    // In an id that a message gave, the first two of these bits are always the same.
    let random = u64::from_be_bytes([a, b, c, d, e, f, g, h]) << 2;
    share >= 1.0 || (random as f64) < share * 2.0_f64.powi(64)
}

/// Chooses a share of all traces.
#[derive(Debug, Clone)]
struct Share(f64);

impl ShouldSample for Share {
    fn should_sample(
        &self,
        parent: Option<&Context>,
        trace: TraceId,
        _name: &str,
        _kind: &SpanKind,
        _attributes: &[KeyValue],
        _links: &[Link],
    ) -> SamplingResult {
        let decision = if among(trace, self.0) { SamplingDecision::RecordAndSample } else { SamplingDecision::Drop };
        let trace_state =
            parent.map_or_else(TraceState::default, |parent| parent.span().span_context().trace_state().clone());
        SamplingResult { decision, attributes: Vec::new(), trace_state }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::id::MessageId;
    use crate::domain::time::Timestamp;

    #[test]
    fn a_share_of_the_messages_is_chosen() {
        let ids: Vec<_> = (0..2000).map(|at| MessageId::new(Timestamp::from_millis(1_700_000_000_000 + at))).collect();
        let count = |share| ids.iter().filter(|id| among(TraceId::from_bytes(id.0.into_bytes()), share)).count();
        assert_eq!((count(0.0), count(1.0)), (0, 2000));
        assert!((350..650).contains(&count(0.25)), "{}", count(0.25));
    }

    #[test]
    fn the_variables_mean_what_the_specification_says() {
        assert_eq!(share("", "0.5"), Ok(1.0));
        assert_eq!(share("parentbased_always_on", ""), Ok(1.0));
        assert_eq!(share("always_off", ""), Ok(0.0));
        assert_eq!(share("parentbased_traceidratio", "0.25"), Ok(0.25));
        assert!(share("traceidratio", "2").unwrap_err().contains("OTEL_TRACES_SAMPLER_ARG"));
        assert!(share("jaeger_remote", "").unwrap_err().contains("OTEL_TRACES_SAMPLER"));
    }
}
