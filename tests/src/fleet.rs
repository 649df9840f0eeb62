//! Several instances on one database, of which some are killed, ended or started again while the others go on.

use std::process::ExitStatus;

use crate::server::{Builder, Server};
use crate::stage::Stage;

pub struct Fleet {
    /// On the first instance, which serves.
    pub stage: Stage,
    others: Vec<Server>,
}

impl Fleet {
    /// Starts one instance for each role: `all`, `api` or `worker`, the first of which must serve.
    pub async fn start(build: Builder, roles: &[&str]) -> Self {
        assert_ne!(roles[0], "worker");
        let first = build.clone().arg("--role").arg(roles[0]).start().await;
        let mut others = Vec::new();
        for role in &roles[1..] {
            others.push(build.clone().arg("--role").arg(role).start().await);
        }
        Self { stage: Stage::on(first).await, others }
    }

    pub fn servers(&self) -> Vec<&Server> {
        std::iter::once(&self.stage.server).chain(&self.others).collect()
    }

    pub fn url(&self, number: usize) -> String {
        self.servers()[number].url.clone()
    }

    /// The addresses of the first `count` instances.
    pub fn urls(&self, count: usize) -> Vec<String> {
        self.servers().into_iter().take(count).map(|server| server.url.clone()).collect()
    }

    pub fn server(&mut self, number: usize) -> &mut Server {
        if number == 0 { &mut self.stage.server } else { &mut self.others[number - 1] }
    }

    pub fn kill9(&mut self, number: usize) {
        self.server(number).kill9();
    }

    pub async fn terminate(&mut self, number: usize) -> ExitStatus {
        self.server(number).terminate().await
    }

    /// Starts an instance again after its end; its address changes.
    pub async fn start_again(&mut self, number: usize) {
        self.server(number).start_again().await;
        self.stage.follow();
    }
}
