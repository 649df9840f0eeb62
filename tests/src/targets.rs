//! The servers that callers go to, as a load balancer has it: by turns, and only those that are ready.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use reqwest::Client;

/// Clones share them.
#[derive(Clone)]
pub struct Targets(Arc<Shared>);

struct Shared {
    all: Mutex<Vec<Target>>,
    next: AtomicUsize,
}

struct Target {
    url: String,
    ready: bool,
}

impl Targets {
    /// All of them ready, until something else is known.
    pub fn new(urls: &[String]) -> Self {
        let all = urls.iter().map(|url| Target { url: url.clone(), ready: true }).collect();
        Self(Arc::new(Shared { all: Mutex::new(all), next: AtomicUsize::new(0) }))
    }

    /// A server has another address now.
    pub fn retarget(&self, number: usize, url: &str) {
        let mut all = self.0.all.lock().unwrap();
        url.clone_into(&mut all[number].url);
    }

    /// Whether the server is sent to.
    pub fn is_ready(&self, number: usize) -> bool {
        self.0.all.lock().unwrap()[number].ready
    }

    /// The next server's address, once one is ready.
    pub async fn next(&self) -> String {
        loop {
            {
                let all = self.0.all.lock().unwrap();
                let turn = self.0.next.fetch_add(1, Ordering::Relaxed);
                let ready: Vec<_> = all.iter().filter(|target| target.ready).collect();
                if !ready.is_empty() {
                    return ready[turn % ready.len()].url.clone();
                }
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// Looks for ever at who is ready.
    pub async fn follow_readiness(self, client: Client) {
        loop {
            let urls: Vec<_> = self.0.all.lock().unwrap().iter().map(|target| target.url.clone()).collect();
            for (number, url) in urls.into_iter().enumerate() {
                let asked = client.get(format!("{url}/readyz")).timeout(Duration::from_secs(2)).send().await;
                let ready = asked.is_ok_and(|answer| answer.status() == 200);
                let target = &mut self.0.all.lock().unwrap()[number];
                if target.url == url {
                    target.ready = ready;
                }
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }
}
