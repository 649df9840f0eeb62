//! An old version beside a newer one: what a newer version may do to the database and to Redis while older instances still run
//! and restart, done under load. A newer version adds; it takes nothing away before the oldest instance is gone (CONTRIBUTING.md says how).

use std::path::PathBuf;

use posthorn_tests::ledger::refuse_where_asked;
use posthorn_tests::provider::Deed;
use posthorn_tests::services::{connect, redis_command};
use posthorn_tests::*;

use super::restarts::restart;
use super::{close, open};

/// What a newer version's migration may do: a column more in every table, each in a transaction of its own,
const COLUMNS: &str = "
    DO $$ DECLARE t record; BEGIN
        FOR t IN SELECT c.relname FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace
            AND c.relkind IN ('r', 'p') AND NOT c.relispartition AND c.relname NOT LIKE '\\_\\_diesel%'
        LOOP
            EXECUTE format('ALTER TABLE %I ADD COLUMN added_later text DEFAULT ''later''', t.relname);
            COMMIT;
        END LOOP;
    END $$";
/// a table more, an index more.
const ADDITIONS: &str = "
    CREATE TABLE added_later (id uuid PRIMARY KEY);
    CREATE INDEX messages_added_later ON messages (added_later) WHERE added_later IS NULL;
    INSERT INTO facts (name, value) SELECT 'beside:29991231000000', max(version) FROM __diesel_schema_migrations;
    INSERT INTO __diesel_schema_migrations (version) VALUES ('29991231000000');";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_newer_version_migrates_while_older_ones_run() {
    let build = Server::build(Backend::Scaled).await;
    let mut fleet = Fleet::start(build, &["all", "all"]).await;
    let place = fleet.stage.server.place();
    let (database_url, redis) = (place.database_url.clone().unwrap(), place.redis_url.clone().unwrap());
    let database = redis.rsplit_once('/').unwrap().1;
    let mut ledger = open("a newer version migrates while older ones run", &fleet, 2).await;
    ledger.flows(20).await;

    let client = connect(&database_url).await;
    client.batch_execute(COLUMNS).await.unwrap();
    client.batch_execute(ADDITIONS).await.unwrap();
    ledger.fault("additive migration");
    ledger.flows(20).await;

    // Settings that a newer version stored: what is new in them is passed over, what is known is in force.
    let in_force = async || {
        let query = "{ it: systemSettings { version retry { maxCount } } }";
        fleet.stage.platform.gql(query, json!({})).await["it"].take()
    };
    let version = in_force().await["version"].as_i64().unwrap();
    let newest = client.query_opt("SELECT body FROM system_settings ORDER BY version DESC LIMIT 1", &[]).await.unwrap();
    let mut body: serde_json::Value = newest.map_or_else(|| json!({}), |row| serde_json::from_str(row.get(0)).unwrap());
    body["added_later"] = json!({ "nested": [1, 2] });
    body["retry"]["max_count"] = 2.into();
    body["retry"]["added_later"] = true.into();
    let store = "INSERT INTO system_settings (version, body, updated_at) VALUES ($1, $2, 0)";
    client.execute(store, &[&i32::try_from(version + 1).unwrap(), &body.to_string()]).await.unwrap();
    poll_until("the newer version's settings to be in force", async || {
        (in_force().await["retry"]["maxCount"] == 2).then_some(())
    })
    .await;
    ledger.fault("settings of a newer version");

    // A newer version announces what it has stored in a form that is new: the sweeper does so again in the old one.
    for lane in ["process", "deliver.WEBHOOK", "deliver.LOCAL"] {
        let stream = format!("posthorn:{database}:{{{lane}}}:p5");
        let added = redis_command(&redis, &["XADD", &stream, "*", "j", "2p00000000000070008000000000000000"]).await;
        assert!(added.starts_with('$'), "{added}");
    }
    ledger.fault("jobs of a newer version");
    ledger.flows(20).await;

    // An instance of the old version restarts beside the new schema, as the migration lets it.
    fleet.terminate(1).await;
    fleet.start_again(1).await;
    ledger.load.retarget(1, &fleet.url(1));
    ledger.fault("an old version restarts");
    ledger.flows(20).await;
    for server in fleet.servers() {
        assert_eq!(server.anonymous().get("/readyz").await.0, 200);
    }
    close(ledger, &fleet).await;
}

/// Two instances of another version become this one under load, first one, then the other, and one goes back for a while.
/// `make beside OLD=<revision>` builds the other version.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs another version's binary: make beside"]
async fn another_version_becomes_this_one_and_goes_back() {
    let old = PathBuf::from(std::env::var_os("POSTHORN_OLD_BIN").expect("POSTHORN_OLD_BIN names the other version"));
    let build = Server::build(Backend::Scaled).await.env("POSTHORN_DRAIN_SECONDS", "4").of(&old);
    let mut fleet = Fleet::start(build, &["all", "all"]).await;
    let mut ledger = open("another version becomes this one and goes back", &fleet, 2).await;
    ledger.load.follow_readiness();
    refuse_where_asked(&ledger.provider, |dice| Deed::After(dice.millis(0, 1500), Box::new(Deed::Answer(200))));
    ledger.flows(50).await;
    for (number, binary) in [(1, None), (0, None), (1, Some(&*old)), (1, None)] {
        fleet.server(number).becomes(binary);
        restart(&mut ledger, &mut fleet, number, true).await;
        ledger.flows(100).await;
    }
    let requests = ledger.load.requests();
    let not_served = (requests.refused, requests.unanswered, requests.unavailable);
    assert_eq!(not_served, (0, 0, 0), "every request is answered: {requests:?}");
    close(ledger, &fleet).await;
}
