//! Starting: bad configuration ends it with one clear line and exit code 1; a restart finds everything again.

use std::ffi::OsString;

use posthorn_tests::past::apply_newer;
use posthorn_tests::process::{Finished, Process, run};
use posthorn_tests::*;

/// A migration that every binary knows.
const FIRST: &str = "20261121000000";

/// Runs `posthorn` at `place` with variables set otherwise, to its end. Logs are off, so that only complaints are left.
pub(crate) async fn start(place: &Place, arguments: &[&str], more: &[(&str, &str)]) -> Finished {
    let mut environment: Vec<(String, String)> = place
        .environment()
        .into_iter()
        .map(|(name, value)| (name, value.into_string().unwrap()))
        .filter(|(name, _)| !more.iter().any(|(other, _)| other == name))
        .collect();
    environment.push(("POSTHORN_LOG".into(), "off".into()));
    environment.extend(more.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
    let environment: Vec<_> = environment.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    run(arguments, &environment, place.directory()).await
}

/// It ended with exit code 1 and one line on standard error that holds `word`.
#[track_caller]
fn assert_refused(finished: &Finished, word: &str) {
    assert_eq!(finished.code, Some(1), "{finished:?}");
    let complaints = finished.complaints();
    assert_eq!(complaints.len(), 1, "one clear line: {finished:?}");
    assert!(complaints[0].to_lowercase().contains(&word.to_lowercase()), "{word} is not in: {}", complaints[0]);
    assert!(!complaints[0].contains("panicked") && !complaints[0].contains("backtrace"), "{}", complaints[0]);
}

#[tokio::test]
async fn wrong_addresses_and_keys_are_refused() {
    let place = Place::new(Backend::Embedded).await;
    for (more, word) in [
        (&[("DATABASE_URL", "mysql://localhost/x")][..], "DATABASE_URL"),
        (&[("DATABASE_URL", "not a url")], "DATABASE_URL"),
        (&[("DATABASE_URL", "sqlite:///no/such/directory/x.db")], "/no/such/directory"),
        (&[("REDIS_URL", "redis://127.0.0.1:6379")], "REDIS_URL"),
        (&[("POSTHORN_SECRET_KEY", "too-short")], "POSTHORN_SECRET_KEY"),
        (&[("POSTHORN_SECRET_KEY", "c2hvcnQ=")], "POSTHORN_SECRET_KEY"),
        (&[("POSTHORN_TARGET_ALLOW", "everything")], "POSTHORN_TARGET_ALLOW"),
        (&[("POSTHORN_LISTEN", "nowhere")], "listen"),
        (&[("POSTHORN_LISTEN", "192.0.2.1:80")], "192.0.2.1:80"),
    ] {
        let finished = start(&place, &["serve"], more).await;
        assert_refused(&finished, word);
        for (name, value) in more {
            if *name == "POSTHORN_SECRET_KEY" {
                assert!(!finished.stderr.contains(value), "a key is shown: {}", finished.stderr);
            }
        }
    }
}

#[tokio::test]
async fn a_database_or_redis_that_is_not_there_is_refused() {
    let place = Place::new(Backend::Scaled).await;
    let gone = "postgres://someone:hidden-password@127.0.0.1:1/x";
    let finished = start(&place, &["serve"], &[("DATABASE_URL", gone)]).await;
    assert_refused(&finished, "database");
    assert!(!finished.stderr.contains("hidden-password"));
    let finished = start(&place, &["serve"], &[("REDIS_URL", "redis://:hidden-password@127.0.0.1:1/0")]).await;
    assert_refused(&finished, "redis");
    assert!(!finished.stderr.contains("hidden-password"));
    let finished = start(&place, &["serve"], &[("REDIS_URL", "http://127.0.0.1:1/0")]).await;
    assert_refused(&finished, "REDIS_URL");
    // Scaled out, the key can not be generated: each instance would have another.
    let mut environment: Vec<(String, OsString)> = place.environment();
    environment.retain(|(name, _)| name != "POSTHORN_SECRET_KEY" && name != "POSTHORN_LOG");
    environment.push(("POSTHORN_LOG".into(), "off".into()));
    let mut process = Process::start(&["serve"], &environment, place.directory());
    assert_eq!(process.end().await.code(), Some(1));
    poll_until("the reason", async || process.log().contains("POSTHORN_SECRET_KEY").then_some(())).await;
}

both! {
    async fn a_database_newer_than_the_binary_is_refused(backend: Backend) {
        let mut server = Server::start(backend).await;
        server.terminate().await;
        let place = server.place().clone();
        apply_newer(&place, "29991231000000", None).await;
        assert_refused(&start(&place, &["serve"], &[]).await, "newer");
        assert_refused(&start(&place, &["migrate"], &[]).await, "newer");
        assert_refused(&start(&place, &["migrate", "--status"], &[]).await, "newer");
        assert_refused(&start(&place, &["retention", "--dry-run"], &[]).await, "newer");
    }

    async fn a_newer_migration_says_which_binaries_may_run_beside_it(backend: Backend) {
        let mut stage = Stage::on(Server::start(backend).await).await;
        stage.local(json!({})).await;
        stage.server.terminate().await;
        let place = stage.server.place().clone();
        apply_newer(&place, "29991130000000", Some(FIRST)).await;
        let status = start(&place, &["migrate", "--status"], &[]).await;
        assert_eq!(status.code, Some(0), "{status:?}");
        assert!(status.stdout.contains("unknown  29991130000000"), "{status:?}");
        stage.server.start_again().await;
        stage.follow();
        poll_until("a warning", async || stage.server.log().contains("newer than this binary").then_some(())).await;
        let id = stage.api.accept(text("x")).await;
        stage.api.wait_status(&id, "SUCCESS").await;
        stage.server.terminate().await;
        // One more, beside which only binaries may run that know the one before.
        apply_newer(&place, "29991231000000", Some("29991130000000")).await;
        assert_refused(&start(&place, &["serve"], &[]).await, "29991231000000");
        assert_refused(&start(&place, &["migrate"], &[]).await, "29991231000000");
    }

    async fn another_secret_key_is_refused_and_rotation_works(backend: Backend) {
        let build = Server::build(backend).await.env("POSTHORN_SECRET_KEY", SECRET_KEY);
        let mut stage = Stage::on(build.start().await).await;
        let receiver = Receiver::start().await;
        stage.webhook(&receiver, "/hook", json!({})).await;
        stage.server.terminate().await;
        let place = stage.server.place().clone();
        let finished = start(&place, &["serve"], &[("POSTHORN_SECRET_KEY", OTHER_SECRET_KEY)]).await;
        assert_refused(&finished, "POSTHORN_SECRET_KEY");
        assert!(!finished.stderr.contains(OTHER_SECRET_KEY));

        // Rotation: the new key first, the old one still opens.
        let both = format!("{OTHER_SECRET_KEY},{SECRET_KEY}");
        stage.server.start_again_with("POSTHORN_SECRET_KEY", &both).await;
        stage.follow();
        let id = stage.api.accept(text("x")).await;
        stage.api.wait_status(&id, "SUCCESS").await;
        let arrival = &receiver.wait_arrivals("/hook", 1).await[0];
        assert_eq!(arrival.header("webhook-signature"), standard_signature(WEBHOOK_SECRET, arrival));

        // Everything is sealed anew by now: the old key can go, and is no longer the key.
        stage.server.terminate().await;
        let finished = start(&place, &["serve"], &[("POSTHORN_SECRET_KEY", SECRET_KEY)]).await;
        assert_refused(&finished, "POSTHORN_SECRET_KEY");
        stage.server.start_again_with("POSTHORN_SECRET_KEY", OTHER_SECRET_KEY).await;
        stage.follow();
        let id = stage.api.accept(text("y")).await;
        stage.api.wait_status(&id, "SUCCESS").await;
        let arrival = &receiver.wait_arrivals("/hook", 2).await[1];
        assert_eq!(arrival.header("webhook-signature"), standard_signature(WEBHOOK_SECRET, arrival));
    }

    async fn a_restart_finds_everything_again(stage: Stage) {
        let mut stage = stage;
        stage.local(json!({})).await;
        stage.api.create_template("T", "LOCAL", "TEXT", json!({ "text": "{{ n }}" })).await;
        let id = stage.api.accept(text("x")).await;
        stage.api.wait_status(&id, "SUCCESS").await;
        let status = stage.server.terminate().await;
        assert_eq!(status.code(), Some(0));
        stage.server.start_again().await;
        stage.follow();
        assert_eq!(stage.api.message(&id).await["status"], "SUCCESS");
        let input = json!({ "businessType": "T", "businessData": { "n": 7 }, "recipients": [{ "userId": "u1" }] });
        let id = stage.api.accept(input).await;
        stage.api.wait_status(&id, "SUCCESS").await;
        assert_eq!(stage.api.inbox("u1").await.len(), 2);
    }

    async fn migrating_twice_changes_nothing(backend: Backend) {
        let place = Place::new(backend).await;
        let pending = start(&place, &["migrate", "--status"], &[]).await;
        assert_eq!(pending.code, Some(0), "{pending:?}");
        assert!(!pending.stdout.is_empty());
        for _ in 0..2 {
            let migrated = start(&place, &["migrate"], &[]).await;
            assert_eq!(migrated.code, Some(0), "{migrated:?}");
        }
        let server = Builder::at(&place).start().await;
        server.platform().gql("{ viewer { name } }", json!({})).await;
    }

    async fn printed_configuration_shows_no_secret(backend: Backend) {
        let place = Place::new(backend).await;
        let more = [("DATABASE_URL", "postgres://someone:hidden-password@127.0.0.1:1/x"), ("POSTHORN_SECRET_KEY", SECRET_KEY)];
        let printed = start(&place, &["serve", "--print-config"], &more).await;
        assert_eq!(printed.code, Some(0), "{printed:?}");
        assert!(printed.stdout.contains("127.0.0.0/8"), "{}", printed.stdout);
        for hidden in [BOOTSTRAP_KEY, SECRET_KEY, "hidden-password"] {
            assert!(!printed.stdout.contains(hidden) && !printed.stderr.contains(hidden), "{}", printed.stdout);
        }
    }
}

#[tokio::test]
async fn a_secret_may_come_from_a_file_and_options_from_a_configuration_file() {
    let place = Place::new(Backend::Embedded).await;
    let key = place.directory().join("key");
    std::fs::write(&key, "ph_key_from_a_file_0123456789abcdef\n").unwrap();
    let file = place.directory().join("posthorn.toml");
    std::fs::write(&file, "target_allow = \"10.98.0.0/16\"\n").unwrap();
    let mut environment = place.environment();
    environment.retain(|(name, _)| name != "POSTHORN_BOOTSTRAP_KEY");
    environment.push(("POSTHORN_BOOTSTRAP_KEY_FILE".into(), key.into()));
    let file = file.to_str().unwrap().to_owned();
    let mut process = Process::start(&["serve", "--config", &file], &environment, place.directory());
    let url = process.address().await;
    let api = Api::new(&url, Some("ph_key_from_a_file_0123456789abcdef"));
    poll_until("/readyz", async || (api.get("/readyz").await.0 == 200).then_some(())).await;
    assert_eq!(api.gql("{ viewer { role } }", json!({})).await["viewer"]["role"], "PLATFORM_ADMIN");
    // The environment wins over the file.
    let environment: Vec<_> = environment
        .into_iter()
        .filter(|(name, _)| name != "POSTHORN_TARGET_ALLOW")
        .map(|(name, value)| (name, value.into_string().unwrap()))
        .collect();
    let environment: Vec<_> = environment.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let printed = run(&["serve", "--config", &file, "--print-config"], &environment, place.directory()).await;
    assert!(printed.stdout.contains("10.98.0.0/16"), "{printed:?}");
    let mut environment = environment;
    environment.push(("POSTHORN_TARGET_ALLOW", "10.97.0.0/16"));
    let printed = run(&["serve", "--config", &file, "--print-config"], &environment, place.directory()).await;
    assert!(printed.stdout.contains("10.97.0.0/16") && !printed.stdout.contains("10.98.0.0/16"), "{printed:?}");
}

#[tokio::test]
async fn without_a_bootstrap_key_one_is_printed_once() {
    let place = Place::new(Backend::Embedded).await;
    let mut environment = place.environment();
    environment.retain(|(name, _)| name != "POSTHORN_BOOTSTRAP_KEY");
    let mut process = Process::start(&["serve"], &environment, place.directory());
    let url = process.address().await;
    let api = Api::new(&url, None);
    poll_until("/readyz", async || (api.get("/readyz").await.0 == 200).then_some(())).await;
    // Whatever word of the output is a key.
    let words = || -> Vec<String> {
        let output = format!("{}\n{}", process.output(), process.log());
        let word = |text: &str| text.trim_matches(|c: char| !c.is_ascii_alphanumeric()).to_owned();
        output.split_whitespace().map(word).filter(|word| word.len() >= 20 && !word.contains('/')).collect()
    };
    let key = poll_until("a key that works", async || {
        for word in words() {
            let (_, answer) = Api::new(&url, Some(&word)).execute("{ viewer { role } }", json!({})).await;
            if answer["data"]["viewer"]["role"] == "PLATFORM_ADMIN" {
                return Some(word);
            }
        }
        None
    })
    .await;
    process.kill9();
    let mut process = Process::start(&["serve"], &environment, place.directory());
    let url = process.address().await;
    let api = Api::new(&url, Some(&key));
    poll_until("/readyz", async || (api.get("/readyz").await.0 == 200).then_some(())).await;
    assert_eq!(api.gql("{ viewer { role } }", json!({})).await["viewer"]["role"], "PLATFORM_ADMIN");
    assert!(!process.output().contains(&key) && !process.log().contains(&key), "it is printed once");
}

#[tokio::test]
async fn a_first_start_that_fails_keeps_no_key_that_nobody_saw() {
    let place = Place::new(Backend::Scaled).await;
    let mut environment = place.environment();
    environment.retain(|(name, _)| name != "POSTHORN_BOOTSTRAP_KEY");
    let mut wrong = environment.clone();
    wrong.retain(|(name, _)| name != "REDIS_URL");
    wrong.push(("REDIS_URL".into(), "redis://127.0.0.1:1/0".into()));
    let mut process = Process::start(&["serve"], &wrong, place.directory());
    assert_eq!(process.end().await.code(), Some(1));
    assert_eq!(process.output(), "");
    let client = posthorn_tests::services::connect(place.database_url.as_ref().unwrap()).await;
    let keys = client.query_one("SELECT count(*) FROM api_keys", &[]).await.unwrap();
    assert_eq!(keys.get::<_, i64>(0), 0);

    let mut process = Process::start(&["serve"], &environment, place.directory());
    let url = process.address().await;
    let line = poll_until("the key", async || process.output().lines().nth(1).map(str::to_owned)).await;
    let api = Api::new(&url, line.split_whitespace().last());
    poll_until("/readyz", async || (api.get("/readyz").await.0 == 200).then_some(())).await;
    assert_eq!(api.gql("{ viewer { role } }", json!({})).await["viewer"]["role"], "PLATFORM_ADMIN");
}

both! {
    async fn what_makes_no_sense_is_refused_before_anything_is_changed(backend: Backend) {
        let place = Place::new(backend).await;
        for (name, value) in [
            ("POSTHORN_SECRET_KEY", "too-short"),
            ("POSTHORN_BOOTSTRAP_KEY", "too-short"),
        ] {
            assert_refused(&start(&place, &["serve"], &[(name, value)]).await, name);
        }
        assert!(!place.data_dir().exists());
        if let Some(url) = &place.database_url {
            let client = posthorn_tests::services::connect(url).await;
            let tables = client.query_one("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'", &[]).await.unwrap();
            assert_eq!(tables.get::<_, i64>(0), 0);
        }
    }
}
