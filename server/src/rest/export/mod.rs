//! `GET /api/v1/messages/export`: the messages that a filter lets through, newest first, as a CSV or XLSX file. Read and
//! written page by page while the caller reads, so it takes the same memory however much there is.
//!
//! - [`question`]: what the caller asks for; [`table`]: a message as a row; [`csv`], [`xlsx`]: rows as bytes

mod csv;
mod question;
mod table;
#[cfg(test)]
mod tests;
mod xlsx;

use axum::Extension;
use axum::body::Body;
use axum::extract::{RawQuery, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use futures::stream::{StreamExt, once, try_unfold};

use self::csv::Csv;
use self::question::{Format, Question};
use self::table::{COLUMNS, row};
use self::xlsx::Xlsx;
use super::answer::{failed, refused};
use super::message::Known;
use crate::domain::actor::{Action, Actor};
use crate::domain::code::ErrorCode;
use crate::domain::page::PageRequest;
use crate::http::HttpApp;
use crate::http::request::RequestId;
use crate::services::message::MessageFilter;
use crate::services::{ServiceError, Services};

/// Messages that are read at once.
const PAGE: usize = 100;

/// The handler.
pub async fn export(
    State(app): State<HttpApp>,
    Extension(id): Extension<RequestId>,
    Known(session): Known,
    RawQuery(query): RawQuery,
) -> Response {
    let question = match Question::read(query.as_deref().unwrap_or_default()) {
        Ok(question) => question,
        Err(message) => return refused(ErrorCode::ValidationError, &message),
    };
    let format = question.format;
    let mut export = Export::new(app.services().clone(), session.actor.clone(), question);
    // What goes wrong at the beginning is answered as such; later on the connection breaks, so that nobody takes a part for
    // the whole.
    let first = match export.next().await {
        Ok(first) => first.unwrap_or_default(),
        Err(error) => return failed(error, &id),
    };
    let rest = try_unfold(export, |mut export| async {
        match export.next().await {
            Ok(chunk) => Ok(chunk.map(|chunk| (chunk, export))),
            Err(error) => {
                tracing::warn!(%error, "an export broke off");
                Err(std::io::Error::other("the export broke off"))
            }
        }
    });
    let body = Body::from_stream(once(async { Ok(first) }).chain(rest));
    let headers = [
        (CONTENT_TYPE, format.content_type()),
        (CONTENT_DISPOSITION, format.disposition()),
        (CACHE_CONTROL, "no-store"),
    ];
    (headers, body).into_response()
}

/// Rows as bytes of a file.
trait Sheet: Send {
    /// # Errors
    /// Never in practice: it writes to memory.
    fn write(&mut self, cells: &[table::Cell]) -> std::io::Result<()>;

    /// The end of the file.
    fn finish(&mut self) -> std::io::Result<()>;

    /// What was written since this was asked last.
    fn take(&mut self) -> Bytes;
}

/// An export and how far it has come.
struct Export {
    services: Services,
    actor: Actor,
    filter: MessageFilter,
    after: Option<String>,
    /// Rows that may follow.
    left: usize,
    sheet: Box<dyn Sheet>,
    begun: bool,
    ended: bool,
}

impl Export {
    fn new(services: Services, actor: Actor, question: Question) -> Self {
        let sheet: Box<dyn Sheet> = match question.format {
            Format::Csv => Box::new(Csv::default()),
            Format::Xlsx => Box::new(Xlsx::new()),
        };
        let (filter, left) = (question.filter, question.limit);
        Self { services, actor, filter, after: None, left, sheet, begun: false, ended: false }
    }

    /// The next part of the file; none after its end. A part is about a page of messages.
    async fn next(&mut self) -> Result<Option<Bytes>, ServiceError> {
        if self.ended {
            return Ok(None);
        }
        let first = PAGE.min(self.left);
        let request = PageRequest { first, after: self.after.take() };
        let page = self.services.messages(&self.actor, self.filter.clone(), request).await?;
        let ids: Vec<_> = page.items.iter().map(|message| message.id).collect();
        let mut recipients = self.services.short_recipient_lists(&ids).await?;
        let masked = !self.actor.may(Action::SeeRecipients);
        if !self.begun {
            self.begun = true;
            let titles: Vec<_> = COLUMNS.iter().map(|title| table::Cell::Text((*title).to_owned())).collect();
            self.sheet.write(&titles).map_err(broken)?;
        }
        for message in &page.items {
            let recipients = match recipients.remove(&message.id) {
                Some(recipients) => recipients,
                None => self.services.recipients_of(message.id).await?,
            };
            self.sheet.write(&row(message, &recipients, masked)).map_err(broken)?;
        }
        self.left -= page.items.len().min(self.left);
        self.after = ids.last().map(ToString::to_string);
        if !page.has_next || self.left == 0 {
            self.ended = true;
            self.sheet.finish().map_err(broken)?;
        }
        Ok(Some(self.sheet.take()))
    }
}

fn broken(error: std::io::Error) -> ServiceError {
    crate::store::StoreError::Corrupt(format!("an export can't be written: {error}")).into()
}
