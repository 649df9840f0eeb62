//! What explainSend foretells is what then happens: a table of cases with at least one for each handler of the chain and
//! each thing that it can decide. Of every case verdicts (handler, outcome, code, the rule that decided), tasks, bodies and
//! times are compared with what sendMessage then makes of the same input.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use posthorn_tests::past::spoil_rate_limits;
use posthorn_tests::*;

use crate::chain::{closed_now, open_now};

pub const EXPLAIN: &str = "query($input: SendMessageInput!) { it: explainSend(input: $input) {
    accepted errorCode errorMessage
    verdicts { handler order outcome code detail channelType channelConfigId }
    tasks { channelType channelConfig { id name config } template { id name } messageType renderedContent
      recipients { userId } sendAt } } }";

/// What a message that was sent is compared by.
const SENT: &str = "query($id: String!) { it: message(messageId: $id) { id status errorCode errorMessage
    tasks { channelType channelConfig { id } messageType renderedContent recipients { userId } status nextRetryAt createdAt }
    timeline { at stage outcome detail } } }";

pub async fn explain(api: &Api, input: &Value) -> Value {
    api.gql(EXPLAIN, json!({ "input": input })).await["it"].take()
}

/// Handler, outcome, and channel, code and detail as the timeline puts them together.
type Decided = Vec<(String, String, Option<String>)>;

fn foretold(explanation: &Value) -> Decided {
    let verdicts = explanation["verdicts"].as_array().unwrap().iter();
    verdicts
        .map(|verdict| {
            let text = |name: &str| verdict[name].as_str().unwrap().to_owned();
            let parts: Vec<_> =
                ["channelType", "code", "detail"].iter().filter_map(|name| verdict[name].as_str()).collect();
            (text("handler"), text("outcome"), (!parts.is_empty()).then(|| parts.join(": ")))
        })
        .collect()
}

fn decided(message: &Value) -> Decided {
    let others = ["STATUS", "ATTEMPT", "OPERATOR"];
    let entries = message["timeline"].as_array().unwrap().iter();
    entries
        .filter(|entry| !others.contains(&entry["stage"].as_str().unwrap()))
        .map(|entry| {
            let text = |name: &str| entry[name].as_str().map(str::to_owned);
            (text("stage").unwrap(), text("outcome").unwrap(), text("detail"))
        })
        .collect()
}

fn at(value: &Value) -> DateTime<Utc> {
    value.as_str().unwrap_or_else(|| panic!("no time: {value}")).parse().unwrap()
}

/// What was foretold and what happened, found equal.
pub struct Compared {
    pub explanation: Value,
    pub message: Value,
}

impl Compared {
    /// The outcomes of one handler.
    fn outcomes(&self, handler: &str) -> Vec<String> {
        let verdicts = foretold(&self.explanation).into_iter();
        verdicts.filter(|verdict| verdict.0 == handler).map(|verdict| verdict.1).collect()
    }
}

/// Explains, checks that nothing happened, sends, and compares.
pub async fn compare(stage: &Stage, what: &str, mut input: Value) -> Compared {
    merge(&mut input, json!({ "messageId": unique("m") }));
    let before = stage.api.message_count().await;
    let asked = Utc::now();
    let explanation = explain(&stage.api, &input).await;
    assert_eq!(stage.api.message_count().await, before, "{what}: nothing is stored");
    let result = stage.api.send(input.clone()).await;
    assert_eq!(result["success"], explanation["accepted"], "{what}: {explanation:#} {result:#}");
    if result["success"] == false {
        for field in ["errorCode", "errorMessage"] {
            assert_eq!(result[field], explanation[field], "{what}: {field}");
        }
        assert_eq!((&explanation["verdicts"], &explanation["tasks"]), (&json!([]), &json!([])), "{what}");
        return Compared { explanation, message: Value::Null };
    }
    let message = poll_until("the chain's end", async || {
        let message = stage.api.gql(SENT, json!({ "id": input["messageId"] })).await["it"].take();
        (!["PENDING", "SCHEDULED"].contains(&message["status"].as_str().unwrap())).then_some(message)
    })
    .await;
    assert_eq!(foretold(&explanation), decided(&message), "{what}: {explanation:#} {message:#}");
    let (planned, made) = (explanation["tasks"].as_array().unwrap(), message["tasks"].as_array().unwrap());
    assert_eq!(planned.len(), made.len(), "{what}: {explanation:#} {message:#}");
    if made.is_empty() {
        // Without a task the end too was foretold.
        for field in ["errorCode", "errorMessage"] {
            assert_eq!(message[field], explanation[field], "{what}: {field}");
        }
    } else {
        assert!(explanation["errorCode"].is_null(), "{what}: {explanation:#}");
    }
    for planned in planned {
        let same = |made: &&Value| made["channelConfig"]["id"] == planned["channelConfig"]["id"];
        let made = made.iter().find(same).unwrap_or_else(|| panic!("{what}: {planned:#} was not made: {message:#}"));
        let body = |task: &Value| {
            let mut body = task["renderedContent"].clone();
            // The one thing that only exists once the task does.
            body.as_object_mut().unwrap().remove("taskId");
            body
        };
        assert_eq!(body(planned), body(made), "{what}");
        for field in ["channelType", "messageType", "recipients"] {
            assert_eq!(planned[field], made[field], "{what}: {field}");
        }
        let send_at = at(&planned["sendAt"]);
        let soon = send_at - asked < chrono::TimeDelta::seconds(60);
        if soon {
            // At once, or after others of the message.
            assert!(send_at >= asked - chrono::TimeDelta::seconds(1), "{what}: {planned:#}");
        } else {
            assert_eq!(at(&made["nextRetryAt"]), send_at, "{what}: the very instant: {made:#}");
        }
    }
    Compared { explanation, message }
}

/// A case: what it is about, its input, and what a handler is to decide, with the code where the message ends or a channel
/// is taken out.
struct Case {
    what: &'static str,
    input: Value,
    handler: &'static str,
    outcome: &'static str,
    code: Option<&'static str>,
}

fn case(what: &'static str, input: Value, handler: &'static str, outcome: &'static str) -> Case {
    Case { what, input, handler, outcome, code: None }
}

impl Case {
    fn with(mut self, code: &'static str) -> Self {
        self.code = Some(code);
        self
    }

    /// Sends it, compares, and checks that it is a case of what it says.
    async fn run(self, stage: &Stage, covered: &mut BTreeSet<(String, String)>) -> Compared {
        let compared = compare(stage, self.what, self.input).await;
        let outcomes = compared.outcomes(self.handler);
        assert!(outcomes.contains(&self.outcome.to_owned()), "{}: {:#}", self.what, compared.explanation);
        if let Some(code) = self.code {
            let named = |verdict: &Value| verdict["handler"] == self.handler && verdict["code"] == code;
            let verdicts = compared.explanation["verdicts"].as_array().unwrap();
            assert!(verdicts.iter().any(named), "{}: no {code}: {:#}", self.what, compared.explanation);
        }
        covered.extend(foretold(&compared.explanation).into_iter().map(|(handler, outcome, _)| (handler, outcome)));
        compared
    }
}

/// A message of a store: each case has a store of its own, with configs of its own.
fn of(store: &str, more: Value) -> Value {
    let mut input = text_with("hello", json!({ "storeId": store }));
    merge(&mut input, more);
    input
}

async fn switch(stage: &Stage, handler: &str, enabled: bool) {
    stage.platform.settings(json!({ "handlers": [{ "name": handler, "enabled": enabled }] })).await;
}

/// The configs that the cases are about, each in the store of its name.
async fn configure(stage: &Stage, receiver: &Receiver) {
    let hourly = json!({ "count": 1, "window": 1, "unit": "HOUR" });
    let wecom = json!({ "webhook": receiver.url("/cgi-bin/webhook/send?key=k") });
    for (store, more) in [
        ("plain", json!({})),
        ("deferring window", json!({ "timeWindow": closed_now() })),
        ("rejecting window", json!({ "timeWindow": closed_now(), "onClosedWindow": "REJECT" })),
        ("open window", json!({ "timeWindow": open_now() })),
        ("deferring limit", json!({ "rateLimit": hourly })),
        ("rejecting limit", json!({ "rateLimit": hourly, "onRateLimit": "REJECT" })),
        ("both", json!({ "rateLimit": hourly, "timeWindow": closed_now() })),
        ("first", json!({ "priority": 1 })),
        ("broken", json!({ "rateLimit": { "count": 77, "window": 1, "unit": "HOUR" } })),
    ] {
        let mut input = json!({ "storeId": store, "name": store });
        merge(&mut input, more);
        stage.webhook(receiver, "/hook", input).await;
    }
    stage.api.create_channel_config("WECHAT_WORK", wecom, json!({ "storeId": "small", "name": "small" })).await;
    stage.local(json!({ "name": "tenant's inbox" })).await;
    stage.local(json!({ "name": "store's inbox", "storeId": "plain" })).await;
    stage.local(json!({ "name": "second", "storeId": "first", "priority": 2 })).await;
    stage.api.create_template("ORDER", "LOCAL", "TEXT", json!({ "text": "Order ${no}" })).await;
}

fn cases() -> Vec<Case> {
    let hook = |store: &str| of(store, json!({ "targetChannels": ["WEBHOOK"] }));
    let order = |data: Value| {
        json!({ "businessType": "ORDER", "businessData": data, "targetChannels": ["LOCAL"],
        "recipients": [{ "userId": "ann" }] })
    };
    let expiring = |store: &str| of(store, json!({ "targetChannels": ["WEBHOOK"], "expiresAt": from_now(600) }));
    vec![
        case("all goes well", of("plain", json!({})), "VALIDATION", "PASS"),
        case("the store's config wins over the tenant's", of("plain", json!({})), "CHANNEL_ROUTER", "PASS"),
        case("the tenant's config where the store has none", of("elsewhere", json!({})), "CHANNEL_ROUTER", "PASS"),
        case(
            "nothing is configured for it",
            of("elsewhere", json!({ "targetChannels": ["DINGTALK"] })),
            "CHANNEL_ROUTER",
            "STOP",
        )
        .with("NO_CHANNEL"),
        case("LOCAL without a user", of("plain", json!({ "recipients": [] })), "CHANNEL_ROUTER", "DROP")
            .with("NO_CHANNEL"),
        case("no channel is left", of("elsewhere", json!({ "recipients": [] })), "CHANNEL_ROUTER", "STOP")
            .with("NO_CHANNEL"),
        case("deduplication is off", hook("plain"), "DEDUPLICATION", "SKIP"),
        case("a window that is open", hook("open window"), "TIME_WINDOW", "PASS"),
        case("a window that defers", hook("deferring window"), "TIME_WINDOW", "DEFER").with("OUTSIDE_TIME_WINDOW"),
        case("a window that rejects", of("rejecting window", json!({})), "TIME_WINDOW", "DROP")
            .with("OUTSIDE_TIME_WINDOW"),
        case("a window that rejects all", hook("rejecting window"), "TIME_WINDOW", "STOP").with("OUTSIDE_TIME_WINDOW"),
        case("a window that opens too late", expiring("deferring window"), "TIME_WINDOW", "STOP").with("EXPIRED"),
        case("no channel has a limit", hook("plain"), "RATE_LIMIT", "SKIP"),
        case("the first within a limit", hook("deferring limit"), "RATE_LIMIT", "PASS"),
        case("a limit that defers", hook("deferring limit"), "RATE_LIMIT", "DEFER").with("RATE_LIMITED"),
        case("a limit that defers further", hook("deferring limit"), "RATE_LIMIT", "DEFER").with("RATE_LIMITED"),
        case("a slot that comes too late", expiring("deferring limit"), "RATE_LIMIT", "STOP").with("EXPIRED"),
        case("the first within a rejecting limit", hook("rejecting limit"), "RATE_LIMIT", "PASS"),
        case("a limit that rejects", of("rejecting limit", json!({})), "RATE_LIMIT", "DROP").with("RATE_LIMITED"),
        case("a limit that rejects all", hook("rejecting limit"), "RATE_LIMIT", "STOP").with("RATE_LIMITED"),
        case("the opening's first slot", hook("both"), "TIME_WINDOW", "DEFER").with("OUTSIDE_TIME_WINDOW"),
        case("the opening's second slot", hook("both"), "RATE_LIMIT", "DEFER").with("RATE_LIMITED"),
        case("the message's own content", hook("plain"), "TEMPLATE_RENDER", "SKIP"),
        case("a template", order(json!({ "no": 7 })), "TEMPLATE_RENDER", "PASS"),
        case("a variable is missing", order(json!({})), "TEMPLATE_RENDER", "STOP").with("TEMPLATE_RENDER_ERROR"),
        case(
            "no template",
            json!({ "businessType": "NONE", "businessData": {}, "recipients": [{ "userId": "ann" }] }),
            "TEMPLATE_RENDER",
            "STOP",
        )
        .with("TEMPLATE_NOT_FOUND"),
        case(
            "too long for one of the channels",
            of("small", json!({ "content": { "body": "长".repeat(3000) } })),
            "CHANNEL_DISPATCH",
            "DROP",
        )
        .with("CONTENT_TOO_LARGE"),
        case(
            "too long",
            of("small", json!({ "content": { "body": "长".repeat(3000) }, "targetChannels": ["WECHAT_WORK"] })),
            "CHANNEL_DISPATCH",
            "STOP",
        )
        .with("CONTENT_TOO_LARGE"),
        case("one after the other", of("first", json!({ "executionMode": "SEQUENTIAL" })), "STATUS_TRACKING", "PASS"),
        case("by priority", of("first", json!({ "executionMode": "PRIORITY" })), "STATUS_TRACKING", "PASS"),
        case(
            "by the message's priorities",
            of(
                "first",
                json!({ "executionMode": "SEQUENTIAL",
            "channelOptions": [{ "channelType": "LOCAL", "priority": 0, "maxRetry": 9 }] }),
            ),
            "STATUS_TRACKING",
            "PASS",
        ),
    ]
}

both! {
    async fn what_is_foretold_happens_whatever_a_handler_decides(stage: Stage) {
        let receiver = Receiver::start().await;
        configure(&stage, &receiver).await;
        let mut covered = BTreeSet::new();
        for case in cases() {
            let what = case.what;
            let compared = case.run(&stage, &mut covered).await;
            if what == "the store's config wins over the tenant's" {
                let names: Vec<_> = compared.explanation["tasks"].as_array().unwrap().iter().map(|task| task["channelConfig"]["name"].clone()).collect();
                assert!(names.contains(&json!("store's inbox")) && !names.contains(&json!("tenant's inbox")), "{names:?}");
            }
        }
        // Switched on and off: what can be is foretold as it is in force.
        switch(&stage, "DEDUPLICATION", true).await;
        let twice = of("plain", json!({ "content": { "body": "twice" } }));
        case("new content", twice.clone(), "DEDUPLICATION", "PASS").run(&stage, &mut covered).await;
        case("a duplicate", twice.clone(), "DEDUPLICATION", "STOP").with("DUPLICATE_MESSAGE").run(&stage, &mut covered).await;
        // What is for later is judged as of then.
        let then = |seconds| of("plain", json!({ "content": { "body": "twice" }, "scheduledAt": from_now(seconds) }));
        case("a duplicate soon", then(3), "DEDUPLICATION", "STOP").with("DUPLICATE_MESSAGE").run(&stage, &mut covered).await;
        for (seconds, outcome) in [(200, "STOP"), (400, "PASS")] {
            let explanation = explain(&stage.api, &then(seconds)).await;
            assert!(foretold(&explanation).iter().any(|it| it.0 == "DEDUPLICATION" && it.1 == outcome), "in {seconds} s: {explanation:#}");
        }
        switch(&stage, "DEDUPLICATION", false).await;
        for (handler, store) in [("TIME_WINDOW", "deferring window"), ("RATE_LIMIT", "deferring limit")] {
            switch(&stage, handler, false).await;
            let input = of(store, json!({ "targetChannels": ["WEBHOOK"] }));
            let compared = case("switched off", input, handler, "SKIP").run(&stage, &mut covered).await;
            assert_eq!(compared.message["tasks"][0]["nextRetryAt"], Value::Null, "it goes at once");
            switch(&stage, handler, true).await;
        }
        // A handler that can't decide ends the message.
        spoil_rate_limits(stage.server.place(), 77).await;
        stage.local(json!({ "name": "any change makes it look anew", "storeId": "other" })).await;
        let input = of("broken", json!({ "targetChannels": ["WEBHOOK"] }));
        case("a handler's error", input, "RATE_LIMIT", "STOP").with("HANDLER_ERROR").run(&stage, &mut covered).await;

        // Each handler was seen with each thing that it decides; what VALIDATION ends, the door refuses before (below).
        let expected = [
            ("VALIDATION", "PASS"), ("DEDUPLICATION", "PASS SKIP STOP"), ("TIME_WINDOW", "DEFER DROP PASS SKIP STOP"),
            ("CHANNEL_ROUTER", "DROP PASS STOP"), ("RATE_LIMIT", "DEFER DROP PASS SKIP STOP"),
            ("TEMPLATE_RENDER", "DROP PASS SKIP STOP"), ("CHANNEL_DISPATCH", "DROP PASS STOP"), ("STATUS_TRACKING", "PASS"),
        ];
        for (handler, outcomes) in expected {
            let seen: Vec<_> = covered.iter().filter(|(name, _)| name == handler).map(|(_, outcome)| outcome.as_str()).collect();
            assert_eq!(seen.join(" "), outcomes, "{handler}");
        }
        let query = "{ it: systemSettings { handlers { name } } }";
        let all = stage.platform.gql(query, json!({})).await["it"]["handlers"].take();
        let names: Vec<_> = all.as_array().unwrap().iter().map(|handler| handler["name"].as_str().unwrap()).collect();
        assert_eq!(names, expected.map(|(handler, _)| handler), "a new handler needs its cases here");
    }

    async fn what_the_door_refuses_is_foretold(stage: Stage) {
        stage.local(json!({})).await;
        stage.api.create_business_type(json!({ "code": "OFF", "name": "n", "enabled": false })).await;
        for (what, more, code) in [
            ("expired", json!({ "expiresAt": from_now(-1) }), "VALIDATION_ERROR"),
            ("expires before it is due", json!({ "scheduledAt": from_now(60), "expiresAt": from_now(30) }), "VALIDATION_ERROR"),
            ("more than a year ahead", json!({ "scheduledAt": from_now(367 * 86_400) }), "VALIDATION_ERROR"),
            ("no data", json!({ "businessData": [] }), "VALIDATION_ERROR"),
            ("too large", json!({ "businessData": { "x": "y".repeat(1 << 20) } }), "PAYLOAD_TOO_LARGE"),
            ("a business type that is off", json!({ "businessType": "OFF" }), "BUSINESS_TYPE_DISABLED"),
            ("no such tenant", json!({ "tenantId": "nobody" }), "TENANT_NOT_FOUND"),
        ] {
            let compared = compare(&stage, what, text_with("x", more)).await;
            assert_eq!(compared.explanation["errorCode"], code, "{what}");
        }
        let id = stage.api.accept(text_with("x", json!({ "scheduledAt": from_now(2) }))).await;
        let query = "mutation($id: ID!, $input: TenantInput!) { it: updateTenant(id: $id, input: $input) { tenant { enabled } } }";
        let input = json!({ "code": unique("t"), "name": "Test", "enabled": false });
        let answer = stage.platform.gql(query, json!({ "id": stage.tenant, "input": input })).await;
        assert_eq!(answer["it"]["tenant"]["enabled"], false, "{answer:#}");
        let compared = compare(&stage, "the tenant is off", text("x")).await;
        assert_eq!(compared.explanation["errorCode"], "TENANT_DISABLED");
        // What was accepted before ends by the same code once it is due.
        stage.api.wait_status(&id, "FAILED").await;
        let message = stage.api.gql(SENT, json!({ "id": id })).await["it"].take();
        assert_eq!(message["errorCode"], "TENANT_DISABLED");
        let validation = decided(&message).into_iter().find(|it| it.0 == "VALIDATION").unwrap();
        assert!(validation.1 == "STOP" && validation.2.unwrap().starts_with("TENANT_DISABLED"), "{message:#}");
        assert_eq!(stage.api.message_count().await, 1);
    }
}
