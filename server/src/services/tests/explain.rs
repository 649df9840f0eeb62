//! The dry run of the chain where time or configuration went on between door and chain: what no caller can bring about at
//! will, and explainSend decides by the same code.

use std::sync::Arc;
use std::time::Duration;

use super::*;
use crate::domain::code::ErrorCode;
use crate::domain::enums::{MessageStatus, VerdictOutcome};
use crate::domain::message::PendingMessage;
use crate::intake::input::SendInput;
use crate::pipeline::chain::{Chain, Decision};

fn input(expires_at: Option<Timestamp>) -> SendInput {
    SendInput {
        message_id: None,
        tenant: None,
        store_id: None,
        business_type: "NOTICE".to_owned(),
        business_data: json!({}),
        target_channels: None,
        channel_options: Vec::new(),
        execution_mode: None,
        recipients: Vec::new(),
        content: None,
        scheduled_at: None,
        expires_at,
        attributes: None,
        resent_from: None,
    }
}

/// What is the same of two decisions.
fn told(decision: &Decision) -> impl PartialEq + std::fmt::Debug {
    let verdicts: Vec<_> = decision
        .verdicts
        .iter()
        .map(|verdict| (verdict.handler.clone(), verdict.outcome, verdict.code.clone(), verdict.detail.clone()))
        .collect();
    (decision.status, decision.failure.clone(), verdicts, decision.tasks.len())
}

#[tokio::test]
async fn what_validation_ends_the_dry_run_foretells() {
    let stage = Stage::open().await;
    let (services, clock) = (&stage.services, &stage.clock);
    let soon = clock.now().plus(Duration::from_secs(10));
    let check = async |input| services.intake.check(&stage.admin, input).await.unwrap().unwrap();
    let (expiring, tenant) = check(input(Some(soon))).await;
    let (plain, _) = check(input(None)).await;
    let (mut spoilt, _) = check(input(None)).await;
    spoilt.business_data = "[1]".into();
    let draft = TenantDraft { enabled: Some(false), ..tenant_draft("acme") };
    services.update_tenant(&stage.platform, stage.tenant.id, draft).await.unwrap();
    let disabled = services.catalog.tenant(stage.tenant.id).await.unwrap().unwrap();
    clock.advance(Duration::from_secs(20));
    for (message, tenant, status, code) in [
        (expiring, &tenant, MessageStatus::Cancelled, ErrorCode::Expired),
        (plain, &disabled, MessageStatus::Failed, ErrorCode::TenantDisabled),
        (spoilt, &tenant, MessageStatus::Failed, ErrorCode::ValidationError),
    ] {
        let chain = Chain { limits: services.limits.clone(), clock: clock.clone() };
        let message = Arc::new(PendingMessage::from(&message));
        let decide = |dry| chain.decide(Arc::clone(&message), Arc::clone(tenant), services.catalog.settings(), dry);
        let (dry, wet) = (decide(true).await.unwrap(), decide(false).await.unwrap());
        assert_eq!(told(&dry), told(&wet));
        assert_eq!((dry.status, dry.failure.map(|failure| failure.code)), (status, Some(code)));
        let last = dry.verdicts.last().unwrap();
        assert_eq!((last.handler.as_str(), last.outcome, dry.verdicts.len()), ("VALIDATION", VerdictOutcome::Stop, 1));
    }
}
