//! The words of campaigns and leads.

use crate::campaigns::caps::model::CampaignCaps;
use crate::campaigns::retry::model::RetryRules;
use crate::campaigns::times::model::TimesForm;
use crate::floor::input::DialMode;
use crate::floor::preview::PreviewRules;
use crate::store::entity::{calendars, campaigns};

/// Where a campaign is in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum CampaignState {
    /// Being prepared; has never dialled.
    Draft,
    /// Dials within its hours.
    Running,
    /// Dials no more until started again; calls in progress go on.
    Paused,
    /// Every lead is done.
    Finished,
}

impl CampaignState {
    /// Every state.
    pub const ALL: [Self; 4] = [Self::Draft, Self::Running, Self::Paused, Self::Finished];

    /// The name in the database and the API.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Running => "running",
            Self::Paused => "paused",
            Self::Finished => "finished",
        }
    }

    /// The state of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == name)
    }
}

/// Where a lead is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum LeadState {
    /// Never dialled.
    Fresh,
    /// To be dialled again when its time has come.
    Retry,
    /// In a campaign's hopper.
    Claimed,
    /// Being called.
    Dialling,
    /// Not to be dialled again.
    Done,
}

impl LeadState {
    /// Every state.
    pub const ALL: [Self; 5] = [Self::Fresh, Self::Retry, Self::Claimed, Self::Dialling, Self::Done];

    /// The name in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Fresh => "fresh",
            Self::Retry => "retry",
            Self::Claimed => "claimed",
            Self::Dialling => "dialling",
            Self::Done => "done",
        }
    }

    /// The state of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == name)
    }
}

/// The settings of a campaign as people give them: not yet checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CampaignForm {
    /// One line, unique.
    pub name: String,
    /// The list it dials.
    pub list_id: i64,
    /// How it dials.
    pub mode: DialMode,
    /// Calls for each free agent in the mode that fixes them, per mille.
    pub ratio_permille: i32,
    /// How leads are shown in the mode that shows them.
    pub preview: PreviewRules,
    /// The trunk.
    pub gateway_id: i64,
    /// The number shown to customers.
    pub caller_id: String,
    /// The pool from which each customer's is chosen instead.
    pub caller_id_pool_id: Option<i64>,
    /// How long to let it ring, in seconds.
    pub ring_seconds: i32,
    /// Length of after-call work in seconds; 0: until the disposition is saved.
    pub wrap_up_seconds: i32,
    /// Cap on dropped calls, per mille of answered calls.
    pub drop_cap_permille: i32,
    /// Over how many hours the cap holds.
    pub cap_window_hours: i32,
    /// Campaigns of one group count as one for the cap.
    pub cap_group: Option<String>,
    /// When an answered call without an agent counts as dropped, milliseconds.
    pub drop_after_ms: i32,
    /// How long a customer is kept waiting at all, milliseconds.
    pub wait_ms_max: i32,
    /// What they hear then, a file of the switch, before they are hung up.
    pub drop_message: Option<String>,
    /// The most calls in progress at once.
    pub lines_max: i32,
    /// When it dials.
    pub times: TimesForm,
    /// The most new calls per second; 0: any number.
    pub calls_per_second: i32,
    /// The higher one takes what it can use of agents and lines first.
    pub priority: i32,
    /// Among campaigns of one priority: in this proportion.
    pub share: i32,
    /// Attempts at most for each lead.
    pub max_attempts: i32,
    /// When a lead is dialled again, by the result of its attempts.
    pub retry: RetryRules,
    /// Its own caps on attempts at one number.
    pub caps: CampaignCaps,
    /// What the agent says.
    pub script: Option<String>,
    /// The users who take its calls.
    pub agents: Vec<i64>,
}

impl CampaignForm {
    /// The settings a new campaign starts with, apart from what must be given.
    pub fn new(name: String, list_id: i64, gateway_id: i64, caller_id: String) -> Self {
        Self {
            name,
            list_id,
            mode: DialMode::Predictive,
            ratio_permille: 1_500,
            preview: PreviewRules::default(),
            gateway_id,
            caller_id,
            caller_id_pool_id: None,
            ring_seconds: 30,
            wrap_up_seconds: 30,
            drop_cap_permille: 30,
            cap_window_hours: 24,
            cap_group: None,
            drop_after_ms: 2_000,
            wait_ms_max: 10_000,
            drop_message: None,
            lines_max: 100,
            times: TimesForm::default(),
            calls_per_second: 0,
            priority: 0,
            share: 100,
            max_attempts: 3,
            retry: RetryRules::default(),
            caps: CampaignCaps::default(),
            script: None,
            agents: Vec::new(),
        }
    }
}

/// What has become of a campaign's calls.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct AttemptCounts {
    /// Originates handed to a gateway.
    pub attempts: i64,
    /// Of these, answered.
    pub answered: i64,
    /// Of these, connected with an agent.
    pub connected: i64,
    /// Answered and no agent there within the limit.
    pub dropped: i64,
}

/// A campaign's figures.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct CampaignCounts {
    /// Leads on its list.
    pub leads: i64,
    /// Of these, never dialled.
    pub fresh: i64,
    /// To be dialled again.
    pub retry: i64,
    /// Not to be dialled again.
    pub done: i64,
    /// Its calls.
    pub attempts: AttemptCounts,
}

/// A campaign with what belongs to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CampaignEntry {
    /// The row.
    pub campaign: campaigns::Model,
    /// The list's name.
    pub list_name: String,
    /// The gateway's name.
    pub gateway_name: String,
    /// The calendar it follows.
    pub calendar: Option<calendars::Model>,
    /// The users who take its calls.
    pub agents: Vec<i64>,
    /// Its figures.
    pub counts: CampaignCounts,
}

/// What agents are shown of a campaign.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CampaignScript {
    /// Its name.
    pub name: String,
    /// What it wants said.
    pub script: Option<String>,
}

/// Why settings that are right in themselves cannot be stored.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CampaignRefused {
    /// Another campaign has it.
    #[error("another campaign has this name")]
    NameTaken,
    /// There is none.
    #[error("there is no such list")]
    NoSuchList,
    /// There is none.
    #[error("there is no such gateway")]
    NoSuchGateway,
    /// There is none.
    #[error("there is no such calendar")]
    NoSuchCalendar,
    #[error("there is no such pool of caller IDs")]
    NoSuchPool,
    /// It has no number for everybody.
    #[error("this pool of caller IDs has no number in use that is for everybody")]
    EmptyPool,
    /// Deactivated, or without a desk phone, or nobody.
    #[error("user {0} is not an agent: an agent is active and has an extension")]
    NotAnAgent(i64),
}

impl CampaignRefused {
    /// The field at fault.
    pub fn field(&self) -> &'static str {
        match self {
            Self::NameTaken => "name",
            Self::NoSuchList => "list_id",
            Self::NoSuchGateway => "gateway_id",
            Self::NoSuchCalendar => "times.calendar_id",
            Self::NoSuchPool | Self::EmptyPool => "caller_id_pool_id",
            Self::NotAnAgent(_) => "agents",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_state_is_found_by_its_name() {
        for state in CampaignState::ALL {
            assert_eq!(CampaignState::from_name(state.as_str()), Some(state));
        }
        for state in LeadState::ALL {
            assert_eq!(LeadState::from_name(state.as_str()), Some(state));
        }
        for mode in DialMode::ALL {
            assert_eq!(DialMode::from_name(mode.as_str()), Some(mode));
        }
        assert_eq!(LeadState::from_name("lost"), None);
    }
}
