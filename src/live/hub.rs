//! The hub: the last known state of the floor as consoles see it, and every
//! change of it, to any number of viewers.
//!
//! In: `publish` by the conductor, in order. Out: `subscribe`, a snapshot and
//! the changes that follow it without a gap between the two.

use crate::base::ids::{AgentId, CallId, CampaignId, QueueId};
use crate::base::limits;
use crate::floor::effect::{AgentLive, CallLive, CampaignLive, MonitorLive, QueueLive, Tell};
use crate::floor::forward::{ForwardReason, Forwarding};
use crate::floor::input::Party;
use crate::live::view::{
    AgentCard, AgentLiveView, CallLiveView, CampaignLiveView, ForwardsView, HandedView, KeptPlaceView,
    LiveMessage, MonitorView, PartyView, PersonView, QueueLiveView, RecordingsView, SwitchView, ThirdView,
};
use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard};
use tokio::sync::broadcast;

/// Shared by the conductor, which publishes, and the consoles' connections.
#[derive(Clone)]
pub struct Hub {
    state: Arc<Mutex<State>>,
    changes: broadcast::Sender<Tell>,
}

#[derive(Debug)]
struct State {
    agents: BTreeMap<AgentId, AgentLive>,
    calls: BTreeMap<CallId, CallLive>,
    campaigns: BTreeMap<CampaignId, CampaignLive>,
    queues: BTreeMap<QueueId, QueueLive>,
    monitors: BTreeMap<AgentId, MonitorLive>,
    handed: HashMap<AgentId, Handed>,
    cards: HashMap<AgentId, AgentCard>,
    switch: SwitchView,
    recordings: RecordingsView,
}

/// The call that a colleague handed on to an agent last, until they are shown
/// another.
#[derive(Debug)]
struct Handed {
    call: CallId,
    from: AgentId,
    note: Option<String>,
}

/// What one viewer may see.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Viewer {
    /// The viewer, when they are an agent: their own desk.
    pub own: AgentId,
    /// Agents within scope; `None`: all of them.
    pub agents: Option<HashSet<AgentId>>,
    /// Whether campaigns are within their permissions.
    pub campaigns: bool,
    /// Whether queues are within their permissions.
    pub queues: bool,
    /// Agents of whom they may know who listens to them; `None`: all of them.
    pub overheard: Option<HashSet<AgentId>>,
}

impl Viewer {
    fn sees_agent(&self, agent: AgentId) -> bool {
        agent == self.own || self.agents.as_ref().is_none_or(|seen| seen.contains(&agent))
    }

    /// Who may listen to an agent sees who does. Nobody is told of their own
    /// call, or listening would be an announcement.
    fn sees_monitor(&self, monitor: &MonitorLive) -> bool {
        let within = || self.overheard.as_ref().is_none_or(|seen| seen.contains(&monitor.agent));
        monitor.supervisor == self.own || (monitor.agent != self.own && within())
    }

    /// A call without an agent belongs to nobody's scope but the widest, and to
    /// those whose phones ring for it.
    fn sees_call(&self, call: &CallLive, agents: &BTreeMap<AgentId, AgentLive>) -> bool {
        let third = call.third.as_ref().and_then(|third| match third.party {
            Party::Agent(agent) => Some(agent),
            Party::Outside(_) | Party::Queue(_) => None,
        });
        match call.agent {
            Some(agent) => self.sees_agent(agent) || third == Some(self.own),
            None => {
                self.agents.is_none() || agents.get(&self.own).is_some_and(|own| own.call == Some(call.call))
            }
        }
    }
}

impl Default for Hub {
    fn default() -> Self {
        let (changes, _) = broadcast::channel(limits::LIVE_MESSAGES);
        let state = State {
            agents: BTreeMap::new(),
            calls: BTreeMap::new(),
            campaigns: BTreeMap::new(),
            queues: BTreeMap::new(),
            monitors: BTreeMap::new(),
            handed: HashMap::new(),
            cards: HashMap::new(),
            switch: SwitchView { up: false, detail: "not connected yet".to_owned() },
            recordings: RecordingsView { stopped: false, free_mib: 0, min_mib: 0 },
        };
        Self { state: Arc::new(Mutex::new(state)), changes }
    }
}

impl Hub {
    /// Keeps and passes on what the floor tells.
    pub fn publish(&self, tell: Tell) {
        let mut state = self.lock();
        match &tell {
            Tell::Agent(agent) => {
                state.agents.insert(agent.agent, agent.clone());
            }
            Tell::AgentGone(agent) => {
                state.agents.remove(agent);
                state.handed.remove(agent);
            }
            Tell::Call(call) => {
                state.calls.insert(call.call, call.clone());
            }
            Tell::CallGone(call) => {
                state.calls.remove(call);
            }
            Tell::Campaign(campaign) => {
                state.campaigns.insert(campaign.campaign, campaign.clone());
            }
            Tell::Queue(queue) => {
                state.queues.insert(queue.queue, queue.clone());
            }
            Tell::Switch { up, detail } => state.switch = SwitchView { up: *up, detail: detail.clone() },
            Tell::RecordingSpace(space) => state.recordings = (*space).into(),
            Tell::Monitor(monitor) if monitor.mode.is_some() => {
                state.monitors.insert(monitor.supervisor, monitor.clone());
            }
            Tell::Monitor(monitor) => {
                state.monitors.remove(&monitor.supervisor);
            }
            Tell::ScreenPop { agent, call, from: Some(from), note, .. } => {
                state.handed.insert(*agent, Handed { call: *call, from: *from, note: note.clone() });
            }
            Tell::ScreenPop { agent, from: None, .. } => {
                state.handed.remove(agent);
            }
            Tell::Notice { .. } => {}
        }
        // Sent under the lock, so that a snapshot and the changes after it
        // fit together. Nobody listening is no error.
        let _ = self.changes.send(tell);
    }

    /// Names and teams of agents, for people.
    pub fn set_card(&self, agent: AgentId, card: AgentCard) {
        self.lock().cards.insert(agent, card);
    }

    /// The switch as last told.
    pub fn switch(&self) -> SwitchView {
        self.lock().switch.clone()
    }

    /// The recordings' disk as last told.
    pub fn recordings(&self) -> RecordingsView {
        self.lock().recordings
    }

    /// One agent as last told.
    pub fn agent(&self, agent: AgentId) -> Option<AgentLiveView> {
        let state = self.lock();
        state.agents.get(&agent).map(|live| state.view(live.clone()))
    }

    /// Every agent as last told.
    pub fn agents(&self) -> Vec<AgentLiveView> {
        let state = self.lock();
        state.agents.values().map(|live| state.view(live.clone())).collect()
    }

    /// Who handed this call on to the agent, with their note.
    pub fn handed(&self, agent: AgentId, call: CallId) -> Option<HandedView> {
        let state = self.lock();
        let handed = state.handed.get(&agent).filter(|handed| handed.call == call)?;
        Some(HandedView { from: state.person(handed.from), note: handed.note.clone() })
    }

    /// One queue as last told.
    pub fn queue(&self, queue: QueueId) -> Option<QueueLiveView> {
        self.lock().queues.get(&queue).cloned().map(QueueLiveView::from)
    }

    /// A kept place as last told, and its queue.
    pub fn kept_place(&self, place: CallId) -> Option<(QueueId, KeptPlaceView)> {
        let state = self.lock();
        let of =
            |live: &QueueLive| Some((live.queue, live.kept.iter().find(|kept| kept.place == place)?.clone()));
        state.queues.values().find_map(of).map(|(queue, kept)| (queue, kept.into()))
    }

    /// A supervisor's ear as last told.
    pub fn monitor(&self, supervisor: AgentId) -> Option<MonitorView> {
        let state = self.lock();
        state.monitors.get(&supervisor).cloned().map(|live| state.monitor_view(live))
    }

    /// An agent of the floor with their name.
    pub fn named(&self, live: AgentLive) -> AgentLiveView {
        self.lock().view(live)
    }

    /// One call as last told.
    pub fn call(&self, call: CallId) -> Option<CallLiveView> {
        let state = self.lock();
        state.calls.get(&call).cloned().map(|live| state.call_view(live))
    }

    /// A snapshot for a viewer, and the changes from then on.
    pub fn subscribe(&self, viewer: &Viewer) -> (LiveMessage, broadcast::Receiver<Tell>) {
        let state = self.lock();
        let snapshot = LiveMessage::Snapshot {
            seq: 0,
            agents: state
                .agents
                .values()
                .filter(|a| viewer.sees_agent(a.agent))
                .map(|a| state.view(a.clone()))
                .collect(),
            calls: state
                .calls
                .values()
                .filter(|c| viewer.sees_call(c, &state.agents))
                .map(|c| state.call_view(c.clone()))
                .collect(),
            campaigns: if viewer.campaigns {
                state.campaigns.values().cloned().map(CampaignLiveView::from).collect()
            } else {
                Vec::new()
            },
            queues: if viewer.queues {
                state.queues.values().cloned().map(QueueLiveView::from).collect()
            } else {
                Vec::new()
            },
            monitors: state
                .monitors
                .values()
                .filter(|m| viewer.sees_monitor(m))
                .map(|m| state.monitor_view(m.clone()))
                .collect(),
            switch: state.switch.clone(),
            recordings: state.recordings,
        };
        (snapshot, self.changes.subscribe())
    }

    /// A change as a viewer may see it, or nothing.
    pub fn message(&self, viewer: &Viewer, seq: u64, tell: Tell) -> Option<LiveMessage> {
        match tell {
            Tell::Agent(agent) if viewer.sees_agent(agent.agent) => {
                Some(LiveMessage::Agent { seq, agent: self.lock().view(agent) })
            }
            Tell::AgentGone(agent_id) if viewer.sees_agent(agent_id) => {
                Some(LiveMessage::AgentGone { seq, agent_id })
            }
            Tell::Call(call) => {
                let state = self.lock();
                let seen = viewer.sees_call(&call, &state.agents);
                seen.then(|| LiveMessage::Call { seq, call: state.call_view(call) })
            }
            // An id of something the viewer never saw tells nothing.
            Tell::CallGone(call_id) => Some(LiveMessage::CallGone { seq, call_id }),
            Tell::Campaign(campaign) if viewer.campaigns => {
                Some(LiveMessage::Campaign { seq, campaign: campaign.into() })
            }
            Tell::Queue(queue) if viewer.queues => Some(LiveMessage::Queue { seq, queue: queue.into() }),
            Tell::ScreenPop { agent, call, customer, campaign, queue, number, from, note }
                if agent == viewer.own =>
            {
                let from = from.map(|from| self.lock().person(from));
                Some(LiveMessage::ScreenPop {
                    seq,
                    agent_id: agent,
                    call_id: call,
                    customer_id: customer,
                    campaign_id: campaign,
                    queue_id: queue,
                    number: number.map(|number| number.to_string()),
                    from,
                    note,
                })
            }
            Tell::Notice { agent, call, notice } if agent == viewer.own => {
                Some(LiveMessage::Notice { seq, agent_id: agent, call_id: call, notice })
            }
            Tell::Monitor(monitor) if viewer.sees_monitor(&monitor) => {
                Some(LiveMessage::Monitor { seq, monitor: self.lock().monitor_view(monitor) })
            }
            Tell::Switch { up, detail } => {
                Some(LiveMessage::Switch { seq, switch: SwitchView { up, detail } })
            }
            Tell::RecordingSpace(space) => Some(LiveMessage::Recordings { seq, recordings: space.into() }),
            Tell::Agent(_)
            | Tell::AgentGone(_)
            | Tell::Campaign(_)
            | Tell::Queue(_)
            | Tell::Monitor(_)
            | Tell::Notice { .. }
            | Tell::ScreenPop { .. } => None,
        }
    }

    /// A panic while publishing leaves plain values behind: they are used on.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

impl State {
    fn person(&self, agent: AgentId) -> PersonView {
        let name = self.cards.get(&agent).map(|card| card.name.clone()).unwrap_or_default();
        PersonView { agent_id: agent, name }
    }

    fn monitor_view(&self, live: MonitorLive) -> MonitorView {
        MonitorView {
            supervisor: self.person(live.supervisor),
            call_id: live.call,
            agent_id: live.agent,
            mode: live.mode,
            up: live.up,
        }
    }

    fn call_view(&self, live: CallLive) -> CallLiveView {
        let third = live.third.as_ref().map(|third| ThirdView {
            number: self.party(&third.party).number,
            agent: self.party(&third.party).agent,
            from: self.person(third.from),
            attended: third.attended,
            up: third.up,
            forwarded_by: third.forwarded_by.map(|agent| self.person(agent)),
        });
        CallLiveView::new(live, third)
    }

    fn view(&self, live: AgentLive) -> AgentLiveView {
        let card = self.cards.get(&live.agent).cloned().unwrap_or_default();
        let forwarding = self.forwards(&live.forwarding);
        AgentLiveView::new(live, &card, forwarding)
    }

    fn party(&self, party: &Party) -> PartyView {
        match party {
            Party::Agent(agent) => PartyView { agent: Some(self.person(*agent)), number: None },
            Party::Outside(number) => PartyView { agent: None, number: Some(number.to_string()) },
            Party::Queue(_) => PartyView { agent: None, number: None },
        }
    }

    fn forwards(&self, forwarding: &Forwarding) -> Option<ForwardsView> {
        let view = |reason| forwarding.to(reason).map(|party| self.party(party));
        (*forwarding != Forwarding::default()).then(|| ForwardsView {
            always: view(ForwardReason::Always),
            busy: view(ForwardReason::Busy),
            no_answer: view(ForwardReason::NoAnswer),
            no_answer_seconds: forwarding.no_answer.as_ref().map(|(_, seconds)| *seconds),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::clock::Moment;
    use crate::base::ids::CustomerId;
    use crate::base::phone::Dialable;
    use crate::floor::effect::{AgentStateKind, CallStateKind};
    use crate::floor::input::{MonitorMode, RecordingSpace};
    use crate::floor::phone::PhoneLive;
    use uuid::Uuid;

    fn agent(id: i64) -> Tell {
        Tell::Agent(AgentLive {
            agent: AgentId(id),
            kind: AgentStateKind::Ready,
            reason: None,
            since: Moment(0),
            call: None,
            phone_up: true,
            next: None,
            wrap_up_until: None,
            muted: false,
            allowed: Vec::new(),
            phone: PhoneLive::default(),
            forwarding: Forwarding::default(),
            takes_personal_calls: true,
            preview: None,
        })
    }

    fn call(id: u128, agent: Option<i64>) -> Tell {
        Tell::Call(CallLive {
            call: CallId(Uuid::from_u128(id)),
            state: CallStateKind::Talking,
            campaign: Some(CampaignId(1)),
            queue: None,
            queued_at: None,
            customer: Some(CustomerId(1)),
            number: Dialable::new("13800000001").ok(),
            caller_id: None,
            agent: agent.map(AgentId),
            started_at: Moment(0),
            answered_at: None,
            connected_at: None,
            talked_ms: 0,
            talking_since: None,
            third: None,
            recording_paused: false,
            callback_since: None,
        })
    }

    fn viewer(own: i64, agents: Option<&[i64]>, overheard: Option<&[i64]>) -> Viewer {
        let set = |ids: Option<&[i64]>| ids.map(|ids| ids.iter().map(|id| AgentId(*id)).collect());
        Viewer {
            own: AgentId(own),
            agents: set(agents),
            campaigns: true,
            queues: true,
            overheard: set(overheard),
        }
    }

    fn monitor(supervisor: i64, agent: i64) -> Tell {
        Tell::Monitor(MonitorLive {
            supervisor: AgentId(supervisor),
            call: CallId(Uuid::from_u128(1)),
            agent: AgentId(agent),
            mode: Some(MonitorMode::Listen),
            up: true,
        })
    }

    fn pop(agent: i64, call: u128, from: Option<i64>) -> Tell {
        Tell::ScreenPop {
            agent: AgentId(agent),
            call: CallId(Uuid::from_u128(call)),
            customer: Some(CustomerId(1)),
            campaign: Some(CampaignId(1)),
            queue: None,
            number: Dialable::new("13800000001").ok(),
            from: from.map(AgentId),
            note: Some("wants the price".to_owned()),
        }
    }

    fn counts(message: &LiveMessage) -> (usize, usize) {
        match message {
            LiveMessage::Snapshot { agents, calls, .. } => (agents.len(), calls.len()),
            other => panic!("not a snapshot: {other:?}"),
        }
    }

    #[test]
    fn a_viewer_sees_only_their_scope() {
        let hub = Hub::default();
        for tell in [agent(1), agent(2), call(1, Some(2)), call(2, None)] {
            hub.publish(tell);
        }
        let own = viewer(1, Some(&[]), Some(&[]));
        let all = viewer(9, None, None);
        assert_eq!(counts(&hub.subscribe(&own).0), (1, 0));
        assert_eq!(counts(&hub.subscribe(&all).0), (2, 2));
        assert_eq!(hub.message(&own, 1, agent(2)), None);
        assert!(hub.message(&own, 1, agent(1)).is_some());
        assert!(hub.message(&all, 1, call(3, None)).is_some());
    }

    #[test]
    fn whoever_is_rung_with_others_sees_the_call() {
        let hub = Hub::default();
        let Tell::Agent(mut rung) = agent(1) else { unreachable!() };
        rung.call = Some(CallId(Uuid::from_u128(2)));
        hub.publish(Tell::Agent(rung));
        let own = viewer(1, Some(&[]), Some(&[]));
        assert!(hub.message(&own, 1, call(2, None)).is_some());
        assert_eq!(hub.message(&own, 1, call(3, None)), None);
        hub.publish(agent(1));
        assert_eq!(hub.message(&own, 1, call(2, None)), None, "somebody else has answered, or nobody");
    }

    #[test]
    fn everybody_sees_that_nothing_is_recorded() {
        let hub = Hub::default();
        let space = RecordingSpace { enough: false, free_mib: 7, min_mib: 1_024 };
        hub.publish(Tell::RecordingSpace(space));
        let told = RecordingsView { stopped: true, free_mib: 7, min_mib: 1_024 };
        assert_eq!(hub.recordings(), told);
        let own = viewer(1, Some(&[]), Some(&[]));
        assert!(
            matches!(hub.subscribe(&own).0, LiveMessage::Snapshot { recordings, .. } if recordings == told)
        );
        let message = hub.message(&own, 1, Tell::RecordingSpace(space));
        assert_eq!(message, Some(LiveMessage::Recordings { seq: 1, recordings: told }));
    }

    #[tokio::test]
    async fn nothing_is_lost_between_the_snapshot_and_the_changes() {
        let hub = Hub::default();
        hub.publish(agent(1));
        let viewer = viewer(9, None, None);
        let (snapshot, mut changes) = hub.subscribe(&viewer);
        hub.publish(agent(2));
        assert_eq!(counts(&snapshot), (1, 0));
        assert_eq!(changes.recv().await, Ok(agent(2)));
    }

    #[test]
    fn who_listens_is_seen_by_those_who_may_listen_and_never_by_the_one_overheard() {
        let hub = Hub::default();
        hub.publish(monitor(9, 1));
        let sees = |viewer: &Viewer| {
            let snapshot = match hub.subscribe(viewer).0 {
                LiveMessage::Snapshot { monitors, .. } => monitors.len() == 1,
                other => panic!("not a snapshot: {other:?}"),
            };
            assert_eq!(snapshot, hub.message(viewer, 1, monitor(9, 1)).is_some());
            snapshot
        };
        assert!(sees(&viewer(9, Some(&[]), Some(&[]))), "one's own ear");
        assert!(sees(&viewer(2, None, None)) && sees(&viewer(2, Some(&[]), Some(&[1]))));
        assert!(!sees(&viewer(2, None, Some(&[]))), "watching the floor alone is not enough");
        assert!(!sees(&viewer(2, None, Some(&[3]))), "out of scope");
        assert!(!sees(&viewer(1, Some(&[1]), Some(&[1]))) && !sees(&viewer(1, None, None)), "overheard");
    }

    #[test]
    fn who_handed_the_call_on_is_known_until_the_next_pop() {
        let hub = Hub::default();
        let handed =
            |call| hub.handed(AgentId(1), CallId(Uuid::from_u128(call))).map(|handed| handed.from.agent_id);
        hub.publish(pop(1, 7, Some(2)));
        assert_eq!((handed(7), handed(8)), (Some(AgentId(2)), None));
        hub.publish(pop(1, 7, None));
        assert_eq!(handed(7), None);
    }
}
