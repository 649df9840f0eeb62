//! Templates: checks, versions, previews.

use super::*;
use crate::domain::id::TemplateId;
use crate::services::template::TemplateFilter;

fn text(source: &str) -> TemplateDraft {
    template_draft(json!({"text": source}))
}

#[tokio::test]
async fn each_change_of_a_template_is_a_version() {
    let stage = Stage::open().await;
    let (services, admin) = (&stage.services, &stage.admin);
    let made = services.create_template(admin, text("order ${order.id} of {{ name }}")).await.unwrap();
    assert_eq!((made.version, made.variables.clone()), (1, vec!["name".to_owned(), "order.id".to_owned()]));
    let changed = services.update_template(admin, made.id, text("hello ${name}")).await.unwrap();
    assert_eq!((changed.version, changed.variables), (2, vec!["name".to_owned()]));
    // What changes nothing makes no version.
    assert_eq!(services.update_template(admin, made.id, text("hello ${name}")).await.unwrap().version, 2);
    let versions = services.template_versions(admin, made.id).await.unwrap();
    let seen: Vec<_> = versions.iter().map(|v| (v.version, v.content["text"].as_str().unwrap())).collect();
    assert_eq!(seen, [(2, "hello ${name}"), (1, "order ${order.id} of {{ name }}")]);
    assert_eq!(versions[0].created_by.as_deref(), Some("a TENANT_ADMIN"));
    let cached = services.catalog.tenant(stage.tenant.id).await.unwrap().unwrap();
    let open = cached.template("ORDER", ChannelType::Dingtalk, Some("zh-CN")).unwrap();
    assert_eq!((open.template.version, open.compiled.is_ok()), (2, true));

    services.delete_template(admin, made.id).await.unwrap();
    assert_eq!(not_found(services.template_versions(admin, made.id).await), "template");
    assert_eq!(not_found(services.delete_template(admin, made.id).await), "template");
    let cached = services.catalog.tenant(stage.tenant.id).await.unwrap().unwrap();
    assert!(cached.template("ORDER", ChannelType::Dingtalk, None).is_none());
}

#[tokio::test]
async fn what_is_wrong_with_a_template_is_named() {
    let stage = Stage::open().await;
    let (services, admin) = (&stage.services, &stage.admin);
    let create = async |draft| issues(services.create_template(admin, draft).await);
    assert_eq!(create(text("{{ name")).await, at("input.content.text", IssueCode::TemplateSyntax));
    let missing = TemplateDraft { message_type: MessageType::Markdown, ..text("x") };
    assert_eq!(create(missing).await, at("input.content.title", IssueCode::Required));
    assert_eq!(create(template_draft(json!("x"))).await, at("input.content", IssueCode::Invalid));
    assert_eq!(create(text(&"x".repeat(65 << 10))).await, at("input.content", IssueCode::TooLong));
    assert_eq!(create(text("a\0b")).await, at("input.content", IssueCode::Invalid));
    let unnamed = TemplateDraft { name: " ".to_owned(), business_type: String::new(), ..text("x") };
    let expected = [at("input.businessType", IssueCode::Required), at("input.name", IssueCode::Required)].concat();
    assert_eq!(create(unnamed).await, expected);
    let locale = |tag: &str| TemplateDraft { locale: Some(tag.to_owned()), ..text("x") };
    assert_eq!(create(locale("zh_CN")).await, at("input.locale", IssueCode::Invalid));

    let default = services.create_template(admin, text("x")).await.unwrap();
    let chinese = services.create_template(admin, locale("zh-cn")).await.unwrap();
    assert_eq!((default.locale, chinese.locale.as_deref()), (None, Some("zh-CN")));
    assert_eq!(create(text("y")).await, at("input.locale", IssueCode::Taken));
    assert_eq!(create(locale("")).await, at("input.locale", IssueCode::Taken));
    assert_eq!(create(locale("ZH-CN")).await, at("input.locale", IssueCode::Taken));
    let moved = services.update_template(admin, chinese.id, locale("")).await;
    assert_eq!(issues(moved), at("input.locale", IssueCode::Taken));
    let seen = services.template(admin, chinese.id).await.unwrap().unwrap();
    assert_eq!((seen.version, seen.locale.as_deref()), (1, Some("zh-CN")));
    assert_eq!(services.template_versions(admin, chinese.id).await.unwrap().len(), 1);
}

#[tokio::test]
async fn tenants_do_not_see_each_others_templates() {
    let stage = Stage::open().await;
    let (_, other_admin) = stage.other().await;
    let services = &stage.services;
    let made = services.create_template(&stage.admin, text("x")).await.unwrap();
    services.create_template(&other_admin, text("theirs")).await.unwrap();
    assert!(services.template(&other_admin, made.id).await.unwrap().is_none());
    assert_eq!(not_found(services.template_versions(&other_admin, made.id).await), "template");
    assert_eq!(not_found(services.update_template(&other_admin, made.id, text("y")).await), "template");
    assert_eq!(not_found(services.delete_template(&other_admin, made.id).await), "template");
    let nowhere = TemplateId::new(Timestamp::default());
    assert_eq!(not_found(services.update_template(&stage.platform, nowhere, text("y")).await), "template");
    let page = services.templates(&other_admin, Default::default(), first(9)).await.unwrap();
    assert_eq!(page.items.iter().map(|t| t.content["text"].as_str().unwrap()).collect::<Vec<_>>(), ["theirs"]);
    let cached = services.catalog.tenant(stage.tenant.id).await.unwrap().unwrap();
    let open = cached.template("ORDER", ChannelType::Dingtalk, None).unwrap();
    assert_eq!(open.template.id, made.id);
}

#[tokio::test]
async fn lists_are_filtered() {
    let stage = Stage::open().await;
    let (services, admin) = (&stage.services, &stage.admin);
    services.create_template(admin, text("x")).await.unwrap();
    let local = TemplateDraft { channel_type: ChannelType::Local, enabled: Some(false), ..text("x") };
    services.create_template(admin, local).await.unwrap();
    let count = async |filter| {
        let page = services.templates(admin, filter, first(9)).await.unwrap();
        assert_eq!(page.total, i64::try_from(page.items.len()).ok());
        page.items.len()
    };
    let any = TemplateFilter::default;
    assert_eq!(count(any()).await, 2);
    assert_eq!(count(TemplateFilter { enabled: Some(false), ..any() }).await, 1);
    assert_eq!(count(TemplateFilter { channel_type: Some(ChannelType::Dingtalk), ..any() }).await, 1);
    assert_eq!(count(TemplateFilter { business_type: Some("ORDER".to_owned()), ..any() }).await, 2);
    assert_eq!(count(TemplateFilter { business_type: Some("order".to_owned()), ..any() }).await, 0);
    assert_eq!(count(TemplateFilter { message_type: Some(MessageType::Card), ..any() }).await, 0);
}

#[tokio::test]
async fn a_preview_shows_the_providers_body_and_stores_nothing() {
    let stage = Stage::open().await;
    let (services, admin) = (&stage.services, &stage.admin);
    let preview = async |draft, data| {
        services.preview_template(admin, draft, Some(data)).await.and_then(|previewed| previewed.body)
    };
    let body = preview(text("order ${id}"), json!({"id": 7})).await.unwrap();
    assert_eq!(body["msgtype"], "text");
    assert_eq!(body["text"]["content"], "order 7");
    let missing = preview(text("order ${id}"), json!({})).await;
    assert_eq!(issues(missing), at("input.content.text", IssueCode::MissingVariable));
    assert_eq!(
        issues(preview(text("{% nope %}"), json!({})).await),
        at("input.content.text", IssueCode::TemplateSyntax)
    );
    assert_eq!(issues(preview(text("x"), json!([1])).await), at("businessData", IssueCode::Invalid));
    let long = preview(text(&"x".repeat(30_000)), json!({})).await;
    assert_eq!(issues(long), at("input.content", IssueCode::TooLong));
    let sms = TemplateDraft { channel_type: ChannelType::Sms, ..text("x") };
    assert_eq!(issues(preview(sms, json!({})).await), at("input.channelType", IssueCode::Unsupported));
    // No tenant needs to be named, but another one can't be.
    let viewer = actor(Role::Viewer, stage.tenant.id);
    assert!(services.preview_template(&viewer, text("x"), None).await.unwrap().body.is_ok());
    assert!(services.preview_template(&stage.platform, text("x"), None).await.unwrap().body.is_ok());
    let foreign = TemplateDraft { tenant: Some("nobody".to_owned()), ..text("x") };
    assert_eq!(not_found(preview(foreign, json!({})).await), "tenant");
    // What it reads is told whatever else is wrong, but not while it can't be read.
    for (source, data, variables) in [
        ("${b.c} {% for x in a %}{{ x.n }}{% endfor %}", json!({}), vec!["a", "b.c"]),
        ("${id}", json!([1]), vec!["id"]),
        ("{{ id", json!({}), vec![]),
    ] {
        let previewed = services.preview_template(admin, text(source), Some(data)).await.unwrap();
        assert_eq!(previewed.variables, variables, "{source}");
        assert!(previewed.body.is_err(), "{source}");
    }
    assert_eq!(services.templates(admin, Default::default(), first(9)).await.unwrap().total, Some(0));
}
