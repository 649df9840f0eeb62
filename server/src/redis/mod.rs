//! The way to Redis: reads REDIS_URL, connects, keeps the connections alive, and runs scripts. Limits and bus share the
//! pool; what subscribes gets a connection of its own, and the queue brings its own.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use fred::clients::SubscriberClient;
use fred::prelude::*;
use fred::types::config::UnresponsiveConfig;
use fred::types::{ConnectHandle, MultipleKeys, RespVersion};
use tokio::sync::OnceCell;
use tokio::time::{sleep, timeout};
use url::Url;

/// Connections that the parts of Posthorn share. Commands of many tasks travel pipelined on each of them.
const POOL_SIZE: usize = 4;
/// How long a command may take before its caller is told that Redis is away.
const COMMAND_TIMEOUT: Duration = Duration::from_secs(2);
/// How long one attempt to connect may take, handshakes included.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// A connection that owes an answer for this long is closed and made anew.
const UNRESPONSIVE_AFTER: Duration = Duration::from_secs(5);
/// Commands that may wait for one connection; further ones fail at once.
const MAX_WAITING_COMMANDS: usize = 32_768;

/// Why Redis can't be used. The text names host and remedy, never a password.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RedisConnectError {
    #[error("not a usable address: {0}")]
    Url(String),
    #[error("redis at {address} refused the login ({reason}); check user and password in REDIS_URL")]
    Login { address: String, reason: String },
    #[error(
        "no TLS with redis at {address} ({reason}); check that it speaks TLS there and that its certificate is trusted (SSL_CERT_FILE may name a CA file)"
    )]
    Tls { address: String, reason: String },
    #[error(
        "redis at {address} is not reachable ({reason}); check that it runs there, that the port is right and open, and that the scheme fits (rediss:// with TLS, redis:// without)"
    )]
    Unreachable { address: String, reason: String },
}

/// A live way to Redis. Cheap to clone.
#[derive(Clone)]
pub struct RedisConnection {
    pool: Pool,
    builder: Arc<Builder>,
    address: Arc<str>,
}

impl fmt::Debug for RedisConnection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RedisConnection").field("address", &self.address).finish_non_exhaustive()
    }
}

impl RedisConnection {
    /// The shared connections. A command waits out a reconnect, up to two seconds.
    pub fn pool(&self) -> &Pool {
        &self.pool
    }

    /// One of the shared connections that is up, for commands that rather fail at once than wait while Redis is away.
    pub fn ready(&self) -> Result<&Client, Error> {
        let client = self.pool.next_connected();
        if client.is_connected() { Ok(client) } else { Err(Error::new(ErrorKind::IO, "not connected")) }
    }

    /// Host and port (several for sentinel and cluster), without credentials: for logs.
    pub fn address(&self) -> &str {
        &self.address
    }

    /// What the connections were configured with. It holds the password: don't log it.
    pub fn config(&self) -> Config {
        self.builder.get_config().cloned().unwrap_or_default()
    }

    /// One more connection, for blocking reads: its commands have no time limit, and silence does not end it.
    pub async fn dedicated(&self) -> Result<Client, RedisConnectError> {
        let mut builder = (*self.builder).clone();
        builder
            .with_performance_config(|performance| performance.default_command_timeout = Duration::ZERO)
            .with_connection_config(|connection| connection.unresponsive.max_timeout = None);
        let client = builder.build().map_err(|error| explain(&error, &self.address))?;
        start(&client, &self.address).await?;
        Ok(client)
    }

    /// One more connection, for subscriptions. It speaks RESP3, so that it can be pinged while subscribed.
    pub async fn subscriber(&self) -> Result<SubscriberClient, RedisConnectError> {
        let mut builder = (*self.builder).clone();
        builder
            .with_config(|config| config.version = RespVersion::RESP3)
            .with_performance_config(|performance| performance.broadcast_channel_capacity = 4096);
        let client = builder.build_subscriber_client().map_err(|error| explain(&error, &self.address))?;
        start(&client, &self.address).await?;
        Ok(client)
    }

    /// Whether Redis answers now; an error within about two seconds if not.
    pub async fn ping(&self) -> Result<(), RedisConnectError> {
        let answer = match self.ready() {
            Ok(client) => client.ping::<()>(None).await,
            Err(error) => Err(error),
        };
        answer.map_err(|error| explain(&error, &self.address))
    }

    /// Ends the shared connections.
    pub async fn close(&self) {
        if let Err(error) = self.pool.quit().await {
            tracing::debug!(%error, "redis connections did not close cleanly");
        }
    }
}

/// Connects to the server, sentinels or cluster that `url` names: `redis://`, `rediss://` (TLS, trusting the system's
/// roots), `redis-sentinel://…?sentinelServiceName=…`, `redis-cluster://` and their `rediss-` forms.
///
/// Once connected, a lost connection is made anew for ever; commands meanwhile fail after two seconds at most, are
/// sent at most once, and only a bounded number of them waits.
pub async fn connect(url: &str) -> Result<RedisConnection, RedisConnectError> {
    let (config, address) = configure(url)?;
    let mut builder = Builder::from_config(config);
    let mut policy = ReconnectPolicy::new_exponential(0, 50, 2_000, 2);
    policy.set_jitter(50);
    builder
        .set_policy(policy)
        .with_performance_config(|performance| performance.default_command_timeout = COMMAND_TIMEOUT)
        .with_connection_config(|connection| {
            connection.connection_timeout = CONNECT_TIMEOUT;
            connection.internal_command_timeout = CONNECT_TIMEOUT;
            connection.max_command_attempts = 1;
            connection.max_command_buffer_len = MAX_WAITING_COMMANDS;
            connection.reconnect_on_auth_error = true;
            connection.tcp.nodelay = Some(true);
            connection.unresponsive =
                UnresponsiveConfig { max_timeout: Some(UNRESPONSIVE_AFTER), interval: Duration::from_secs(1) };
        });
    let pool = builder.build_pool(POOL_SIZE).map_err(|error| explain(&error, &address))?;
    futures::future::try_join_all(pool.clients().iter().map(|client| start(client, &address))).await?;
    Ok(RedisConnection { pool, builder: Arc::new(builder), address: address.into() })
}

/// Connects one client and sees to it that it stays so until it quits.
async fn start<C: ClientLike + 'static>(client: &C, address: &str) -> Result<(), RedisConnectError> {
    let task = match timeout(CONNECT_TIMEOUT * 2, client.init()).await {
        Ok(Ok(task)) => task,
        Ok(Err(error)) => return Err(explain(&error, address)),
        Err(_) => {
            let reason = format!("no answer within {} s", CONNECT_TIMEOUT.as_secs() * 2);
            return Err(RedisConnectError::Unreachable { address: address.to_owned(), reason });
        }
    };
    tokio::spawn(keep_connected(client.clone(), task));
    Ok(())
}

/// The client reconnects by itself after almost every error; some it takes for final, and those are started over here.
async fn keep_connected<C: ClientLike>(client: C, mut task: ConnectHandle) {
    while let Ok(Err(error)) = task.await {
        tracing::warn!(%error, "connection to redis ended, starting it anew");
        sleep(Duration::from_secs(1)).await;
        task = client.connect();
    }
}

/// What the URL says, and host:port for messages.
fn configure(url: &str) -> Result<(Config, String), RedisConnectError> {
    let wrong = |text: &str| RedisConnectError::Url(text.to_owned());
    let forms =
        "expected redis://, rediss://, redis-sentinel:// or redis-cluster://, as in redis://user:password@host:6379/0";
    let after_scheme = url.split_once("://").ok_or_else(|| wrong(forms))?.1;
    // A password with an unescaped `/`, `?` or `#` would show up as a piece of host, path or query: say so, name nothing.
    let authority_end = after_scheme.find(['/', '?', '#']).unwrap_or(after_scheme.len());
    if after_scheme[authority_end..].contains('@') {
        return Err(wrong(
            "user and password must be percent-encoded (`/` is %2F, `?` is %3F, `#` is %23, `@` is %40)",
        ));
    }
    let parsed = Url::parse(url).map_err(|error| RedisConnectError::Url(format!("{error}; {forms}")))?;
    if !["redis", "rediss", "redis-sentinel", "rediss-sentinel", "redis-cluster", "rediss-cluster"]
        .contains(&parsed.scheme())
    {
        return Err(RedisConnectError::Url(format!("`{}://` is not known; {forms}", parsed.scheme())));
    }
    if parsed.host_str().is_none_or(str::is_empty) {
        return Err(RedisConnectError::Url(format!("the host is missing; {forms}")));
    }
    if parsed.scheme().ends_with("-sentinel") && !parsed.query_pairs().any(|(key, _)| key == "sentinelServiceName") {
        return Err(wrong("sentinels need the name of the service: add ?sentinelServiceName=…"));
    }
    if parsed.scheme().starts_with("rediss") {
        // Only the first call counts; whoever was earlier chose a provider already.
        let _ = rustls::crypto::ring::default_provider().install_default();
    }
    let config = Config::from_url(url).map_err(|error| match error.kind() {
        ErrorKind::Tls => RedisConnectError::Url(format!(
            "the system's trusted certificates can't be read ({}); SSL_CERT_FILE may name a CA file",
            system_message(error.details()).unwrap_or_else(|| one_line(error.details()))
        )),
        ErrorKind::Parse => wrong("the database must be a number from 0 to 255, and each `node` host:port"),
        _ => RedisConnectError::Url(one_line(error.details())),
    })?;
    let hosts: Vec<_> = config.server.hosts().iter().map(|server| format!("{}:{}", server.host, server.port)).collect();
    Ok((config, hosts.join(", ")))
}

/// Which of the ways to fail this was, in words for an operator.
fn explain(error: &Error, address: &str) -> RedisConnectError {
    let address = address.to_owned();
    let details = error.details();
    let reason = if details.contains("lookup address") || details.contains("Name or service not known") {
        "the host name is not known".to_owned()
    } else {
        system_message(details).unwrap_or_else(|| one_line(details))
    };
    match error.kind() {
        ErrorKind::Auth => RedisConnectError::Login { address, reason },
        ErrorKind::Tls => RedisConnectError::Tls { address, reason },
        _ if details.contains("InvalidCertificate") || details.contains("InvalidContentType") => {
            RedisConnectError::Tls { address, reason }
        }
        _ => RedisConnectError::Unreachable { address, reason },
    }
}

/// What the system said, out of an I/O error's debug form, in which the client passes it on.
fn system_message(details: &str) -> Option<String> {
    if details.contains("ConnectionRefused") {
        return Some("connection refused".to_owned());
    }
    let (_, message) = details.split_once("message: \"")?;
    Some(one_line(message.split_once('"')?.0).to_lowercase())
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ").trim_end_matches('.').chars().take(200).collect()
}

/// A Lua script that is sent once and called by its hash from then on.
pub struct Script {
    lua: &'static str,
    hash: OnceCell<String>,
}

impl Script {
    pub const fn new(lua: &'static str) -> Self {
        Self { lua, hash: OnceCell::const_new() }
    }

    /// Runs the script; a server that does not know it (restarted, or another node of the cluster) is given it again.
    pub async fn run<R, C>(
        &self,
        client: &C,
        keys: impl Into<MultipleKeys>,
        args: Vec<impl Into<Value>>,
    ) -> Result<R, Error>
    where
        R: FromValue,
        C: LuaInterface + Sync,
    {
        let keys = keys.into();
        let args: Vec<Value> = args.into_iter().map(Into::into).collect();
        let hash = self.hash.get_or_try_init(|| client.script_load::<String, _>(self.lua)).await?;
        match client.evalsha(hash.as_str(), keys.clone(), args.clone()).await {
            Err(error) if error.details().starts_with("NOSCRIPT") => client.eval(self.lua, keys, args).await,
            answer => answer,
        }
    }
}

#[cfg(test)]
pub mod testing;

#[cfg(test)]
mod tests {
    use super::testing::RedisServer;
    use super::*;

    #[test]
    fn wrong_urls_are_explained_without_the_password() {
        for (url, says) in [
            ("localhost:6379", "expected redis://"),
            ("http://localhost", "`http://` is not known"),
            ("redis://:s3cret@", "empty host"),
            ("redis://:s3/cret@localhost", "percent-encoded"),
            ("redis://:s3#cret@localhost", "percent-encoded"),
            ("redis://:s3cret@localhost/first", "must be a number"),
            ("redis://:s3cret@localhost:99999", "port"),
            ("redis-sentinel://:s3cret@localhost:26379", "sentinelServiceName"),
            ("redis-cluster://:s3cret@localhost:7000?node=other", "host:port"),
        ] {
            let text = configure(url).unwrap_err().to_string();
            assert!(text.contains(says), "{url}: {text}");
            assert!(!text.contains("s3") && !text.contains("cret@"), "{url}: {text}");
            assert!(!text.contains('\n'));
        }
    }

    #[test]
    fn every_form_of_url_is_understood() {
        for (url, address) in [
            ("redis://localhost", "localhost:6379"),
            ("redis://user:pass@10.0.0.1:7000/3", "10.0.0.1:7000"),
            ("redis-cluster://one:7000?node=two:7001", "two:7001, one:7000"),
            ("redis-sentinel://one:26379/1?sentinelServiceName=main&node=two:26379", "two:26379, one:26379"),
        ] {
            let (config, named) = configure(url).unwrap();
            assert_eq!(named, address);
            assert!(config.tls.is_none());
        }
        assert!(configure("rediss://localhost").unwrap().0.tls.is_some());
    }

    #[tokio::test]
    async fn an_unreachable_server_is_named() {
        let error = connect("redis://:s3cret@127.0.0.1:1").await.unwrap_err();
        let text = error.to_string();
        assert!(matches!(error, RedisConnectError::Unreachable { .. }), "{text}");
        assert!(text.contains("127.0.0.1:1 is not reachable (connection refused)"), "{text}");
        assert!(!text.contains("s3cret"));
    }

    #[tokio::test]
    async fn a_wrong_password_is_told_apart() {
        let server = RedisServer::start_with(&["--requirepass", "right"]);
        for url in [server.url(), server.url().replace("redis://", "redis://:s3cret@")] {
            let error = connect(&url).await.unwrap_err();
            assert!(matches!(error, RedisConnectError::Login { .. }), "{error}");
            assert!(!error.to_string().contains("s3cret"), "{error}");
        }
        let right = connect(&server.url().replace("redis://", "redis://:right@")).await.unwrap();
        right.ping().await.unwrap();
        assert!(!format!("{right:?}").contains("right@"));
        right.dedicated().await.unwrap();
        right.subscriber().await.unwrap();
    }

    #[tokio::test]
    async fn commands_fail_in_bounded_time_while_redis_is_away_and_work_again_after() {
        let mut server = RedisServer::start();
        let connection = connect(&server.url()).await.unwrap();
        connection.ping().await.unwrap();
        server.stop();
        let asked = std::time::Instant::now();
        let stopped: Result<(), Error> = connection.pool().set("key", "value", None, None, false).await;
        assert!(stopped.is_err());
        assert!(connection.ping().await.is_err());
        assert!(asked.elapsed() < COMMAND_TIMEOUT * 3);
        server.restart();
        connection.pool().wait_for_connect().await.unwrap();
        connection.ping().await.unwrap();
    }

    #[tokio::test]
    async fn a_server_that_hangs_is_given_up_in_bounded_time() {
        let server = RedisServer::start();
        let connection = connect(&server.url()).await.unwrap();
        server.freeze();
        let asked = std::time::Instant::now();
        let hung = connection.ping().await;
        server.thaw();
        assert!(hung.is_err());
        assert!(asked.elapsed() < COMMAND_TIMEOUT * 2);
    }

    #[tokio::test]
    async fn a_script_is_given_again_to_a_server_that_forgot_it() {
        static SUM: Script = Script::new("return tonumber(ARGV[1]) + tonumber(ARGV[2])");
        let server = RedisServer::start();
        let connection = connect(&server.url()).await.unwrap();
        for _ in 0..2 {
            let sum: i64 = SUM.run(connection.pool(), "any", vec!["40", "2"]).await.unwrap();
            assert_eq!(sum, 42);
            connection.pool().next().script_flush(false).await.unwrap();
        }
    }

    #[tokio::test]
    async fn a_cluster_is_spoken_to() {
        let server = RedisServer::start_cluster();
        let connection = connect(&server.url().replace("redis://", "redis-cluster://")).await.unwrap();
        connection.ping().await.unwrap();
        connection.pool().set::<(), _, _>("key", "value", None, None, false).await.unwrap();
    }
}
