//! What the switch says of legs: how a call goes from dialling to its end.
//!
//! Events of one leg come in order, those of two legs in any order; an event
//! may be lost or late. A state is therefore reached by any event that proves
//! it (a parked customer has answered, a bridged one too), and an event that
//! proves nothing new is let be.

use super::agent::{
    Agent, AgentState, Phone, REASON_PHONE_HUNG_UP, REASON_PHONE_NO_ANSWER, REASON_PHONE_NOT_REGISTERED,
    REASON_SWITCH_DOWN,
};
use super::call::CallState;
use super::effect::{CallResult, EndedBy, Fact, HangUpCause, SpanKind, SwitchCommand, TransferOutcome};
use super::input::{HangUp, LegChange};
use super::pending::Expect;
use super::people::PHONE_RING_SECONDS;
use super::plan::Place;
use super::queue::QueueOutcome;
use super::result::{call_result, ended_by, inbound_result, unanswered_end};
use super::sharing::Turns;
use super::{Floor, LegOwner};
use crate::base::clock::Moment;
use crate::base::ids::{AgentId, CallId, LegId};

/// How long a commanded bridge may take before another agent is tried.
const BRIDGE_MS_MAX: i64 = 3_000;
/// How long an on-hook desk phone may ring while the customer waits.
pub(super) const ON_HOOK_RING_MS_MAX: i64 = 8_000;
/// How long after the switch denies a leg its hang-up may still come.
const HANG_UP_MS_MAX: i64 = 1_000;
/// How long the switch may take to confirm an end.
const END_MS_MAX: i64 = 5_000;

impl Floor {
    pub(super) fn on_leg(&mut self, now: Moment, leg: LegId, what: LegChange) {
        if matches!(what, LegChange::HungUp(_)) {
            self.trunks.vacate(leg);
        }
        let Some(owner) = self.legs.get(&leg).copied() else {
            return match what {
                LegChange::Arrived(arrival) => self.on_arrival(now, leg, arrival),
                what => self.on_unknown_leg(now, leg, what),
            };
        };
        self.note_place(leg, &what);
        match owner {
            LegOwner::Customer(call) => self.on_customer_leg(now, call, what),
            LegOwner::Agent(agent) => self.on_agent_leg(now, agent, leg, what),
            LegOwner::Third(call) => self.on_third_leg(now, call, leg, &what),
            LegOwner::Monitor(supervisor) => self.on_monitor_leg(now, supervisor, leg, &what),
        }
        if let Some(call) = self.planned_call(owner) {
            self.settle(now, call);
        }
    }

    /// Where the event puts the leg.
    fn note_place(&mut self, leg: LegId, what: &LegChange) {
        let place = match what {
            LegChange::Parked => Place::Alone,
            LegChange::MusicStarted => Place::Music,
            LegChange::JoinedRoom => Place::Room,
            LegChange::Bridged { other } => Place::With(*other),
            // Late news of a partner it has left already says nothing.
            LegChange::Unbridged { other } if self.place(leg) == Place::With(*other) => Place::Alone,
            _ => return,
        };
        self.places.insert(leg, place);
    }

    /// A leg we took for dead speaks: end it, so that no customer hears
    /// silence. Others' legs are none of our business.
    fn on_unknown_leg(&mut self, now: Moment, leg: LegId, what: LegChange) {
        let Some(call) = self.gone.get(&leg).map(|gone| gone.call) else { return };
        match what {
            LegChange::Answered | LegChange::Parked | LegChange::Ringing { .. } => {
                self.ignore(now, format!("leg {leg} was given up and says {what:?}: hanging it up"));
                self.send(SwitchCommand::HangUp { leg, cause: HangUpCause::NormalClearing });
            }
            // The file is closed after the leg that it recorded: a customer's, or a
            // supervisor's.
            LegChange::RecordingStopped { path } => match call {
                Some(call) => self.record(Fact::RecordingStopped { call, path, at: now }),
                None => self.voice_stopped(now, path),
            },
            LegChange::Created
            | LegChange::Arrived(_)
            | LegChange::Bridged { .. }
            | LegChange::Unbridged { .. }
            | LegChange::MusicStarted
            | LegChange::JoinedRoom
            | LegChange::Muted(_)
            | LegChange::Overheard(_)
            | LegChange::Key(_)
            | LegChange::RecordingStarted { .. }
            | LegChange::HungUp(_) => {}
        }
    }

    fn on_customer_leg(&mut self, now: Moment, id: CallId, what: LegChange) {
        let Some(call) = self.calls.get_mut(&id) else { return };
        call.heard_at = now;
        let state = call.state;
        let leaves_message = matches!(state, CallState::Message { .. });
        match what {
            LegChange::Created => {}
            LegChange::Ringing { .. } => {
                if state == CallState::Dialling {
                    call.state = CallState::Ringing;
                    self.touched.calls.insert(id);
                    self.record(Fact::CallRinging { call: id, at: now });
                    self.set_span(now, id, SpanKind::Ringing);
                }
            }
            LegChange::Answered | LegChange::Parked => self.on_customer_answered(now, id),
            LegChange::Bridged { other } => self.on_bridged(now, id, other),
            LegChange::Unbridged { other } => self.on_unbridged(now, id, other),
            LegChange::MusicStarted => self.on_music(now, id),
            // Told twice: it is known already.
            LegChange::Arrived(_) | LegChange::JoinedRoom | LegChange::Muted(_) | LegChange::Overheard(_) => {
            }
            LegChange::Key(key) => self.on_customer_key(now, id, key),
            LegChange::RecordingStarted { path } if leaves_message => {
                self.message_started(now, id, path);
            }
            LegChange::RecordingStarted { path } => {
                call.recording = Some(path.clone());
                self.touched.calls.insert(id);
                // Of one that begins before the bridge is heard of, then.
                if let Some((agent, _)) = call.connected {
                    self.record(Fact::RecordingStarted { call: id, agent, path, at: now });
                }
            }
            LegChange::RecordingStopped { path } => {
                if call.recording.as_ref() == Some(&path) {
                    call.recording = None;
                    call.recording_paused = false;
                    self.touched.calls.insert(id);
                }
                self.record(Fact::RecordingStopped { call: id, path, at: now });
            }
            LegChange::HungUp(hang_up) => {
                let by = ended_by(state, &hang_up);
                self.end_call(now, id, hang_up, by);
            }
        }
    }

    pub(super) fn on_customer_answered(&mut self, now: Moment, id: CallId) {
        let Some(call) = self.calls.get_mut(&id) else { return };
        if call.answered_at.is_some() {
            return;
        }
        // Taken back a moment too late: the customer finds nobody.
        let taken_back = matches!(call.state, CallState::Ending { .. });
        call.answered_at = Some(now);
        if !taken_back {
            call.state = CallState::Waiting;
        }
        let took = now.since_ms(call.started_at);
        let (campaign_id, span) = (call.campaign(), call.waiting_span());
        self.touched.calls.insert(id);
        if let Some(campaign) = campaign_id.and_then(|id| self.campaigns.get_mut(&id)) {
            campaign.count_answered(now);
            campaign.trunk_worked();
            campaign.estimates.answered(took);
        }
        self.record(Fact::CallAnswered { call: id, at: now });
        self.set_span(now, id, span);
        if !taken_back {
            self.find_agent(now, id);
        } else if campaign_id.is_some() {
            self.mark_dropped(now, id);
        }
    }

    /// The ready agent who has waited longest takes the call; one who handed it
    /// on in vain comes first, and one whom another campaign counts on only if
    /// there is no other. When nobody is ready, a phone that rings for a caller
    /// may be called off.
    pub(super) fn find_agent(&mut self, now: Moment, call: CallId) {
        let Some(waiting) = self.calls.get(&call) else { return };
        let ready = |agent: &AgentId| self.agents.get(agent).is_some_and(Agent::is_free);
        if let Some(sender) = waiting.sender.filter(ready) {
            return self.connect(now, call, sender);
        }
        if let Some(agent) = self.reserved_for(waiting) {
            return self.connect(now, call, agent);
        }
        if waiting.queued.is_some() {
            return self.find_member(now, call);
        }
        let Some(campaign) = waiting.campaign().and_then(|id| self.campaigns.get(&id)) else { return };
        let id = campaign.profile.campaign;
        let any_free = campaign.profile.agents.iter().any(ready);
        let turns = if any_free { self.turns_now(now) } else { Turns::default() };
        let Some(campaign) = self.campaigns.get(&id) else { return };
        let members = campaign.profile.agents.iter().filter_map(|agent| self.agents.get(agent));
        let of_others = |agent: &Agent| turns.get(agent.profile.agent).filter(|turn| turn.campaign != id);
        let longest_idle = members
            .filter(|agent| agent.is_free())
            .filter(|agent| of_others(agent).is_none_or(|turn| !turn.kept))
            .min_by_key(|agent| (of_others(agent).is_some(), agent.idle_since(), agent.profile.agent))
            .map(|agent| agent.profile.agent);
        match longest_idle {
            Some(agent) => self.connect(now, call, agent),
            None => self.call_off_for(now, call),
        }
    }

    /// Reserves the agent and starts to connect: the screen pop goes out
    /// before the command that bridges.
    pub(super) fn connect(&mut self, now: Moment, id: CallId, agent_id: AgentId) {
        let (Some(call), Some(agent)) = (self.calls.get_mut(&id), self.agents.get(&agent_id)) else { return };
        let phone = agent.phone;
        let wait = if matches!(phone, Phone::Up { .. }) { BRIDGE_MS_MAX } else { ON_HOOK_RING_MS_MAX };
        call.state = CallState::Connecting { agent: agent_id, until: now + wait };
        let (customer_leg, rung) = (call.leg, call.preview.is_some());
        // An agent who was kept free for the customer has them on the screen.
        if call.reserved.take() != Some(agent_id) {
            let pop = call.pop(agent_id, call.sender.filter(|sender| *sender != agent_id), None);
            self.tell(pop);
        }
        match phone {
            Phone::Up { leg } => self.bridge_recorded(now, id, customer_leg, leg),
            Phone::Ringing { .. } if rung => {}
            Phone::Ringing { .. } | Phone::Down => {
                self.ring_phone(now, agent_id, Some(id), PHONE_RING_SECONDS)
            }
        }
        self.touched.calls.insert(id);
        self.set_state(now, agent_id, AgentState::Reserved { call: id });
        if let Some(agent) = self.agents.get_mut(&agent_id) {
            agent.idle_kept = None;
        }
        self.stop_ringing(now, id);
    }

    fn on_bridged(&mut self, now: Moment, id: CallId, other: LegId) {
        let agent_id = match self.legs.get(&other).copied() {
            Some(LegOwner::Agent(agent)) => agent,
            Some(LegOwner::Third(call)) if call == id && self.overflows(id) => {
                return self.overflowed(now, id);
            }
            _ => return,
        };
        self.on_customer_answered_late(now, id);
        let Some(call) = self.calls.get_mut(&id) else { return };
        if call.plan.is_some() {
            // The plan looks at the places itself.
            return;
        }
        let expected = matches!(call.state, CallState::Connecting { agent, .. } if agent == agent_id);
        if !expected {
            match &mut call.state {
                // Together again before the time was up.
                CallState::Talking { agent, apart_since } if *agent == agent_id => *apart_since = None,
                _ => self.ignore(now, format!("call {id}: bridged with agent {agent_id}, who is not on it")),
            }
            return;
        }
        call.state = CallState::Talking { agent: agent_id, apart_since: None };
        let before = call.connected;
        call.connected = Some((agent_id, before.map_or(now, |(_, at)| at)));
        self.touched.calls.insert(id);
        if let Some(agent) = self.agents.get_mut(&agent_id) {
            agent.phone = Phone::Up { leg: other };
            agent.heard_at = now;
        }
        self.record(match before {
            None => Fact::CallConnected { call: id, agent: agent_id, agent_leg: other, at: now },
            Some(_) => Fact::CallHanded { call: id, agent: Some(agent_id), leg: other, at: now },
        });
        self.callback_reached(now, id);
        if before.is_none() {
            self.charge_talk(id, agent_id);
        }
        self.note_recording(now, id, before.is_none());
        self.leave_queue(now, id, QueueOutcome::Answered);
        self.set_span(now, id, SpanKind::Talking);
        self.set_state(now, agent_id, AgentState::Talking { call: id });
    }

    /// The answer's own event was lost, and the bridge proves it.
    fn on_customer_answered_late(&mut self, now: Moment, id: CallId) {
        if self.calls.get(&id).is_some_and(|c| c.answered_at.is_none()) {
            self.on_customer_answered(now, id);
        }
    }

    /// Only the end of the conversation that is going on: news of one before it
    /// may be late.
    fn on_unbridged(&mut self, now: Moment, id: CallId, other: LegId) {
        let owner = self.legs.get(&other).copied();
        let Some(call) = self.calls.get_mut(&id) else { return };
        if let CallState::Talking { agent, apart_since: None } = call.state
            && owner == Some(LegOwner::Agent(agent))
        {
            call.state = CallState::Talking { agent, apart_since: Some(now) };
            self.touched.calls.insert(id);
        }
    }

    fn on_agent_leg(&mut self, now: Moment, id: AgentId, leg: LegId, what: LegChange) {
        let Some(agent) = self.agents.get_mut(&id) else { return };
        agent.heard_at = now;
        let current = agent.phone.leg() == Some(leg);
        match what {
            LegChange::Created | LegChange::Ringing { .. } => {
                if let AgentState::Reserved { call } = agent.state {
                    self.colleague_rings(call, id);
                }
            }
            LegChange::Arrived(_)
            | LegChange::MusicStarted
            | LegChange::JoinedRoom
            | LegChange::Key(_)
            | LegChange::RecordingStarted { .. } => {}
            // Of a supervisor who has taken the call over.
            LegChange::RecordingStopped { path } => self.voice_stopped(now, path),
            LegChange::Muted(_) => self.on_muted(id, &what),
            LegChange::Overheard(_) => self.on_overheard(now, leg, &what),
            LegChange::Answered | LegChange::Parked if current => self.on_phone_up(now, id, leg),
            LegChange::Answered | LegChange::Parked => {
                self.send(SwitchCommand::HangUp { leg, cause: HangUpCause::NormalClearing });
            }
            LegChange::Bridged { other } => match self.legs.get(&other).copied() {
                Some(LegOwner::Customer(call)) => self.on_bridged(now, call, leg),
                _ => self.part_strangers(id, leg, other),
            },
            LegChange::Unbridged { other } => {
                if let Some(LegOwner::Customer(call)) = self.legs.get(&other).copied() {
                    self.on_unbridged(now, call, leg);
                }
            }
            LegChange::HungUp(hang_up) => self.on_phone_gone(now, id, leg, &hang_up),
        }
    }

    fn on_phone_up(&mut self, now: Moment, id: AgentId, leg: LegId) {
        let Some(agent) = self.agents.get_mut(&id) else { return };
        if agent.phone == (Phone::Up { leg }) {
            return;
        }
        // Answered a moment too late: it is being hung up, and its end is awaited.
        if agent.is_called_off() {
            return;
        }
        agent.phone = Phone::Up { leg };
        agent.misses = 0;
        self.touched.agents.insert(id);
        let state = agent.state.clone();
        self.seen(id, Expect::PhoneUp);
        if let Some(call) = state.live_call().filter(|call| self.is_third(*call, id)) {
            return self.third_answered(now, call);
        }
        let off_hook = self.agents.get(&id).is_some_and(Agent::off_hook);
        match state {
            AgentState::Connecting => self.become_ready(now, id),
            // Picked up while the customer's phone still rings.
            AgentState::Reserved { call } if self.waits_for(call, id) => {}
            AgentState::Reserved { call } => {
                if let Some(call) = self.calls.get_mut(&call) {
                    call.state = CallState::Connecting { agent: id, until: now + BRIDGE_MS_MAX };
                    let (id, customer) = (call.id, call.leg);
                    self.touched.calls.insert(id);
                    self.bridge_recorded(now, id, customer, leg);
                }
                self.stop_ringing(now, call);
            }
            // An off-hook phone that answers during a pause stays up for when
            // the agent is ready; an on-hook one has nobody to talk to.
            AgentState::Paused { .. } | AgentState::WrapUp { .. } | AgentState::Unreachable { .. }
                if off_hook => {}
            _ => {
                if let Some(agent) = self.agents.get_mut(&id) {
                    agent.phone = Phone::Down;
                }
                self.forget_leg(leg);
                self.send(SwitchCommand::HangUp { leg, cause: HangUpCause::NormalClearing });
            }
        }
    }

    fn on_phone_gone(&mut self, now: Moment, id: AgentId, leg: LegId, hang_up: &HangUp) {
        self.forget_leg(leg);
        let Some(agent) = self.agents.get_mut(&id) else { return };
        if agent.phone.leg() != Some(leg) {
            return;
        }
        let rang = matches!(agent.phone, Phone::Ringing { .. });
        agent.phone = Phone::Down;
        agent.muted = false;
        self.touched.agents.insert(id);
        let reason = match hang_up.cause.as_str() {
            "USER_NOT_REGISTERED" | "SUBSCRIBER_ABSENT" | "UNALLOCATED_NUMBER" => REASON_PHONE_NOT_REGISTERED,
            _ if rang => REASON_PHONE_NO_ANSWER,
            _ => REASON_PHONE_HUNG_UP,
        };
        let state = agent.state.clone();
        self.give_up_pending_phone(id);
        if let Some(call) = state.live_call().filter(|call| self.is_third(*call, id)) {
            let rung = matches!(state, AgentState::Reserved { .. });
            let forward = self.forwards_after(id, hang_up).filter(|_| rung);
            // Who has calls forwarded that they do not take has missed none.
            if rung && (forward.is_none() || reason == REASON_PHONE_NOT_REGISTERED) {
                self.cannot_take(now, id, reason);
            } else {
                self.back_to_work(now, id);
            }
            if forward.is_some_and(|reason| self.forward_third(now, call, reason)) {
                return;
            }
            return self.colleague_gone(now, call, hang_up);
        }
        if let Some(call) = state.live_call().filter(|call| self.is_arranged(*call)) {
            return self.sender_left(now, call);
        }
        let Some(agent) = self.agents.get(&id) else { return };
        match state {
            // The switch ends a phone's leg when the customer has left, and may
            // say so before it says that the customer has.
            AgentState::Talking { call } if hang_up.by_far_end == Some(false) => {
                self.end_call_by(now, call, EndedBy::Customer);
            }
            AgentState::Talking { call } => self.end_call_by(now, call, EndedBy::Agent),
            AgentState::Reserved { call } if self.waits_for(call, id) => {
                // Laid down again: they do not want the call.
                if rang || agent.off_hook() {
                    self.cannot_take(now, id, reason);
                } else {
                    self.back_to_work(now, id);
                }
                self.reserved_lost(now, call);
            }
            // The same, of a bridge that was not heard of yet. Who is here after
            // all gets another agent when the time for the bridge is up.
            AgentState::Reserved { call } if !rang && hang_up.by_far_end == Some(false) => {
                if let Some(leg) = self.calls.get(&call).map(|call| call.leg) {
                    self.send(SwitchCommand::Check { leg });
                }
            }
            AgentState::Reserved { call } => {
                self.cannot_take(now, id, reason);
                self.note_ringing(call);
                self.back_to_waiting(now, call);
            }
            AgentState::Connecting => self.cannot_take(now, id, reason),
            AgentState::Ready | AgentState::Previewing if agent.off_hook() => {
                self.set_state(now, id, AgentState::Unreachable { reason });
            }
            // It was called off, and is silent now.
            AgentState::Ready if rang => self.become_ready(now, id),
            _ => {}
        }
    }

    /// The agent fell away before the bridge: the next one, or wait.
    pub(super) fn back_to_waiting(&mut self, now: Moment, id: CallId) {
        if let Some(call) = self.calls.get_mut(&id)
            && matches!(call.state, CallState::Connecting { .. })
        {
            call.state = CallState::Waiting;
            self.touched.calls.insert(id);
            self.find_agent(now, id);
        }
    }

    /// The switch has no such leg any more. Its hang-up, which says who ended the
    /// call and why, comes a moment after the switch has begun to deny it.
    pub(super) fn on_no_such_leg(&mut self, now: Moment, leg: LegId, owner: LegOwner) {
        if let LegOwner::Customer(id) = owner
            && let Some(call) = self.calls.get_mut(&id)
        {
            call.gone_until.get_or_insert(now + HANG_UP_MS_MAX);
            self.touched.calls.insert(id);
        } else {
            self.on_leg_gone(now, leg, HangUp::cause("LOST_EVENT"));
        }
    }

    /// A leg is gone without an event of its own.
    pub(super) fn on_leg_gone(&mut self, now: Moment, leg: LegId, hang_up: HangUp) {
        self.trunks.vacate(leg);
        match self.legs.get(&leg).copied() {
            Some(LegOwner::Customer(call)) => self.end_call(now, call, hang_up, EndedBy::Switch),
            Some(LegOwner::Agent(agent)) => self.on_phone_gone(now, agent, leg, &hang_up),
            Some(LegOwner::Third(call)) => self.on_third_leg(now, call, leg, &LegChange::HungUp(hang_up)),
            Some(LegOwner::Monitor(supervisor)) => {
                self.on_monitor_leg(now, supervisor, leg, &LegChange::HungUp(hang_up));
            }
            None => {}
        }
    }

    /// Asks the switch to end a call; its event ends it.
    pub(super) fn end_call_by(&mut self, now: Moment, id: CallId, by: EndedBy) {
        let Some(call) = self.calls.get_mut(&id) else { return };
        if matches!(call.state, CallState::Ending { .. }) {
            return;
        }
        if call.plan.is_some() {
            self.close_plan(now, id, TransferOutcome::Cancelled);
        }
        let Some(call) = self.calls.get_mut(&id) else { return };
        let cause = if call.answered_at.is_some() {
            HangUpCause::NormalClearing
        } else {
            HangUpCause::OriginatorCancel
        };
        // The number that is rung for a caller goes with them.
        call.outside = call.outside_leg();
        call.ended_by = Some(by);
        call.state = CallState::Ending { agent: call.agent(), until: now + END_MS_MAX };
        let leg = call.leg;
        self.touched.calls.insert(id);
        self.send(SwitchCommand::HangUp { leg, cause });
        self.stop_ringing(now, id);
    }

    /// The customer's leg is over, and with it the call.
    pub(super) fn end_call(&mut self, now: Moment, id: CallId, hang_up: HangUp, by: EndedBy) {
        self.close_plan(now, id, TransferOutcome::CustomerLeft);
        self.end_monitors(now, id);
        self.stop_ringing(now, id);
        let Some(call) = self.calls.remove(&id) else { return };
        self.forget_leg(call.leg);
        if let Some(number) = call.origin.dialled_number() {
            self.numbers.remove(number);
        }
        self.touched.calls.insert(id);
        let dropped = call.dropped || call.ended_by == Some(EndedBy::System);
        let result = if call.is_inbound() {
            inbound_result(&hang_up, &call, now)
        } else {
            call_result(&hang_up, call.answered_at.is_some(), call.connected.is_some(), dropped)
        };
        self.leave_queue_at_end(now, &call, result);
        let talk_ms = call.talk_ms(now);
        let ended_by = call.ended_by.unwrap_or(
            if call.answered_at.is_none() && !call.is_inbound() && by == EndedBy::Customer {
                unanswered_end(result)
            } else {
                by
            },
        );
        if let Some(campaign) = call.campaign().and_then(|id| self.campaigns.get_mut(&id)) {
            let dialled_ms = now.since_ms(call.started_at);
            match (call.answered_at, result) {
                (None, CallResult::Failed) => {
                    campaign.trunk_failed(now);
                    campaign.estimates.withdrawn(now, dialled_ms);
                }
                // Taken back by us: it says nothing of anybody.
                (None, CallResult::Cancelled) => campaign.estimates.withdrawn(now, dialled_ms),
                (None, _) => {
                    campaign.trunk_worked();
                    campaign.estimates.unanswered(dialled_ms);
                }
                (Some(_), _) => {}
            }
            if call.connected.is_some() {
                campaign.estimates.talked(talk_ms);
                campaign.settle_talk(call.charged_ms, talk_ms);
            }
            if result == CallResult::Dropped && !call.dropped {
                campaign.count_dropped(now);
            }
        }
        self.record(Fact::CallEnded {
            call: id,
            dialled: call.dialled().map(|(campaign, lead)| (campaign, lead.lead)),
            result,
            hang_up,
            ended_by,
            talk_ms,
            at: now,
        });
        self.callback_ended(now, &call);
        self.free_agent(now, id, &call);
    }

    fn free_agent(&mut self, now: Moment, id: CallId, call: &super::call::Call) {
        let Some(agent_id) = call.agent() else { return };
        let Some(agent) = self.agents.get(&agent_id) else { return };
        // After a restart the agent of a conversation is not on it yet when it
        // turns out to be over; they still have something to say of it.
        let away = agent.state == AgentState::Unreachable { reason: REASON_SWITCH_DOWN };
        if agent.state.live_call() != Some(id) && !(away && call.connected.is_some()) {
            return;
        }
        if call.connected.is_some() {
            self.leave_call(now, agent_id, id, call.work());
        } else {
            self.free_leg(agent_id);
            self.back_to_work(now, agent_id);
        }
    }
}
