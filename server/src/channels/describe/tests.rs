//! The descriptions against what they describe: what a schema accepts or rejects the server's own validation does too, and
//! what a channel is said to carry it carries, up to the limit.

use serde_json::{Value, json};

use super::walker::accepts;
use super::{Carried, Limit, Unit, content_keys, content_schema, settings_schema};
use crate::channels::vectors::facts_of;
use crate::channels::{ADAPTERS, Adapter, TargetAllow, adapter};
use crate::domain::code::ErrorCode;
use crate::domain::content::{Content, MAX_ARTICLES, check_keys};
use crate::domain::enums::{ChannelType, MessageType};

fn allow(text: &str) -> TargetAllow {
    text.parse().unwrap()
}

/// Whether the schema accepts the config, and whether the server does.
fn verdicts(channel_type: ChannelType, config: &Value, allow: &TargetAllow) -> (bool, bool) {
    let adapter = adapter(channel_type).unwrap();
    let schema = settings_schema(channel_type.as_str(), adapter.description, allow);
    let opened = config.as_object().is_some_and(|config| (adapter.open)(config, allow).is_ok());
    (accepts(&schema, config), opened)
}

const DINGTALK: &str = "https://oapi.dingtalk.com/robot/send?access_token=t";
const WECOM: &str = "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=k";

/// A secret of this many bytes; one byte has no bits to spare for the last character.
fn secret(bytes: usize) -> String {
    use base64::Engine as _;
    let bytes: Vec<u8> = (0..bytes).map(|at| u8::try_from(at * 37 % 256).unwrap()).collect();
    format!("whsec_{}", base64::engine::general_purpose::STANDARD.encode(bytes))
}

fn hook(more: Value) -> Value {
    let mut config = json!({"url": "https://example.com/hook", "secret": secret(32)});
    config.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    config
}

#[test]
fn schema_and_server_accept_the_same_settings() {
    let many = |count: usize| (0..count).map(|n| format!("1380000{n:04}")).collect::<Vec<_>>();
    let mut good = vec![
        (ChannelType::Local, json!({})),
        (ChannelType::Dingtalk, json!({"webhook": DINGTALK})),
        (ChannelType::Dingtalk, json!({"webhook": format!("  {DINGTALK}&x=1#f "), "secret": " SECabc "})),
        (ChannelType::Dingtalk, json!({"webhook": "HTTPS://Oapi.dingtalk.com/?a=b&access_token=t", "secret": "SEC"})),
        (ChannelType::Dingtalk, json!({"webhook": "http://127.0.0.1:9090/dingtalk/robot/send?access_token=t"})),
        (ChannelType::Dingtalk, json!({"webhook": DINGTALK, "secret": null, "atMobiles": null, "atAll": null})),
        (ChannelType::Dingtalk, json!({"webhook": DINGTALK, "secret": "", "atMobiles": many(50), "atAll": true})),
        (
            ChannelType::Dingtalk,
            json!({"webhook": DINGTALK, "secret": "  ", "atMobiles": ["+86-13800000000", " 12345 "]}),
        ),
        (ChannelType::WechatWork, json!({"webhook": WECOM, "mentionedMobiles": ["@all", "13800000000"]})),
        (ChannelType::WechatWork, json!({"webhook": WECOM, "mentionedMobiles": []})),
        (ChannelType::Webhook, hook(json!({"headers": null}))),
        (ChannelType::Webhook, hook(json!({"headers": {"Authorization": "Bearer abc", "X-Empty": ""}}))),
        (
            ChannelType::Webhook,
            hook(json!({"url": "https://example.com:8443/a?b=c", "headers": {"x-hostile": "1", "Tea": "2"}})),
        ),
    ];
    good.extend((24..=64).map(|bytes| (ChannelType::Webhook, hook(json!({"secret": secret(bytes)})))));
    for (channel_type, config) in good {
        assert_eq!(verdicts(channel_type, &config, &allow("127.0.0.1")), (true, true), "{channel_type} {config}");
    }
    let mut bad = vec![
        (ChannelType::Local, json!({"url": "https://example.com"})),
        (ChannelType::Dingtalk, json!({})),
        (ChannelType::Dingtalk, json!({"webhook": null})),
        (ChannelType::Dingtalk, json!({"webhook": " "})),
        (ChannelType::Dingtalk, json!({"webhook": 5})),
        (ChannelType::Dingtalk, json!({"webhook": "oapi.dingtalk.com/robot/send?access_token=t"})),
        (ChannelType::Dingtalk, json!({"webhook": "ftp://oapi.dingtalk.com/robot/send?access_token=t"})),
        (ChannelType::Dingtalk, json!({"webhook": "https://me@oapi.dingtalk.com/robot/send?access_token=t"})),
        (ChannelType::Dingtalk, json!({"webhook": "https://oapi.dingtalk.com/robot/send"})),
        (ChannelType::Dingtalk, json!({"webhook": "https://oapi.dingtalk.com/robot/send?access_token="})),
        (ChannelType::Dingtalk, json!({"webhook": "https://oapi.dingtalk.com/robot/send?my_access_token=t"})),
        (ChannelType::Dingtalk, json!({"webhook": "https://oapi.dingtalk.com/robot/send#?access_token=t"})),
        (ChannelType::Dingtalk, json!({"webhook": format!("{DINGTALK}&timestamp=1")})),
        (ChannelType::Dingtalk, json!({"webhook": format!("{DINGTALK}&sign")})),
        (ChannelType::Dingtalk, json!({"webhook": DINGTALK, "secret": "abc"})),
        (ChannelType::Dingtalk, json!({"webhook": DINGTALK, "atMobiles": many(51)})),
        (ChannelType::Dingtalk, json!({"webhook": DINGTALK, "atMobiles": ["1380"]})),
        (ChannelType::Dingtalk, json!({"webhook": DINGTALK, "atMobiles": ["-13800000000"]})),
        (ChannelType::Dingtalk, json!({"webhook": DINGTALK, "atMobiles": ["@all"]})),
        (ChannelType::Dingtalk, json!({"webhook": DINGTALK, "atMobiles": [13_800_000_000_i64]})),
        (ChannelType::Dingtalk, json!({"webhook": DINGTALK, "atMobiles": "13800000000"})),
        (ChannelType::Dingtalk, json!({"webhook": DINGTALK, "atAll": "yes"})),
        (ChannelType::Dingtalk, json!({"webhook": DINGTALK, "keyword": "k"})),
        (ChannelType::WechatWork, json!({"webhook": "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key="})),
        (ChannelType::WechatWork, json!({"webhook": WECOM, "mentionedMobiles": ["@some"]})),
        (ChannelType::Webhook, json!({"url": "https://example.com"})),
        (ChannelType::Webhook, json!({"secret": secret(32)})),
        (ChannelType::Webhook, hook(json!({"secret": secret(23)}))),
        (ChannelType::Webhook, hook(json!({"secret": secret(65)}))),
        (ChannelType::Webhook, hook(json!({"secret": secret(66)}))),
        (ChannelType::Webhook, hook(json!({"secret": secret(67)}))),
        (ChannelType::Webhook, hook(json!({"secret": secret(25).trim_end_matches('=')}))),
        (ChannelType::Webhook, hook(json!({"secret": format!("whsec_{}AB==", "A".repeat(32))}))),
        (ChannelType::Webhook, hook(json!({"secret": secret(32)[6..]}))),
        (ChannelType::Webhook, hook(json!({"headers": []}))),
        (ChannelType::Webhook, hook(json!({"headers": {"X-Number": 5}}))),
        (ChannelType::Webhook, hook(json!({"headers": {"X-Line": "a\nb"}}))),
        (ChannelType::Webhook, hook(json!({"headers": {"X-Umlaut": "ä"}}))),
        (ChannelType::Webhook, hook(json!({"headers": {"bad name": "x"}}))),
        (ChannelType::Webhook, hook(json!({"headers": {"": "x"}}))),
        (ChannelType::Webhook, hook(json!({"headers": {"Webhook-Anything": "x"}}))),
    ];
    for name in super::headers::RESERVED {
        bad.push((ChannelType::Webhook, hook(json!({"headers": {*name: "x"}}))));
        bad.push((ChannelType::Webhook, hook(json!({"headers": {name.to_ascii_uppercase(): "x"}}))));
    }
    for (channel_type, config) in bad {
        assert_eq!(verdicts(channel_type, &config, &allow("127.0.0.1")), (false, false), "{channel_type} {config}");
    }
    // Where no network is listed http is out of the question, and both say so.
    let plain = json!({"webhook": "http://127.0.0.1:9090/dingtalk/robot/send?access_token=t"});
    assert_eq!(verdicts(ChannelType::Dingtalk, &plain, &allow("")), (false, false));
}

#[test]
fn every_adapter_tells_its_secrets_and_is_described() {
    for adapter in ADAPTERS {
        let described = adapter.description;
        let secret: Vec<_> = described.fields.iter().filter(|field| field.secret).map(|field| field.key).collect();
        assert_eq!(secret, adapter.secret_keys, "{}", adapter.channel_type);
        let schema = settings_schema("X", described, &TargetAllow::default());
        assert_eq!(schema["$schema"], "https://json-schema.org/draft/2020-12/schema");
        for field in described.fields {
            let property = &schema["properties"][field.key];
            assert!(!field.title.is_empty() && field.about.ends_with('.'), "{}", field.key);
            assert_eq!(property["writeOnly"] == true, field.secret, "{}", field.key);
        }
    }
}

/// A content with every key that the channel takes; of a choice the `choice`th.
fn full(carried: &Carried, choice: usize) -> Value {
    let url = "https://a.example/x";
    let mut content = match carried.message_type {
        MessageType::Text => json!({"text": "t"}),
        MessageType::Markdown => json!({"title": "T", "text": "t"}),
        MessageType::Link => json!({"title": "T", "text": "t", "url": url, "imageUrl": url}),
        MessageType::Card => {
            json!({"title": "T", "text": "t", "buttons": [{"title": "B", "url": url}], "vertical": true})
        }
        MessageType::Feed => json!({"links": [{"title": "T", "url": url, "imageUrl": url}]}),
        MessageType::Image => json!({"base64": "iVBORw0KGgo=", "url": url}),
        MessageType::News => json!({"articles": [{"title": "T", "description": "d", "url": url, "imageUrl": url}]}),
        MessageType::File => json!({"mediaId": "m", "url": url, "name": "n"}),
    };
    let one_of = content_keys(carried).one_of;
    let object = content.as_object_mut().unwrap();
    object.retain(|key, _| {
        !carried.without.contains(&key.as_str())
            && (!one_of.contains(&key.as_str()) || one_of.get(choice) == Some(&key.as_str()))
    });
    content
}

fn body(adapter: &Adapter, message_type: MessageType, content: &Value) -> Result<Value, ErrorCode> {
    let content = Content::from_json(message_type, content).unwrap();
    (adapter.preview)().body(&content, &facts_of(&[], &json!({}))).map_err(|error| error.code)
}

#[test]
fn a_channel_carries_what_its_schema_accepts_and_nothing_that_it_leaves_out() {
    for adapter in ADAPTERS {
        for carried in adapter.description.carries {
            let about = format!("{} {}", adapter.channel_type, carried.message_type);
            let schema = content_schema(carried);
            let keys = content_keys(carried);
            for choice in 0..keys.one_of.len().max(1) {
                let content = full(carried, choice);
                assert!(accepts(&schema, &content), "{about}: {content}");
                assert_eq!(check_keys(carried.message_type, &content), [], "{about}");
                assert!(body(adapter, carried.message_type, &content).is_ok(), "{about}: {content}");
                for key in &keys.required {
                    let mut less = content.clone();
                    less.as_object_mut().unwrap().remove(*key);
                    assert!(!accepts(&schema, &less), "{about} without {key}");
                    assert_ne!(check_keys(carried.message_type, &less), [], "{about} without {key}");
                }
                for key in &keys.optional {
                    let mut less = content.clone();
                    less.as_object_mut().unwrap().remove(*key);
                    assert!(accepts(&schema, &less), "{about} without {key}");
                    assert_eq!(check_keys(carried.message_type, &less), [], "{about} without {key}");
                }
                let mut more = content.clone();
                more["surprise"] = json!("x");
                assert!(!accepts(&schema, &more) && !check_keys(carried.message_type, &more).is_empty(), "{about}");
            }
            for key in carried.without {
                let content = json!({*key: "x"});
                assert!(!accepts(&schema, &content), "{about} with {key}");
                assert_eq!(
                    body(adapter, carried.message_type, &content),
                    Err(ErrorCode::TemplateRenderError),
                    "{about}"
                );
            }
        }
        let types: Vec<_> = adapter.description.carries.iter().map(|carried| carried.message_type).collect();
        assert_eq!(types, MessageType::ALL, "{}", adapter.channel_type);
    }
}

/// The content with what the limit is about made this large; none where it can't be.
fn sized(carried: &Carried, limit: &Limit, size: usize) -> Option<Value> {
    let choice = content_keys(carried).one_of.iter().position(|name| limit.key == Some(*name) || *name == "url");
    let mut content = full(carried, choice.unwrap_or(0));
    let path = format!("/{}", limit.key?.replace('.', "/0/"));
    let place = content.pointer_mut(&path)?;
    *place = match (limit.unit, &*place) {
        (Unit::Entries, Value::Array(items)) => (0..size).map(|_| items[0].clone()).collect(),
        (Unit::Bytes, _) if limit.key == Some("base64") => {
            use base64::Engine as _;
            let mut picture = b"\x89PNG\r\n\x1a\n".to_vec();
            picture.resize(size, 0);
            base64::engine::general_purpose::STANDARD.encode(picture).into()
        }
        // The title is part of the text, unless it begins with it.
        (Unit::Bytes, _) if carried.message_type == MessageType::Markdown => {
            format!("T\n{}", "x".repeat(size - 2)).into()
        }
        _ => "x".repeat(size).into(),
    };
    Some(content)
}

#[test]
fn limits_are_where_they_are_said_to_be() {
    let mut tried = 0;
    for adapter in ADAPTERS {
        for carried in adapter.description.carries {
            for limit in carried.limits.iter().filter(|limit| limit.key.is_some()) {
                let about = format!("{} {} {}", adapter.channel_type, carried.message_type, limit.field);
                let fits = sized(carried, limit, limit.most).unwrap();
                assert!(body(adapter, carried.message_type, &fits).is_ok(), "{about}");
                if limit.unit == Unit::Entries && limit.most >= MAX_ARTICLES {
                    continue;
                }
                let too_much = sized(carried, limit, limit.most + 1).unwrap();
                assert_eq!(body(adapter, carried.message_type, &too_much), Err(ErrorCode::ContentTooLarge), "{about}");
                tried += 1;
            }
        }
    }
    assert!(tried >= 9, "{tried}");
    // The one on the whole body.
    let dingtalk = adapter(ChannelType::Dingtalk).unwrap();
    let text = |size: usize| body(dingtalk, MessageType::Text, &json!({"text": "x".repeat(size)}));
    let around = text(1).unwrap().to_string().len() - 1;
    let most = dingtalk.description.carries[0].limits[0].most;
    assert!(text(most - around).is_ok());
    assert_eq!(text(most - around + 1), Err(ErrorCode::ContentTooLarge));
}
