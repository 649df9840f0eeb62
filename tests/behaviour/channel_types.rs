//! What the server says about its channels: settings as JSON Schema, what each carries.

use posthorn_tests::*;

const QUERY: &str = "{ channelTypes { type title description configSchema secretKeys maxRecipients idempotencyKey providerLimit { limit { count window unit } host }
    messageTypes { messageType sentAs requiredKeys optionalKeys exactlyOneOf contentSchema limits { key field max unit } } } }";

fn of<'a>(types: &'a Value, channel: &str) -> &'a Value {
    types.as_array().unwrap().iter().find(|one| one["type"] == channel).unwrap_or_else(|| panic!("no {channel}"))
}

both! {
    async fn each_channel_type_is_described(stage: Stage) {
        let viewer = stage.with_role("VIEWER").await;
        let types = viewer.gql(QUERY, json!({})).await["channelTypes"].take();
        let names: Vec<_> = types.as_array().unwrap().iter().map(|one| one["type"].as_str().unwrap()).collect();
        for name in ["LOCAL", "DINGTALK", "WECHAT_WORK", "WEBHOOK"] {
            assert!(names.contains(&name), "{names:?}");
        }
        let dingtalk = of(&types, "DINGTALK");
        assert_holds(&dingtalk["configSchema"], &json!({ "$schema": "https://json-schema.org/draft/2020-12/schema",
            "type": "object", "required": ["webhook"], "additionalProperties": false }));
        assert_holds(&dingtalk["configSchema"]["properties"]["webhook"], &json!({ "type": "string", "format": "uri", "writeOnly": true }));
        assert_holds(&dingtalk["configSchema"]["properties"]["atAll"], &json!({ "type": ["boolean", "null"], "default": false }));
        assert_eq!(dingtalk["secretKeys"], json!(["webhook", "secret"]));
        assert_eq!(dingtalk["idempotencyKey"], "msgUuid");
        assert_eq!(dingtalk["providerLimit"], json!({ "limit": { "count": 20, "window": 1, "unit": "MINUTE" }, "host": "oapi.dingtalk.com" }));
        assert_eq!(of(&types, "WECHAT_WORK")["providerLimit"]["host"], "qyapi.weixin.qq.com");
        assert_eq!(of(&types, "WEBHOOK")["providerLimit"], Value::Null);
        let image = dingtalk["messageTypes"].as_array().unwrap().iter().find(|one| one["messageType"] == "IMAGE").unwrap();
        assert_holds(image, &json!({ "requiredKeys": ["url"], "optionalKeys": [], "exactlyOneOf": [],
            "limits": [{ "key": null, "field": "body", "max": 20_000, "unit": "BYTES" }] }));
        let wecom = of(&types, "WECHAT_WORK");
        assert_eq!(wecom["idempotencyKey"], Value::Null);
        assert_holds(&wecom["messageTypes"][0], &json!({ "messageType": "TEXT", "sentAs": "text", "requiredKeys": ["text"],
            "limits": [{ "key": "text", "field": "text.content", "max": 2048, "unit": "BYTES" }] }));
        assert_eq!(of(&types, "LOCAL")["configSchema"]["properties"], json!({}));
        assert_eq!(of(&types, "LOCAL")["maxRecipients"], 10_000);
        let sender = stage.with_role("SENDER").await;
        assert_eq!(sender.gql_code(QUERY, json!({})).await, "FORBIDDEN");
    }
}
