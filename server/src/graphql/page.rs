//! Pages of lists: `first` and `after`, connections and their edges.

use async_graphql::SimpleObject;

use super::error::{ApiError, Result};
use crate::domain::page::PageRequest;

/// Where a page lies in its list.
#[derive(SimpleObject, Debug, Clone)]
pub struct PageInfo {
    /// There is more after endCursor.
    pub has_next_page: bool,
    /// There is more before startCursor.
    pub has_previous_page: bool,
    /// Cursor of the first item.
    pub start_cursor: Option<String>,
    /// Cursor of the last item: the next page's `after`.
    pub end_cursor: Option<String>,
}

/// The page that a caller wants.
///
/// # Errors
/// `BAD_INPUT` when `first` is not 1 to 100.
pub fn page_request(first: Option<i32>, after: Option<String>) -> Result<PageRequest> {
    let first = match first {
        None => PageRequest::DEFAULT,
        Some(first) => usize::try_from(first)
            .ok()
            .filter(|first| (1..=PageRequest::MAX).contains(first))
            .ok_or_else(|| ApiError::bad_input(format!("first must be 1 to {}, not {first}", PageRequest::MAX)))?,
    };
    Ok(PageRequest { first, after })
}

/// Declares the connection and edge types of a node type. `counted` connections know how many items there are in all.
/// The node type has `fn cursor(&self) -> String` and is cheap to clone.
macro_rules! connection {
    (@type $node:ty, $edge:ident, $connection:ident, $edge_doc:literal, $doc:literal, { $($more:tt)* }) => {
        #[doc = $edge_doc]
        #[derive(async_graphql::SimpleObject)]
        pub struct $edge {
            /// Where the item lies in the list.
            cursor: String,
            /// The item.
            node: $node,
        }

        pub struct $connection {
            page: $crate::domain::page::Page<$node>,
            continued: bool,
        }

        impl $connection {
            /// The answer to `request`.
            pub fn new<T: Into<$node>>(
                page: $crate::domain::page::Page<T>,
                request: &$crate::domain::page::PageRequest,
            ) -> Self {
                let items = page.items.into_iter().map(Into::into).collect();
                let page = $crate::domain::page::Page { items, has_next: page.has_next, total: page.total };
                Self { page, continued: request.after.is_some() }
            }
        }

        #[doc = $doc]
        #[async_graphql::Object]
        impl $connection {
            /// The items with their cursors.
            async fn edges(&self) -> Vec<$edge> {
                self.page.items.iter().map(|node| $edge { cursor: node.cursor(), node: node.clone() }).collect()
            }

            /// The items.
            async fn nodes(&self) -> &[$node] {
                &self.page.items
            }

            /// Where this page lies in the list.
            async fn page_info(&self) -> $crate::graphql::page::PageInfo {
                $crate::graphql::page::PageInfo {
                    has_next_page: self.page.has_next,
                    has_previous_page: self.continued,
                    start_cursor: self.page.items.first().map(|node| node.cursor()),
                    end_cursor: self.page.items.last().map(|node| node.cursor()),
                }
            }

            $($more)*
        }
    };
    ($node:ty, $edge:ident, $connection:ident, $edge_doc:literal, $doc:literal) => {
        $crate::graphql::page::connection!(@type $node, $edge, $connection, $edge_doc, $doc, {});
    };
    (counted $node:ty, $edge:ident, $connection:ident, $edge_doc:literal, $doc:literal) => {
        $crate::graphql::page::connection!(@type $node, $edge, $connection, $edge_doc, $doc, {
            /// How many items there are in all.
            async fn total_count(&self) -> i32 {
                self.page.total.map_or(0, |total| i32::try_from(total).unwrap_or(i32::MAX))
            }
        });
    };
}
pub(super) use connection;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_has_one_to_a_hundred_items() {
        assert_eq!(page_request(None, None).unwrap().first, 20);
        assert_eq!(page_request(Some(1), None).unwrap().first, 1);
        assert_eq!(page_request(Some(100), Some("x".to_owned())).unwrap().after.as_deref(), Some("x"));
        for first in [0, -1, 101, i32::MAX, i32::MIN] {
            assert!(page_request(Some(first), None).is_err(), "{first}");
        }
    }
}
