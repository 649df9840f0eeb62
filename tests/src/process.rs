//! A run of the `posthorn` binary, with everything that it wrote. It is killed when dropped.

use std::ffi::OsString;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Arc, Mutex, OnceLock};
use std::time::Duration;

use crate::wait::{poll_until, within};

/// The binary, in the directory that cargo builds this one into, or where `POSTHORN_BIN` says.
pub fn binary() -> PathBuf {
    let path = std::env::var_os("POSTHORN_BIN").map_or_else(
        || {
            let test = std::env::current_exe().unwrap();
            test.parent().and_then(Path::parent).unwrap().join(format!("posthorn{}", std::env::consts::EXE_SUFFIX))
        },
        PathBuf::from,
    );
    assert!(path.is_file(), "{} is missing: run `cargo build` first", path.display());
    path
}

/// Lines that a process wrote so far, in order.
type Lines = Arc<Mutex<Vec<String>>>;

pub struct Process {
    child: Child,
    name: String,
    stdout: Lines,
    stderr: Lines,
}

/// What a command that ends by itself left behind.
#[derive(Debug)]
pub struct Finished {
    pub code: Option<i32>,
    pub stdout: String,
    pub stderr: String,
}

impl Finished {
    /// The lines on standard error that say something.
    pub fn complaints(&self) -> Vec<&str> {
        self.stderr.lines().filter(|line| !line.trim().is_empty()).collect()
    }
}

impl Process {
    /// Starts the binary with `environment` and little else: nothing that happens to be set around the tests gets in.
    pub fn start(arguments: &[&str], environment: &[(String, OsString)], directory: &Path) -> Self {
        Self::start_by(&[], arguments, environment, directory)
    }

    /// The same, by a command that is given the binary and its arguments and becomes it.
    pub fn start_by(by: &[String], arguments: &[&str], environment: &[(String, OsString)], directory: &Path) -> Self {
        let mut command = command(by);
        command.args(arguments).env_clear().current_dir(directory);
        for name in ["PATH", "HOME", "TMPDIR", "LLVM_PROFILE_FILE"] {
            if let Some(value) = std::env::var_os(name) {
                command.env(name, value);
            }
        }
        command.env("RUST_BACKTRACE", "1").envs(environment.iter().map(|(name, value)| (name, value)));
        let mut child = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap_or_else(|error| panic!("cannot start posthorn {arguments:?}: {error}"));
        let stdout = collect(child.stdout.take().unwrap());
        let stderr = collect(child.stderr.take().unwrap());
        Self { child, name: arguments.join(" "), stdout, stderr }
    }

    /// The address in the first line of output.
    pub async fn address(&mut self) -> String {
        let name = self.name.clone();
        let line = within(Duration::from_secs(60), &format!("the address of posthorn {name}"), async || {
            if let Some(line) = self.stdout.lock().unwrap().first() {
                return Some(line.clone());
            }
            if let Ok(Some(status)) = self.child.try_wait() {
                panic!("posthorn {name} ended ({status}) before it said its address");
            }
            None
        })
        .await;
        let start = line.find("http://127.0.0.1:").unwrap_or_else(|| panic!("no address in the first line: {line}"));
        line[start..]
            .split(|c: char| !(c.is_ascii_alphanumeric() || "/:.".contains(c)))
            .next()
            .unwrap()
            .trim_end_matches(['/', '.'])
            .to_owned()
    }

    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Whether it still runs.
    pub fn runs(&mut self) -> bool {
        self.child.try_wait().unwrap().is_none()
    }

    /// SIGTERM, and goes on.
    pub fn ask_to_end(&self) {
        let asked = Command::new("kill").arg("-TERM").arg(self.child.id().to_string()).status().unwrap();
        assert!(asked.success());
    }

    /// SIGKILL: no chance to finish anything.
    pub fn kill9(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }

    /// SIGTERM, then waits for the end.
    pub async fn terminate(&mut self) -> ExitStatus {
        self.ask_to_end();
        self.end().await
    }

    pub async fn end(&mut self) -> ExitStatus {
        let what = format!("the end of posthorn {}", self.name);
        poll_until(&what, async || self.child.try_wait().unwrap()).await
    }

    pub fn output(&self) -> String {
        self.stdout.lock().unwrap().join("\n")
    }

    pub fn log(&self) -> String {
        self.stderr.lock().unwrap().join("\n")
    }
}

/// Runs the binary to its end.
pub async fn run(arguments: &[&str], environment: &[(&str, &str)], directory: &Path) -> Finished {
    let environment: Vec<_> =
        environment.iter().map(|(name, value)| ((*name).to_owned(), OsString::from(value))).collect();
    let mut process = Process::start(arguments, &environment, directory);
    let status = process.end().await;
    // The reading threads hold a reference each until they have seen the end of their stream.
    poll_until("the end of the output", async || {
        (Arc::strong_count(&process.stdout) == 1 && Arc::strong_count(&process.stderr) == 1).then_some(())
    })
    .await;
    Finished { code: status.code(), stdout: process.output(), stderr: process.log() }
}

/// The binary, made to die with the thread that started it where `setpriv` can arrange that, so that a killed test run
/// leaves no servers behind.
fn command(by: &[String]) -> Command {
    static SETPRIV: OnceLock<bool> = OnceLock::new();
    let has_setpriv = *SETPRIV.get_or_init(|| {
        let asked = Command::new("setpriv").args(["--pdeathsig", "KILL", "true"]).stderr(Stdio::null()).status();
        asked.is_ok_and(|status| status.success())
    });
    let mut words: Vec<OsString> = Vec::new();
    if has_setpriv {
        words.extend(["setpriv", "--pdeathsig", "KILL"].map(Into::into));
    }
    words.extend(by.iter().map(Into::into));
    words.push(binary().into());
    let mut command = Command::new(&words[0]);
    command.args(&words[1..]);
    command
}

fn collect(stream: impl Read + Send + 'static) -> Lines {
    let lines = Lines::default();
    let held = Arc::clone(&lines);
    std::thread::spawn(move || {
        for line in BufReader::new(stream).split(b'\n').map_while(Result::ok) {
            held.lock().unwrap().push(String::from_utf8_lossy(&line).into_owned());
        }
    });
    lines
}

impl Drop for Process {
    fn drop(&mut self) {
        self.kill9();
        if std::thread::panicking() {
            let tail = |lines: &Lines| {
                let lines = lines.lock().map(|lines| lines.clone()).unwrap_or_default();
                lines[lines.len().saturating_sub(40)..].join("\n")
            };
            eprintln!("--- posthorn {}: end of its output\n{}", self.name, tail(&self.stdout));
            eprintln!("--- posthorn {}: end of its log\n{}", self.name, tail(&self.stderr));
        }
    }
}
