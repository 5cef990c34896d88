//! The words of the do-not-call list.

use crate::base::clock::Moment;
use crate::base::ids::{AgentId, CallId, CampaignId, CustomerId, DepartmentId, LeadId, QueueId, UserId};
use crate::store::entity::{consents, do_not_call_blocks, do_not_call_entries};
use serde::{Deserialize, Serialize};
use std::collections::HashSet;
use utoipa::ToSchema;
use uuid::Uuid;

/// The last result of a lead every number of which is barred.
pub const BARRED: &str = "do_not_call";
/// The reason of an entry that an agent made with one click.
pub const ASKED_ON_CALL: &str = "asked_on_call";

macro_rules! names {
    ($(#[$of:meta])* $kind:ident { $($(#[$doc:meta])* $name:ident = $text:literal),+ $(,)? }) => {
        $(#[$of])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
        #[serde(rename_all = "snake_case")]
        pub enum $kind {
            $($(#[$doc])* $name,)+
        }

        impl $kind {
            /// Each of them.
            pub const ALL: &'static [Self] = &[$(Self::$name,)+];

            /// The name in the database and the API.
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Self::$name => $text,)+
                }
            }
        }
    };
}

names! {
    /// How far an entry reaches.
    BarScope {
        /// Nobody dials the number.
        System = "system",
        /// No campaign, queue or agent of one department, or of one below it.
        Department = "department",
        /// Not one campaign.
        Campaign = "campaign",
    }
}

names! {
    /// Where an entry comes from.
    BarSource {
        /// The disposition that an agent saved.
        Disposition = "disposition",
        /// One click of an agent on the call.
        Click = "click",
        /// Entered by hand.
        Typed = "typed",
        /// A file of numbers.
        Import = "import",
        /// A complaint.
        Complaint = "complaint",
    }
}

names! {
    /// What was held back.
    BlockKind {
        /// A lead of a campaign.
        Lead = "lead",
        /// A place that a caller keeps.
        Callback = "callback",
        /// A call that an agent wanted to hand to this number.
        Transfer = "transfer",
    }
}

names! {
    /// The rule that held something back.
    BlockRule {
        /// An entry of the do-not-call list.
        DoNotCall = "do_not_call",
        /// The cap on attempts at one number on one day.
        CapDay = "cap_day",
        /// The cap on attempts at one number in all.
        CapInAll = "cap_in_all",
        /// The time between two attempts at one number.
        Spacing = "spacing",
    }
}

names! {
    /// What somebody said of being called.
    ConsentKind {
        /// They may be called.
        Given = "given",
        /// They do not want to be called.
        Refused = "refused",
        /// What they said before does not stand any more.
        Withdrawn = "withdrawn",
    }
}

names! {
    /// Where it was said.
    ConsentSource {
        /// On a call, kept with the disposition.
        Disposition = "disposition",
        /// On a call, kept with one click.
        Click = "click",
        /// On a call, entered by hand.
        Call = "call",
        /// In writing.
        Written = "written",
        /// In a form on a page or in an app.
        Online = "online",
        /// In a complaint.
        Complaint = "complaint",
    }
}

/// For whom a number is barred.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Target {
    /// For everybody.
    System,
    /// For a department and those below it.
    Department(DepartmentId),
    /// For a campaign.
    Campaign(CampaignId),
}

impl Target {
    /// How far it reaches.
    pub fn scope(self) -> BarScope {
        match self {
            Target::System => BarScope::System,
            Target::Department(_) => BarScope::Department,
            Target::Campaign(_) => BarScope::Campaign,
        }
    }

    /// Whom a stored entry is for. One that cannot be read bars everybody.
    pub fn of(entry: &do_not_call_entries::Model) -> Self {
        match (entry.department_id, entry.campaign_id) {
            (Some(department), _) => Target::Department(DepartmentId(department)),
            (None, Some(campaign)) => Target::Campaign(CampaignId(campaign)),
            (None, None) => Target::System,
        }
    }

    /// The columns of department and campaign.
    pub fn columns(self) -> (Option<i64>, Option<i64>) {
        match self {
            Target::System => (None, None),
            Target::Department(id) => (Some(id.0), None),
            Target::Campaign(id) => (None, Some(id.0)),
        }
    }
}

/// What entries are to be, apart from their number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewEntry {
    /// For whom.
    pub target: Target,
    /// Where it comes from.
    pub source: BarSource,
    /// One line.
    pub reason: String,
    /// Free text.
    pub note: Option<String>,
    /// The call in which it was asked for.
    pub call: Option<CallId>,
    /// Who puts it there.
    pub by: Option<UserId>,
    /// Until when it counts; `None`: for good.
    pub expires_at: Option<Moment>,
}

impl NewEntry {
    /// What an agent heard on a call: for everybody and for good.
    pub fn from_call(source: BarSource, reason: &str, call: CallId, by: UserId) -> Self {
        let (reason, call, by) = (reason.to_owned(), Some(call), Some(by));
        Self { target: Target::System, source, reason, note: None, call, by, expires_at: None }
    }
}

/// What came of putting a number on the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Added {
    /// It is there now.
    New(i64),
    /// It was there for a shorter time, and stays longer now.
    Extended(i64),
    /// It was there for as long.
    There(i64),
}

impl Added {
    /// The entry.
    pub fn entry(self) -> i64 {
        match self {
            Added::New(id) | Added::Extended(id) | Added::There(id) => id,
        }
    }
}

/// What came of putting many numbers on the list.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct AddedMany {
    /// On the list now.
    pub added: u64,
    /// There already; of these some stay longer now.
    pub there: u64,
}

/// Who is about to dial.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Dialler {
    /// A campaign.
    Campaign(CampaignId),
    /// A queue calls a customer back.
    Queue(QueueId),
    /// An agent hands a call on, perhaps a campaign's.
    Agent(AgentId, Option<CampaignId>),
}

/// Whose entries count for somebody who dials, beside those of the system.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Audience {
    /// The departments of their agents, and all above these.
    pub departments: HashSet<i64>,
    /// Their campaign.
    pub campaign: Option<i64>,
}

/// Which entries somebody may see beside the system's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reach {
    /// All of them.
    All,
    /// Those of these departments and campaigns.
    Of {
        /// Departments.
        departments: Vec<i64>,
        /// Campaigns.
        campaigns: Vec<i64>,
    },
}

/// Which entries are wanted.
#[derive(Debug, Clone)]
pub struct EntryFilter {
    /// What the reader may see.
    pub reach: Reach,
    /// Digits of the number.
    pub digits: Option<String>,
    /// Of this scope.
    pub scope: Option<BarScope>,
    /// From there.
    pub source: Option<BarSource>,
    /// Those that count (false), or those that have ended (true).
    pub ended: bool,
}

/// An entry with the names that belong to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedEntry {
    /// The row.
    pub entry: do_not_call_entries::Model,
    /// The department's or campaign's name.
    pub target_name: Option<String>,
    /// Who put it there.
    pub by_name: Option<String>,
    /// Who took it off.
    pub removed_by_name: Option<String>,
    /// The recording of its call.
    pub recording: Option<Uuid>,
}

/// Something that was held back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewBlock {
    /// The entry of the list that holds it back; `None`: a cap does.
    pub entry: Option<i64>,
    /// The rule.
    pub rule: BlockRule,
    /// Until when a cap does.
    pub until: Option<Moment>,
    /// The number.
    pub e164: String,
    /// What it was.
    pub what: Blocked,
}

impl NewBlock {
    /// What an entry of the list holds back.
    pub fn by_entry(entry: i64, e164: String, what: Blocked) -> Self {
        Self { entry: Some(entry), rule: BlockRule::DoNotCall, until: None, e164, what }
    }
}

/// What was held back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Blocked {
    /// A lead of a campaign.
    Lead {
        /// Which.
        lead: LeadId,
        /// Of whom.
        customer: CustomerId,
        /// Which campaign was to dial it.
        campaign: CampaignId,
        /// Whether every number of it is barred.
        held: bool,
    },
    /// A kept place.
    Callback {
        /// The call from which it was kept.
        place: CallId,
        /// Whose it is.
        customer: Option<CustomerId>,
        /// Its queue.
        queue: QueueId,
    },
    /// A number to which an agent wanted to hand a call.
    Transfer {
        /// Who.
        agent: AgentId,
        /// Of which campaign the call is.
        campaign: Option<CampaignId>,
        /// The call.
        call: Option<CallId>,
    },
}

/// A block with its entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedBlock {
    /// The row.
    pub block: do_not_call_blocks::Model,
    /// The entry that held it back; `None`: a cap did.
    pub entry: Option<ListedEntry>,
}

/// Something that was said, to be kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewConsent {
    /// Of which number.
    pub e164: String,
    /// Whose it is.
    pub customer: Option<CustomerId>,
    /// What was said.
    pub kind: ConsentKind,
    /// Where.
    pub source: ConsentSource,
    /// Free text.
    pub note: Option<String>,
    /// In which call.
    pub call: Option<CallId>,
    /// When.
    pub said_at: Moment,
    /// Who keeps it.
    pub by: Option<UserId>,
}

/// The call on which something was said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SaidOnCall<'a> {
    /// Which.
    pub call: CallId,
    /// The customer's number.
    pub e164: &'a str,
    /// The customer, if they are known.
    pub customer: Option<CustomerId>,
}

impl NewConsent {
    /// What an agent heard on a call just now.
    pub fn on_call(
        on: SaidOnCall<'_>,
        kind: ConsentKind,
        source: ConsentSource,
        by: UserId,
        now: Moment,
    ) -> Self {
        Self {
            e164: on.e164.to_owned(),
            customer: on.customer,
            kind,
            source,
            note: None,
            call: Some(on.call),
            said_at: now,
            by: Some(by),
        }
    }
}

/// Something that was said, with the names that belong to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedConsent {
    /// The row.
    pub consent: consents::Model,
    /// Who kept it.
    pub by_name: Option<String>,
    /// The recording of its call.
    pub recording: Option<Uuid>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_json_agree() {
        macro_rules! agree {
            ($($kind:ident),+) => {$(
                for each in $kind::ALL {
                    assert_eq!(serde_json::to_value(each).unwrap(), each.as_str());
                }
            )+};
        }
        agree!(BarScope, BarSource, BlockKind, BlockRule, ConsentKind, ConsentSource);
    }
}
