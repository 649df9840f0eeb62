//! Services for tests: everything but the database stays in this process.

use std::sync::Arc;

use super::Services;
use crate::announce::Announcer;
use crate::bus::Bus;
use crate::catalog::Catalog;
use crate::channels::http::HttpSender;
use crate::domain::chance::Chance;
use crate::domain::time::Clock;
use crate::intake::Intake;
use crate::limits::Limits;
use crate::pipeline::process::Recent;
use crate::queue::Queue;
use crate::store::Store;

impl Services {
    pub(crate) fn for_tests(store: Store, catalog: Catalog, clock: Clock) -> Self {
        let queue = Queue::memory(clock.clone(), 1000);
        let (bus, announcer) =
            (Bus::memory(clock.clone(), Chance::System, 1000, 200_000), Announcer::new(queue.clone(), clock.clone()));
        let recent = Recent::new(1 << 20);
        let intake = Intake::new(&store, catalog.clone(), announcer.clone(), bus.clone(), recent, clock.clone());
        let limits = Limits::memory(clock.clone());
        let http = HttpSender::new(catalog.allow().clone(), clock.clone()).unwrap();
        Self { store, catalog, queue, limits, announcer, bus, clock, http, intake: Arc::new(intake) }
    }
}
