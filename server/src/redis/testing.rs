//! A real Redis for tests: started on a free port with a directory of its own, gone when dropped.

use std::io::{BufRead, BufReader, Read};
use std::net::TcpListener;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

/// A redis-server of the test's own.
pub struct RedisServer {
    child: Option<Child>,
    port: u16,
    directory: PathBuf,
    arguments: Vec<String>,
}

impl RedisServer {
    pub fn start() -> Self {
        Self::start_with(&[])
    }

    /// Starts with further arguments, as on the command line.
    pub fn start_with(arguments: &[&str]) -> Self {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let directory = std::env::temp_dir().join(format!("posthorn-redis-{}-{number}", std::process::id()));
        std::fs::create_dir_all(&directory).unwrap();
        let arguments = arguments.iter().map(|&argument| argument.to_owned()).collect();
        let mut server = Self { child: None, port: 0, directory, arguments };
        // Between choosing a free port and using it, another process may take it.
        for _ in 0..10 {
            server.port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
            if server.launch() {
                return server;
            }
        }
        panic!("redis-server did not start on any of ten free ports");
    }

    /// A cluster of one node that holds every slot.
    pub fn start_cluster() -> Self {
        let server = Self::start_with(&["--cluster-enabled", "yes", "--cluster-announce-ip", "127.0.0.1"]);
        let slots: Vec<_> = (0..16_384).map(|slot| slot.to_string()).collect();
        let command = ["cluster", "addslots"].into_iter().chain(slots.iter().map(String::as_str));
        assert_eq!(server.cli(&command.collect::<Vec<_>>()).trim(), "OK");
        let asked = Instant::now();
        while !server.cli(&["cluster", "info"]).contains("cluster_state:ok") {
            assert!(asked.elapsed() < Duration::from_secs(30), "the cluster of one node did not come up");
        }
        server
    }

    pub fn url(&self) -> String {
        format!("redis://127.0.0.1:{}", self.port)
    }

    /// Ends the server at once, as a crash would.
    pub fn stop(&mut self) {
        if let Some(mut child) = self.child.take() {
            let _ = child.kill();
            let _ = child.wait();
        }
    }

    /// Starts a stopped server again on its port, empty.
    pub fn restart(&mut self) {
        self.stop();
        assert!(self.launch(), "redis-server did not start again on port {}", self.port);
    }

    /// Makes the server hang: connections stay open, nothing is answered.
    pub fn freeze(&self) {
        self.signal("-STOP");
    }

    pub fn thaw(&self) {
        self.signal("-CONT");
    }

    /// What redis-cli prints for the command.
    pub fn cli(&self, arguments: &[&str]) -> String {
        let port = self.port.to_string();
        let output = Command::new("redis-cli").args(["-p", &port]).args(arguments).output();
        String::from_utf8(output.expect("redis-cli is missing: install the package redis-tools").stdout).unwrap()
    }

    fn signal(&self, name: &str) {
        if let Some(child) = &self.child {
            let done = Command::new("kill").args([name, &child.id().to_string()]).status().unwrap();
            assert!(done.success());
        }
    }

    /// Whether the server came up and accepts connections.
    fn launch(&mut self) -> bool {
        let mut child = Command::new("redis-server")
            .args(["--bind", "127.0.0.1", "--port", &self.port.to_string(), "--save", "", "--appendonly", "no"])
            .args(["--dir", &self.directory.to_string_lossy(), "--daemonize", "no", "--logfile", ""])
            .args(&self.arguments)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("redis-server is missing: install the package redis-server, the tests start their own");
        let mut output = BufReader::new(child.stdout.take().unwrap());
        self.child = Some(child);
        let mut line = String::new();
        while output.read_line(&mut line).is_ok_and(|read| read > 0) {
            if line.contains("eady to accept connections") {
                // Its log must be read on, or it would block once the pipe is full.
                std::thread::spawn(move || std::io::copy(&mut output.by_ref(), &mut std::io::sink()));
                return true;
            }
            line.clear();
        }
        self.stop();
        false
    }
}

impl Drop for RedisServer {
    fn drop(&mut self) {
        self.stop();
        let _ = std::fs::remove_dir_all(&self.directory);
    }
}
