//! The words of customers and imports.

use crate::base::limits;
use crate::base::phone::{PhoneNumber, PhoneRefused};
use crate::customers::import::mapping::Mapping;
use crate::do_not_call::model::{ListedBlock, ListedEntry};
use crate::store::entity::{
    calls, customer_phones, customers, hours_blocks, leads, previews, recycled_leads, recycles,
};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;

/// A customer who is to be added.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewCustomer {
    /// One line, never empty.
    pub name: String,
    /// At least one, each once, in the order in which they are dialled.
    pub phones: Vec<PhoneNumber>,
    /// One line.
    pub city: Option<String>,
    /// Free text.
    pub remark: Option<String>,
}

/// The number in a text, unless it is empty or among those `before` already.
pub fn another_phone<'p>(
    text: &str,
    home: &str,
    before: impl IntoIterator<Item = &'p PhoneNumber>,
) -> Result<Option<PhoneNumber>, PhoneRefused> {
    match PhoneNumber::parse(text, home) {
        Ok(phone) => Ok(before.into_iter().all(|other| other.e164 != phone.e164).then_some(phone)),
        Err(PhoneRefused::Empty) => Ok(None),
        Err(refused) => Err(refused),
    }
}

/// One line of text: line breaks and runs of space become one space. `None` when
/// nothing is left; an error, in words, when it is too long.
pub fn clean_line(text: &str) -> Result<Option<String>, String> {
    let visible = text.replace(char::is_control, " ");
    let text = visible.split_whitespace().collect::<Vec<_>>().join(" ");
    if text.chars().count() > limits::LINE_CHARS {
        return Err(format!("longer than {} characters", limits::LINE_CHARS));
    }
    Ok(Some(text).filter(|text| !text.is_empty()))
}

/// Free text: control characters other than line breaks are taken out. `None`
/// and errors as for a line.
pub fn clean_text(text: &str) -> Result<Option<String>, String> {
    let text: String = text.chars().filter(|c| !c.is_control() || *c == '\n').collect();
    if text.chars().count() > limits::TEXT_CHARS {
        return Err(format!("longer than {} characters", limits::TEXT_CHARS));
    }
    Ok(Some(text.trim().to_owned()).filter(|text| !text.is_empty()))
}

/// What is done with a row whose phone number a customer has already.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Duplicates {
    /// The row is rejected; the customer stays as they are and off the list.
    Skip,
    /// The customer gets the row's other numbers and what they lack of city and
    /// remark, and is put on the list.
    Merge,
}

/// Where an import is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ImportState {
    /// Read and found usable; waits for its mapping.
    Uploaded,
    /// Its rows are being imported.
    Running,
    /// Every row was imported, merged or rejected.
    Done,
    /// Nothing more will be imported; the error says why.
    Failed,
    /// Stopped by a person; what was imported until then stays.
    Cancelled,
}

impl ImportState {
    /// Every state.
    pub const ALL: [Self; 5] = [Self::Uploaded, Self::Running, Self::Done, Self::Failed, Self::Cancelled];

    /// The name in the database and the API.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Uploaded => "uploaded",
            Self::Running => "running",
            Self::Done => "done",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
        }
    }

    /// The state of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == name)
    }
}

/// How an import was started; stored with it, so that it can go on after a
/// restart.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImportPlan {
    /// Which column means what.
    pub mapping: Mapping,
    /// What to do with known numbers.
    pub duplicates: Duplicates,
    /// The priority of the leads; higher ones are dialled first.
    #[serde(default)]
    pub priority: i32,
}

/// A customer with their numbers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CustomerEntry {
    /// The row.
    pub customer: customers::Model,
    /// The live numbers in their order.
    pub phones: Vec<customer_phones::Model>,
    /// What the do-not-call list says of them now, by number (E.164).
    pub bars: HashMap<String, Vec<ListedEntry>>,
}

/// A list with its figures.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListEntry {
    /// Its id.
    pub id: i64,
    /// Its name.
    pub name: String,
    /// Leads on it.
    pub leads: i64,
    /// Of these, never dialled.
    pub fresh: i64,
    /// When it was made.
    pub created_at: chrono::DateTime<chrono::Utc>,
}

/// A lead of a campaign.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeadEntry {
    /// The row.
    pub lead: leads::Model,
    /// Whom it is about.
    pub customer: CustomerEntry,
    /// What the do-not-call list and the caps on attempts held back of it for the
    /// campaign, the latest first.
    pub blocks: Vec<ListedBlock>,
    /// Whether it waits, for the campaign, for an hour that is right where its number
    /// lives.
    pub hours: Option<hours_blocks::Model>,
}

impl LeadEntry {
    /// The number whose turn it is.
    pub fn next_number(&self) -> Option<&customer_phones::Model> {
        let phones = &self.customer.phones;
        phones.iter().find(|phone| phone.position >= self.lead.next_phone).or(phones.first())
    }
}

/// Which leads are wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum LeadKind {
    /// Never dialled, or to be dialled again.
    Open,
    /// Not to be dialled again.
    Done,
    /// Of which the do-not-call list holds a number back now.
    Barred,
    /// That are not dialled before some time: by a retry rule or a cap on attempts.
    Waiting,
}

/// What became of a lead until now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeadHistory {
    /// The lead.
    pub lead: LeadEntry,
    /// Its calls, the latest first.
    pub attempts: Vec<calls::Model>,
    /// When it was put back, the latest first, with who did and what it was.
    pub recycles: Vec<(recycles::Model, recycled_leads::Model, Option<String>)>,
    /// Who looked at it before it was dialled, the latest first.
    pub previews: Vec<ListedPreview>,
}

/// An agent looked at a lead, with their name.
pub type ListedPreview = (previews::Model, Option<String>);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_state_is_found_by_its_name() {
        for state in ImportState::ALL {
            assert_eq!(ImportState::from_name(state.as_str()), Some(state));
        }
    }
}
