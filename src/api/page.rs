//! Pages of lists. A cursor is opaque to clients; inside, it is the sort key of
//! the last row shown, so that rows added meanwhile shift nothing.

use crate::api::problem::ApiError;
use crate::base::limits::{PAGE_DEFAULT, PAGE_MAX};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// One page of a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Page<T> {
    /// The rows.
    pub items: Vec<T>,
    /// Where the next page begins; null on the last page.
    pub next_cursor: Option<String>,
    /// How many rows there are in all, where that is cheap to know.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub total: Option<u64>,
}

/// What part of a list is asked for. Extract it beside a room's own filter with
/// a second `Query`.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct PageQuery {
    /// Rows on the page, 50 unless given, 200 at most.
    #[param(minimum = 1, maximum = 200)]
    pub limit: Option<u64>,
    /// `next_cursor` of the page before.
    pub cursor: Option<String>,
}

impl PageQuery {
    /// Rows wanted.
    pub fn limit(&self) -> Result<u64, ApiError> {
        match self.limit.unwrap_or(PAGE_DEFAULT) {
            limit @ 1..=PAGE_MAX => Ok(limit),
            _ => Err(ApiError::bad_request("limit", format!("must be between 1 and {PAGE_MAX}"))),
        }
    }

    /// The sort key after which the page begins; `None` for the first page.
    pub fn after<K: DeserializeOwned>(&self) -> Result<Option<K>, ApiError> {
        let Some(cursor) = &self.cursor else { return Ok(None) };
        let refused = || ApiError::bad_request("cursor", "is not one that this list has given out");
        let bytes = URL_SAFE_NO_PAD.decode(cursor).map_err(|_| refused())?;
        serde_json::from_slice(&bytes).map(Some).map_err(|_| refused())
    }
}

impl<T> Page<T> {
    /// A whole list on one page.
    pub fn all(items: Vec<T>) -> Self {
        let total = Some(items.len() as u64);
        Self { items, next_cursor: None, total }
    }

    /// A page from `limit + 1` fetched rows: the one too many shows that there
    /// are more. `key` gives a row's sort key.
    pub fn of<R, K: Serialize>(
        mut rows: Vec<R>,
        limit: u64,
        key: impl Fn(&R) -> K,
        view: impl Fn(R) -> T,
    ) -> Self {
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        let more = rows.len() > limit;
        rows.truncate(limit);
        let next_cursor = rows.last().filter(|_| more).and_then(|row| encode(&key(row)));
        Self { items: rows.into_iter().map(view).collect(), next_cursor, total: None }
    }
}

fn encode<K: Serialize>(key: &K) -> Option<String> {
    serde_json::to_vec(key).ok().map(|bytes| URL_SAFE_NO_PAD.encode(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_leads_to_the_next_page_and_the_last_page_has_none() {
        let page = Page::of(vec![1, 2, 3], 2, |row| ("x".to_owned(), *row), |row| row);
        assert_eq!(page.items, [1, 2]);
        let query = PageQuery { limit: Some(2), cursor: page.next_cursor };
        let after: Option<(String, i32)> = query.after().expect("cursor");
        assert_eq!(after, Some(("x".to_owned(), 2)));
        assert_eq!(Page::of(vec![3], 2, |row| *row, |row| row).next_cursor, None);
    }

    #[test]
    fn a_made_up_cursor_and_an_endless_page_are_refused() {
        let query = PageQuery { limit: Some(PAGE_MAX + 1), cursor: Some("hello".to_owned()) };
        assert!(query.after::<i64>().is_err());
        assert!(query.limit().is_err());
    }
}
