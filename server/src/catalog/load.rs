//! From rows to what is cached: channels opened, templates compiled. What can't be read, opened or compiled stays
//! alone: it is logged, and its neighbours work.

use std::sync::Arc;

use super::secrets;
use super::{Inner, OpenChannel, OpenTemplate, TenantCatalog};
use crate::channels::{Channel, adapter};
use crate::domain::channel_config::{ChannelConfig, RateLimit};
use crate::domain::id::TenantId;
use crate::domain::issue::Issue;
use crate::domain::template::Template;
use crate::store::{StoreError, business_type, channel_config, template, tenant};
use crate::templates::{Compiled, compile};

/// Templates that are compiled before other work of the thread gets its turn.
const COMPILE_AT_ONCE: usize = 16;

impl Inner {
    pub(super) async fn load_tenant(&self, id: TenantId) -> Result<Option<Arc<TenantCatalog>>, StoreError> {
        let mut conn = self.store.read().await?;
        let Some(tenant) = tenant::by_id(&mut conn, id).await? else { return Ok(None) };
        let business_types = business_type::of_tenant(&mut conn, id).await?;
        let configs = channel_config::of_tenant(&mut conn, id).await?;
        let templates = template::enabled_of_tenant(&mut conn, id).await?;
        drop(conn);

        let configs = configs.into_iter().filter_map(|config| readable(id, "channel config", config));
        let channels = configs.map(|config| Arc::new(self.open_channel(config))).collect();
        let mut compiled = Vec::with_capacity(templates.len());
        for (index, template) in templates.into_iter().enumerate() {
            if index % COMPILE_AT_ONCE == COMPILE_AT_ONCE - 1 {
                tokio::task::yield_now().await;
            }
            if let Some(template) = readable(id, "template", template) {
                compiled.push(Arc::new(self.open_template(template)));
            }
        }
        Ok(Some(Arc::new(TenantCatalog::new(tenant, business_types, channels, compiled))))
    }

    fn open_channel(&self, config: ChannelConfig) -> OpenChannel {
        let (channel, provider_limit) = match self.channel(&config) {
            Ok((channel, limit)) => (Ok(channel), limit),
            Err(reason) => (Err(reason), None),
        };
        if let (Err(reason), true) = (&channel, config.enabled) {
            tracing::warn!(channel_config.id = %config.id, tenant.id = %config.tenant_id, reason, "channel can't be used");
        }
        let most = channel.as_ref().map_or(1, |channel| channel.max_in_flight());
        OpenChannel { permits: self.permits.of(config.id, most), channel, provider_limit, config }
    }

    fn channel(&self, config: &ChannelConfig) -> Result<(Arc<dyn Channel>, Option<&'static RateLimit>), String> {
        let Some(adapter) = adapter(config.channel_type) else {
            return Err(format!("{} is not available yet", config.channel_type));
        };
        let plain = secrets::reveal(&self.sealer, adapter.secret_keys, config.id, &config.config)
            .map_err(|(key, error)| format!("config.{key}: {error}"))?;
        let channel = (adapter.open)(&plain, &self.allow).map_err(|issues| told(&issues))?;
        Ok((channel, adapter.limit_with(&plain)))
    }

    fn open_template(&self, template: Template) -> OpenTemplate {
        let compiled = self.compiled.get_with((template.id, template.version), || compiled(&template));
        OpenTemplate { template, compiled }
    }
}

fn compiled(template: &Template) -> Result<Compiled, String> {
    compile(&template.content).map_err(|issues| told(&issues))
}

fn told(issues: &[Issue]) -> String {
    let issues: Vec<_> = issues.iter().map(Issue::to_string).collect();
    issues.join("; ")
}

fn readable<T>(tenant: TenantId, what: &str, row: Result<T, StoreError>) -> Option<T> {
    row.inspect_err(|error| tracing::error!(tenant.id = %tenant, %error, "a {what} can't be read and is left out")).ok()
}
