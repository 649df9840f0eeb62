//! `posthorn migrate`: bring the schema up to this version, or with `--status` only say where it stands.

use clap::Args;

use super::{configure, say};
use crate::app::{open_store, open_store_to_look};
use crate::config::Given;
use crate::domain::time::Clock;

#[derive(Debug, Args)]
pub struct MigrateArgs {
    #[command(flatten)]
    given: Given,
    /// Only report what is applied and what is pending
    #[arg(long)]
    status: bool,
}

pub(super) async fn run(args: MigrateArgs) -> Result<(), String> {
    let config = configure(args.given)?;
    let store = if args.status {
        let Some(store) = open_store_to_look(&config).await.map_err(|error| error.0)? else {
            return say("no database yet: posthorn migrate makes it, and so does the first start");
        };
        store
    } else {
        let store = open_store(&config).await.map_err(|error| error.0)?;
        store.migrate().await.map_err(|error| error.to_string())?;
        store.make_partitions(Clock::System.now()).await.map_err(|error| error.to_string())?;
        store
    };
    let status = store.migration_status().await.map_err(|error| error.to_string())?;
    for (what, names) in [("applied", &status.applied), ("pending", &status.pending), ("unknown", &status.unknown)] {
        for name in names {
            say(&format!("{what}  {name}"))?;
        }
    }
    match (&status.refused, status.pending.len()) {
        (Some(name), _) => Err(format!("the database is newer than this binary (unknown migration {name})")),
        (None, 0) if !status.unknown.is_empty() => {
            say("the database is newer than this binary, which may run all the same")
        }
        (None, 0) => say("the database is up to date"),
        (None, 1) => say("1 migration is pending: run posthorn migrate"),
        (None, count) => say(&format!("{count} migrations are pending: run posthorn migrate")),
    }
}
