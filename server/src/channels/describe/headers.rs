//! Names of HTTP headers that a config may not set.

/// They belong to the connection, to the body or to the signature; so does what begins with [`PREFIX`].
pub const RESERVED: &[&str] = &[
    "connection",
    "keep-alive",
    "proxy-connection",
    "proxy-authenticate",
    "proxy-authorization",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "host",
    "expect",
    "content-length",
    "content-type",
    "content-encoding",
];

/// What the signature's headers begin with.
pub const PREFIX: &str = "webhook-";
