//! A provider that answers slowly, with garbage, with half an answer, with resets or with 429: what it may have got comes again
//! until it says yes, and what it said yes to never does.

use std::time::Duration;

use posthorn_tests::ledger::refuse_where_asked;
use posthorn_tests::provider::Deed;
use posthorn_tests::*;

/// More than half of all requests get something other than a plain 200 at once.
fn misdeed(dice: &mut Dice) -> Deed {
    match dice.below(26) {
        0 => Deed::Garbage,
        1 => Deed::HalfHead,
        2 => Deed::HalfBody,
        3 => Deed::Reset,
        4 => Deed::ResetUnread,
        5 => Deed::Silence,
        // Within the time limit, and beyond it.
        6 => Deed::SlowHead(Duration::from_millis(800)),
        7 => Deed::SlowHead(Duration::from_secs(10)),
        8 | 9 => Deed::After(dice.millis(100, 1500), Box::new(Deed::Answer(200))),
        10 => Deed::After(Duration::from_secs(10), Box::new(Deed::Answer(200))),
        11 => Deed::Answer(500),
        12 => Deed::Answer(503),
        13 => Deed::Throttle(1),
        14 => Deed::After(dice.millis(10, 500), Box::new(Deed::Reset)),
        _ => Deed::Answer(200),
    }
}

both! {
    async fn a_provider_misbehaves_in_every_way(server: Server) {
        let stage = Stage::on(server).await;
        let name = format!("a_provider_misbehaves_in_every_way::{:?}", stage.backend());
        let urls = [stage.server.url.clone()];
        let mut ledger = Ledger::open(&name, &stage, &urls).await;
        stage.platform.settings(json!({ "timeout": { "singleChannelSeconds": 4 } })).await;
        ledger.flows(10).await;
        refuse_where_asked(&ledger.provider, misdeed);
        ledger.fault("a provider that misbehaves");
        // Long enough for every misdeed to be done.
        let kinds = 10;
        within(Duration::from_secs(120), "every misdeed", async || {
            (ledger.provider.deeds().len() >= kinds).then_some(())
        })
        .await;
        ledger.accepts(short_or_long(150, 3000)).await;
        refuse_where_asked(&ledger.provider, |_| Deed::Answer(200));
        ledger.close(&stage.api, &[&stage.server]).await;
    }
}
