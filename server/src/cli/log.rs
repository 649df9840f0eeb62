//! The log, which goes to standard error, and the traces beside it.

use tracing_subscriber::filter::Directive;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{EnvFilter, Layer, Registry};

use crate::config::{Config, LogFormat};
use crate::traces::{TARGET, Traces};

/// Starts the log, and hands spans to `traces` where they are exported.
///
/// # Errors
/// Where the filter makes no sense.
pub(super) fn start(config: &Config, traces: Option<&Traces>) -> Result<(), String> {
    let wrong = |error: &dyn std::fmt::Display| format!("POSTHORN_LOG: {error}");
    let filter = EnvFilter::try_new(&config.log).map_err(|error| wrong(&error))?;
    let no_traces: Directive = format!("{TARGET}=off").parse().map_err(|error| wrong(&error))?;
    let filter = filter.add_directive(no_traces);
    // A second command in one process (the demo) keeps the first one's log.
    let _ = match traces {
        // One filter for everything: what it does not want costs nothing, spans for traces among it.
        None => tracing_subscriber::registry().with(filter).with(lines(config)).try_init(),
        Some(traces) => {
            let lines = lines::<Registry>(config).with_filter(filter);
            tracing_subscriber::registry().with(lines).with(traces.layer()).try_init()
        }
    };
    Ok(())
}

fn lines<S>(config: &Config) -> Box<dyn Layer<S> + Send + Sync>
where
    S: tracing::Subscriber + for<'span> tracing_subscriber::registry::LookupSpan<'span>,
{
    let lines = tracing_subscriber::fmt::layer().with_writer(std::io::stderr);
    match config.log_format {
        LogFormat::Text => lines.with_ansi(std::io::IsTerminal::is_terminal(&std::io::stderr())).boxed(),
        LogFormat::Json => lines.json().flatten_event(true).boxed(),
    }
}
