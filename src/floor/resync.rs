//! After a lost connection, a restart of the switch or one of Trunkline: make
//! the floor agree with the channels that are really there.

use super::agent::{AgentState, Phone, REASON_SWITCH_DOWN};
use super::call::{Call, CallState};
use super::effect::{EndedBy, Fact, HangUpCause, SpanKind, SwitchCommand, Tell};
use super::input::{ChannelSnapshot, HangUp, LegChange, LegLabel, Origin, StoredCall, StoredState};
use super::queue::{QueueOutcome, Visit};
use super::{Floor, LegOwner};
use crate::base::clock::Moment;
use crate::base::ids::{AgentId, CallId, LegId};
use foldhash::HashMap;

/// An attempt younger than this may not have reached the switch when the list
/// of channels was made.
const JUST_DIALLED_MS: i64 = 5_000;
/// The list of channels lags behind: one that shows a sign of life within this
/// time and is not in it may well be there.
const LISTED_AFTER_MS: i64 = 10_000;
/// How long a connection begun before the switch was lost may still take.
const CONNECT_AGAIN_MS: i64 = 3_000;

impl Floor {
    pub(super) fn on_switch_down(&mut self, now: Moment, reason: String) {
        self.switch_up = false;
        self.tell(Tell::Switch { up: false, detail: reason });
        let idle: Vec<AgentId> = self
            .agents
            .values()
            .filter(|a| {
                matches!(a.state, AgentState::Ready | AgentState::Previewing | AgentState::Connecting)
            })
            .map(|a| a.profile.agent)
            .collect();
        for agent in idle {
            self.set_state(now, agent, AgentState::Unreachable { reason: REASON_SWITCH_DOWN });
        }
    }

    pub(super) fn on_switch_up(&mut self, now: Moment, core: String, channels: Vec<ChannelSnapshot>) {
        self.switch_up = true;
        let before = self.switch_core.replace(core);
        let restarted = before.is_some() && before != self.switch_core;
        self.tell(Tell::Switch { up: true, detail: String::new() });
        let found: HashMap<LegId, ChannelSnapshot> = channels.into_iter().map(|c| (c.leg, c)).collect();
        self.trunks.only(&found);
        self.take_callers(now, &found);
        self.adopt_strangers(now, &found);
        self.take_places(&found);
        self.end_what_is_gone(now, &found, restarted);
        self.follow_channels(now, &found);
        self.calls.values_mut().for_each(|call| call.from_store = false);
        self.end_what_fits_nowhere(now);
        self.renew_voices();
        let waiting: Vec<AgentId> = self
            .agents
            .values()
            .filter(|a| a.state == AgentState::Unreachable { reason: REASON_SWITCH_DOWN })
            .map(|a| a.profile.agent)
            .collect();
        for agent in waiting {
            self.go_ready(now, agent);
        }
        self.set_all_timers();
        self.next_pacing = now;
    }

    /// Legs with our label that the floor does not know: an agent's leg is
    /// taken over; a customer's without a call in the ledger is ended.
    fn adopt_strangers(&mut self, now: Moment, found: &HashMap<LegId, ChannelSnapshot>) {
        let mut strangers: Vec<&ChannelSnapshot> =
            found.values().filter(|c| c.label.is_some() && !self.legs.contains_key(&c.leg)).collect();
        strangers.sort_by_key(|c| c.leg);
        for channel in strangers {
            match channel.label {
                Some(LegLabel::Agent { agent, nailed, .. }) if self.adopts(agent, channel) => {
                    self.legs.insert(channel.leg, LegOwner::Agent(agent));
                    if let Some(agent) = self.agents.get_mut(&agent) {
                        agent.phone = Phone::Up { leg: channel.leg };
                        agent.leg_for_one_call = agent.off_hook() && !nailed;
                        agent.heard_at = now;
                    }
                    self.touched.agents.insert(agent);
                }
                Some(LegLabel::Third { call, .. }) if self.adopts_third(call, channel) => {
                    self.legs.insert(channel.leg, LegOwner::Third(call));
                    if let Some((gateway, _)) = self.calls.get(&call).and_then(|call| self.way_out(call)) {
                        self.trunks.occupy(&gateway, channel.leg);
                    }
                }
                _ => {
                    self.ignore(
                        now,
                        format!("leg {} belongs to no call we know: hanging it up", channel.leg),
                    );
                    self.forget_leg(channel.leg);
                    self.send(SwitchCommand::HangUp { leg: channel.leg, cause: HangUpCause::NormalClearing });
                }
            }
        }
    }

    fn adopts(&self, agent: AgentId, channel: &ChannelSnapshot) -> bool {
        self.agents.get(&agent).is_some_and(|a| {
            channel.answered
                && a.phone == Phone::Down
                && a.state != AgentState::LoggedOut
                && (a.off_hook() || channel.bridged_to.is_some() || self.rung_for_live_call(channel))
        })
    }

    /// An on-hook phone of a call that lives: alone while the customer hears
    /// music.
    fn rung_for_live_call(&self, channel: &ChannelSnapshot) -> bool {
        matches!(&channel.label, Some(LegLabel::Agent { call: Some(call), .. }) if self.calls.contains_key(call))
    }

    /// An outside party that talks, or hears music, in a call that lives and was
    /// not followed until now; of the others every leg with a part is known.
    fn adopts_third(&self, call: CallId, channel: &ChannelSnapshot) -> bool {
        let lacks_one =
            self.calls.get(&call).is_some_and(|call| call.from_store && call.outside_leg().is_none());
        channel.answered
            && lacks_one
            && (channel.bridged_to.is_some() || channel.on_music || channel.in_room.is_some())
    }

    fn end_what_is_gone(&mut self, now: Moment, found: &HashMap<LegId, ChannelSnapshot>, restarted: bool) {
        let calls: Vec<(LegId, Moment)> = self
            .calls
            .values()
            .filter(|c| !found.contains_key(&c.leg))
            .filter(|c| c.state != CallState::Dialling || now.since_ms(c.started_at) >= JUST_DIALLED_MS)
            .map(|c| (c.leg, c.started_at))
            .collect();
        let phones: Vec<(LegId, Moment)> = self
            .agents
            .values()
            .filter_map(|a| Some((a.phone.leg()?, a.heard_at)))
            .filter(|(leg, _)| !found.contains_key(leg))
            .collect();
        let mut others: Vec<LegId> = self
            .legs
            .iter()
            .filter(|(leg, owner)| {
                matches!(owner, LegOwner::Third(_) | LegOwner::Monitor(_)) && !found.contains_key(leg)
            })
            .map(|(leg, _)| *leg)
            .collect();
        others.sort_unstable();
        // Customers first: an agent whose customer is gone as well goes to
        // after-call work, and then rings the phone again.
        let others = others.into_iter().map(|leg| (leg, Moment(0)));
        for (leg, sign_of_life) in calls.into_iter().chain(phones).chain(others) {
            if !restarted && now.since_ms(sign_of_life) < LISTED_AFTER_MS {
                self.send(SwitchCommand::Check { leg });
            } else {
                self.on_leg_gone(now, leg, HangUp::cause("SWITCH_LOST"));
            }
        }
    }

    fn follow_channels(&mut self, now: Moment, found: &HashMap<LegId, ChannelSnapshot>) {
        let calls: Vec<(CallId, LegId)> = self.calls.values().map(|c| (c.id, c.leg)).collect();
        for (id, leg) in calls {
            let Some(channel) = found.get(&leg) else { continue };
            if let Some(call) = self.calls.get_mut(&id) {
                call.heard_at = now;
                // The command to record may have been lost with the connection.
                call.record_asked = call.recording.is_some();
            }
            if !self.take_up_plan(now, id, channel, found) {
                match channel.bridged_to {
                    Some(other) => self.take_up_conversation(now, id, other),
                    None if channel.answered => self.take_up_answered(now, id, channel.leaves_message),
                    None => {}
                }
            }
            self.record_conversation(now, id);
        }
        let rings = |phone| match phone {
            Phone::Ringing { leg, .. } => Some(leg),
            Phone::Up { .. } | Phone::Down => None,
        };
        let ringing: Vec<LegId> = self.agents.values().filter_map(|agent| rings(agent.phone)).collect();
        for leg in ringing {
            if found.get(&leg).is_some_and(|c| c.answered) {
                self.on_leg(now, leg, LegChange::Answered);
            }
        }
    }

    /// The two talk: make sure that the floor says so.
    fn take_up_conversation(&mut self, now: Moment, id: CallId, other: LegId) {
        self.adopt_partner(now, id, other);
        let Some(LegOwner::Agent(agent_id)) = self.legs.get(&other).copied() else { return };
        let Some(call) = self.calls.get_mut(&id) else { return };
        match call.state {
            CallState::Talking { agent, .. } if agent == agent_id => {
                call.state = CallState::Talking { agent, apart_since: None };
            }
            CallState::Ending { .. }
                if call.connected.is_some() || call.ended_by != Some(EndedBy::System) =>
            {
                return;
            }
            _ => {
                // Given up for want of an agent while nobody could hear that
                // there was one.
                call.ended_by = None;
                call.dropped = false;
                if call.answered_at.is_none() {
                    call.answered_at = Some(now);
                    self.record(Fact::CallAnswered { call: id, at: now });
                }
                self.connected_unheard(now, id, agent_id, other);
            }
        }
        let busy = self.agents.get(&agent_id).and_then(|a| a.state.live_call());
        if busy != Some(id) {
            self.set_state(now, agent_id, AgentState::Talking { call: id });
        }
    }

    /// The leg that our customer talks with is their agent's, even when the
    /// list of channels, which lags, does not hold it yet.
    fn adopt_partner(&mut self, now: Moment, id: CallId, other: LegId) {
        let Some(agent_id) = self.calls.get(&id).and_then(Call::agent) else { return };
        let Some(agent) = self.agents.get_mut(&agent_id).filter(|agent| agent.phone == Phone::Down) else {
            return;
        };
        if self.legs.contains_key(&other) {
            return;
        }
        agent.phone = Phone::Up { leg: other };
        agent.heard_at = now;
        self.legs.insert(other, LegOwner::Agent(agent_id));
    }

    fn connected_unheard(&mut self, now: Moment, id: CallId, agent_id: AgentId, agent_leg: LegId) {
        let Some(call) = self.calls.get_mut(&id) else { return };
        let before = call.agent();
        call.state = CallState::Talking { agent: agent_id, apart_since: None };
        let had_it = call.connected.map(|(agent, _)| agent);
        if let Some((agent, _)) = &mut call.connected
            && had_it != Some(agent_id)
        {
            *agent = agent_id;
            self.record(Fact::CallHanded { call: id, agent: Some(agent_id), leg: agent_leg, at: now });
        } else if had_it.is_none() {
            call.connected = Some((agent_id, now));
            self.record(Fact::CallConnected { call: id, agent: agent_id, agent_leg, at: now });
            self.callback_reached(now, id);
            self.record_call(now, id);
        }
        self.touched.calls.insert(id);
        self.leave_queue(now, id, QueueOutcome::Answered);
        self.set_span(now, id, SpanKind::Talking);
        self.stop_ringing(now, id);
        if let Some(before) = before
            && before != agent_id
            && self.agents.get(&before).and_then(|a| a.state.live_call()) == Some(id)
        {
            self.back_to_work(now, before);
        }
        self.set_state(now, agent_id, AgentState::Talking { call: id });
    }

    /// The customer's leg is up and alone.
    fn take_up_answered(&mut self, now: Moment, id: CallId, leaves_message: bool) {
        let Some(call) = self.calls.get(&id) else { return };
        match call.state {
            CallState::Dialling | CallState::Ringing => self.on_customer_answered(now, id),
            CallState::Waiting => {
                self.ring_on(id, now + CONNECT_AGAIN_MS);
                self.find_agent(now, id);
            }
            CallState::Connecting { agent, .. } => self.connect_again(now, id, agent),
            // The order was lost with the connection.
            CallState::Message { .. } if !leaves_message => self.take_message(now, id),
            CallState::Ending { .. }
            | CallState::Arranged { .. }
            | CallState::Overflowing { .. }
            | CallState::Message { .. } => {}
            // The conversation ended while we were away.
            CallState::Talking { .. } | CallState::Outside => self.end_call_by(now, id, EndedBy::Switch),
        }
    }

    /// The command to bridge, or the ringing of the desk phone, may have been
    /// lost with the connection.
    fn connect_again(&mut self, now: Moment, id: CallId, agent_id: AgentId) {
        let phone = self.agents.get(&agent_id).map(|a| a.phone);
        let Some(call) = self.calls.get_mut(&id) else { return };
        call.state = CallState::Connecting { agent: agent_id, until: now + CONNECT_AGAIN_MS };
        if let Some(Phone::Up { leg }) = phone {
            let customer = call.leg;
            self.bridge_recorded(now, id, customer, leg);
        }
    }

    pub(super) fn on_restore_agent(&mut self, now: Moment, id: AgentId, state: StoredState, since: Moment) {
        let Some(agent) = self.agents.get_mut(&id) else { return };
        self.touched.agents.insert(id);
        match state {
            StoredState::Paused { reason } => {
                // The open span in the store goes on.
                agent.state = AgentState::Paused { reason };
                agent.since = since;
            }
            StoredState::WrapUp { call } => {
                // Nobody can know how much was left of it: all of it again, as
                // long as any of the agent's campaigns gives; 0 is without end.
                let campaigns = agent.serves.iter().filter_map(|id| self.campaigns.get(id));
                let queues = self.queues.values().filter(|queue| queue.level(id).is_some());
                let queues = queues.map(|queue| queue.profile.wrap_up_seconds);
                let lengths: Vec<u32> = campaigns.map(|c| c.profile.wrap_up_seconds).chain(queues).collect();
                let longest = lengths.iter().copied().max().unwrap_or(0);
                let endless = lengths.contains(&0);
                let until = (!endless).then(|| now + i64::from(longest) * 1_000);
                agent.state = AgentState::WrapUp { call, until };
                agent.since = since;
            }
            StoredState::Working => {
                self.set_state(now, id, AgentState::Unreachable { reason: REASON_SWITCH_DOWN });
            }
        }
    }

    pub(super) fn on_restore_call(&mut self, now: Moment, stored: StoredCall) {
        if let Some(number) = stored.origin.dialled_number()
            && !self.numbers.insert(number.to_owned())
        {
            self.ignore(now, format!("call {}: its number is in another live call", stored.call));
        }
        let leaves_message = stored.span.0 == SpanKind::Voicemail;
        let state = match (stored.answered_at, stored.connected) {
            _ if stored.outside => CallState::Outside,
            // Put right below, when it is known of which queue.
            _ if leaves_message => CallState::Message { until: now },
            // Handed on in vain by somebody who had left.
            (_, Some(_)) if matches!(stored.span.0, SpanKind::Waiting | SpanKind::Queued) => {
                CallState::Waiting
            }
            (_, Some((agent, _))) => CallState::Talking { agent, apart_since: None },
            (Some(_), None) => CallState::Waiting,
            // It was dialled before the restart: not in the list of channels
            // means over, however young.
            (None, None) => CallState::Ringing,
        };
        self.legs.insert(stored.leg, LegOwner::Customer(stored.call));
        if let Some(gateway) = &stored.gateway {
            self.trunks.occupy(gateway, stored.leg);
        }
        self.touched.calls.insert(stored.call);
        let mut call = Call::new(stored.call, stored.leg, stored.origin, stored.started_at);
        if let Origin::Callback(kept) = &call.origin {
            call.queued = Some(Visit::of_kept(kept));
            if let Some(place) = self.kept.get_mut(&kept.call) {
                place.attempt = Some(stored.call);
                place.tries = place.tries.saturating_add(1);
            }
        }
        let visited = stored.queue.map(|(queue, since, outcome)| {
            let mut visit = Visit::new(queue, since, 0);
            visit.outcome = outcome;
            visit
        });
        call.queued = visited.or(call.queued.take());
        call.state = state;
        call.caller_id = stored.caller_id;
        call.dial_until = now + 60_000;
        call.answered_at = stored.answered_at;
        call.connected = stored.connected;
        call.dropped = stored.dropped;
        call.heard_at = now;
        call.from_store = true;
        call.talked_ms = stored.talked_ms;
        (call.span, call.span_agent, call.span_since) = stored.span;
        let handed_back = state == CallState::Waiting && stored.span.0 == SpanKind::Waiting;
        call.sender = stored.connected.map(|(agent, _)| agent).filter(|_| handed_back);
        if leaves_message {
            call.message_since = Some(call.span_since);
            call.state = CallState::Message { until: self.message_due(now, &call) };
        }
        if let Some((path, paused)) = stored.recording {
            call.recording = Some(path);
            call.recording_paused = paused;
        }
        self.calls.insert(stored.call, call);
        if stored.connected.is_some() {
            self.callback_reached(now, stored.call);
        }
    }
}
