//! All that is configured for one tenant, and how a message finds its channels and templates in it.

use std::collections::HashMap;
use std::sync::Arc;

use chrono_tz::Tz;
use tokio::sync::Semaphore;

use crate::channels::Channel;
use crate::domain::business_type::BusinessType;
use crate::domain::channel_config::{ChannelConfig, LimitInForce, RateLimit};
use crate::domain::enums::ChannelType;
use crate::domain::id::ChannelConfigId;
use crate::domain::settings::Settings;
use crate::domain::template::Template;
use crate::domain::tenant::Tenant;
use crate::limits::pace::Pace;
use crate::templates::Compiled;

/// A tenant with its configuration, as it was at one moment.
#[derive(Debug)]
pub struct TenantCatalog {
    pub tenant: Tenant,
    /// By code, disabled ones too.
    pub business_types: HashMap<String, BusinessType>,
    /// By priority, then id; disabled ones too.
    pub channels: Vec<Arc<OpenChannel>>,
    /// Enabled ones by business type.
    templates: HashMap<String, Vec<Arc<OpenTemplate>>>,
}

/// A channel config and what sends by it.
#[derive(Debug)]
pub struct OpenChannel {
    /// Its secrets are sealed.
    pub config: ChannelConfig,
    /// Or why it can't be used; never tells a secret.
    pub channel: Result<Arc<dyn Channel>, String>,
    /// Its provider's rate limit, where that holds for it.
    pub provider_limit: Option<&'static RateLimit>,
    /// One for each send that may be under way at once in this process.
    pub permits: Arc<Semaphore>,
}

impl OpenChannel {
    /// The rate limit that it keeps to.
    pub fn limit(&self) -> Option<LimitInForce<'_>> {
        self.config.limit_in_force(self.provider_limit)
    }

    /// When messages may go over it; `zone` is its tenant's.
    pub fn pace(&self, zone: Tz, settings: &Settings) -> Pace<'_> {
        Pace::of(&self.config, self.limit(), zone, settings)
    }
}

/// A template, compiled.
#[derive(Debug)]
pub struct OpenTemplate {
    pub template: Template,
    /// Or what is wrong with it.
    pub compiled: Result<Compiled, String>,
}

impl TenantCatalog {
    pub(super) fn new(
        tenant: Tenant,
        business_types: Vec<BusinessType>,
        mut channels: Vec<Arc<OpenChannel>>,
        templates: Vec<Arc<OpenTemplate>>,
    ) -> Self {
        channels.sort_by_key(|channel| (channel.config.priority, channel.config.id));
        let mut by_business_type: HashMap<String, Vec<Arc<OpenTemplate>>> = HashMap::new();
        for template in templates {
            by_business_type.entry(template.template.business_type.clone()).or_default().push(template);
        }
        Self {
            tenant,
            business_types: business_types.into_iter().map(|kind| (kind.code.clone(), kind)).collect(),
            channels,
            templates: by_business_type,
        }
    }

    /// The enabled configs for a message of this store (or of none), by priority, then id. Where the store has one of
    /// its own for a channel type, the tenant's for that type don't count.
    pub fn route(&self, store_id: Option<&str>) -> Vec<Arc<OpenChannel>> {
        let enabled = || self.channels.iter().filter(|channel| channel.config.enabled);
        let own = |channel: &OpenChannel| store_id.is_some() && channel.config.store_id.as_deref() == store_id;
        let own_types: Vec<ChannelType> =
            enabled().filter(|channel| own(channel)).map(|channel| channel.config.channel_type).collect();
        enabled()
            .filter(|channel| {
                let tenants = channel.config.store_id.is_none() && !own_types.contains(&channel.config.channel_type);
                tenants || own(channel)
            })
            .cloned()
            .collect()
    }

    /// Whether a config in use has a rate limit.
    pub fn limited(&self) -> bool {
        self.channels.iter().any(|channel| channel.config.enabled && channel.limit().is_some())
    }

    /// A config by its id, also a disabled one; none once it was deleted.
    pub fn channel(&self, id: ChannelConfigId) -> Option<&Arc<OpenChannel>> {
        self.channels.iter().find(|channel| channel.config.id == id)
    }

    /// The enabled template for a business type and channel: of exactly this locale, else of what is left of it when
    /// subtags are taken off its end (`zh-Hans-CN`, `zh-Hans`, `zh`: the lookup of RFC 4647), else the default variant.
    pub fn template(
        &self,
        business_type: &str,
        channel_type: ChannelType,
        locale: Option<&str>,
    ) -> Option<&Arc<OpenTemplate>> {
        let variants = self.templates.get(business_type)?;
        let of = |wanted: Option<&str>| {
            variants.iter().find(|open| {
                let locale = open.template.locale.as_deref();
                open.template.channel_type == channel_type
                    && match (locale, wanted) {
                        (Some(locale), Some(wanted)) => locale.eq_ignore_ascii_case(wanted),
                        (None, None) => true,
                        _ => false,
                    }
            })
        };
        let mut wanted = locale;
        while let Some(locale) = wanted {
            if let Some(found) = of(Some(locale)) {
                return Some(found);
            }
            wanted = locale.rsplit_once('-').map(|(shorter, _)| shorter);
        }
        of(None)
    }
}
