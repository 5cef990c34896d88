//! The rows of customers, their phones, lists and imports.
//!
//! In: rows read from a spreadsheet, what people ask for. Out: customers and
//! lists within the reader's scope, imports with their progress.

mod callers;
mod customers;
mod imports;
mod leads;
mod previews;
mod rows;

pub use callers::{Added, add_customer, find_caller};
pub use customers::{find_customer, list_customers, list_lists};
pub use imports::{
    ImportProgress, find_import, find_running_imports, insert_import, list_imports, list_rejects,
    mark_cancelled, mark_done, mark_failed, start_import,
};
pub use leads::{find_lead_history, list_leads, list_of_campaign};
pub use previews::find_skips;
pub use rows::{NewReject, RowOutcome, import_chunk};
