//! Copies of a channel config for another store, or for the tenant as a whole, with secrets that nobody has to type again.

use super::{NOT_FOUND, check};
use crate::catalog::{Scope, secrets};
use crate::channels::adapter;
use crate::domain::actor::{Action, Actor};
use crate::domain::channel_config::ChannelConfig;
use crate::domain::id::ChannelConfigId;
use crate::domain::issue::{Issue, IssueCode};
use crate::services::input::Checks;
use crate::services::{ServiceError, Services};
use crate::store::{channel_config, revision};

/// A copy as its maker describes it.
#[derive(Debug, Clone, Default)]
pub struct ChannelConfigCopy {
    /// The store that the copy is for; the tenant as a whole when absent.
    pub store_id: Option<String>,
    /// The original's with "(copy)" behind it when absent.
    pub name: Option<String>,
    /// False when absent.
    pub enabled: bool,
}

impl Services {
    /// The copy, secrets masked. It is the tenant's own, as the original is; all but store, name and whether it is enabled is
    /// the same.
    ///
    /// # Errors
    /// `Invalid` where the store has a config of this channel type and name, or a stored secret can't be opened.
    pub async fn copy_channel_config(
        &self,
        actor: &Actor,
        id: ChannelConfigId,
        copy: ChannelConfigCopy,
    ) -> Result<ChannelConfig, ServiceError> {
        Self::require(actor, Action::WriteConfig)?;
        let tenant = self.channel_config(actor, id).await?.ok_or(NOT_FOUND)?.tenant_id;
        let mut checks = Checks::default();
        let store_id =
            copy.store_id.as_deref().and_then(|store| checks.optional_text("storeId", store, check::MAX_STORE_ID));
        let asked = copy.name.as_deref().map(|name| checks.text("name", name, check::MAX_NAME));
        checks.finish()?;
        let mut conn = self.store.begin().await?;
        revision::bump(&mut conn, Scope::Tenant(tenant)).await?;
        let original = channel_config::by_id(&mut conn, id).await?.ok_or(NOT_FOUND)?;
        let taken: Vec<String> = channel_config::of_tenant(&mut conn, tenant)
            .await?
            .into_iter()
            .filter_map(Result::ok)
            .filter(|other| other.store_id == store_id && other.channel_type == original.channel_type)
            .map(|other| other.name)
            .collect();
        let name = match asked {
            Some(name) if taken.contains(&name) => {
                let place = store_id.map_or_else(|| "the tenant".to_owned(), |store| format!("store {store}"));
                let message = format!("{place} has a {} config of this name", original.channel_type);
                return Err(Issue::new("name", IssueCode::Taken, message).into());
            }
            Some(name) => name,
            None => free_name(&original.name, &taken),
        };
        let now = self.clock.now();
        let made = ChannelConfigId::new(now);
        let config = self.sealed_for(&original, made)?;
        let copied = ChannelConfig {
            id: made,
            store_id,
            name,
            config,
            enabled: copy.enabled,
            created_at: now,
            updated_at: now,
            ..original
        };
        channel_config::insert(&mut conn, &copied).await?;
        conn.commit().await?;
        self.catalog.forget(Scope::Tenant(tenant));
        tracing::info!(config.id = %made, original.id = %id, actor = %actor.name, "a channel config was copied");
        Ok(self.masked(copied))
    }

    /// The settings with their secrets sealed for another config: a seal holds for one only.
    fn sealed_for(&self, original: &ChannelConfig, id: ChannelConfigId) -> Result<serde_json::Value, ServiceError> {
        let secret_keys = adapter(original.channel_type).map_or(&[][..], |adapter| adapter.secret_keys);
        let sealer = self.catalog.sealer();
        let plain = secrets::reveal(sealer, secret_keys, original.id, &original.config).map_err(|(key, error)| {
            let message = format!("its {key} can't be opened, so it can't be copied: {error}");
            Issue::new("id", IssueCode::Conflict, message)
        })?;
        let sealed = secrets::conceal(sealer, secret_keys, id, plain)
            .map_err(|error| Issue::new("id", IssueCode::TooLong, error.to_string()))?;
        Ok(sealed)
    }
}

/// "Name (copy)", "Name (copy 2)", …: the first that is not taken. A long name is cut to make room.
fn free_name(name: &str, taken: &[String]) -> String {
    let numbered = |number: usize| {
        let end = if number == 1 { " (copy)".to_owned() } else { format!(" (copy {number})") };
        let room = check::MAX_NAME - end.chars().count();
        let beginning: String = name.chars().take(room).collect();
        format!("{}{end}", beginning.trim_end())
    };
    let mut number = 1;
    while taken.contains(&numbered(number)) {
        number += 1;
    }
    numbered(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_copys_name_is_the_first_free_one_and_short_enough() {
        assert_eq!(free_name("Robot", &[]), "Robot (copy)");
        let taken = ["Robot (copy)".to_owned(), "Robot (copy 2)".to_owned()];
        assert_eq!(free_name("Robot", &taken), "Robot (copy 3)");
        let long = free_name(&"机".repeat(64), &[]);
        assert_eq!(long.chars().count(), 64);
        assert!(long.ends_with("机 (copy)"), "{long}");
    }
}
