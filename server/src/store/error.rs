//! What can go wrong in the store. Driver texts stay in here and in the log; clients never see them.

use std::sync::Arc;

use diesel::result::{DatabaseErrorKind, Error};

#[derive(Debug, Clone, thiserror::Error)]
pub enum StoreError {
    /// The database can't be reached, or dropped the connection.
    #[error("the database is unavailable: {0}")]
    Unavailable(String),
    /// Two transactions got into each other's way; trying again helps.
    #[error("the database asks to try again: {0}")]
    Conflict(String),
    #[error("the database refused a statement: {0}")]
    Query(#[source] Arc<Error>),
    /// A stored value can't be read: written by a newer version, or damaged.
    #[error("a stored value can't be read: {0}")]
    Corrupt(String),
}

impl StoreError {
    /// Whether the same statement may succeed later without any change.
    pub fn transient(&self) -> bool {
        matches!(self, Self::Unavailable(_) | Self::Conflict(_))
    }

    pub fn corrupt(what: impl std::fmt::Display) -> Self {
        Self::Corrupt(what.to_string())
    }
}

impl From<Error> for StoreError {
    fn from(error: Error) -> Self {
        match &error {
            Error::DatabaseError(DatabaseErrorKind::ClosedConnection | DatabaseErrorKind::UnableToSendCommand, _) => {
                Self::Unavailable(error.to_string())
            }
            Error::DatabaseError(DatabaseErrorKind::ReadOnlyTransaction, _) => Self::Unavailable(error.to_string()),
            Error::DatabaseError(DatabaseErrorKind::SerializationFailure, _) => Self::Conflict(error.to_string()),
            Error::DatabaseError(_, detail) => {
                let text = detail.message();
                if text.contains("deadlock detected") || text.contains("database is locked") {
                    Self::Conflict(error.to_string())
                } else if text.contains("connection closed")
                    || text.contains("terminating connection")
                    || text.contains("the database system is")
                    || text.contains("communicating with the server")
                    || text.contains("canceling statement")
                    || text.contains("No space left")
                    || text.contains("out of memory")
                    || text.contains("disk I/O error")
                    || text.contains("disk is full")
                {
                    Self::Unavailable(error.to_string())
                } else {
                    Self::Query(Arc::new(error))
                }
            }
            _ => Self::Query(Arc::new(error)),
        }
    }
}

/// Whether a statement failed because a unique key was taken.
pub fn taken(error: &StoreError) -> bool {
    matches!(error, StoreError::Query(cause)
        if matches!(**cause, Error::DatabaseError(DatabaseErrorKind::UniqueViolation, _)))
}
