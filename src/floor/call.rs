//! One attempt or conversation of the floor: its state and its timers. Data
//! and pure questions; the transitions are in `legs.rs`.

use crate::base::clock::Moment;
use crate::base::ids::{AgentId, CallId, CampaignId, CustomerId, LeadId, LegId, QueueId};
use crate::base::phone::Dialable;
use crate::floor::effect::{CallLive, CallStateKind, EndedBy, SpanKind, Tell, ThirdLive};
use crate::floor::input::{Lead, Origin, Party};
use crate::floor::preview::Preview;
use crate::floor::queue::Visit;

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
    /// The legs are, or are being put, as [`Call::plan`] says.
    Arranged {
        /// Whose call it is.
        agent: AgentId,
    },
    /// The customer talks with an outside party, whose leg is
    /// [`Call::outside`]; no agent is on it.
    Outside,
    /// A caller who waited too long hears music while a number outside is rung
    /// for them.
    Overflowing {
        /// The outside leg.
        leg: LegId,
        /// When ringing is given up.
        until: Moment,
        /// Whether it has answered, and is being connected.
        up: bool,
    },
    /// A caller hears a greeting and leaves a message.
    Message {
        /// When the switch must have ended it, or begun to record.
        until: Moment,
    },
    /// We asked the switch to end it.
    Ending {
        /// Who was on it.
        agent: Option<AgentId>,
        /// When we ask whether the leg still exists.
        until: Moment,
    },
}

/// How somebody wants the legs of a call to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Want {
    /// Customer and agent talk.
    Talk,
    /// The customer hears music.
    Hold,
    /// The customer hears music, agent and third talk.
    Consult,
    /// The third hears music, customer and agent talk.
    Aside,
    /// All three talk.
    Conference,
    /// Customer and third talk; the agent leaves.
    Hand,
    /// The customer hears music and enters this queue; the agent leaves.
    Queue(QueueId),
}

/// One move of legs on the way to what is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Music for this leg.
    Music(LegId),
    /// These two talk.
    Bridge(LegId, LegId),
    /// All legs of the call into its room.
    Room,
}

/// What is wanted of a call's legs, and how far it has come. The switch's
/// events alone settle it.
#[derive(Debug, Clone)]
pub struct Plan {
    /// What.
    pub want: Want,
    /// The third party, if there is one.
    pub third: Option<Third>,
    /// Whether events proved it.
    pub settled: bool,
    /// The move last asked for.
    pub sent: Option<Step>,
    /// The move that was under way when something else was wanted: it is done
    /// before the next is asked for, or where the legs are is not known.
    pub before: Option<Step>,
    /// How often moves were asked for in vain.
    pub tries: u8,
    /// When the move last asked for counts as not done.
    pub until: Moment,
}

impl Plan {
    /// A plan of which nothing is done yet.
    pub fn new(want: Want) -> Self {
        Self {
            want,
            third: None,
            settled: false,
            sent: None,
            before: None,
            tries: 0,
            until: Moment(i64::MAX),
        }
    }

    /// Changes what is wanted; the third stays.
    pub fn now_wants(&mut self, want: Want) {
        let before = self.sent.filter(|_| !self.settled).or(self.before);
        *self = Self { third: self.third.take(), before, until: self.until, ..Self::new(want) };
    }
}

/// Who is asked, or handed the call.
#[derive(Debug, Clone)]
pub struct Third {
    /// Who.
    pub party: Party,
    /// Who hands the call on.
    pub from: AgentId,
    /// Whether `from` still takes part; else the call is handed over as soon as
    /// the third answers.
    pub from_stays: bool,
    /// Their leg.
    pub leg: LegId,
    /// Whether they are asked first.
    pub attended: bool,
    /// Whether the switch has made the leg: the phone rings, or soon will.
    pub rings: bool,
    /// Whether they have answered.
    pub up: bool,
    /// When ringing is given up.
    pub until: Moment,
    /// For their screen.
    pub note: Option<String>,
    /// By whose wishes, one after the other, the call came to them.
    pub forwarded_by: Vec<AgentId>,
}

/// For whom a call was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Work {
    /// A campaign.
    Campaign(CampaignId),
    /// A queue.
    Queue(QueueId),
    /// Nobody: a call that led nowhere.
    None,
}

/// A call.
#[derive(Debug, Clone)]
pub struct Call {
    /// Which.
    pub id: CallId,
    /// The customer's leg.
    pub leg: LegId,
    /// The number that the customer was shown, of a call that we dialled.
    pub caller_id: Option<Dialable>,
    /// How it came about.
    pub origin: Origin,
    /// Its time in a queue, the last if there were more.
    pub queued: Option<Visit>,
    /// Where it is.
    pub state: CallState,
    /// When dialled, or when the caller came.
    pub started_at: Moment,
    /// When the switch must have told us the end of dialling, or that a caller
    /// is answered.
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
    /// The switch has no such leg any more: until when its hang-up may still come.
    pub gone_until: Option<Moment>,
    /// How its legs are to be, when it is [`CallState::Arranged`].
    pub plan: Option<Plan>,
    /// The outside party's leg, when it is [`CallState::Outside`].
    pub outside: Option<LegId>,
    /// Whom to try first when it waits for an agent again.
    pub sender: Option<AgentId>,
    /// Who is kept free for a customer who is being called back.
    pub reserved: Option<AgentId>,
    /// The look that an agent had at the lead before they dialled.
    pub preview: Option<Box<Preview>>,
    /// The talk that was put down to its campaign in advance, in milliseconds.
    pub charged_ms: Option<i64>,
    /// What the customer experiences now.
    pub span: SpanKind,
    /// Who is responsible for it.
    pub span_agent: Option<AgentId>,
    /// Since when.
    pub span_since: Moment,
    /// Talk time of the spans before, in milliseconds.
    pub talked_ms: i64,
    /// The running recording's file, as the switch named it.
    pub recording: Option<String>,
    /// Whether the switch was asked to record it.
    pub record_asked: bool,
    /// Whether it is silent now.
    pub recording_paused: bool,
    /// Since when the caller's message is recorded.
    pub message_since: Option<Moment>,
    /// Whether it comes from the store and the switch's list of channels has
    /// not been seen since: where its legs are tells what somebody wanted.
    pub from_store: bool,
}

impl Call {
    /// A call that is about to be dialled.
    pub fn dialling(id: CallId, leg: LegId, campaign: CampaignId, lead: Lead, now: Moment) -> Self {
        Self::new(id, leg, Origin::Dialled { campaign, lead }, now)
    }

    /// A call that begins.
    pub fn new(id: CallId, leg: LegId, origin: Origin, now: Moment) -> Self {
        Self {
            id,
            leg,
            caller_id: None,
            origin,
            queued: None,
            state: CallState::Dialling,
            started_at: now,
            dial_until: now,
            answered_at: None,
            connected: None,
            dropped: false,
            ended_by: None,
            heard_at: now,
            gone_until: None,
            plan: None,
            outside: None,
            sender: None,
            reserved: None,
            preview: None,
            charged_ms: None,
            span: SpanKind::Dialling,
            span_agent: None,
            span_since: now,
            talked_ms: 0,
            recording: None,
            record_asked: false,
            recording_paused: false,
            message_since: None,
            from_store: false,
        }
    }

    /// The agent reserved for it or on it.
    pub fn agent(&self) -> Option<AgentId> {
        match self.state {
            CallState::Connecting { agent, .. }
            | CallState::Talking { agent, .. }
            | CallState::Arranged { agent } => Some(agent),
            CallState::Ending { agent, .. } => agent,
            CallState::Dialling | CallState::Ringing | CallState::Waiting => self.reserved,
            CallState::Outside | CallState::Overflowing { .. } | CallState::Message { .. } => None,
        }
    }

    /// Whether the customer called.
    pub fn is_inbound(&self) -> bool {
        matches!(self.origin, Origin::Inbound { .. })
    }

    /// The campaign it was dialled for, and the lead.
    pub fn dialled(&self) -> Option<(CampaignId, &Lead)> {
        match &self.origin {
            Origin::Dialled { campaign, lead } => Some((*campaign, lead)),
            Origin::Inbound { .. } | Origin::Callback(_) => None,
        }
    }

    /// The campaign it was dialled for.
    pub fn campaign(&self) -> Option<CampaignId> {
        self.dialled().map(|(campaign, _)| campaign)
    }

    /// The lead dialled.
    pub fn lead(&self) -> Option<LeadId> {
        self.dialled().map(|(_, lead)| lead.lead)
    }

    /// The customer, if they are known.
    pub fn customer(&self) -> Option<CustomerId> {
        match &self.origin {
            Origin::Dialled { lead, .. } => Some(lead.customer),
            Origin::Callback(kept) => kept.customer,
            Origin::Inbound { known, .. } => known.as_ref()?.customer,
        }
    }

    /// The customer's number, unless they withhold it.
    pub fn number(&self) -> Option<&Dialable> {
        match &self.origin {
            Origin::Dialled { lead, .. } => Some(&lead.number),
            Origin::Callback(kept) => Some(&kept.number),
            Origin::Inbound { arrival, .. } => arrival.number.as_ref(),
        }
    }

    /// The same in E.164.
    pub fn e164(&self) -> Option<&str> {
        match &self.origin {
            Origin::Dialled { lead, .. } => Some(&lead.e164),
            Origin::Callback(kept) => Some(&kept.e164),
            Origin::Inbound { known, .. } => known.as_ref()?.e164.as_deref(),
        }
    }

    /// The queue whose call it is now, or from which an agent took it.
    pub fn queue(&self) -> Option<QueueId> {
        self.queued.as_ref().map(|visit| visit.queue)
    }

    /// Whether phones ring for a caller who waits.
    pub fn is_rung_for(&self) -> bool {
        self.queued.as_ref().is_some_and(|visit| visit.rung_until.is_some())
    }

    /// Whose after-call work follows it: the queue's it came through, or the
    /// campaign's.
    pub fn work(&self) -> Work {
        match (self.queue(), self.campaign()) {
            (Some(queue), _) => Work::Queue(queue),
            (None, Some(campaign)) => Work::Campaign(campaign),
            (None, None) => Work::None,
        }
    }

    /// What a customer who waits experiences.
    pub fn waiting_span(&self) -> SpanKind {
        if self.queued.is_some() { SpanKind::Queued } else { SpanKind::Waiting }
    }

    /// Shows the customer to an agent.
    pub fn pop(&self, agent: AgentId, from: Option<AgentId>, note: Option<String>) -> Tell {
        Tell::ScreenPop {
            agent,
            call: self.id,
            customer: self.customer(),
            campaign: self.campaign(),
            queue: self.queue(),
            number: self.number().cloned(),
            from,
            note,
        }
    }

    /// The third party.
    pub fn third(&self) -> Option<&Third> {
        self.plan.as_ref()?.third.as_ref()
    }

    /// The colleague who is asked, or handed the call.
    pub fn third_agent(&self) -> Option<AgentId> {
        match self.third()?.party {
            Party::Agent(agent) => Some(agent),
            Party::Outside(_) | Party::Queue(_) => None,
        }
    }

    /// The outside party's leg, rung, asked or talking.
    pub fn outside_leg(&self) -> Option<LegId> {
        let asked = self.third().filter(|third| matches!(third.party, Party::Outside(_)));
        let rung = match self.state {
            CallState::Overflowing { leg, .. } => Some(leg),
            _ => None,
        };
        asked.map(|third| third.leg).or(self.outside).or(rung)
    }

    /// Talk time so far, in milliseconds: agents and customer connected, hold
    /// and consultations not included.
    pub fn talk_ms(&self, now: Moment) -> i64 {
        self.talked_ms + self.talking_since().map_or(0, |since| now.since_ms(since))
    }

    /// Since when agents and customer talk without a break.
    fn talking_since(&self) -> Option<Moment> {
        matches!(self.span, SpanKind::Talking | SpanKind::Conference).then_some(self.span_since)
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
                CallState::Arranged { .. } => self.arranged_kind(),
                CallState::Outside => CallStateKind::Outside,
                CallState::Overflowing { .. } => CallStateKind::Transferring,
                CallState::Message { .. } => CallStateKind::Voicemail,
                CallState::Ending { .. } => CallStateKind::Ending,
            },
            campaign: self.campaign(),
            queue: self.queue(),
            queued_at: self.queued.as_ref().filter(|visit| visit.outcome.is_none()).map(|visit| visit.since),
            callback_since: match &self.origin {
                Origin::Callback(kept) => Some(kept.since),
                Origin::Dialled { .. } | Origin::Inbound { .. } => None,
            },
            customer: self.customer(),
            number: self.number().cloned(),
            caller_id: self.caller_id.clone(),
            agent: self.agent(),
            started_at: self.started_at,
            answered_at: self.answered_at,
            connected_at: self.connected.map(|(_, at)| at),
            talked_ms: self.talked_ms,
            talking_since: self.talking_since(),
            third: self.third().map(|third| ThirdLive {
                party: third.party.clone(),
                from: third.from,
                attended: third.attended,
                up: third.up,
                forwarded_by: third.forwarded_by.last().copied(),
            }),
            recording_paused: self.recording_paused,
        }
    }

    fn arranged_kind(&self) -> CallStateKind {
        let Some(plan) = &self.plan else { return CallStateKind::Talking };
        match plan.want {
            Want::Talk => CallStateKind::Talking,
            Want::Hold if plan.third.is_none() => CallStateKind::Held,
            Want::Hold | Want::Hand | Want::Queue(_) => CallStateKind::Transferring,
            Want::Consult => CallStateKind::Consulting,
            Want::Aside => CallStateKind::Aside,
            Want::Conference => CallStateKind::Conference,
        }
    }
}
