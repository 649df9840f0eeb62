//! Poison: jobs and rows that cannot be read, messages that cannot be rendered. The others go on, the poison ends or is set aside,
//! and nobody tries it for ever.

use std::time::Duration;

use posthorn_tests::services::redis_command;
use posthorn_tests::*;

use super::{close, open};

/// How often something is looked at until it is through; the sweeper comes by every two seconds.
const SWEEPS: Duration = Duration::from_secs(20);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn jobs_that_cannot_be_read_are_set_aside() {
    let build = Server::build(Backend::Scaled).await;
    let fleet = Fleet::start(build, &["all", "all"]).await;
    let redis = fleet.stage.server.place().redis_url.clone().unwrap();
    let database = redis.rsplit_once('/').unwrap().1;
    let mut ledger = open("jobs_that_cannot_be_read_are_set_aside", &fleet, 2).await;
    ledger.flows(20).await;
    let mut poison = 0;
    for _ in 0..short_or_long(1, 20) {
        for lane in ["process", "deliver.WEBHOOK", "deliver.LOCAL"] {
            let key = |name: &str| format!("posthorn:{database}:{{{lane}}}:{name}");
            // No work at all, a later version's, and one of a row that is not there.
            for job in ["garbage", "\u{0}\u{1}", "", "9p0", "1x00000000000000000000000000000000", "1p123"] {
                let stream = key(&format!("p{}", ledger.dice.below(10)));
                let added = redis_command(&redis, &["XADD", &stream, "*", "j", job]).await;
                assert!(added.starts_with('$'), "{added}");
                poison += 1;
            }
            let gone = "00000000000070008000000000000000";
            for job in [format!("1p{gone}"), format!("1d{gone}")] {
                redis_command(&redis, &["XADD", &key("p5"), "*", "j", &job]).await;
            }
            // Another field, and members for later that are none.
            redis_command(&redis, &["XADD", &key("p3"), "*", "other", "x"]).await;
            poison += 1;
            for member in ["5garbage", "5"] {
                redis_command(&redis, &["ZADD", &key("later"), "1", member]).await;
                poison += 1;
            }
            ledger.fault("jobs that cannot be read");
        }
        ledger.flows(20).await;
    }
    within(SWEEPS, "every poisoned job to be put aside", async || {
        let mut aside = 0;
        for lane in ["process", "deliver.WEBHOOK", "deliver.LOCAL"] {
            let key = format!("posthorn:{database}:{{{lane}}}:dead");
            let count = redis_command(&redis, &["XLEN", &key]).await;
            aside += count.trim_start_matches(':').parse::<usize>().unwrap();
        }
        assert!(aside <= poison, "{aside} put aside, {poison} were there");
        (aside == poison).then_some(())
    })
    .await;
    close(ledger, &fleet).await;
}

/// Changes rows behind the server's back.
async fn alter(place: &Place, sql: &str) {
    use posthorn_tests::diesel::connection::SimpleConnection;
    use posthorn_tests::diesel::{Connection, SqliteConnection};
    match &place.database_url {
        Some(url) => posthorn_tests::services::connect(url).await.batch_execute(sql).await.unwrap(),
        None => {
            let path = place.data_dir().join("posthorn.db");
            let mut connection = SqliteConnection::establish(path.to_str().unwrap()).unwrap();
            connection.batch_execute(&format!("PRAGMA busy_timeout = 10000; {sql}")).unwrap();
        }
    }
}

/// How often the log speaks of something.
fn mentions(server: &Server, what: &str) -> usize {
    server.log().lines().filter(|line| line.contains(what)).count()
}

both! {
    async fn messages_that_cannot_be_read_end(stage: Stage) {
        let receiver = Receiver::start().await;
        stage.webhook(&receiver, "/hook", json!({})).await;
        let spoilt = ["recipients", "options", "execution_mode", "business_data"];
        for column in spoilt {
            let input = text_with("x", json!({ "messageId": column, "scheduledAt": from_now(4) }));
            stage.api.accept(input).await;
            let sql = format!("UPDATE messages SET {column} = '{{no' WHERE message_id = '{column}'");
            alter(stage.server.place(), &sql).await;
        }
        let others: Vec<_> = (0..50).map(|_| text_with("x", json!({ "scheduledAt": from_now(5) }))).collect();
        let sent = stage.api.send_batch(others).await;
        assert_eq!(sent["successCount"], 50);
        for result in sent["results"].as_array().unwrap() {
            stage.api.wait_status(result["messageId"].as_str().unwrap(), "SUCCESS").await;
        }
        // None of them is left open, and lists go on.
        let open = json!({ "status": ["SCHEDULED", "PENDING", "PROCESSING"] });
        within(SWEEPS, "the poison to end", async || stage.api.messages(open.clone()).await.is_empty().then_some(())).await;
        let all = stage.api.messages(json!({})).await;
        let succeeded = all.iter().filter(|(_, status)| status == "SUCCESS").count();
        // Its business data is not looked at where there is no template.
        assert!((50..=51).contains(&succeeded), "{all:?}");
        // What was said until now is to have been read.
        tokio::time::sleep(Duration::from_secs(2)).await;
        let said = mentions(&stage.server, "can't be read");
        tokio::time::sleep(Duration::from_secs(7)).await;
        let later = mentions(&stage.server, "can't be read");
        assert_eq!(said, later, "it is looked at again and again");
    }

    async fn tasks_that_cannot_be_read_end(stage: Stage) {
        // Tasks that wait for their second attempt.
        let spoilt = ["message_type", "rendered_content", "attempts", "channel_config_id"];
        stage
            .platform
            .settings(json!({
                "retry": { "maxCount": 2, "intervalSeconds": 4, "maxIntervalSeconds": 4 },
                "timeout": { "singleChannelSeconds": 2 },
            }))
            .await;
        let receiver = Receiver::start().await;
        stage.webhook(&receiver, "/hook", json!({})).await;
        receiver.answer_always("/poison", Answer::status(500));
        stage.webhook(&receiver, "/poison", json!({ "storeId": "poison" })).await;
        for column in spoilt {
            stage.api.accept(text_with("x", json!({ "messageId": column, "storeId": "poison" }))).await;
            stage
                .api
                .wait_message(SOON, column, "to wait for its second attempt", |message| {
                    message["tasks"][0]["status"] == "RETRY"
                })
                .await;
            let value = match (column, stage.backend()) {
                ("channel_config_id", Backend::Scaled) => "'00000000-0000-7000-8000-000000000000'",
                ("channel_config_id", Backend::Embedded) => "X'00000000000070008000000000000000'",
                _ => "'{no'",
            };
            let sql = format!("UPDATE channel_tasks SET {column} = {value} WHERE message_key = '{column}'");
            alter(stage.server.place(), &sql).await;
        }
        for result in stage.api.send_batch((0..50).map(|_| text("x")).collect()).await["results"].as_array().unwrap() {
            stage.api.wait_status(result["messageId"].as_str().unwrap(), "SUCCESS").await;
        }
        within(Duration::from_secs(240), "the poison to end", async || {
            for column in spoilt {
                let query = "query($id: String) { it: message(messageId: $id) { status } }";
                let message = stage.api.gql(query, json!({ "id": column })).await;
                if message["it"]["status"] != "FAILED" {
                    return None;
                }
            }
            Some(())
        })
        .await;
        let attempts = receiver.arrivals("/poison").len();
        assert!(attempts <= 3 * spoilt.len(), "{attempts} attempts");
    }

    async fn tasks_of_a_channel_that_only_a_newer_version_knows_hold_up_nobody(stage: Stage) {
        // Tasks that wait for their second attempt, for longer than the queue is told ahead.
        stage.platform.settings(json!({ "retry": { "intervalSeconds": 600, "maxIntervalSeconds": 600 } })).await;
        let receiver = Receiver::start().await;
        stage.webhook(&receiver, "/hook", json!({})).await;
        receiver.answer_always("/newer", Answer::status(500));
        stage.webhook(&receiver, "/newer", json!({ "storeId": "newer" })).await;
        let newer = ["waiting", "lost"];
        for id in newer {
            stage.api.accept(text_with("x", json!({ "messageId": id, "storeId": "newer" }))).await;
            let waits = |message: &Value| message["tasks"][0]["status"] == "RETRY";
            stage.api.wait_message(SOON, id, "to wait for its second attempt", waits).await;
        }
        // One that is due, and one whose worker is gone.
        let changed = "UPDATE channel_tasks SET channel_type = 'PIGEON', due_at = 1 WHERE message_key IN ('waiting', 'lost')";
        alter(stage.server.place(), changed).await;
        alter(stage.server.place(), "UPDATE channel_tasks SET status = 'SENDING' WHERE message_key = 'lost'").await;
        let others = (0..50).map(|_| text_with("x", json!({ "scheduledAt": from_now(7) })));
        let sent = stage.api.send_batch(others.collect()).await;
        for result in sent["results"].as_array().unwrap() {
            stage.api.wait_status(result["messageId"].as_str().unwrap(), "SUCCESS").await;
        }
        // Meanwhile the sweeper came by a few times.
        assert_eq!(mentions(&stage.server, "can't be read"), 0);
        assert!(mentions(&stage.server, "that knows their channel") <= 1);
        for id in newer {
            assert_eq!(stage.api.message(id).await["status"], "PROCESSING", "{id}");
        }
        assert_eq!(receiver.arrivals("/newer").len(), 2, "they are not sent");
        assert_eq!(stage.api.act("cancelMessage", "waiting").await["success"], true);
        assert_eq!(stage.api.message("waiting").await["status"], "CANCELLED");
    }

    async fn messages_that_cannot_be_rendered_fail(stage: Stage) {
        let receiver = Receiver::start().await;
        stage.webhook(&receiver, "/hook", json!({})).await;
        let endless = "{% for a in (1..1000) %}{% for b in (1..1000) %}{% for c in (1..1000) %}x{% endfor %}{% endfor %}{% endfor %}";
        stage.api.create_template("ENDLESS", "WEBHOOK", "TEXT", json!({ "text": endless })).await;
        stage.api.create_template("MISSING", "WEBHOOK", "TEXT", json!({ "text": "{{ there.is.none }}" })).await;
        stage.api.create_template("ZERO", "WEBHOOK", "TEXT", json!({ "text": "{{ 1 | divided_by: n }}" })).await;
        let mut poison = Vec::new();
        let mut others = Vec::new();
        for round in 0..short_or_long(5, 50) {
            for business_type in ["ENDLESS", "MISSING", "ZERO"] {
                let input = json!({ "businessType": business_type, "businessData": { "n": 0, "round": round } });
                poison.push(stage.api.accept(input).await);
            }
            others.push(stage.api.accept(text("x")).await);
        }
        for id in &others {
            stage.api.wait_status(id, "SUCCESS").await;
        }
        for id in &poison {
            let message = stage.api.wait_status_within(SOON * 2, id, "FAILED").await;
            assert_eq!(message["errorCode"], "TEMPLATE_RENDER_ERROR", "{message:#}");
            assert_eq!(entries(&message, "VALIDATION").len(), 1, "its chain ran once: {message:#}");
        }
        assert_eq!(receiver.all().len(), others.len());
    }
}

/// What a queue may do to a job at worst: while the database is slow, a message is announced again and again, and its chain runs
/// several times in one process.
#[tokio::test]
async fn a_message_announced_again_and_again_is_dispatched_once() {
    let stage = Stage::on(Server::start(Backend::Scaled).await).await;
    let place = stage.server.place();
    let receiver = Receiver::start().await;
    stage.webhook(&receiver, "/hook", json!({})).await;
    let later = |id: &str, seconds: i64| text_with("x", json!({ "messageId": id, "scheduledAt": from_now(seconds) }));
    // Three that keep the writers waiting, and the one that it is about.
    for id in ["slow-1", "slow-2", "slow-3"] {
        stage.api.accept(later(id, 3)).await;
    }
    stage.api.accept(later("it", 4)).await;
    let mut client = posthorn_tests::services::connect(place.database_url.as_ref().unwrap()).await;
    let locked = client.transaction().await.unwrap();
    let lock = "SELECT id FROM messages WHERE message_id LIKE 'slow-%' FOR UPDATE";
    assert_eq!(locked.query(lock, &[]).await.unwrap().len(), 3);
    let id = stage.api.message("it").await["id"].as_str().unwrap().trim_start_matches("msg_").to_owned();
    let redis = place.redis_url.as_ref().unwrap();
    let stream = format!("posthorn:{}:{{process}}:p5", redis.rsplit_once('/').unwrap().1);
    // The locks are held for as long as it takes to announce it so often after it has become due.
    for _ in 0..60 {
        redis_command(redis, &["XADD", &stream, "*", "j", &format!("1p{id}")]).await;
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    locked.rollback().await.unwrap();
    let all = stage.api.wait_all_finished(SOON).await;
    assert!(all.iter().all(|(_, status)| status == "SUCCESS"), "{all:?}");
    let message = stage.api.message("it").await;
    assert_eq!(message["tasks"].as_array().unwrap().len(), 1, "{message:#}");
    assert_eq!(receiver.all().len(), 4);
}
