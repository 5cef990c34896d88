//! The messages of the live feed as the consoles read them.

use crate::base::ids::{AgentId, CallId, CampaignId, CustomerId, LeadId, QueueId, TeamId};
use crate::floor::effect::{
    AgentAction, AgentLive, AgentStateKind, CallLive, CallStateKind, CampaignLive, Notice, QueueLive,
};
use crate::floor::input::{MonitorMode, RecordingSpace};
use crate::floor::kept::KeptLive;
use crate::floor::pacing::PacingReport;
use crate::floor::preview::{PreviewLive, PreviewTimeout};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A frame from the server. `seq` counts up by one per connection; a gap
/// means that messages were lost and the console must connect anew.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum LiveMessage {
    /// Everything the viewer may see, at once.
    Snapshot {
        /// Number of the frame.
        seq: u64,
        /// Agents.
        agents: Vec<AgentLiveView>,
        /// Calls in progress.
        calls: Vec<CallLiveView>,
        /// Campaigns.
        campaigns: Vec<CampaignLiveView>,
        /// Inbound queues.
        queues: Vec<QueueLiveView>,
        /// Who listens to whom.
        monitors: Vec<MonitorView>,
        /// The switch.
        switch: SwitchView,
        /// The recordings' disk.
        recordings: RecordingsView,
    },
    /// An agent changed.
    Agent {
        /// Number of the frame.
        seq: u64,
        /// The agent now.
        agent: AgentLiveView,
    },
    /// An agent is no more.
    AgentGone {
        /// Number of the frame.
        seq: u64,
        /// Who.
        agent_id: AgentId,
    },
    /// A call changed.
    Call {
        /// Number of the frame.
        seq: u64,
        /// The call now.
        call: CallLiveView,
    },
    /// A call is over.
    CallGone {
        /// Number of the frame.
        seq: u64,
        /// Which.
        call_id: CallId,
    },
    /// A campaign changed.
    Campaign {
        /// Number of the frame.
        seq: u64,
        /// The campaign now.
        campaign: CampaignLiveView,
    },
    /// A queue changed.
    Queue {
        /// Number of the frame.
        seq: u64,
        /// The queue now.
        queue: QueueLiveView,
    },
    /// Show this customer: the agent is about to talk with them.
    ScreenPop {
        /// Number of the frame.
        seq: u64,
        /// To whom.
        agent_id: AgentId,
        /// The call.
        call_id: CallId,
        /// The customer; null for a caller nobody knows.
        customer_id: Option<CustomerId>,
        /// The campaign it was dialled for; null when the customer called.
        campaign_id: Option<CampaignId>,
        /// The queue it comes from.
        queue_id: Option<QueueId>,
        /// The customer's number; null when a caller withholds it.
        number: Option<String>,
        /// The colleague who hands the call on.
        from: Option<PersonView>,
        /// What they typed.
        note: Option<String>,
    },
    /// Something the agent must be told of their call or lead, once.
    Notice {
        /// Number of the frame.
        seq: u64,
        /// To whom.
        agent_id: AgentId,
        /// Of which call; null: of the lead that they looked at.
        call_id: Option<CallId>,
        /// What.
        notice: Notice,
    },
    /// A supervisor began or ceased to take part in a call, or changed how.
    Monitor {
        /// Number of the frame.
        seq: u64,
        /// The supervisor's ear now.
        monitor: MonitorView,
    },
    /// The switch came or went.
    Switch {
        /// Number of the frame.
        seq: u64,
        /// The switch now.
        switch: SwitchView,
    },
    /// The recordings' disk has less, or again enough, room.
    Recordings {
        /// Number of the frame.
        seq: u64,
        /// How it is now.
        recordings: RecordingsView,
    },
    /// The token is not accepted (any more): sign in again.
    Refused {
        /// Number of the frame.
        seq: u64,
        /// Why, in words.
        detail: String,
    },
}

/// The first frame from a console.
#[derive(Debug, Clone, PartialEq, Deserialize, ToSchema)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum LiveRequest {
    /// Who is asking.
    Authenticate {
        /// The access token.
        token: String,
    },
}

/// An agent on the live floor.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct AgentLiveView {
    /// Who.
    pub agent_id: AgentId,
    /// Name for people.
    pub name: String,
    /// The desk phone's number.
    pub extension: String,
    /// The agent's team.
    pub team_id: Option<TeamId>,
    /// The state.
    pub state: AgentStateKind,
    /// Reason of a pause or of being unreachable.
    pub reason: Option<String>,
    /// Since when.
    pub since: DateTime<Utc>,
    /// The call, also during after-call work.
    pub call_id: Option<CallId>,
    /// Whether the desk phone's leg is up.
    pub phone_up: bool,
    /// What was asked for after the call.
    pub next: Option<AgentStateKind>,
    /// When after-call work ends by itself.
    pub wrap_up_until: Option<DateTime<Utc>>,
    /// Whether nobody hears the agent.
    pub muted: bool,
    /// What the agent may do now.
    pub allowed: Vec<AgentAction>,
    /// The desk phone at the switch's registrar.
    pub phone: DeskPhoneView,
    /// Where the agent's personal calls go; absent when nowhere else.
    pub forwarding: Option<ForwardsView>,
    /// Whether a colleague may hand them a call now.
    pub takes_personal_calls: bool,
    /// The lead that they look at, to dial or to skip it.
    pub preview: Option<PreviewLiveView>,
}

/// A lead that an agent looks at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct PreviewLiveView {
    /// Its campaign.
    pub campaign_id: CampaignId,
    /// Which lead.
    pub lead_id: LeadId,
    /// The customer.
    pub customer_id: CustomerId,
    /// The number that would be dialled.
    pub number: String,
    /// Since when.
    pub since: DateTime<Utc>,
    /// Until when they may; null: as long as they like.
    pub until: Option<DateTime<Utc>>,
    /// What happens then.
    pub timeout: PreviewTimeout,
    /// How many leads they may still skip in a row; null: any number.
    pub skips_left: Option<u32>,
}

impl From<PreviewLive> for PreviewLiveView {
    fn from(live: PreviewLive) -> Self {
        Self {
            campaign_id: live.campaign,
            lead_id: live.lead,
            customer_id: live.customer,
            number: live.number.to_string(),
            since: live.since.to_utc(),
            until: live.until.map(|at| at.to_utc()),
            timeout: live.timeout,
            skips_left: live.skips_left,
        }
    }
}

/// A desk phone at the switch's registrar.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct DeskPhoneView {
    /// Whether it is registered; null: the switch has not said.
    pub registered: Option<bool>,
    /// Since when it is, or is not any more, where that was seen.
    pub since: Option<DateTime<Utc>>,
    /// Whether the registration ran out and was not taken back.
    pub expired: bool,
    /// What the phone calls itself.
    pub user_agent: Option<String>,
    /// Where it registered from.
    pub address: Option<String>,
}

/// Where personal calls go.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ForwardsView {
    /// Every call.
    pub always: Option<PartyView>,
    /// While busy, and when refused.
    pub busy: Option<PartyView>,
    /// When nobody answers.
    pub no_answer: Option<PartyView>,
    /// How long the phone rings before, in seconds.
    pub no_answer_seconds: Option<u32>,
}

/// A colleague, or a number outside.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct PartyView {
    /// The colleague, if it is one.
    pub agent: Option<PersonView>,
    /// The outside number, if it is one.
    pub number: Option<String>,
}

/// A call on the live floor.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct CallLiveView {
    /// Which.
    pub call_id: CallId,
    /// Where it is.
    pub state: CallStateKind,
    /// The campaign it was dialled for; null when the customer called.
    pub campaign_id: Option<CampaignId>,
    /// The queue it is in, or came from.
    pub queue_id: Option<QueueId>,
    /// Since when it has been in that queue, while nobody has answered it there.
    pub queued_at: Option<DateTime<Utc>>,
    /// Of a call back: since when the customer had waited for it.
    pub callback_since: Option<DateTime<Utc>>,
    /// The customer; null for a caller nobody knows.
    pub customer_id: Option<CustomerId>,
    /// The customer's number; null when a caller withholds it.
    pub number: Option<String>,
    /// Our number that they were shown; null when they called.
    pub caller_id: Option<String>,
    /// The agent on it, or reserved.
    pub agent_id: Option<AgentId>,
    /// When dialled.
    pub started_at: DateTime<Utc>,
    /// When the customer answered.
    pub answered_at: Option<DateTime<Utc>>,
    /// When the agent was connected.
    pub connected_at: Option<DateTime<Utc>>,
    /// Milliseconds of talk before the talk that goes on now.
    pub talked_ms: i64,
    /// Since when agent and customer talk; null while they do not.
    pub talking_since: Option<DateTime<Utc>>,
    /// Who is being asked, or handed the call.
    pub third: Option<ThirdView>,
    /// Whether the recording is silent.
    pub recording_paused: bool,
}

/// A person with their name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct PersonView {
    /// Who.
    pub agent_id: AgentId,
    /// Name for people.
    pub name: String,
}

/// Who hands a call on to an agent, or handed it on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct HandedView {
    /// The colleague.
    pub from: PersonView,
    /// What they typed.
    pub note: Option<String>,
}

/// The third party of a call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ThirdView {
    /// The colleague, if it is one.
    pub agent: Option<PersonView>,
    /// The outside number, if it is one.
    pub number: Option<String>,
    /// Who hands the call on.
    pub from: PersonView,
    /// Whether the third is asked first.
    pub attended: bool,
    /// Whether the third has answered.
    pub up: bool,
    /// The colleague by whose wish the call came to them, if it was forwarded.
    pub forwarded_by: Option<PersonView>,
}

/// A supervisor's ear on a call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct MonitorView {
    /// Who listens.
    pub supervisor: PersonView,
    /// To which call.
    pub call_id: CallId,
    /// To whom.
    pub agent_id: AgentId,
    /// How; absent once it is over.
    pub mode: Option<MonitorMode>,
    /// Whether the supervisor hears the call, and their phone does not ring still.
    pub up: bool,
}

/// A campaign on the live floor.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct CampaignLiveView {
    /// Which.
    pub campaign_id: CampaignId,
    /// Whether it dials.
    pub running: bool,
    /// Calls dialled and not yet answered.
    pub in_flight: u32,
    /// Answered calls waiting for an agent, or being connected.
    pub waiting: u32,
    /// Calls connected with an agent.
    pub talking: u32,
    /// Its agents that are ready.
    pub agents_ready: u32,
    /// Its agents that are on shift and not paused.
    pub agents_working: u32,
    /// Leads in the hopper.
    pub hopper: u32,
    /// Attempts since the server started.
    pub attempts: u32,
    /// Calls answered in the last 24 hours.
    pub answered: u32,
    /// Of these, dropped.
    pub dropped: u32,
    /// The last pacing decision with its reasons.
    pub pacing: Option<PacingReport>,
}

/// A queue on the live floor. Figures are of the last 24 hours.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct QueueLiveView {
    /// Which.
    pub queue_id: QueueId,
    /// Whether callers are let in.
    pub open: bool,
    /// Callers who wait.
    pub waiting: u32,
    /// Since when the one who has waited longest does.
    pub waiting_since: Option<DateTime<Utc>>,
    /// The first of those who wait, in the order in which they are served.
    pub line: Vec<CallId>,
    /// Callers who talk with an agent.
    pub talking: u32,
    /// Its agents that are ready.
    pub agents_ready: u32,
    /// Its agents that are on shift and not paused.
    pub agents_working: u32,
    /// Places that callers keep to be called back, the first one first.
    pub kept: Vec<KeptPlaceView>,
    /// Callers who came in.
    pub offered: u32,
    /// Of these, answered by an agent.
    pub handled: u32,
    /// Of these, within the service level's time.
    pub in_time: u32,
    /// Left before an agent, short abandons included.
    pub abandoned: u32,
    /// Of these, so soon that they count as short.
    pub short_abandons: u32,
    /// Chose to be called back.
    pub callbacks: u32,
    /// How long those answered had waited altogether, in milliseconds.
    pub waited_ms: i64,
    /// Who called outside the hours: not among those who came in.
    pub out_of_hours: u32,
}

/// A place in a queue that a caller keeps to be called back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct KeptPlaceView {
    /// The caller's call, which names the place.
    pub place_id: CallId,
    /// The customer; null for a caller nobody knows.
    pub customer_id: Option<CustomerId>,
    /// Their number, as it is dialled.
    pub number: String,
    /// Since when they have waited.
    pub since: DateTime<Utc>,
    /// When they chose to be called back.
    pub kept_at: DateTime<Utc>,
    /// How often they were called, the call under way included.
    pub tries: u8,
    /// When they are called next at the earliest.
    pub next_at: DateTime<Utc>,
    /// The call back that is under way.
    pub call_id: Option<CallId>,
}

impl From<KeptLive> for KeptPlaceView {
    fn from(live: KeptLive) -> Self {
        Self {
            place_id: live.place,
            customer_id: live.customer,
            number: live.number.to_string(),
            since: live.since.to_utc(),
            kept_at: live.kept_at.to_utc(),
            tries: live.tries,
            next_at: live.next_at.to_utc(),
            call_id: live.attempt,
        }
    }
}

/// Whether the switch can be used.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct SwitchView {
    /// Whether it can.
    pub up: bool,
    /// If not, why; for people.
    pub detail: String,
}

/// Whether conversations are recorded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub struct RecordingsView {
    /// Whether new recordings are not started for want of room.
    pub stopped: bool,
    /// What is free on their disk, in MiB.
    pub free_mib: u64,
    /// What must be free, in MiB.
    pub min_mib: u64,
}

impl From<RecordingSpace> for RecordingsView {
    fn from(space: RecordingSpace) -> Self {
        Self { stopped: !space.enough, free_mib: space.free_mib, min_mib: space.min_mib }
    }
}

/// What people see of an agent beside the state.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AgentCard {
    /// Name for people.
    pub name: String,
    /// The desk phone's number.
    pub extension: String,
    /// The agent's team.
    pub team: Option<TeamId>,
}

impl AgentLiveView {
    /// The floor's agent with a name.
    pub fn new(live: AgentLive, card: &AgentCard, forwarding: Option<ForwardsView>) -> Self {
        Self {
            agent_id: live.agent,
            name: card.name.clone(),
            extension: card.extension.clone(),
            team_id: card.team,
            state: live.kind,
            reason: live.reason,
            since: live.since.to_utc(),
            call_id: live.call,
            phone_up: live.phone_up,
            next: live.next,
            wrap_up_until: live.wrap_up_until.map(|at| at.to_utc()),
            muted: live.muted,
            allowed: live.allowed,
            phone: DeskPhoneView {
                registered: live.phone.registered,
                since: live.phone.since.map(|at| at.to_utc()),
                expired: live.phone.expired,
                user_agent: live.phone.user_agent,
                address: live.phone.address,
            },
            forwarding,
            takes_personal_calls: live.takes_personal_calls,
            preview: live.preview.map(PreviewLiveView::from),
        }
    }
}

impl CallLiveView {
    /// The floor's call with the names of its third party.
    pub fn new(live: CallLive, third: Option<ThirdView>) -> Self {
        Self {
            call_id: live.call,
            state: live.state,
            campaign_id: live.campaign,
            queue_id: live.queue,
            queued_at: live.queued_at.map(|at| at.to_utc()),
            callback_since: live.callback_since.map(|at| at.to_utc()),
            customer_id: live.customer,
            number: live.number.map(|number| number.to_string()),
            caller_id: live.caller_id.map(|number| number.to_string()),
            agent_id: live.agent,
            started_at: live.started_at.to_utc(),
            answered_at: live.answered_at.map(|at| at.to_utc()),
            connected_at: live.connected_at.map(|at| at.to_utc()),
            talked_ms: live.talked_ms,
            talking_since: live.talking_since.map(|at| at.to_utc()),
            third,
            recording_paused: live.recording_paused,
        }
    }
}

impl From<CampaignLive> for CampaignLiveView {
    fn from(live: CampaignLive) -> Self {
        Self {
            campaign_id: live.campaign,
            running: live.running,
            in_flight: live.in_flight,
            waiting: live.waiting,
            talking: live.talking,
            agents_ready: live.agents_ready,
            agents_working: live.agents_working,
            hopper: live.hopper,
            attempts: live.attempts,
            answered: live.answered,
            dropped: live.dropped,
            pacing: live.pacing,
        }
    }
}

impl From<QueueLive> for QueueLiveView {
    fn from(live: QueueLive) -> Self {
        Self {
            queue_id: live.queue,
            open: live.open,
            waiting: live.waiting,
            waiting_since: live.waiting_since.map(|at| at.to_utc()),
            line: live.line,
            talking: live.talking,
            agents_ready: live.agents_ready,
            agents_working: live.agents_working,
            kept: live.kept.into_iter().map(KeptPlaceView::from).collect(),
            offered: live.counts.offered,
            handled: live.counts.handled,
            in_time: live.counts.in_time,
            abandoned: live.counts.abandoned,
            short_abandons: live.counts.short_abandons,
            callbacks: live.counts.callbacks,
            waited_ms: live.counts.waited_ms,
            out_of_hours: live.counts.out_of_hours,
        }
    }
}
