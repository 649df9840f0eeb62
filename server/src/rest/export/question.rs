//! What the caller of an export asks for: a format, and the fields of MessageFilter as parameters.

use crate::graphql::scalar::DateTime;
use crate::services::message::MessageFilter;

/// Most rows of one file.
pub const MAX_ROWS: usize = 100_000;

/// The form of the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    Csv,
    Xlsx,
}

impl Format {
    pub const fn content_type(self) -> &'static str {
        match self {
            Self::Csv => "text/csv; charset=utf-8; header=present",
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        }
    }

    pub const fn disposition(self) -> &'static str {
        match self {
            Self::Csv => "attachment; filename=\"messages.csv\"",
            Self::Xlsx => "attachment; filename=\"messages.xlsx\"",
        }
    }
}

/// A question, read.
#[derive(Debug)]
pub struct Question {
    pub format: Format,
    pub filter: MessageFilter,
    /// 1 to [`MAX_ROWS`].
    pub limit: usize,
}

impl Question {
    /// Reads a query string. `status` may be given several times, or several with commas between.
    ///
    /// # Errors
    /// The first parameter that is unknown or not as expected.
    pub fn read(query: &str) -> Result<Self, String> {
        let mut read = Self { format: Format::Csv, filter: MessageFilter::default(), limit: MAX_ROWS };
        for (name, value) in url::form_urlencoded::parse(query.as_bytes()) {
            let filter = &mut read.filter;
            let text = Some(value.to_string()).filter(|text| !text.is_empty());
            match &*name {
                "format" => {
                    read.format = match &*value {
                        "csv" => Format::Csv,
                        "xlsx" => Format::Xlsx,
                        _ => return Err("format: expected csv or xlsx".to_owned()),
                    }
                }
                "limit" => {
                    let limit = value.parse().ok().filter(|limit| (1..=MAX_ROWS).contains(limit));
                    read.limit = limit.ok_or_else(|| format!("limit: expected 1 to {MAX_ROWS}"))?;
                }
                "tenantId" => filter.tenant = text,
                "storeId" => filter.store_id = text,
                "businessType" => filter.business_type = text,
                "messageId" => filter.message_id = text,
                "recipient" => filter.recipient = text,
                "status" => {
                    for status in value.split(',').filter(|status| !status.is_empty()) {
                        filter.status.push(status.parse().map_err(|error| format!("status: {error}"))?);
                    }
                }
                "channelType" => {
                    let parsed = text.map(|text| text.parse()).transpose();
                    filter.channel_type = parsed.map_err(|error: String| format!("channelType: {error}"))?;
                }
                "createdFrom" | "createdTo" => {
                    let parsed = text.map(|text| DateTime::parse(&text)).transpose();
                    let at = parsed.map_err(|error| format!("{name}: {error}"))?.map(|at| at.0);
                    *(if name == "createdFrom" { &mut filter.created_from } else { &mut filter.created_to }) = at;
                }
                _ => {
                    return Err(format!(
                        "unknown parameter {}, expected format, limit, tenantId, storeId, status, businessType, channelType, \
                         messageId, recipient, createdFrom or createdTo",
                        name.chars().take(40).collect::<String>()
                    ));
                }
            }
        }
        Ok(read)
    }
}
