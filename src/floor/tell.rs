//! What the consoles are told of the floor: agents, calls, campaigns and ears
//! as they are now, and what one agent must see at once.

use crate::base::clock::Moment;
use crate::base::ids::{AgentId, CallId, CampaignId, CustomerId, QueueId};
use crate::base::phone::Dialable;
use crate::floor::forward::Forwarding;
use crate::floor::input::{MonitorMode, Party, RecordingSpace};
use crate::floor::kept::KeptLive;
use crate::floor::kind::{AgentStateKind, TransferOutcome};
use crate::floor::pacing::PacingReport;
use crate::floor::phone::PhoneLive;
use crate::floor::preview::{PreviewEnd, PreviewLive};
use crate::floor::queue::QueueCounts;
use serde::{Deserialize, Serialize};

/// A message for the consoles.
#[derive(Debug, Clone, PartialEq)]
pub enum Tell {
    /// An agent as they are now.
    Agent(AgentLive),
    /// An agent is no more.
    AgentGone(AgentId),
    /// A call as it is now.
    Call(CallLive),
    /// A call is over.
    CallGone(CallId),
    /// Show the customer to the agent; sent no later than the bridge command.
    ScreenPop {
        /// To whom.
        agent: AgentId,
        /// The call.
        call: CallId,
        /// The customer; `None`: a caller nobody knows.
        customer: Option<CustomerId>,
        /// The campaign it was dialled for.
        campaign: Option<CampaignId>,
        /// The queue it comes from.
        queue: Option<QueueId>,
        /// The customer's number; `None` when a caller withholds it.
        number: Option<Dialable>,
        /// The colleague who hands the call on.
        from: Option<AgentId>,
        /// What they typed.
        note: Option<String>,
    },
    /// What an agent must be told of their call or lead, once.
    Notice {
        /// Whom.
        agent: AgentId,
        /// Of which call; `None`: of the lead that they looked at.
        call: Option<CallId>,
        /// What.
        notice: Notice,
    },
    /// A supervisor's ear, as it is now; `mode` is `None` once it is over.
    Monitor(MonitorLive),
    /// A campaign as it is now.
    Campaign(CampaignLive),
    /// A queue as it is now.
    Queue(QueueLive),
    /// The switch can be used, or not.
    Switch {
        /// Whether it can.
        up: bool,
        /// In words.
        detail: String,
    },
    /// How the recordings' disk is.
    RecordingSpace(RecordingSpace),
}

/// An agent on the live floor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AgentLive {
    /// Who.
    pub agent: AgentId,
    /// In which state.
    pub kind: AgentStateKind,
    /// With which reason.
    pub reason: Option<String>,
    /// Since when.
    pub since: Moment,
    /// The call, also during after-call work.
    pub call: Option<CallId>,
    /// Whether the off-hook leg is up.
    pub phone_up: bool,
    /// What is asked for after the call in progress (pause or log-out).
    pub next: Option<AgentStateKind>,
    /// The end of after-call work, when it is timed.
    pub wrap_up_until: Option<Moment>,
    /// Whether nobody hears the agent.
    pub muted: bool,
    /// The commands that the floor would accept now.
    pub allowed: Vec<AgentAction>,
    /// The desk phone at the switch's registrar.
    pub phone: PhoneLive,
    /// Where the agent's personal calls go.
    pub forwarding: Forwarding,
    /// Whether a colleague may hand them a call now.
    pub takes_personal_calls: bool,
    /// The lead that they look at.
    pub preview: Option<PreviewLive>,
}

/// A command an agent may give now; the console shows just these.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum AgentAction {
    /// Start the shift.
    LogIn,
    /// End the shift.
    LogOut,
    /// Take calls.
    Ready,
    /// Take no calls.
    Pause,
    /// Hang up the customer.
    HangUp,
    /// Have the ringing desk phone answer.
    Answer,
    /// Put the customer on music.
    Hold,
    /// Talk with the customer again.
    Resume,
    /// Not be heard.
    Mute,
    /// Be heard again.
    Unmute,
    /// Send keys to the customer's side.
    SendKeys,
    /// Silence in the recording.
    PauseRecording,
    /// Sound in the recording again.
    ResumeRecording,
    /// Hand the call over.
    Transfer,
    /// Ask somebody first.
    Consult,
    /// Talk with the one who hears music.
    Swap,
    /// Connect the other two and leave.
    CompleteTransfer,
    /// Let the other go.
    CancelTransfer,
    /// All three talk.
    Conference,
    /// Save the disposition.
    Dispose,
    /// Dial the lead that is shown.
    Dial,
    /// Do not dial it.
    Skip,
}

/// What an agent must be told of their call or lead.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum Notice {
    /// The transfer came to nothing and the customer is back.
    TransferCameBack {
        /// Why.
        outcome: TransferOutcome,
    },
    /// The switch did not do what was asked; the customer is back.
    SwitchDidNot,
    /// The lead that they looked at is gone from their screen.
    PreviewOver {
        /// Why.
        why: PreviewEnd,
    },
}

/// The third party of a call, as the live floor shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ThirdLive {
    /// Who.
    pub party: Party,
    /// Who hands the call on.
    pub from: AgentId,
    /// Whether they are asked first.
    pub attended: bool,
    /// Whether they have answered.
    pub up: bool,
    /// By whose wish the call came to them, if it was forwarded.
    pub forwarded_by: Option<AgentId>,
}

/// A supervisor's ear on a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MonitorLive {
    /// Who listens.
    pub supervisor: AgentId,
    /// To which call.
    pub call: CallId,
    /// To whom.
    pub agent: AgentId,
    /// How; `None`: it is over.
    pub mode: Option<MonitorMode>,
    /// Whether the supervisor's phone is up, and not still ringing.
    pub up: bool,
}

/// A call on the live floor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallLive {
    /// Which.
    pub call: CallId,
    /// Where it is.
    pub state: CallStateKind,
    /// The campaign it was dialled for; `None`: the customer called.
    pub campaign: Option<CampaignId>,
    /// The queue it is in, or came from.
    pub queue: Option<QueueId>,
    /// Since when it has been in that queue, while nobody has answered it there.
    pub queued_at: Option<Moment>,
    /// Of a call back: since when the customer had waited for it.
    pub callback_since: Option<Moment>,
    /// The customer, if they are known.
    pub customer: Option<CustomerId>,
    /// The customer's number; `None` when a caller withholds it.
    pub number: Option<Dialable>,
    /// Our number that they were shown, of a call that we dialled.
    pub caller_id: Option<Dialable>,
    /// The agent on it, or reserved for it.
    pub agent: Option<AgentId>,
    /// When dialled.
    pub started_at: Moment,
    /// When the customer answered.
    pub answered_at: Option<Moment>,
    /// When the agent was connected.
    pub connected_at: Option<Moment>,
    /// Milliseconds of talk before the talk that goes on now.
    pub talked_ms: i64,
    /// Since when agent and customer talk; `None`: they do not now.
    pub talking_since: Option<Moment>,
    /// Who is being asked, or handed the call.
    pub third: Option<ThirdLive>,
    /// Whether the recording is silent.
    pub recording_paused: bool,
}

/// The states of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum CallStateKind {
    /// Handed to the switch.
    Dialling,
    /// The far end rings.
    Ringing,
    /// The customer answered and waits for an agent.
    Waiting,
    /// An agent is reserved and being connected.
    Connecting,
    /// Agent and customer talk.
    Talking,
    /// The customer hears music by the agent's wish.
    Held,
    /// The customer hears music while a third is rung.
    Transferring,
    /// The customer hears music while the agent talks with the third.
    Consulting,
    /// The agent talks with the customer while the third hears music.
    Aside,
    /// All three talk.
    Conference,
    /// The customer talks with an outside party; no agent is on the call.
    Outside,
    /// The caller leaves a message.
    Voicemail,
    /// Asked to end; the switch has not confirmed yet.
    Ending,
}

/// A queue on the live floor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueueLive {
    /// Which.
    pub queue: QueueId,
    /// Whether callers are let in.
    pub open: bool,
    /// Callers who wait.
    pub waiting: u32,
    /// Since when the one who has waited longest does.
    pub waiting_since: Option<Moment>,
    /// The first of those who wait, in the order in which they are served.
    pub line: Vec<CallId>,
    /// Callers who talk with an agent.
    pub talking: u32,
    /// Its agents that are ready.
    pub agents_ready: u32,
    /// Its agents that are on shift and not paused.
    pub agents_working: u32,
    /// Places that callers keep, the first one first.
    pub kept: Vec<KeptLive>,
    /// Figures of the last 24 hours.
    pub counts: QueueCounts,
}

/// A campaign on the live floor.
#[derive(Debug, Clone, PartialEq)]
pub struct CampaignLive {
    /// Which.
    pub campaign: CampaignId,
    /// Whether it dials.
    pub running: bool,
    /// Calls dialled and not yet answered.
    pub in_flight: u32,
    /// Answered calls waiting for an agent.
    pub waiting: u32,
    /// Calls connected with an agent.
    pub talking: u32,
    /// Its agents that are ready.
    pub agents_ready: u32,
    /// Its agents that are on shift and not paused.
    pub agents_working: u32,
    /// Leads in the hopper.
    pub hopper: u32,
    /// Attempts since the floor started.
    pub attempts: u32,
    /// Answered and dropped in the window.
    pub answered: u32,
    /// Dropped in the window.
    pub dropped: u32,
    /// The last pacing decision.
    pub pacing: Option<PacingReport>,
}
