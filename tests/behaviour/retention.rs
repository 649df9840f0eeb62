//! `posthorn retention`: what is older than the settings' limits goes, what has not ended stays.

use posthorn_tests::past::{months_ago, move_to};
use posthorn_tests::process::{Finished, run};
use posthorn_tests::*;

async fn retention(place: &Place, arguments: &[&str]) -> Finished {
    let environment: Vec<(String, String)> =
        place.environment().into_iter().map(|(name, value)| (name, value.into_string().unwrap())).collect();
    let environment: Vec<_> = environment.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let arguments: Vec<&str> = ["retention"].iter().chain(arguments).copied().collect();
    run(&arguments, &environment, place.directory()).await
}

/// The cells of the line about rows of `what`.
#[track_caller]
fn line(finished: &Finished, kind: &str, what: &str) -> Vec<String> {
    let cells = |line: &str| line.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
    let mut lines = finished.stdout.lines().map(cells).filter(|cells| cells.len() > 3);
    lines.find(|cells| cells[0] == kind && cells[3] == what).unwrap_or_else(|| panic!("no {what}: {finished:?}"))
}

/// Four messages: of 14 months ago one that ended and one that waits for its time, one of 5 months ago, one of now.
async fn history(stage: &Stage) -> [String; 4] {
    stage.local(json!({})).await;
    let old = stage.api.accept(text_with("old", json!({ "messageId": "old" }))).await;
    let waiting = text_with("waiting", json!({ "messageId": "waiting", "scheduledAt": from_now(86_400) }));
    let waiting = stage.api.accept(waiting).await;
    let middle = stage.api.accept(text_with("middle", json!({ "messageId": "middle" }))).await;
    let young = stage.api.accept(text_with("young", json!({ "messageId": "young" }))).await;
    for id in [&old, &middle, &young] {
        stage.api.wait_status(id, "SUCCESS").await;
    }
    let place = stage.server.place();
    move_to(place, &old, months_ago(14)).await;
    move_to(place, &waiting, months_ago(14)).await;
    move_to(place, &middle, months_ago(5)).await;
    [old, waiting, middle, young]
}

both! {
    async fn what_is_old_goes_and_what_has_not_ended_stays(stage: Stage) {
        let [old, waiting, middle, young] = history(&stage).await;
        let ids = [&old, &waiting, &middle, &young];
        let look = async || futures::future::join_all(ids.iter().map(|id| stage.api.message(id))).await;
        let before = look().await;
        let bodies = async || {
            let inbox = stage.api.inbox("u1").await;
            let mut bodies: Vec<_> = inbox.iter().map(|entry| entry["body"].as_str().unwrap().to_owned()).collect();
            bodies.sort_unstable();
            bodies
        };
        assert_eq!(bodies().await, ["middle", "old", "young"]);

        let dry = retention(stage.server.place(), &["--dry-run"]).await;
        assert_eq!(dry.code, Some(0), "{dry:?}");
        let whole = |scaled| if stage.backend() == Backend::Scaled { scaled } else { "0" };
        let date = months_ago(14).format("%Y-%m-").to_string();
        let messages = line(&dry, "messages", "messages");
        assert!(messages[4].starts_with(&date), "{messages:?}");
        assert_eq!((&messages[1..3], &messages[5..]), (["12", "months"].map(str::to_owned).as_slice(), ["1", whole("3"), "1"].map(str::to_owned).as_slice()));
        assert_eq!(line(&dry, "timeline", "timelines")[5..], ["2", "0", "1"]);
        assert_eq!(line(&dry, "timeline", "timeline_entries")[5], "0");
        assert_eq!(line(&dry, "inbox", "inbox")[5..], ["1", whole("1"), "0"]);
        assert_eq!(look().await, before, "a dry run changes nothing");
        assert_eq!(bodies().await.len(), 3);

        let done = retention(stage.server.place(), &[]).await;
        assert_eq!(done.code, Some(0), "{done:?}");
        for (kind, what, rows) in [
            ("messages", "messages", "1"),
            ("messages", "channel_tasks", "1"),
            ("messages", "recipients", "1"),
            ("messages", "message_keys", "1"),
            ("timeline", "timelines", "1"),
            ("inbox", "inbox", "1"),
        ] {
            assert_eq!(line(&done, kind, what)[4], rows, "{what}: {done:?}");
        }
        let after = look().await;
        assert_eq!(after[0], Value::Null);
        assert_eq!((&after[1], &after[3]), (&before[1], &before[3]));
        assert_eq!(after[1]["status"], "SCHEDULED");
        // Acceptance and end are the message's own; nothing else is left of its timeline.
        let mut expected = before[2].clone();
        expected["timeline"] = json!(entries(&before[2], "STATUS"));
        assert_eq!(after[2], expected);
        assert_eq!(after[2]["tasks"].as_array().unwrap().len(), 1);
        assert_eq!(entries(&after[2], "ATTEMPT"), Vec::<Value>::new());
        assert_eq!(entries(&before[2], "ATTEMPT").len(), 1);
        assert_eq!(bodies().await, ["middle", "young"]);

        // A second run finds nothing more to do, and the waiting message can still be sent away.
        let again = retention(stage.server.place(), &["--dry-run"]).await;
        assert_eq!(line(&again, "messages", "messages")[5..], ["0", "0", "1"], "{again:?}");
        assert_eq!(line(&again, "timeline", "timelines")[5], "0", "{again:?}");
        assert_eq!(line(&again, "inbox", "inbox")[5], "0", "{again:?}");
        let sent = stage.api.send(text_with("new", json!({ "messageId": "old" }))).await;
        assert_eq!((&sent["success"], &sent["duplicate"]), (&json!(true), &json!(false)), "its messageId is free again");
        assert_eq!(stage.api.act("cancelMessage", &waiting).await["success"], true);
        stage.api.wait_status(&waiting, "CANCELLED").await;
    }

    async fn the_settings_limits_count(stage: Stage) {
        let [old, _, middle, _] = history(&stage).await;
        let limits = json!({ "retention": { "messagesMonths": 15, "timelineMonths": 6, "inboxMonths": 4 } });
        stage.platform.settings(limits).await;
        let done = retention(stage.server.place(), &[]).await;
        assert_eq!(done.code, Some(0), "{done:?}");
        assert_eq!(stage.api.message(&old).await["status"], "SUCCESS");
        assert_eq!(entries(&stage.api.message(&old).await, "ATTEMPT").len(), 0);
        assert_eq!(entries(&stage.api.message(&middle).await, "ATTEMPT").len(), 1);
        let inbox = stage.api.inbox("u1").await;
        assert_eq!(inbox.iter().map(|entry| &entry["body"]).collect::<Vec<_>>(), ["young"]);
    }

    async fn a_database_that_is_not_up_to_date_is_refused(backend: Backend) {
        let place = Place::new(backend).await;
        std::fs::create_dir_all(place.data_dir()).unwrap();
        let refused = retention(&place, &["--dry-run"]).await;
        assert_eq!(refused.code, Some(1), "{refused:?}");
        assert!(refused.stderr.contains("posthorn migrate"), "{refused:?}");
        let unknown = retention(&place, &["--dry"]).await;
        assert_eq!(unknown.code, Some(2), "{unknown:?}");
    }
}
