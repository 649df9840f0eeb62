//! A private PostgreSQL and Redis for this test process, by the script `services`. Its standard input is a pipe from here,
//! so it ends and removes everything when this process ends, however that comes about.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

use serde_json::Value;
use tokio_postgres::NoTls;

struct Script {
    child: Child,
    stdin: Option<ChildStdin>,
    stdout: BufReader<ChildStdout>,
    addresses: Value,
}

impl Script {
    fn start(arguments: &[&str]) -> Self {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("services");
        let mut child = Command::new(&path)
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap_or_else(|error| panic!("cannot start {}: {error}", path.display()));
        let stdin = child.stdin.take();
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        stdout.read_line(&mut line).unwrap();
        let addresses = serde_json::from_str(&line)
            .unwrap_or_else(|_| panic!("tests/services gave no addresses (its reason is on standard error): {line:?}"));
        Self { child, stdin, stdout, addresses }
    }

    fn command(&mut self, command: &str) {
        let stdin = self.stdin.as_mut().unwrap();
        writeln!(stdin, "{command}").unwrap();
        let mut line = String::new();
        self.stdout.read_line(&mut line).unwrap();
        assert!(line.starts_with('{'), "tests/services did not answer `{command}`: {line:?}");
    }

    fn address(&self, name: &str) -> &str {
        self.addresses[name].as_str().unwrap_or_else(|| panic!("tests/services gave no address of {name}"))
    }
}

impl Drop for Script {
    fn drop(&mut self) {
        drop(self.stdin.take());
        let _ = self.child.wait();
    }
}

fn shared() -> &'static Script {
    static SHARED: OnceLock<Script> = OnceLock::new();
    SHARED.get_or_init(|| Script::start(&[]))
}

/// Creates an empty database and gives its URL.
pub async fn new_database() -> String {
    let admin = shared().address("postgres");
    let name = format!("test_{}", uuid::Uuid::now_v7().simple());
    let client = connect(admin).await;
    client.batch_execute(&format!("CREATE DATABASE {name}")).await.unwrap();
    admin.rsplit_once('/').map(|(server, _)| format!("{server}/{name}")).unwrap()
}

/// A connection to a database, for looking behind the server's back.
pub async fn connect(url: &str) -> tokio_postgres::Client {
    let (client, connection) = tokio_postgres::connect(url, NoTls).await.unwrap();
    tokio::spawn(connection);
    client
}

/// The URL of a Redis database that no other test uses.
pub fn new_redis_database() -> String {
    static NEXT: AtomicU32 = AtomicU32::new(1);
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    assert!(number < 512, "more Redis databases are asked for than the private Redis has");
    format!("{}/{number}", shared().address("redis"))
}

/// A Redis of a test's own, to be stopped, started and flushed.
pub struct OwnRedis(Script);

impl OwnRedis {
    pub fn start() -> Self {
        Self(Script::start(&["redis"]))
    }

    pub fn url(&self) -> String {
        format!("{}/0", self.0.address("redis"))
    }

    /// Kills it: what it held is gone.
    pub fn stop(&mut self) {
        self.0.command("stop redis");
    }

    /// Starts it again, empty, on the same port.
    pub fn start_again(&mut self) {
        self.0.command("start redis");
    }

    /// `FLUSHALL`, spoken in Redis's inline protocol.
    pub async fn flush_all(&self) {
        use tokio::io::{AsyncReadExt, AsyncWriteExt};
        let address = self.0.address("redis").trim_start_matches("redis://").to_owned();
        let mut stream = tokio::net::TcpStream::connect(address).await.unwrap();
        stream.write_all(b"FLUSHALL\r\n").await.unwrap();
        let mut answer = [0; 5];
        stream.read_exact(&mut answer).await.unwrap();
        assert_eq!(&answer, b"+OK\r\n");
    }
}
