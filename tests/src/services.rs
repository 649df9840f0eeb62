//! A private PostgreSQL and Redis for this test process, and others for single tests, by the script `services`. Its standard
//! input is a pipe from here, so it ends and removes everything when this process ends, however that comes about.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::{Mutex, OnceLock};

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
    database_on(shared().address("postgres")).await
}

/// A connection to a database, for looking behind the server's back.
pub async fn connect(url: &str) -> tokio_postgres::Client {
    let (client, connection) = tokio_postgres::connect(url, NoTls).await.unwrap();
    tokio::spawn(connection);
    client
}

/// The URL of a Redis database that no other test uses. Clients keep a database's number in a byte, so another server is
/// started after each 255 of them.
pub fn new_redis_database() -> String {
    static LAST: Mutex<Option<(&Script, u8)>> = Mutex::new(None);
    let mut last = LAST.lock().unwrap();
    let (script, number) = match *last {
        None => (shared(), 1),
        Some((_, u8::MAX)) => (&*Box::leak(Box::new(Script::start(&["redis"]))), 1),
        Some((script, number)) => (script, number + 1),
    };
    *last = Some((script, number));
    format!("{}/{number}", script.address("redis"))
}

/// Creates an empty database on a server of a test's own and gives its URL.
async fn database_on(admin: &str) -> String {
    let name = format!("test_{}", uuid::Uuid::now_v7().simple());
    let client = connect(admin).await;
    client.batch_execute(&format!("CREATE DATABASE {name}")).await.unwrap();
    admin.rsplit_once('/').map(|(server, _)| format!("{server}/{name}")).unwrap()
}

/// The library that shifts a program's clock when it is preloaded; None where there is none for this system.
pub fn faketime() -> Option<&'static str> {
    shared().addresses["faketime"].as_str()
}

/// A PostgreSQL of a test's own, to be stopped and started. Its commands block, so the test needs a runtime with threads.
pub struct OwnPostgres(Script);

impl OwnPostgres {
    pub fn start() -> Self {
        Self(Script::start(&["postgres"]))
    }

    /// Creates an empty database and gives its URL.
    pub async fn new_database(&self) -> String {
        database_on(self.0.address("postgres")).await
    }

    /// Ends it in good order: open transactions are rolled back, connections are closed.
    pub fn stop(&mut self) {
        tokio::task::block_in_place(|| self.0.command("stop postgres"));
    }

    /// Kills it: it recovers when it starts again.
    pub fn crash(&mut self) {
        tokio::task::block_in_place(|| self.0.command("crash postgres"));
    }

    /// Starts it again, on the same port.
    pub fn start_again(&mut self) {
        tokio::task::block_in_place(|| self.0.command("start postgres"));
    }

    /// Stops its processes where they are: connections stay open, and nothing answers.
    pub fn pause(&mut self) {
        tokio::task::block_in_place(|| self.0.command("pause postgres"));
    }

    pub fn resume(&mut self) {
        tokio::task::block_in_place(|| self.0.command("resume postgres"));
    }
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

    /// Stops it where it is: connections stay open, and nothing answers.
    pub fn pause(&mut self) {
        self.0.command("pause redis");
    }

    pub fn resume(&mut self) {
        self.0.command("resume redis");
    }

    pub async fn flush_all(&self) {
        assert_eq!(redis_command(&self.url(), &["FLUSHALL"]).await, "+OK");
    }
}

/// Sends one command to the database of a Redis URL and gives the first line of the answer, `+…`, `:…`, `$…` or `-…`.
pub async fn redis_command(url: &str, command: &[&str]) -> String {
    use tokio::io::{AsyncBufReadExt, AsyncWriteExt};
    let (address, database) = url.trim_start_matches("redis://").split_once('/').unwrap();
    let mut stream = tokio::io::BufReader::new(tokio::net::TcpStream::connect(address).await.unwrap());
    let mut line = String::new();
    for command in [&["SELECT", database], command] {
        let mut request = format!("*{}\r\n", command.len());
        for part in command {
            request.push_str(&format!("${}\r\n{part}\r\n", part.len()));
        }
        stream.write_all(request.as_bytes()).await.unwrap();
        line.clear();
        stream.read_line(&mut line).await.unwrap();
    }
    line.trim_end().to_owned()
}
