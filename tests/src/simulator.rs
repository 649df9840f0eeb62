//! `posthorn simulate`: the providers as the binary itself plays them.

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::api::Api;
use crate::process::Process;
use crate::wait::poll_until;

pub struct Simulator {
    _process: Process,
    _directory: TempDir,
    api: Api,
    pub url: String,
}

impl Simulator {
    pub async fn start() -> Self {
        Self::start_with(&["--no-rate-limit"]).await
    }

    pub async fn start_with(arguments: &[&str]) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let mut all = vec!["simulate", "--listen", "127.0.0.1:0"];
        all.extend(arguments);
        let mut process = Process::start(&all, &[], directory.path());
        let url = process.address().await;
        Self { _process: process, _directory: directory, api: Api::new(&url, None), url }
    }

    /// The address of a DingTalk group robot.
    pub fn dingtalk(&self, token: &str) -> String {
        format!("{}/dingtalk/robot/send?access_token={token}", self.url)
    }

    /// The address of a WeCom group robot.
    pub fn wecom(&self, key: &str) -> String {
        format!("{}/wecom/cgi-bin/webhook/send?key={key}", self.url)
    }

    pub fn webhook(&self, name: &str) -> String {
        format!("{}/webhook/{name}", self.url)
    }

    /// What arrived at paths that begin with `path`, oldest first, each with `path` and `body` (as JSON where it is).
    pub async fn received(&self, path: &str) -> Vec<Value> {
        let (status, answer) = self.api.get("/received").await;
        assert_eq!(status, 200, "{answer}");
        let all = answer["items"].as_array();
        let all = all.unwrap_or_else(|| panic!("a list was expected: {answer}"));
        all.iter()
            .filter(|entry| entry["path"].as_str().unwrap().starts_with(path))
            .map(|entry| {
                let mut entry = entry.clone();
                if let Some(body) = entry["body"].as_str().and_then(|text| serde_json::from_str::<Value>(text).ok()) {
                    entry["body"] = body;
                }
                entry
            })
            .collect()
    }

    /// Waits until `count` requests have arrived; more than that is a failure.
    pub async fn wait_received(&self, path: &str, count: usize) -> Vec<Value> {
        poll_until(&format!("{count} requests at {path}"), async || {
            let received = self.received(path).await;
            assert!(received.len() <= count, "more than {count} requests at {path}: {received:#?}");
            (received.len() == count).then_some(received)
        })
        .await
    }

    /// Tells the next answers, e.g. `{"path": "/dingtalk", "failNext": 3, "errcode": -1}`.
    pub async fn script(&self, script: Value) {
        let (status, answer) = self.api.post("/script", &script).await;
        assert!((200..300).contains(&status), "{status} {answer}");
    }

    /// The next `count` requests below `path` are answered with this HTTP status.
    pub async fn fail_next(&self, path: &str, count: u32, status: u16) {
        self.script(json!({ "path": path, "failNext": count, "status": status })).await;
    }
}
