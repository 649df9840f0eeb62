//! Key rotation: what is sealed with an older key is sealed anew with the first, so that the older one can go.

use serde_json::Value;

use super::secrets::{conceal, reveal, texts};
use crate::channels::adapter;
use crate::store::seal::Sealer;
use crate::store::{Store, StoreError, channel_config};

/// Seals every config's secrets with the first key; answers how many configs were changed. What can't be opened with
/// any key is left as it is, and its channel says so. Does nothing while there is only one key.
pub async fn seal_anew(store: &Store, sealer: &Sealer) -> Result<usize, StoreError> {
    if !sealer.rotating() {
        return Ok(0);
    }
    let mut changed = 0;
    let all = channel_config::all_settings(&mut store.read().await?).await?;
    for (id, channel_type, text) in all {
        let secret_keys = adapter(channel_type).map_or(&[][..], |adapter| adapter.secret_keys);
        let old: Value = serde_json::from_str(&text).map_err(StoreError::corrupt)?;
        let stale = |key: &&str| {
            let texts = old.get(key).map(texts).unwrap_or_default();
            texts.into_iter().any(|text| !sealer.sealed_by_first(text))
        };
        if !secret_keys.iter().any(stale) {
            continue;
        }
        let plain = match reveal(sealer, secret_keys, id, &old) {
            Ok(plain) => plain,
            Err((key, error)) => {
                tracing::warn!(config.id = %id, key, %error, "a secret could not be sealed anew");
                continue;
            }
        };
        let new = conceal(sealer, secret_keys, id, plain).map_err(StoreError::corrupt)?.to_string();
        channel_config::replace_settings(&mut store.write().await?, id, &text, &new).await?;
        changed += 1;
    }
    Ok(changed)
}
