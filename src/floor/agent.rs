//! One agent of the floor: their state, their desk phone, and what they may
//! ask for. Data and pure questions; the transitions that touch calls are in
//! `people.rs` and `legs.rs`.

use crate::base::clock::Moment;
use crate::base::ids::{CallId, CampaignId, LegId};
use crate::floor::call::{Call, CallState, Want};
use crate::floor::effect::{AgentAction, AgentLive, AgentStateKind};
use crate::floor::input::{AgentProfile, PhoneMode};
use crate::floor::pending::Pending;
use crate::floor::phone::PhoneLive;
use crate::floor::preview::Preview;

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
    /// Looks at a lead ([`Agent::preview`]), to dial or to skip it.
    Previewing,
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
    /// Has a customer who hears music.
    Holding {
        /// The call.
        call: CallId,
    },
    /// Is asked by a colleague about their call.
    Consulted {
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
/// The reason of the pause that follows too many rings in vain.
pub const REASON_MISSED_RINGS: &str = "missed_rings";
/// The reason of the pause of an agent who neither dialled nor skipped a lead in time.
pub const REASON_PREVIEW_TIMEOUT: &str = "preview_timeout";
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
            AgentState::Previewing => AgentStateKind::Previewing,
            AgentState::Talking { .. } | AgentState::Consulted { .. } => AgentStateKind::Talking,
            AgentState::Holding { .. } => AgentStateKind::Hold,
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
            | AgentState::Holding { call }
            | AgentState::Consulted { call }
            | AgentState::WrapUp { call, .. } => Some(*call),
            _ => None,
        }
    }

    /// The call in progress.
    pub fn live_call(&self) -> Option<CallId> {
        match self {
            AgentState::Reserved { call }
            | AgentState::Talking { call }
            | AgentState::Holding { call }
            | AgentState::Consulted { call } => Some(*call),
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
    /// The campaigns that the agent serves, in their order.
    pub serves: Vec<CampaignId>,
    /// The campaign that counts on the agent, who is free and serves several.
    pub turn: Option<CampaignId>,
    /// Where the agent is.
    pub state: AgentState,
    /// Since when.
    pub since: Moment,
    /// Since when they have been idle, if since then their phone has rung only for
    /// callers whom colleagues answered, or they were kept free for a call back that
    /// came to nothing.
    pub idle_kept: Option<Moment>,
    /// The desk phone's leg.
    pub phone: Phone,
    /// What to do after the call.
    pub after_call: Option<AfterCall>,
    /// Deactivated: removed when logged out.
    pub leaving: bool,
    /// When the leg was last heard of, to ask about silent ones.
    pub heard_at: Moment,
    /// Whether the switch silences what the leg sends.
    pub muted: bool,
    /// Whether the leg ends with the call although the agent is off-hook: a
    /// supervisor's who took a call over.
    pub leg_for_one_call: bool,
    /// The request that the switch has not confirmed yet.
    pub pending: Option<Pending>,
    /// How often in a row the desk phone was rung in vain.
    pub misses: u32,
    /// The lead that they look at.
    pub preview: Option<Box<Preview>>,
    /// How many leads they have skipped in a row.
    pub skips: u32,
}

impl Agent {
    /// An agent who is not on shift.
    pub fn new(profile: AgentProfile, now: Moment) -> Self {
        Self {
            profile,
            serves: Vec::new(),
            turn: None,
            state: AgentState::LoggedOut,
            since: now,
            idle_kept: None,
            phone: Phone::Down,
            after_call: None,
            leaving: false,
            heard_at: now,
            muted: false,
            leg_for_one_call: false,
            pending: None,
            misses: 0,
            preview: None,
            skips: 0,
        }
    }

    /// Whether the leg stays up between calls.
    pub fn off_hook(&self) -> bool {
        self.profile.phone_mode == PhoneMode::OffHook
    }

    /// Since when the agent who is ready has been idle.
    pub fn idle_since(&self) -> Moment {
        self.idle_kept.unwrap_or(self.since)
    }

    /// Whether the agent is on shift and not paused.
    pub fn working(&self) -> bool {
        !matches!(
            self.state,
            AgentState::LoggedOut | AgentState::Paused { .. } | AgentState::Unreachable { .. }
        )
    }

    /// The commands that would be accepted now: the one table that the
    /// console's buttons and the floor's refusals share. `call` is the one the
    /// agent is on.
    pub fn allowed(&self, call: Option<&Call>) -> Vec<AgentAction> {
        use AgentAction::{Answer, Dial, Dispose, HangUp, LogIn, LogOut, Pause, Ready, Skip};
        let mut allowed = match self.state {
            AgentState::LoggedOut => return vec![LogIn],
            AgentState::Paused { .. } | AgentState::Unreachable { .. } => return vec![Ready, Pause, LogOut],
            AgentState::Connecting if matches!(self.phone, Phone::Ringing { .. }) => vec![Answer],
            AgentState::Connecting | AgentState::Ready => Vec::new(),
            AgentState::Previewing => return vec![Dial, Skip, Pause, LogOut],
            AgentState::Reserved { .. } => {
                let rings = matches!(self.phone, Phone::Ringing { .. }).then_some(Answer);
                // A call that they wanted themselves they may give up.
                let dialled = call.is_some_and(|call| call.preview.is_some() && call.in_flight());
                rings.into_iter().chain(dialled.then_some(HangUp)).collect()
            }
            AgentState::Talking { .. } | AgentState::Holding { .. } | AgentState::Consulted { .. } => {
                call.map_or_else(Vec::new, |call| self.call_actions(call))
            }
            AgentState::WrapUp { .. } => return vec![Dispose, Ready, Pause, LogOut],
        };
        if self.after_call.is_some() {
            allowed.push(Ready);
        }
        allowed.extend([Pause, LogOut]);
        allowed
    }

    /// What the agent may do with the call they are on.
    fn call_actions(&self, call: &Call) -> Vec<AgentAction> {
        use AgentAction::{
            CancelTransfer, CompleteTransfer, Conference, Consult, Dispose, HangUp, Hold, Mute,
            PauseRecording, Resume, ResumeRecording, SendKeys, Swap, Transfer, Unmute,
        };
        let mut actions = vec![HangUp, if self.muted { Unmute } else { Mute }];
        if call.agent() != Some(self.profile.agent) {
            // A colleague who is asked.
            return actions;
        }
        actions.push(Dispose);
        match (&call.state, &call.plan) {
            (CallState::Talking { apart_since: None, .. }, _) => {
                actions.extend([Hold, SendKeys, Transfer, Consult]);
            }
            (CallState::Arranged { .. }, Some(plan)) if plan.settled => match (plan.want, &plan.third) {
                (Want::Hold, None) => actions.extend([Resume, Transfer, Consult]),
                (Want::Hold, Some(third)) if third.attended => {
                    actions.extend([CompleteTransfer, CancelTransfer]);
                }
                (Want::Hold, Some(_)) => actions.push(CancelTransfer),
                (Want::Consult, _) => actions.extend([Swap, CompleteTransfer, CancelTransfer, Conference]),
                (Want::Aside, _) => {
                    actions.extend([SendKeys, Swap, CompleteTransfer, CancelTransfer, Conference]);
                }
                (Want::Conference, _) => actions.extend([CompleteTransfer, CancelTransfer]),
                (Want::Talk | Want::Hand | Want::Queue(_), _) => {}
            },
            _ => {}
        }
        if call.recording.is_some() {
            actions.push(if call.recording_paused { ResumeRecording } else { PauseRecording });
        }
        actions
    }

    /// The agent as the live floor shows them.
    pub fn live(&self, call: Option<&Call>) -> AgentLive {
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
            muted: self.muted,
            allowed: self.allowed(call),
            phone: PhoneLive::default(),
            forwarding: self.profile.forwarding.clone(),
            takes_personal_calls: self.takes_personal_calls(),
            preview: None,
        }
    }
}
