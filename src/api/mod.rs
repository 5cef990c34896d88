//! What every room's `http.rs` shares: errors as problem details (RFC 9457),
//! extractors that answer in them, checks of fields, and pages of lists.
//!
//! In: what went wrong. Out: an answer a person understands and a program can
//! tell apart by its `code`.

pub mod check;
pub mod extract;
pub mod page;
pub mod problem;
pub mod settings;

pub use check::{Check, is_sound, search_text};
pub use extract::{Json, Path, Query};
pub use page::{Page, PageQuery};
pub use problem::{ApiError, ApiResult, FieldError, Problem};
pub use settings::Settings;
