//! PostgreSQL: pools of connections, with TLS by `sslmode`.

use diesel::{ConnectionError, ConnectionResult};
use diesel_async::pooled_connection::deadpool::Pool;
use diesel_async::pooled_connection::{AsyncDieselConnectionManager, ManagerConfig, RecyclingMethod};
use diesel_async::{AsyncPgConnection, SimpleAsyncConnection};
use futures::FutureExt;
use tokio_postgres::config::SslMode;

use super::error::StoreError;

/// What the connections of a pool are for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Use {
    General,
    /// Statements over a batch of keys. A plan made while a table was small must not stay a scan when it has grown,
    /// so these connections use indexes only.
    Hot,
    /// Nothing can be changed.
    Look,
}

const GENERAL_SETUP: &str = "SET jit = off; SET statement_timeout = '60s'; SET lock_timeout = '20s'; \
     SET idle_in_transaction_session_timeout = '60s'";
const HOT_SETUP: &str = "SET jit = off; SET enable_seqscan = off; SET enable_hashjoin = off; \
     SET enable_mergejoin = off; SET plan_cache_mode = force_generic_plan; SET statement_timeout = '30s'; \
     SET lock_timeout = '20s'; SET idle_in_transaction_session_timeout = '60s'";

const LOOK_SETUP: &str = "SET jit = off; SET default_transaction_read_only = on; SET statement_timeout = '60s'; \
     SET lock_timeout = '20s'; SET idle_in_transaction_session_timeout = '60s'";

pub(super) fn pool(url: &str, purpose: Use) -> Result<Pool<AsyncPgConnection>, StoreError> {
    let (setup, size) = match purpose {
        Use::General => (GENERAL_SETUP, 10),
        Use::Hot => (HOT_SETUP, 10),
        Use::Look => (LOOK_SETUP, 2),
    };
    let mut config = ManagerConfig::default();
    config.recycling_method = RecyclingMethod::Fast;
    config.custom_setup = Box::new(move |url: &str| {
        let url = url.to_owned();
        async move {
            let mut conn = connect(&url).await?;
            conn.batch_execute(setup).await.map_err(ConnectionError::CouldntSetupConfiguration)?;
            Ok(conn)
        }
        .boxed()
    });
    let manager = AsyncDieselConnectionManager::<AsyncPgConnection>::new_with_config(url, config);
    Pool::builder(manager)
        .max_size(size)
        .wait_timeout(Some(std::time::Duration::from_secs(5)))
        .create_timeout(Some(std::time::Duration::from_secs(10)))
        .recycle_timeout(Some(std::time::Duration::from_secs(5)))
        .runtime(deadpool::Runtime::Tokio1)
        .build()
        .map_err(|e| StoreError::Unavailable(e.to_string()))
}

/// Connects as `sslmode` asks: `disable`, `prefer` (default), `require` (encrypted), `verify-full` (encrypted, and the
/// server's certificate must be good for its name).
async fn connect(url: &str) -> ConnectionResult<AsyncPgConnection> {
    let bad = |error: &dyn std::fmt::Display| ConnectionError::BadConnection(error.to_string());
    let verify = url.contains("sslmode=verify-full") || url.contains("sslmode=verify-ca");
    let plain = url.replace("sslmode=verify-full", "sslmode=require").replace("sslmode=verify-ca", "sslmode=require");
    let mut config: tokio_postgres::Config = plain.parse().map_err(|e| bad(&e))?;
    config.connect_timeout(std::time::Duration::from_secs(5));
    config.application_name("posthorn");
    // A server that vanishes without a word is noticed in seconds, not when TCP gives up.
    config.tcp_user_timeout(std::time::Duration::from_secs(15));
    config.keepalives_idle(std::time::Duration::from_secs(30));
    config.keepalives_interval(std::time::Duration::from_secs(5));
    config.keepalives_retries(3);
    if config.get_ssl_mode() == SslMode::Disable {
        let (client, connection) = config.connect(tokio_postgres::NoTls).await.map_err(|e| bad(&Detailed(&e)))?;
        return AsyncPgConnection::try_from_client_and_connection(client, connection).await;
    }
    let tls = tokio_postgres_rustls::MakeRustlsConnect::new(super::tls::client_config(verify).map_err(|e| bad(&e))?);
    let (client, connection) = config.connect(tls).await.map_err(|e| bad(&Detailed(&e)))?;
    AsyncPgConnection::try_from_client_and_connection(client, connection).await
}

/// An error with what caused it: tokio-postgres alone says only "db error".
struct Detailed<'a>(&'a tokio_postgres::Error);

impl std::fmt::Display for Detailed<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", self.0)?;
        if let Some(cause) = std::error::Error::source(self.0) {
            write!(f, ": {cause}")?;
        }
        Ok(())
    }
}
