//! One attempt or conversation of the floor: its state and its timers. Data
//! and pure questions; the transitions are in `legs.rs`.

use crate::base::clock::Moment;
use crate::base::ids::{AgentId, CallId, CampaignId, LegId};
use crate::floor::effect::{CallLive, CallStateKind, EndedBy};
use crate::floor::input::Lead;

/// Where a call is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CallState {
    /// Handed to the switch.
    Dialling,
    /// The far end rings.
    Ringing,
    /// Answered; waits for an agent.
    Waiting,
    /// An agent is reserved: the bridge is commanded, or the desk phone rings.
    Connecting {
        /// Who.
        agent: AgentId,
        /// When we try another agent.
        until: Moment,
    },
    /// Agent and customer talk.
    Talking {
        /// Who.
        agent: AgentId,
        /// When the switch took the legs apart; their ends must follow.
        apart_since: Option<Moment>,
    },
    /// We asked the switch to end it.
    Ending {
        /// Who was on it.
        agent: Option<AgentId>,
        /// When we ask whether the leg still exists.
        until: Moment,
    },
}

/// A call.
#[derive(Debug, Clone)]
pub struct Call {
    /// Which.
    pub id: CallId,
    /// The customer's leg.
    pub leg: LegId,
    /// For which campaign.
    pub campaign: CampaignId,
    /// The lead dialled.
    pub lead: Lead,
    /// Where it is.
    pub state: CallState,
    /// When dialled.
    pub started_at: Moment,
    /// When the switch must have told us the end of dialling.
    pub dial_until: Moment,
    /// When the customer answered.
    pub answered_at: Option<Moment>,
    /// Who was connected, and when.
    pub connected: Option<(AgentId, Moment)>,
    /// Whether the limit passed without an agent.
    pub dropped: bool,
    /// Who decided to end it, when we know before the switch says so.
    pub ended_by: Option<EndedBy>,
    /// When the leg was last heard of.
    pub heard_at: Moment,
}

impl Call {
    /// The agent reserved for it or on it.
    pub fn agent(&self) -> Option<AgentId> {
        match self.state {
            CallState::Connecting { agent, .. } | CallState::Talking { agent, .. } => Some(agent),
            CallState::Ending { agent, .. } => agent,
            CallState::Dialling | CallState::Ringing | CallState::Waiting => None,
        }
    }

    /// Whether the customer has not answered yet.
    pub fn in_flight(&self) -> bool {
        self.answered_at.is_none()
    }

    /// The call as the live floor shows it.
    pub fn live(&self) -> CallLive {
        CallLive {
            call: self.id,
            state: match self.state {
                CallState::Dialling => CallStateKind::Dialling,
                CallState::Ringing => CallStateKind::Ringing,
                CallState::Waiting => CallStateKind::Waiting,
                CallState::Connecting { .. } => CallStateKind::Connecting,
                CallState::Talking { .. } => CallStateKind::Talking,
                CallState::Ending { .. } => CallStateKind::Ending,
            },
            campaign: self.campaign,
            customer: self.lead.customer,
            number: self.lead.number.clone(),
            agent: self.agent(),
            started_at: self.started_at,
            answered_at: self.answered_at,
            connected_at: self.connected.map(|(_, at)| at),
        }
    }
}
