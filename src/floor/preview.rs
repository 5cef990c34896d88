//! Preview dialling, as data: what a campaign sets, the lead that an agent looks
//! at, and how looking at it ended, for the ledger and for the agent. What happens
//! is in `previewing.rs`.

use crate::base::clock::Moment;
use crate::base::ids::{AgentId, CallId, CampaignId, CustomerId, LeadId};
use crate::base::phone::Dialable;
use crate::floor::input::Lead;
use serde::{Deserialize, Serialize};

/// What becomes of a lead that an agent has looked at for as long as they may.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum PreviewTimeout {
    /// It is dialled.
    Dial,
    /// It goes back, for the next agent, and this one is paused: perhaps nobody is
    /// there.
    Skip,
}

/// How a campaign in the mode `preview` shows its leads.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct PreviewRules {
    /// How long an agent may look at a lead, in seconds; 0: as long as they like.
    #[schema(minimum = 0, maximum = 3600)]
    pub seconds: u32,
    /// What happens then.
    pub timeout: PreviewTimeout,
    /// How many leads an agent may skip in a row; 0: none, each is to be dialled;
    /// null: any number.
    #[schema(minimum = 0, maximum = 1000)]
    pub skips_max: Option<u32>,
    /// How long a lead that was skipped is left alone, in minutes.
    #[schema(minimum = 1, maximum = 10080)]
    pub skip_minutes: u32,
}

impl Default for PreviewRules {
    fn default() -> Self {
        Self { seconds: 120, timeout: PreviewTimeout::Skip, skips_max: None, skip_minutes: 60 }
    }
}

impl PreviewRules {
    /// As they are stored; what is left out or cannot be read is as usual.
    pub fn from_stored(stored: &serde_json::Value) -> Self {
        serde_json::from_value(stored.clone()).unwrap_or_default()
    }
}

/// Why an agent skips a lead.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SkipReason {
    /// Not a good time to call this customer.
    BadTime,
    /// Not somebody to call in this campaign.
    NotTarget,
    /// Somebody is in touch with them already.
    InTouch,
    /// Too little is known to call them.
    LacksData,
    /// Another, which the note says.
    Other,
}

impl SkipReason {
    /// Every reason, in the order of the console.
    pub const ALL: [Self; 5] = [Self::BadTime, Self::NotTarget, Self::InTouch, Self::LacksData, Self::Other];

    /// The name in the database and the API.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::BadTime => "bad_time",
            Self::NotTarget => "not_target",
            Self::InTouch => "in_touch",
            Self::LacksData => "lacks_data",
            Self::Other => "other",
        }
    }

    /// The reason of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.as_str() == name)
    }
}

/// How a preview ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum PreviewEnd {
    /// The agent dialled.
    Dialled,
    /// The time was up, and the lead was dialled.
    DialledAtTimeout,
    /// The agent skipped the lead.
    Skipped,
    /// The time was up: the lead went back and the agent was paused.
    TimedOut,
    /// The agent paused, left, or lost their desk phone.
    AgentLeft,
    /// A customer who was on the line already came first.
    CallFirst,
    /// The campaign was paused or changed, or is over.
    CampaignStopped,
    /// The times of calling ended, the campaign's or the called party's.
    TimesOver,
    /// The customer is in a call, or being called.
    InACall,
    /// No number may be shown to this customer now.
    NoCallerId,
    /// It was to be dialled, and the do-not-call list, a cap, the clock, or a store
    /// that is away kept it from being so.
    NotAllowed,
}

impl PreviewEnd {
    /// Every end.
    pub const ALL: [Self; 11] = [
        Self::Dialled,
        Self::DialledAtTimeout,
        Self::Skipped,
        Self::TimedOut,
        Self::AgentLeft,
        Self::CallFirst,
        Self::CampaignStopped,
        Self::TimesOver,
        Self::InACall,
        Self::NoCallerId,
        Self::NotAllowed,
    ];

    /// The name in the database and the API.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Dialled => "dialled",
            Self::DialledAtTimeout => "dialled_at_timeout",
            Self::Skipped => "skipped",
            Self::TimedOut => "timed_out",
            Self::AgentLeft => "agent_left",
            Self::CallFirst => "call_first",
            Self::CampaignStopped => "campaign_stopped",
            Self::TimesOver => "times_over",
            Self::InACall => "in_a_call",
            Self::NoCallerId => "no_caller_id",
            Self::NotAllowed => "not_allowed",
        }
    }

    /// The end of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|end| end.as_str() == name)
    }

    /// Whether the agent did it, and need not be told.
    pub(super) fn is_the_agents(self) -> bool {
        matches!(self, Self::Dialled | Self::Skipped | Self::AgentLeft)
    }
}

/// A lead that an agent looks at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Preview {
    /// Whose lead.
    pub campaign: CampaignId,
    /// The lead, out of the hopper.
    pub lead: Lead,
    /// Since when.
    pub since: Moment,
    /// Until when they may; `None`: as long as they like.
    pub until: Option<Moment>,
    /// What happens then.
    pub timeout: PreviewTimeout,
}

/// The same, as the live floor shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PreviewLive {
    /// Whose lead.
    pub campaign: CampaignId,
    /// Which.
    pub lead: LeadId,
    /// The customer.
    pub customer: CustomerId,
    /// The number that would be dialled.
    pub number: Dialable,
    /// Since when.
    pub since: Moment,
    /// Until when they may; `None`: as long as they like.
    pub until: Option<Moment>,
    /// What happens then.
    pub timeout: PreviewTimeout,
    /// How many leads they may still skip in a row; `None`: any number.
    pub skips_left: Option<u32>,
}

/// An agent has looked at a lead: how it ended, for the ledger. Of one that could
/// not be recorded as dialled a second one follows, which counts instead.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PreviewFact {
    /// Whose lead.
    pub campaign: CampaignId,
    /// Which.
    pub lead: LeadId,
    /// The customer.
    pub customer: CustomerId,
    /// Who looked.
    pub agent: AgentId,
    /// Since when; with the lead, this names the preview.
    pub offered_at: Moment,
    /// How it ended.
    pub end: PreviewEnd,
    /// Of a lead that was skipped: why.
    pub reason: Option<SkipReason>,
    /// What the agent typed beside it.
    pub note: Option<String>,
    /// Of a lead that was skipped: not again before.
    pub rests_until: Option<Moment>,
    /// The attempt.
    pub call: Option<CallId>,
    /// When it ended.
    pub at: Moment,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_is_found_by_its_name() {
        for reason in SkipReason::ALL {
            assert_eq!(SkipReason::from_name(reason.as_str()), Some(reason));
        }
        for end in PreviewEnd::ALL {
            assert_eq!(PreviewEnd::from_name(end.as_str()), Some(end));
        }
        assert_eq!(SkipReason::from_name("bored"), None);
    }
}
