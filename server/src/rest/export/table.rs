//! A message as a row.

use crate::domain::mask;
use crate::domain::message::Message;
use crate::domain::recipient::Recipient;
use crate::domain::time::Timestamp;
use crate::graphql::scalar::DateTime;

/// A value of a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cell {
    Empty,
    Text(String),
    Number(i64),
}

/// Recipients that are named; how many there are is a column of its own.
const NAMED: usize = 20;

pub const COLUMNS: &[&str] = &[
    "id",
    "messageId",
    "tenantId",
    "storeId",
    "businessType",
    "status",
    "errorCode",
    "errorMessage",
    "totalChannels",
    "successChannels",
    "failedChannels",
    "recipientCount",
    "recipients",
    "createdAt",
    "scheduledAt",
    "expiresAt",
    "finishedAt",
];

/// The cells of [`COLUMNS`]. `masked`: for who may not see recipients.
pub fn row(message: &Message, recipients: &[Recipient], masked: bool) -> Vec<Cell> {
    vec![
        Cell::Text(message.id.to_string()),
        Cell::Text(message.message_id.clone()),
        Cell::Text(message.tenant_id.to_string()),
        text(message.store_id.as_deref()),
        Cell::Text(message.business_type.clone()),
        Cell::Text(message.status.to_string()),
        text(message.error_code.as_deref()),
        text(message.error_message.as_deref()),
        Cell::Number(message.total_channels.into()),
        Cell::Number(message.success_channels.into()),
        Cell::Number(message.failed_channels.into()),
        Cell::Number(i64::try_from(recipients.len()).unwrap_or(i64::MAX)),
        text(Some(named(recipients, masked).as_str()).filter(|names| !names.is_empty())),
        time(Some(message.created_at)),
        time(message.scheduled_at),
        time(message.expires_at),
        time(message.finished_at),
    ]
}

fn text(text: Option<&str>) -> Cell {
    text.map_or(Cell::Empty, |text| Cell::Text(text.to_owned()))
}

fn time(at: Option<Timestamp>) -> Cell {
    at.map_or(Cell::Empty, |at| Cell::Text(DateTime(at).text()))
}

/// The first of each recipient's names and numbers.
fn named(recipients: &[Recipient], masked: bool) -> String {
    let names = recipients.iter().take(NAMED).filter_map(|recipient| {
        let shown = if masked { mask::recipient(recipient) } else { recipient.clone() };
        [shown.user_id, shown.mobile, shown.email, shown.device_no, shown.customer_no, shown.customer_name]
            .into_iter()
            .flatten()
            .next()
    });
    let mut names: Vec<String> = names.collect();
    if recipients.len() > NAMED {
        names.push("…".to_owned());
    }
    names.join("; ")
}
