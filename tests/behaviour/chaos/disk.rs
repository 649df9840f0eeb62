//! No room for SQLite: nothing is accepted meanwhile, the process lives, and with room again all goes on by itself.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use posthorn_tests::*;

/// A small file system of a test's own, mounted where the server keeps its data.
struct SmallDisk(PathBuf);

impl SmallDisk {
    /// None where this user may not mount, and the test is to be skipped then.
    fn mount(path: &Path) -> Option<Self> {
        std::fs::create_dir_all(path).unwrap();
        let mounted = Command::new("mount").args(["-t", "tmpfs", "-o", "size=32m", "posthorn-test"]).arg(path).output();
        if mounted.is_ok_and(|output| output.status.success()) {
            return Some(Self(path.to_owned()));
        }
        skip("POSTHORN_SKIP_MOUNT", "this user may not mount a small file system");
        None
    }

    fn ballast(&self) -> PathBuf {
        self.0.join("ballast")
    }

    fn fill(&self) {
        let mut file = std::fs::File::create(self.ballast()).unwrap();
        while file.write_all(&[0; 4096]).is_ok() {}
    }

    fn free(&self) {
        std::fs::remove_file(self.ballast()).unwrap();
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("--lazy").arg(&self.0).status();
    }
}

/// Fills and frees, again and again, while messages flow.
async fn suffers(name: &str, mut stage: Stage, fill: impl Fn(&Stage), free: impl Fn(&Stage)) {
    let urls = [stage.server.url.clone()];
    let mut ledger = Ledger::open(name, &stage, &urls).await;
    for _ in 0..short_or_long(2, 15) {
        ledger.flows(20).await;
        ledger.dice.moment(0, 1000).await;
        fill(&stage);
        ledger.fault("no room on the disk");
        let before = ledger.load.requests().unavailable;
        within(Duration::from_secs(60), "callers to be told", async || {
            (ledger.load.requests().unavailable >= before + 5).then_some(())
        })
        .await;
        assert!(stage.server.runs());
        assert_eq!(stage.server.anonymous().get("/healthz").await.0, 200);
        ledger.dice.moment(0, 3000).await;
        free(&stage);
    }
    ledger.flows(20).await;
    ledger.close(&stage.api, &[&stage.server]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_file_system_is_full() {
    let place = Place::new(Backend::Embedded).await;
    let Some(disk) = SmallDisk::mount(&place.data_dir()) else { return };
    let stage = Stage::on(Builder::at(&place).start().await).await;
    suffers("the_file_system_is_full", stage, |_| disk.fill(), |_| disk.free()).await;
}

/// The soft limit on how large the files may be that the server writes.
fn limit(stage: &Stage, bytes: &str) {
    let set =
        Command::new("prlimit").arg(format!("--fsize={bytes}:")).arg(format!("--pid={}", stage.server.id())).status();
    assert!(set.unwrap().success());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn files_may_not_grow() {
    if Command::new("prlimit").arg("--version").output().is_err() {
        return skip("POSTHORN_SKIP_PRLIMIT", "there is no prlimit here");
    }
    // Without this a file that is too large would end the process.
    let by = ["sh", "-c", "trap '' XFSZ; exec \"$@\"", "sh"];
    let build = Server::build(Backend::Embedded).await.by(&by);
    let stage = Stage::on(build.start().await).await;
    // Less than the files have already, so that nothing more can be written.
    suffers("files_may_not_grow", stage, |stage| limit(stage, "4096"), |stage| limit(stage, "unlimited")).await;
}
