//! HMAC-SHA256 as the providers want it: in base64.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};

/// A key, ready to sign with. `Debug` does not show it.
#[derive(Clone)]
pub struct MacKey(Hmac<Sha256>);

impl MacKey {
    /// Takes a key of any length: one longer than a block of the hash is hashed first (RFC 2104).
    pub fn new(key: &[u8]) -> Self {
        let mut block = [0_u8; 64];
        if key.len() > block.len() {
            block[..32].copy_from_slice(&Sha256::digest(key));
        } else {
            block[..key.len()].copy_from_slice(key);
        }
        Self(Hmac::new(&block.into()))
    }

    /// The signature of `parts`, one after the other.
    pub fn sign(&self, parts: &[&[u8]]) -> String {
        let mut mac = self.0.clone();
        for part in parts {
            mac.update(part);
        }
        STANDARD.encode(mac.finalize().into_bytes())
    }
}

impl std::fmt::Debug for MacKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("MacKey")
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::vectors::vector;
    use super::*;

    #[test]
    fn dingtalks_callback_vector_holds() {
        let vector = vector("dingtalk_robot_callback_sign");
        let secret = vector["input"]["app_secret"].as_str().unwrap();
        let signed = vector["steps"]["string_to_sign"].as_str().unwrap();
        assert_eq!(MacKey::new(secret.as_bytes()).sign(&[signed.as_bytes()]), vector["expected"]["sign"]);
    }

    proptest! {
        #[test]
        fn keys_of_any_length_sign_as_the_crate_does(key: Vec<u8>, a: Vec<u8>, b: Vec<u8>) {
            let mut mac = Hmac::<Sha256>::new_from_slice(&key).unwrap();
            mac.update(&a);
            mac.update(&b);
            prop_assert_eq!(MacKey::new(&key).sign(&[&a, &b]), STANDARD.encode(mac.finalize().into_bytes()));
        }
    }
}
