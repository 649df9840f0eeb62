//! Seals secrets at rest: XChaCha20-Poly1305 with a random nonce, bound to the object that they belong to. A sealed
//! value is text: `sealed:v1:<key id>:<base64 of nonce and ciphertext>`; the key id is the first 8 hex digits of the
//! key's SHA-256, so that several keys can be in use while they are rotated.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{Key, XChaCha20Poly1305, XNonce};
use secrecy::SecretString;
use sha2::{Digest, Sha256};

use crate::domain::chance::secret_bytes;

const PREFIX: &str = "sealed:v1:";
const NONCE_LENGTH: usize = 24;

/// Seals with its first key and opens with any. Cheap to clone.
#[derive(Clone)]
pub struct Sealer {
    ring: Arc<Ring>,
}

struct Ring {
    first: SealingKey,
    /// Only open.
    others: Vec<SealingKey>,
}

struct SealingKey {
    id: String,
    cipher: XChaCha20Poly1305,
}

/// A list of keys that can't be used. Never repeats a key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SealerError {
    #[error("no sealing key was given: expected 32 bytes as base64")]
    Empty,
    #[error("sealing key {number} is not base64 of 32 bytes (as `openssl rand -base64 32` prints)")]
    NotAKey {
        /// From 1.
        number: usize,
    },
}

/// A secret of more than 256 GiB.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the value is too long to be sealed")]
pub struct TooLong;

/// Why a value can't be opened.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OpenError {
    #[error("the value is not sealed")]
    NotSealed,
    #[error("the value was sealed with the key {0}, which is not among the present ones")]
    UnknownKey(String),
    #[error("the value was changed, or belongs to another object")]
    Tampered,
}

impl Sealer {
    /// The first key seals, all open.
    ///
    /// # Errors
    /// Without any key.
    pub fn new(keys: Vec<[u8; 32]>) -> Result<Self, SealerError> {
        let mut keys = keys.into_iter().map(|key| SealingKey {
            id: hex::encode(&Sha256::digest(key)[..4]),
            cipher: XChaCha20Poly1305::new(&Key::from(key)),
        });
        let first = keys.next().ok_or(SealerError::Empty)?;
        Ok(Self { ring: Arc::new(Ring { first, others: keys.collect() }) })
    }

    /// Keys of 32 bytes each, in base64, separated by commas.
    ///
    /// # Errors
    /// Naming the key that is wrong by its number.
    pub fn from_base64_list(text: &str) -> Result<Self, SealerError> {
        let entries = text.split(',').map(str::trim).filter(|entry| !entry.is_empty()).enumerate();
        let keys = entries.map(|(index, entry)| {
            let bytes = BASE64.decode(entry).ok();
            bytes.and_then(|bytes| bytes.try_into().ok()).ok_or(SealerError::NotAKey { number: index + 1 })
        });
        Self::new(keys.collect::<Result<_, _>>()?)
    }

    /// Seals `plain` for the object that `bound_to` names: it opens only for the same.
    ///
    /// # Errors
    /// Beyond the cipher's limit on length.
    pub fn seal(&self, plain: &str, bound_to: &[u8]) -> Result<String, TooLong> {
        let nonce: [u8; NONCE_LENGTH] = secret_bytes();
        let key = &self.ring.first;
        let payload = Payload { msg: plain.as_bytes(), aad: bound_to };
        let sealed = key.cipher.encrypt(&XNonce::from(nonce), payload).map_err(|_| TooLong)?;
        let mut bytes = nonce.to_vec();
        bytes.extend_from_slice(&sealed);
        Ok(format!("{PREFIX}{}:{}", key.id, BASE64.encode(bytes)))
    }

    fn keys(&self) -> impl Iterator<Item = &SealingKey> {
        std::iter::once(&self.ring.first).chain(&self.ring.others)
    }

    /// Opens what was sealed for the same object.
    ///
    /// # Errors
    /// Where the key is not there, or anything was changed.
    pub fn open(&self, sealed: &str, bound_to: &[u8]) -> Result<SecretString, OpenError> {
        let (id, text) =
            sealed.strip_prefix(PREFIX).and_then(|rest| rest.split_once(':')).ok_or(OpenError::NotSealed)?;
        let mut known = self.keys().filter(|key| key.id == id).peekable();
        if known.peek().is_none() {
            return Err(OpenError::UnknownKey(id.chars().take(8).collect()));
        }
        let bytes = BASE64.decode(text).map_err(|_| OpenError::Tampered)?;
        let (nonce, ciphertext) = bytes.split_at_checked(NONCE_LENGTH).ok_or(OpenError::Tampered)?;
        let nonce: [u8; NONCE_LENGTH] = nonce.try_into().map_err(|_| OpenError::Tampered)?;
        let plain = known
            .find_map(|key| key.cipher.decrypt(&XNonce::from(nonce), Payload { msg: ciphertext, aad: bound_to }).ok())
            .ok_or(OpenError::Tampered)?;
        String::from_utf8(plain).map(SecretString::from).map_err(|_| OpenError::Tampered)
    }

    /// Whether a value is sealed with the key that seals now; what is not is to be sealed anew before its key goes.
    pub fn sealed_by_first(&self, sealed: &str) -> bool {
        sealed
            .strip_prefix(PREFIX)
            .and_then(|rest| rest.split_once(':'))
            .is_some_and(|(id, _)| id == self.ring.first.id)
    }

    /// Whether there is a key besides the one that seals.
    pub fn rotating(&self) -> bool {
        !self.ring.others.is_empty()
    }

    /// Whether a value has the form of a sealed one.
    pub fn is_sealed(text: &str) -> bool {
        text.starts_with(PREFIX)
    }
}

impl std::fmt::Debug for Sealer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.keys().map(|key| &key.id)).finish()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use secrecy::ExposeSecret;

    use super::*;

    const OLD: [u8; 32] = [1; 32];
    const NEW: [u8; 32] = [2; 32];

    fn sealer(keys: &[[u8; 32]]) -> Sealer {
        Sealer::new(keys.to_vec()).unwrap()
    }

    #[test]
    fn what_was_sealed_opens_with_its_key_id_inside() {
        let sealed = sealer(&[OLD]).seal("SEC0123", b"chc_1").unwrap();
        let id = hex::encode(&Sha256::digest(OLD)[..4]);
        assert!(sealed.starts_with(&format!("sealed:v1:{id}:")), "{sealed}");
        assert!(Sealer::is_sealed(&sealed));
        assert!(!sealed.contains("SEC0123"));
        assert_eq!(sealer(&[OLD]).open(&sealed, b"chc_1").unwrap().expose_secret(), "SEC0123");
        assert_ne!(sealer(&[OLD]).seal("SEC0123", b"chc_1").unwrap(), sealed, "the nonce must differ each time");
    }

    #[test]
    fn keys_are_rotated_by_putting_the_new_one_first() {
        let old = sealer(&[OLD]).seal("a", b"x").unwrap();
        let both = sealer(&[NEW, OLD]);
        assert_eq!(both.open(&old, b"x").unwrap().expose_secret(), "a");
        let new = both.seal("a", b"x").unwrap();
        assert_eq!(sealer(&[NEW]).open(&new, b"x").unwrap().expose_secret(), "a");
        let id = hex::encode(&Sha256::digest(NEW)[..4]);
        assert_eq!(sealer(&[OLD]).open(&new, b"x").unwrap_err(), OpenError::UnknownKey(id));
    }

    #[test]
    fn a_value_does_not_open_for_another_object_or_when_it_was_changed() {
        let sealer = sealer(&[OLD]);
        let sealed = sealer.seal("secret", b"chc_1").unwrap();
        assert_eq!(sealer.open(&sealed, b"chc_2").unwrap_err(), OpenError::Tampered);
        for at in PREFIX.len() + 9..sealed.len() {
            let mut changed = sealed.clone().into_bytes();
            changed[at] = if changed[at] == b'A' { b'B' } else { b'A' };
            let changed = String::from_utf8(changed).unwrap();
            assert_eq!(sealer.open(&changed, b"chc_1").unwrap_err(), OpenError::Tampered, "{changed}");
        }
        for short in ["", "sealed:", "sealed:v1:", "sealed:v2:00000000:AAAA", "plain"] {
            assert_eq!(sealer.open(short, b"chc_1").unwrap_err(), OpenError::NotSealed, "{short}");
        }
        let id = hex::encode(&Sha256::digest(OLD)[..4]);
        assert_eq!(sealer.open(&format!("sealed:v1:{id}:AAAA"), b"chc_1").unwrap_err(), OpenError::Tampered);
    }

    #[test]
    fn lists_of_keys_are_read_from_base64() {
        let list = format!("{} , {}", BASE64.encode(NEW), BASE64.encode(OLD));
        let sealer = Sealer::from_base64_list(&list).unwrap();
        assert!(sealer.open(&Sealer::new(vec![OLD]).unwrap().seal("a", b"").unwrap(), b"").is_ok());
        assert_eq!(Sealer::from_base64_list(" , ").unwrap_err(), SealerError::Empty);
        let bad = format!("{},c2hvcnQ=", BASE64.encode(NEW));
        let error = Sealer::from_base64_list(&bad).unwrap_err();
        assert_eq!(error, SealerError::NotAKey { number: 2 });
        assert!(!error.to_string().contains("c2hvcnQ"));
        assert_eq!(Sealer::from_base64_list("not base64").unwrap_err(), SealerError::NotAKey { number: 1 });
    }

    #[test]
    fn debug_shows_no_key() {
        assert_eq!(format!("{:?}", sealer(&[OLD])), format!("[\"{}\"]", hex::encode(&Sha256::digest(OLD)[..4])));
    }

    proptest! {
        #[test]
        fn any_text_comes_back(plain in ".{0,200}", bound in proptest::collection::vec(any::<u8>(), 0..20)) {
            let sealer = sealer(&[OLD]);
            let sealed = sealer.seal(&plain, &bound).unwrap();
            prop_assert_eq!(sealer.open(&sealed, &bound).unwrap().expose_secret().to_owned(), plain);
        }

        #[test]
        fn no_text_makes_opening_panic(text in "(sealed:v1:)?.{0,80}") {
            prop_assert!(sealer(&[OLD]).open(&text, b"x").is_err());
        }
    }
}
