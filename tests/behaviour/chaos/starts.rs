//! Several instances begin at once on an empty database.

use posthorn_tests::process::run;
use posthorn_tests::*;

#[tokio::test]
async fn four_start_at_once_on_an_empty_postgres() {
    for _ in 0..short_or_long(1, 10) {
        let place = Place::new(Backend::Scaled).await;
        let starts = (0..4).map(|_| Builder::at(&place).start());
        let mut servers = futures::future::join_all(starts).await;
        let others = servers.split_off(1);
        let stage = Stage::on(servers.remove(0)).await;
        stage.local(json!({})).await;
        let key = stage.api.key.clone().unwrap();
        for server in std::iter::once(&stage.server).chain(&others) {
            let api = server.api(&key);
            let id = api.accept(text("x")).await;
            api.wait_status(&id, "SUCCESS").await;
        }
    }
}

#[tokio::test]
async fn migrating_at_once_is_safe() {
    for backend in [Backend::Scaled, Backend::Embedded] {
        for _ in 0..short_or_long(1, 10) {
            let place = Place::new(backend).await;
            let environment: Vec<_> =
                place.environment().into_iter().map(|(name, value)| (name, value.into_string().unwrap())).collect();
            let environment: Vec<_> = environment.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
            let runs = (0..4).map(|_| run(&["migrate"], &environment, place.directory()));
            for finished in futures::future::join_all(runs).await {
                assert_eq!(finished.code, Some(0), "{backend:?}: {finished:?}");
            }
            let server = Builder::at(&place).start().await;
            server.platform().gql("{ viewer { name } }", json!({})).await;
        }
    }
}
