//! One agent of the floor: their state, their desk phone, and what they may
//! ask for. Data and pure questions; the transitions that touch calls are in
//! `people.rs` and `legs.rs`.

use crate::base::clock::Moment;
use crate::base::ids::{CallId, LegId};
use crate::floor::effect::{AgentAction, AgentLive, AgentStateKind};
use crate::floor::input::{AgentProfile, PhoneMode};

/// Where an agent is. Every second of a shift is in exactly one state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AgentState {
    /// Not on shift.
    LoggedOut,
    /// Takes no calls.
    Paused {
        /// Why.
        reason: String,
    },
    /// Wants calls; the off-hook desk phone is being rung.
    Connecting,
    /// Waits for a call.
    Ready,
    /// Chosen for a call that is being connected.
    Reserved {
        /// The call.
        call: CallId,
    },
    /// Talks.
    Talking {
        /// The call.
        call: CallId,
    },
    /// After-call work.
    WrapUp {
        /// The call that ended.
        call: CallId,
        /// When it ends by itself; `None`: when the disposition is saved.
        until: Option<Moment>,
    },
    /// Wants calls and cannot have them.
    Unreachable {
        /// Why, one of the `REASON_…` constants.
        reason: &'static str,
    },
}

/// The switch cannot be reached; the agent becomes ready by itself later.
pub const REASON_SWITCH_DOWN: &str = "switch_down";
/// The desk phone did not answer, or refused.
pub const REASON_PHONE_NO_ANSWER: &str = "phone_no_answer";
/// The desk phone is not registered.
pub const REASON_PHONE_NOT_REGISTERED: &str = "phone_not_registered";
/// The desk phone was hung up between calls.
pub const REASON_PHONE_HUNG_UP: &str = "phone_hung_up";
/// The switch could not connect the desk phone to a customer.
pub const REASON_BRIDGE_FAILED: &str = "bridge_failed";
/// The reason of the pause that a shift begins with.
pub const REASON_LOGGED_IN: &str = "logged_in";

impl AgentState {
    /// The counted kind of the state.
    pub fn kind(&self) -> AgentStateKind {
        match self {
            AgentState::LoggedOut => AgentStateKind::LoggedOut,
            AgentState::Paused { .. } => AgentStateKind::Paused,
            AgentState::Connecting | AgentState::Reserved { .. } => AgentStateKind::Ringing,
            AgentState::Ready => AgentStateKind::Ready,
            AgentState::Talking { .. } => AgentStateKind::Talking,
            AgentState::WrapUp { .. } => AgentStateKind::WrapUp,
            AgentState::Unreachable { .. } => AgentStateKind::Unreachable,
        }
    }

    /// The reason people are shown.
    pub fn reason(&self) -> Option<&str> {
        match self {
            AgentState::Paused { reason } => Some(reason),
            AgentState::Unreachable { reason } => Some(reason),
            _ => None,
        }
    }

    /// The call it belongs to, after-call work included.
    pub fn call(&self) -> Option<CallId> {
        match self {
            AgentState::Reserved { call }
            | AgentState::Talking { call }
            | AgentState::WrapUp { call, .. } => Some(*call),
            _ => None,
        }
    }

    /// The call in progress.
    pub fn live_call(&self) -> Option<CallId> {
        match self {
            AgentState::Reserved { call } | AgentState::Talking { call } => Some(*call),
            _ => None,
        }
    }
}

/// The leg to the desk phone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phone {
    /// No leg.
    Down,
    /// The phone rings.
    Ringing {
        /// The leg.
        leg: LegId,
        /// When we give up.
        until: Moment,
    },
    /// The leg is up.
    Up {
        /// The leg.
        leg: LegId,
    },
}

impl Phone {
    /// The leg, ringing or up.
    pub fn leg(self) -> Option<LegId> {
        match self {
            Phone::Down => None,
            Phone::Ringing { leg, .. } | Phone::Up { leg } => Some(leg),
        }
    }
}

/// What the agent asked for during a call, done after it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AfterCall {
    /// End the shift.
    LogOut,
    /// Pause with this reason.
    Pause(String),
}

/// An agent.
#[derive(Debug, Clone)]
pub struct Agent {
    /// Name, phone and mode of use.
    pub profile: AgentProfile,
    /// Where the agent is.
    pub state: AgentState,
    /// Since when.
    pub since: Moment,
    /// The desk phone's leg.
    pub phone: Phone,
    /// What to do after the call.
    pub after_call: Option<AfterCall>,
    /// Deactivated: removed when logged out.
    pub leaving: bool,
    /// When the leg was last heard of, to ask about silent ones.
    pub heard_at: Moment,
}

impl Agent {
    /// An agent who is not on shift.
    pub fn new(profile: AgentProfile, now: Moment) -> Self {
        Self {
            profile,
            state: AgentState::LoggedOut,
            since: now,
            phone: Phone::Down,
            after_call: None,
            leaving: false,
            heard_at: now,
        }
    }

    /// Whether the leg stays up between calls.
    pub fn off_hook(&self) -> bool {
        self.profile.phone_mode == PhoneMode::OffHook
    }

    /// Whether the agent is on shift and not paused.
    pub fn working(&self) -> bool {
        !matches!(
            self.state,
            AgentState::LoggedOut | AgentState::Paused { .. } | AgentState::Unreachable { .. }
        )
    }

    /// The commands that would be accepted now: the one table that the
    /// console's buttons and the floor's refusals share.
    pub fn allowed(&self) -> Vec<AgentAction> {
        use AgentAction::{Dispose, HangUp, LogIn, LogOut, Pause, Ready};
        match self.state {
            AgentState::LoggedOut => vec![LogIn],
            AgentState::Paused { .. } | AgentState::Unreachable { .. } => vec![Ready, Pause, LogOut],
            AgentState::Connecting | AgentState::Ready => vec![Pause, LogOut],
            AgentState::Reserved { .. } if self.after_call.is_some() => vec![Ready, Pause, LogOut],
            AgentState::Reserved { .. } => vec![Pause, LogOut],
            AgentState::Talking { .. } if self.after_call.is_some() => {
                vec![HangUp, Dispose, Ready, Pause, LogOut]
            }
            AgentState::Talking { .. } => vec![HangUp, Dispose, Pause, LogOut],
            AgentState::WrapUp { .. } => vec![Dispose, Ready, Pause, LogOut],
        }
    }

    /// The agent as the live floor shows them.
    pub fn live(&self) -> AgentLive {
        AgentLive {
            agent: self.profile.agent,
            kind: self.state.kind(),
            reason: self.state.reason().map(str::to_owned),
            since: self.since,
            call: self.state.call(),
            phone_up: matches!(self.phone, Phone::Up { .. }),
            next: self.after_call.as_ref().map(|next| match next {
                AfterCall::LogOut => AgentStateKind::LoggedOut,
                AfterCall::Pause(_) => AgentStateKind::Paused,
            }),
            wrap_up_until: match self.state {
                AgentState::WrapUp { until, .. } => until,
                _ => None,
            },
            allowed: self.allowed(),
        }
    }
}
