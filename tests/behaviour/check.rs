//! `posthorn check` and `posthorn migrate --status`: they say what is wrong and how to mend it, and change nothing.

use posthorn_tests::*;

use crate::start::start;

both! {
    async fn check_says_what_is_wrong(stage: Stage) {
        let receiver = Receiver::start().await;
        stage.webhook(&receiver, "/hook", json!({})).await;
        let place = stage.server.place().clone();
        drop(stage);
        let fine = start(&place, &["check"], &[]).await;
        assert_eq!(fine.code, Some(0), "{fine:?}");
        let wrong = start(&place, &["check"], &[("DATABASE_URL", "postgres://nobody@127.0.0.1:1/x"), ("POSTHORN_SECRET_KEY", SECRET_KEY)]).await;
        assert_eq!(wrong.code, Some(1), "{wrong:?}");
        assert!(format!("{}{}", wrong.stdout, wrong.stderr).contains("DATABASE_URL"), "{wrong:?}");
        assert!(wrong.stdout.contains("check that PostgreSQL runs there"), "{wrong:?}");
        // Nobody is there any more.
        drop(receiver);
        let unreachable = start(&place, &["check"], &[]).await;
        assert_eq!(unreachable.code, Some(1), "{unreachable:?}");
        assert!(unreachable.stdout.contains("check that the receiver runs there"), "{unreachable:?}");
    }

    async fn check_speaks_tls_with_targets_that_want_it(stage: Stage) {
        let receiver = Receiver::start().await;
        let url = receiver.url("/hook").replace("http://", "https://");
        stage.api.create_channel_config("WEBHOOK", json!({ "url": url, "secret": WEBHOOK_SECRET }), json!({})).await;
        let place = stage.server.place().clone();
        drop(stage);
        let plain = start(&place, &["check"], &[]).await;
        assert_eq!(plain.code, Some(1), "{plain:?}");
        assert!(plain.stdout.contains("check that it speaks TLS"), "{plain:?}");
        assert!(receiver.arrivals("/hook").is_empty());
    }

    async fn check_sets_no_key(backend: Backend) {
        let place = Place::new(backend).await;
        let keyed = async |arguments: &[&str], key: &str| start(&place, arguments, &[("POSTHORN_SECRET_KEY", key)]).await;
        let migrated = keyed(&["migrate"], SECRET_KEY).await;
        assert_eq!(migrated.code, Some(0), "{migrated:?}");
        let fresh = keyed(&["check"], OTHER_SECRET_KEY).await;
        assert_eq!(fresh.code, Some(0), "{fresh:?}");
        assert!(fresh.stdout.contains("not set yet"), "{fresh:?}");
        let mut server = Builder::at(&place).env("POSTHORN_SECRET_KEY", SECRET_KEY).start().await;

        // Nor does it change one, beside the server and after it.
        let both = format!("{OTHER_SECRET_KEY},{SECRET_KEY}");
        let fine = keyed(&["check"], &both).await;
        assert_eq!(fine.code, Some(0), "{fine:?}");
        server.terminate().await;
        let fine = keyed(&["check"], &both).await;
        assert_eq!(fine.code, Some(0), "{fine:?}");
        let wrong = keyed(&["check"], OTHER_SECRET_KEY).await;
        assert_eq!(wrong.code, Some(1), "{wrong:?}");
        server.start_again().await;
    }
}

#[tokio::test]
async fn where_there_is_no_database_none_is_made() {
    let place = Place::new(Backend::Embedded).await;
    for arguments in [&["check"][..], &["migrate", "--status"], &["retention"], &["retention", "--dry-run"]] {
        let said = start(&place, arguments, &[]).await;
        assert_eq!(said.code, Some(i32::from(arguments[0] == "retention")), "{said:?}");
        let text = format!("{}{}", said.stdout, said.stderr);
        assert!(text.contains("no database yet") || text.contains("there is none yet"), "{said:?}");
        assert!(!place.data_dir().exists(), "{said:?}");
    }
    let said = start(&place, &["check"], &[("DATABASE_URL", "sqlite:///no/such/directory/x.db")]).await;
    assert_eq!(said.code, Some(1), "{said:?}");
    assert!(said.stdout.contains("/no/such/directory"), "{said:?}");
}

#[tokio::test]
async fn a_secret_key_that_was_lost_is_missed() {
    let mut server = Server::start(Backend::Embedded).await;
    let place = server.place().clone();
    server.terminate().await;
    std::fs::remove_file(place.data_dir().join("secret.key")).unwrap();
    let said = start(&place, &["check"], &[]).await;
    assert_eq!(said.code, Some(1), "{said:?}");
    assert!(said.stdout.contains("secret.key is missing"), "{said:?}");
    assert!(!place.data_dir().join("secret.key").exists());
}
