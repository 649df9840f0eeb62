//! `posthorn retention`: removes now what is older than the settings' limits, or with `--dry-run` says what would go.

use clap::Args;

use super::{configure, say};
use crate::app::{open_store, open_store_to_look};
use crate::config::Given;
use crate::domain::retention::Kind;
use crate::domain::settings::RetentionSettings;
use crate::domain::time::{Clock, Timestamp};
use crate::store::{Store, settings};

#[derive(Debug, Args)]
pub struct RetentionArgs {
    #[command(flatten)]
    given: Given,
    /// Only say what would be removed
    #[arg(long)]
    dry_run: bool,
}

pub(super) async fn run(args: RetentionArgs) -> Result<(), String> {
    let config = configure(args.given)?;
    if open_store_to_look(&config).await.map_err(|error| error.0)?.is_none() {
        return Err("there is no database yet: run posthorn migrate".to_owned());
    }
    let store = open_store(&config).await.map_err(|error| error.0)?;
    let status = store.migration_status().await.map_err(|error| error.to_string())?;
    if let Some(name) = status.refused {
        return Err(format!("the database is newer than this binary (unknown migration {name})"));
    }
    if !status.pending.is_empty() {
        return Err("the database is not up to date: run posthorn migrate".to_owned());
    }
    let stored = settings::newest(&mut store.read().await.map_err(|error| error.to_string())?)
        .await
        .map_err(|error| error.to_string())?;
    let limits = stored.map(|stored| stored.settings.retention).unwrap_or_default();
    if args.dry_run { would_remove(&store, &limits).await } else { remove(&store, &limits).await }
}

async fn would_remove(store: &Store, limits: &RetentionSettings) -> Result<(), String> {
    let mut table = Table::new(["kind", "limit", "rows of", "oldest", "would go", "partitions", "stay"]);
    let now = Clock::System.now();
    for kind in Kind::ALL {
        let limit = kind.limit(limits);
        let all = store.due_for_removal(kind, limit.before(now)).await.map_err(|error| error.to_string())?;
        for due in all {
            table.row([
                kind.as_str().to_owned(),
                limit.to_string(),
                due.what.to_owned(),
                due.oldest.map_or_else(|| "-".to_owned(), date),
                due.rows.to_string(),
                due.partitions.to_string(),
                due.stay.to_string(),
            ]);
        }
    }
    say(&table.text())?;
    say("dry run: nothing was changed")
}

async fn remove(store: &Store, limits: &RetentionSettings) -> Result<(), String> {
    let mut table = Table::new(["kind", "limit", "rows of", "removed"]);
    let (mut partitions, mut emptied, mut failed) = (0, 0, Vec::new());
    for kind in Kind::ALL {
        let limit = kind.limit(limits).to_string();
        match crate::retention::remove(store, &Clock::System, kind, limits).await {
            Ok(Some(removed)) => {
                partitions += removed.partitions;
                emptied += removed.emptied.len();
                for (what, rows) in &removed.rows {
                    table.row([kind.as_str().to_owned(), limit.clone(), (*what).to_owned(), rows.to_string()]);
                }
                if removed.rows.is_empty() {
                    table.row([kind.as_str().to_owned(), limit.clone(), "-".to_owned(), "0".to_owned()]);
                }
                for name in removed.waiting {
                    failed.push(format!("partition {name} could not go yet: its table was busy"));
                }
            }
            Ok(None) => failed.push(format!("{} is under way in another process", kind.as_str())),
            Err(error) => failed.push(format!("{}: {error}", kind.as_str())),
        }
    }
    say(&table.text())?;
    if store.is_postgres() {
        say(&format!("{partitions} whole partitions were dropped"))?;
        if emptied > 0 {
            say(&format!("{emptied} others were emptied row by row, and stay: too many of their rows do"))?;
        }
    }
    if failed.is_empty() { Ok(()) } else { Err(failed.join("; ")) }
}

fn date(at: Timestamp) -> String {
    at.to_utc().to_rfc3339_opts(chrono::SecondsFormat::Secs, true)
}

/// Columns as wide as their widest text.
struct Table<const N: usize> {
    rows: Vec<[String; N]>,
}

impl<const N: usize> Table<N> {
    fn new(head: [&str; N]) -> Self {
        Self { rows: vec![head.map(str::to_owned)] }
    }

    fn row(&mut self, row: [String; N]) {
        self.rows.push(row);
    }

    fn text(&self) -> String {
        let width = |column: usize| self.rows.iter().map(|row| row[column].len()).max().unwrap_or(0);
        let widths: [usize; N] = std::array::from_fn(width);
        let line = |row: &[String; N]| {
            let cells: Vec<String> = row.iter().zip(widths).map(|(text, width)| format!("{text:<width$}")).collect();
            cells.join("  ").trim_end().to_owned()
        };
        self.rows.iter().map(line).collect::<Vec<_>>().join("\n")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_as_wide_as_their_widest_text() {
        let mut table = Table::new(["kind", "rows"]);
        table.row(["messages".to_owned(), "12".to_owned()]);
        assert_eq!(table.text(), "kind      rows\nmessages  12");
    }
}
