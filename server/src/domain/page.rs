//! Keyset pages: newest first, continued after a cursor.

/// Which page is wanted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PageRequest {
    /// 1 to [`PageRequest::MAX`].
    pub first: usize,
    /// The cursor of the last item of the page before.
    pub after: Option<String>,
}

impl PageRequest {
    pub const MAX: usize = 100;
    pub const DEFAULT: usize = 20;
}

/// One page of a list.
#[derive(Debug, Clone)]
pub struct Page<T> {
    pub items: Vec<T>,
    /// There is more after the last item.
    pub has_next: bool,
    /// How many there are in all; only where the list is small enough to count.
    pub total: Option<i64>,
}
