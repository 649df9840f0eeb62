//! The way to the collector: finished spans wait in a bounded queue and are sent in batches, on a thread of their own, as
//! OTLP over HTTP. Where the collector does not take them they are dropped; nothing waits for it.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response};
use opentelemetry::KeyValue;
use opentelemetry::trace::TracerProvider;
use opentelemetry_http::{HttpClient, HttpError};
use opentelemetry_otlp::{Protocol, SpanExporter, WithExportConfig, WithHttpConfig};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::trace::SdkTracerProvider;
use tokio::runtime::Handle;
use tracing::Subscriber;
use tracing_subscriber::Layer;
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::registry::LookupSpan;

use super::{Ids, TARGET, sampling};

/// How long the collector may take for a batch.
const PATIENCE: Duration = Duration::from_secs(10);
/// How long the end waits for the last batch.
const LAST_PATIENCE: Duration = Duration::from_secs(3);

/// The export of spans, while it goes on.
pub struct Traces {
    provider: SdkTracerProvider,
}

impl Traces {
    /// Starts the export to the collector at `endpoint`, as of the service `service_name`. To be called within the runtime.
    ///
    /// # Errors
    /// Where an address or a variable makes no sense. A collector that is not there is no error.
    pub fn start(endpoint: &str, service_name: &str) -> Result<Self, String> {
        let sampler = sampling::from_environment()?;
        let exporter = SpanExporter::builder()
            .with_http()
            .with_protocol(Protocol::HttpBinary)
            .with_endpoint(format!("{}/v1/traces", endpoint.trim_end_matches('/')))
            .with_http_client(Client::new(endpoint.starts_with("http://"))?)
            .build()
            .map_err(|error| format!("OTEL_EXPORTER_OTLP_ENDPOINT: {error}"))?;
        let resource = Resource::builder()
            .with_service_name(service_name.to_owned())
            .with_attribute(KeyValue::new("service.version", env!("CARGO_PKG_VERSION")))
            .build();
        let provider = SdkTracerProvider::builder()
            .with_batch_exporter(exporter)
            .with_resource(resource)
            .with_id_generator(Ids)
            .with_sampler(sampler)
            .build();
        Ok(Self { provider })
    }

    /// What takes the spans out of the log's stream.
    pub fn layer<S>(&self) -> impl Layer<S> + use<S>
    where
        S: Subscriber + for<'span> LookupSpan<'span> + Send + Sync,
    {
        tracing_opentelemetry::layer()
            .with_tracer(self.provider.tracer("posthorn"))
            .with_location(false)
            .with_threads(false)
            .with_target(false)
            .with_context_activation(false)
            .with_filter(Targets::new().with_target(TARGET, LevelFilter::INFO))
    }

    /// Sends what is left, within a few seconds.
    pub async fn end(self) {
        let ended = tokio::task::spawn_blocking(move || self.provider.shutdown_with_timeout(LAST_PATIENCE)).await;
        if !matches!(ended, Ok(Ok(()))) {
            tracing::debug!("the last traces were not exported");
        }
    }
}

/// Posts batches from the exporter's thread by the runtime's means.
#[derive(Debug)]
struct Client {
    inner: reqwest::Client,
    runtime: Handle,
    /// Whether the collector did not take the last batch: that is said once, not for each.
    failing: Arc<AtomicBool>,
}

impl Client {
    fn new(plain: bool) -> Result<Self, String> {
        // A second installation is refused, and harmless.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let builder = reqwest::Client::builder().no_proxy().timeout(PATIENCE);
        // Without TLS no trusted certificates are needed, and a bare container has none.
        let builder = if plain { builder.tls_certs_only([]) } else { builder };
        let inner = builder.build().map_err(|error| format!("OTEL_EXPORTER_OTLP_ENDPOINT: {error}"))?;
        Ok(Self { inner, runtime: Handle::current(), failing: Arc::default() })
    }
}

type Sending<'a> = Pin<Box<dyn Future<Output = Result<Response<Bytes>, HttpError>> + Send + 'a>>;

impl HttpClient for Client {
    fn send_bytes<'client, 'sending>(&'client self, request: Request<Bytes>) -> Sending<'sending>
    where
        'client: 'sending,
        Self: 'sending,
    {
        let (client, failing) = (self.inner.clone(), Arc::clone(&self.failing));
        let sent = self.runtime.spawn(async move {
            let sent = post(&client, request).await;
            match &sent {
                Ok(response) if response.status().is_success() => note(&failing, None),
                Ok(response) => note(&failing, Some(&response.status())),
                Err(error) => note(&failing, Some(&innermost(error))),
            }
            sent
        });
        Box::pin(async move { Ok(sent.await??) })
    }
}

async fn post(client: &reqwest::Client, request: Request<Bytes>) -> Result<Response<Bytes>, reqwest::Error> {
    let answer = client.execute(request.try_into()?).await?;
    let (status, headers) = (answer.status(), answer.headers().clone());
    let mut response = Response::new(answer.bytes().await?);
    *response.status_mut() = status;
    *response.headers_mut() = headers;
    Ok(response)
}

/// Why it was not sent, without the address: that may hold a password.
fn innermost(error: &reqwest::Error) -> String {
    let causes = std::iter::successors(std::error::Error::source(error), |cause| cause.source());
    causes.last().map_or_else(|| "no answer".to_owned(), ToString::to_string)
}

fn note(failing: &AtomicBool, error: Option<&dyn std::fmt::Display>) {
    let before = failing.swap(error.is_some(), Ordering::Relaxed);
    match error {
        Some(error) if !before => {
            tracing::warn!(%error, "the collector takes no traces; until it does they are lost");
        }
        None if before => tracing::info!("the collector takes traces again"),
        _ => {}
    }
}
