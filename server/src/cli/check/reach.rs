//! Whether a channel's host can be reached, as far as that shows without sending: name, connection, TLS.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use rustls::pki_types::ServerName;
use rustls::{CertificateError, ClientConfig, RootCertStore};
use tokio::net::{TcpStream, lookup_host};
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use url::Url;

use crate::catalog::OpenChannel;
use crate::channels::{AttemptFacts, TargetAllow, Transport};
use crate::domain::id::TaskId;
use crate::domain::time::Clock;

const PATIENCE: Duration = Duration::from_secs(5);

/// Opens the channel and connects to its host, as a send would.
///
/// # Errors
/// What is wrong, and how to mend it.
pub(super) async fn reach(open: &OpenChannel, allow: &TargetAllow, clock: &Clock) -> Result<String, String> {
    let channel = open.channel.as_ref().map_err(|error| format!("{error}; mend the config in the console"))?;
    let Transport::Http(http) = channel.transport() else { return Ok("needs nothing".to_owned()) };
    let now = clock.now();
    let url = http.request("{}", &AttemptFacts { task_id: TaskId::new(now), at: now }).url;
    let url = Url::parse(&url).map_err(|error| error.to_string())?;
    reach_url(&url, allow).await
}

async fn reach_url(url: &Url, allow: &TargetAllow) -> Result<String, String> {
    let host = url.host_str().ok_or("the address has no host")?.trim_matches(['[', ']']);
    let port = url.port_or_known_default().ok_or("the address has no port")?;
    let addresses: Vec<SocketAddr> = timeout(PATIENCE, lookup_host((host, port)))
        .await
        .map_err(|_| {
            format!("{host} was not resolved within {} s; check this machine's name server", PATIENCE.as_secs())
        })?
        .map_err(|error| {
            format!(
                "{host} can't be resolved: {error}; check its spelling in the config, and this machine's name server"
            )
        })?
        .collect();
    let mut open = addresses.into_iter().filter(|address| allow.refuses(address.ip()).is_none()).peekable();
    if open.peek().is_none() {
        return Err(format!(
            "{host} is in a private network; list that in POSTHORN_TARGET_ALLOW to let channels reach it"
        ));
    }
    let stream = connect(open).await.map_err(|error| format!("{host}:{port}: {}", unconnected(&error)))?;
    if url.scheme() != "https" {
        return Ok(format!("{host}:{port} answers"));
    }
    shake_hands(stream, host).await.map_err(|error| format!("{host}:{port}: {}", insecure(&error)))?;
    Ok(format!("{host}:{port} answers, with a certificate that is trusted"))
}

/// The first address that takes a connection.
async fn connect(addresses: impl Iterator<Item = SocketAddr>) -> io::Result<TcpStream> {
    let mut last = None;
    for address in addresses {
        match timeout(PATIENCE, TcpStream::connect(address)).await {
            Ok(Ok(stream)) => return Ok(stream),
            Ok(Err(error)) => last = Some(error),
            Err(_) => last = Some(io::ErrorKind::TimedOut.into()),
        }
    }
    Err(last.unwrap_or_else(|| io::ErrorKind::NotFound.into()))
}

async fn shake_hands(stream: TcpStream, host: &str) -> io::Result<()> {
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    let config = ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(io::Error::other)?
        .with_root_certificates(roots)
        .with_no_client_auth();
    let name = ServerName::try_from(host.to_owned()).map_err(io::Error::other)?;
    match timeout(PATIENCE, TlsConnector::from(Arc::new(config)).connect(name, stream)).await {
        Ok(connected) => connected.map(drop),
        Err(_) => Err(io::ErrorKind::TimedOut.into()),
    }
}

/// Why there is no connection, and what to do about it.
fn unconnected(error: &io::Error) -> String {
    let remedy = match error.kind() {
        io::ErrorKind::ConnectionRefused => "check that the receiver runs there, and the port in the config",
        io::ErrorKind::TimedOut => {
            let seconds = PATIENCE.as_secs();
            return format!(
                "no connection within {seconds} s; check that the receiver runs, and that firewalls let this machine through"
            );
        }
        io::ErrorKind::HostUnreachable | io::ErrorKind::NetworkUnreachable => "check this machine's network and routes",
        _ => "check the address in the config, and this machine's network",
    };
    format!("{error}; {remedy}")
}

/// Why there is no TLS, and what to do about it.
fn insecure(error: &io::Error) -> String {
    let cause = error.get_ref().and_then(|cause| cause.downcast_ref::<rustls::Error>());
    let remedy = match cause {
        Some(rustls::Error::InvalidCertificate(certificate)) => match certificate {
            CertificateError::Expired | CertificateError::ExpiredContext { .. } => {
                "the receiver must renew its certificate (or this machine's clock is wrong)"
            }
            CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
                "use the name in the config that the certificate is for"
            }
            _ => "let this system trust its issuer (SSL_CERT_FILE may name a file of roots)",
        },
        _ if error.kind() == io::ErrorKind::TimedOut => {
            "it took the connection but did not answer; check the port in the config"
        }
        _ => "check that it speaks TLS at that port, or whether the config should say http://",
    };
    format!("no TLS: {error}; {remedy}")
}

#[cfg(test)]
mod tests {
    use tokio::io::AsyncWriteExt;
    use tokio::net::TcpListener;

    use super::*;

    async fn reached(url: &str) -> Result<String, String> {
        reach_url(&Url::parse(url).unwrap(), &"127.0.0.0/8".parse().unwrap()).await
    }

    #[tokio::test]
    async fn each_failure_says_how_to_mend_it() {
        let plain = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = plain.local_addr().unwrap().port();
        tokio::spawn(async move {
            loop {
                let (mut stream, _) = plain.accept().await.unwrap();
                // To a TLS handshake too, as a plain HTTP server does.
                let _ = stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").await;
            }
        });
        assert_eq!(reached(&format!("http://127.0.0.1:{port}/x")).await.unwrap(), format!("127.0.0.1:{port} answers"));
        for (url, remedy) in [
            (format!("https://127.0.0.1:{port}/x"), "speaks TLS"),
            ("http://127.0.0.1:1/x".to_owned(), "receiver runs there"),
            ("http://10.0.0.1/x".to_owned(), "POSTHORN_TARGET_ALLOW"),
            ("http://no-such-host.invalid/x".to_owned(), "spelling"),
        ] {
            let error = reached(&url).await.unwrap_err();
            assert!(error.contains(remedy), "{url}: {error}");
        }
    }

    #[test]
    fn a_bad_certificate_is_told_by_what_is_bad_about_it() {
        for (certificate, remedy) in [
            (CertificateError::Expired, "renew"),
            (CertificateError::NotValidForName, "name in the config"),
            (CertificateError::UnknownIssuer, "SSL_CERT_FILE"),
        ] {
            let error = io::Error::new(io::ErrorKind::InvalidData, rustls::Error::InvalidCertificate(certificate));
            assert!(insecure(&error).contains(remedy), "{}", insecure(&error));
        }
    }
}
