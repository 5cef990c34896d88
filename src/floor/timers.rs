//! What comes due: after-call work, customers waiting too long, bridges and
//! hang-ups that the switch has not confirmed, legs that fell silent.

use super::Floor;
use super::agent::{Agent, AgentState, Phone, REASON_BRIDGE_FAILED, REASON_PHONE_NO_ANSWER};
use super::call::{Call, CallState};
use super::effect::{EndedBy, Fact, HangUpCause, SwitchCommand};
use super::input::HangUp;
use super::pending::CONFIRM_SECONDS;
use super::refusal::Refusal;
use crate::base::clock::Moment;
use crate::base::ids::{AgentId, CallId};
use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// A leg without events for so long is asked for.
pub(super) const SILENT_MS: i64 = 60_000;
/// How long the two legs of a conversation may live on after the switch took
/// them apart.
const APART_MS_MAX: i64 = 2_000;
/// How long the answer to a question about a leg may take.
pub(super) const ASK_AGAIN_MS: i64 = 5_000;

/// Whose timer it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Owner {
    Call(CallId),
    Agent(AgentId),
    Supervisor(AgentId),
    Kept(CallId),
}

/// When to look at which call or agent. An entry is a hint: what is really due
/// is asked of the state when its time comes, so an entry may be too early or
/// of somebody gone, but never missing or too late.
#[derive(Debug, Default)]
pub(super) struct Timers(BinaryHeap<Reverse<(Moment, Owner)>>);

impl Timers {
    /// The earliest hint.
    pub(super) fn next(&self) -> Option<Moment> {
        self.0.peek().map(|Reverse((at, _))| *at)
    }

    fn take_due(&mut self, now: Moment) -> Vec<Owner> {
        let mut due = Vec::new();
        while let Some(Reverse((at, owner))) = self.0.peek().copied()
            && at <= now
        {
            self.0.pop();
            due.push(owner);
        }
        due.sort_unstable();
        due.dedup();
        due
    }
}

impl Floor {
    /// Notes when everything that changed is next due.
    pub(super) fn set_timers(&mut self, now: Moment) {
        let mut timers = std::mem::take(&mut self.timers);
        let calls = self.touched.calls.iter().filter_map(|id| self.calls.get(&id));
        let calls = calls.filter_map(|call| Some((self.call_due(call)?, Owner::Call(call.id))));
        let agents = self.touched.agents.iter().filter_map(|id| self.agents.get(&id));
        let agents =
            agents.filter_map(|agent| Some((self.agent_due(agent)?, Owner::Agent(agent.profile.agent))));
        let supervisors = self.touched.supervisors.iter();
        let supervisors =
            supervisors.filter_map(|id| Some((self.supervisor_due(id)?, Owner::Supervisor(id))));
        let kept = self.touched.kept.iter();
        let kept = kept.filter_map(|id| Some((self.kept_due(now, id)?, Owner::Kept(id))));
        timers.0.extend(calls.chain(agents).chain(supervisors).chain(kept).map(Reverse));
        self.timers = timers;
    }

    /// Notes everything anew, after what timers depend on has changed.
    pub(super) fn set_all_timers(&mut self) {
        self.timers.0.clear();
        self.touched.calls.extend(self.calls.keys());
        self.touched.agents.extend(self.agents.keys());
        self.touched.supervisors.extend(self.monitors.keys().chain(self.waiting.keys()));
        self.touched.kept.extend(self.kept.keys());
    }

    /// Fires what is due. A firing may set another timer that is due already;
    /// the number of rounds is bounded by the states a call can pass.
    pub(super) fn fire_timers(&mut self, now: Moment) {
        for _ in 0..4 {
            let owners = self.timers.take_due(now);
            if owners.is_empty() {
                return;
            }
            for owner in owners {
                self.fire(now, owner);
                // What is due next of it, whether it fired or not.
                let due = match owner {
                    Owner::Call(id) => self.calls.get(&id).and_then(|call| self.call_due(call)),
                    Owner::Agent(id) => self.agents.get(&id).and_then(|agent| self.agent_due(agent)),
                    Owner::Supervisor(id) => self.supervisor_due(id),
                    Owner::Kept(id) => self.kept_due(now, id),
                };
                self.timers.0.extend(due.map(|at| Reverse((at, owner))));
            }
            self.set_timers(now);
        }
    }

    fn fire(&mut self, now: Moment, owner: Owner) {
        match owner {
            Owner::Call(id) => {
                if self.calls.get(&id).and_then(|call| self.call_due(call)).is_some_and(|due| due <= now) {
                    self.fire_call(now, id);
                }
            }
            Owner::Agent(id) => {
                if self.agents.get(&id).and_then(|agent| self.agent_due(agent)).is_some_and(|due| due <= now)
                {
                    self.fire_agent(now, id);
                }
            }
            Owner::Supervisor(id) => self.fire_supervisor(now, id),
            // Its time has come: it is served with the others, if an agent is free.
            Owner::Kept(_) => {}
        }
    }

    /// While the switch is away its silence proves nothing: only what we
    /// decide alone comes due.
    fn call_due(&self, call: &Call) -> Option<Moment> {
        if !self.switch_up {
            return None;
        }
        let silent = call.heard_at + SILENT_MS;
        let due = match call.state {
            CallState::Dialling | CallState::Ringing => call.dial_until,
            CallState::Waiting if call.queued.is_some() => self.queue_due(call).min(silent),
            CallState::Waiting => self.waiting_due(call).min(silent),
            CallState::Overflowing { until, .. } | CallState::Message { until } => until,
            CallState::Connecting { until, .. } => until.min(self.drop_due(call).unwrap_or(until)),
            CallState::Talking { apart_since: Some(since), .. } => since + APART_MS_MAX,
            CallState::Talking { apart_since: None, .. } | CallState::Outside => silent,
            CallState::Arranged { .. } => Self::plan_due(call).map_or(silent, |due| due.min(silent)),
            CallState::Ending { until, .. } => until,
        };
        Some(call.gone_until.map_or(due, |gone| due.min(gone)))
    }

    fn waiting_due(&self, call: &Call) -> Moment {
        let most = self.wait_ms_max(call);
        let give_up = waiting_since(call) + most;
        self.drop_due(call).map_or(give_up, |drop| drop.min(give_up))
    }

    fn wait_ms_max(&self, call: &Call) -> i64 {
        let campaign = call.campaign().and_then(|id| self.campaigns.get(&id));
        campaign.map_or(0, |campaign| campaign.profile.wait_ms_max)
    }

    /// When the call counts as dropped; `None` when it does already.
    fn drop_due(&self, call: &Call) -> Option<Moment> {
        let answered = call.answered_at?;
        let campaign = self.campaigns.get(&call.campaign()?)?;
        (!call.dropped && call.connected.is_none()).then(|| answered + campaign.profile.drop_after_ms)
    }

    fn fire_call(&mut self, now: Moment, id: CallId) {
        let Some(call) = self.calls.get(&id) else { return };
        if call.gone_until.is_some_and(|until| until <= now) {
            return self.on_leg_gone(now, call.leg, HangUp::cause("LOST_EVENT"));
        }
        if self.drop_due(call).is_some_and(|due| due <= now)
            && matches!(call.state, CallState::Waiting | CallState::Connecting { .. })
        {
            self.mark_dropped(now, id);
        }
        let Some(call) = self.calls.get_mut(&id) else { return };
        let leg = call.leg;
        match call.state {
            CallState::Dialling | CallState::Ringing if call.dial_until <= now => {
                // The switch should have ended it long ago: it is gone, or
                // we end it.
                call.dial_until = now + ASK_AGAIN_MS;
                if call.ended_by.is_none() {
                    call.ended_by = Some(EndedBy::System);
                    self.send(SwitchCommand::HangUp { leg, cause: HangUpCause::OriginatorCancel });
                }
                self.send(SwitchCommand::Check { leg });
            }
            CallState::Waiting if call.queued.is_some() => self.fire_queue(now, id),
            CallState::Waiting => self.fire_waiting(now, id),
            CallState::Overflowing { until, .. } if until <= now => self.overflow_failed(now, id),
            CallState::Message { until } if until <= now => self.message_overdue(now, id),
            CallState::Connecting { agent, until } if until <= now => self.fire_connecting(now, id, agent),
            CallState::Talking { apart_since: Some(since), .. } if since + APART_MS_MAX <= now => {
                self.end_call_by(now, id, EndedBy::Switch);
            }
            CallState::Talking { apart_since: None, .. } if call.heard_at + SILENT_MS <= now => {
                call.heard_at = now;
                self.send(SwitchCommand::Check { leg });
            }
            CallState::Arranged { .. } | CallState::Outside if call.heard_at + SILENT_MS <= now => {
                call.heard_at = now;
                self.check_legs(id);
            }
            CallState::Arranged { .. } => self.fire_plan(now, id),
            CallState::Ending { agent, until } if until <= now => {
                call.state = CallState::Ending { agent, until: now + ASK_AGAIN_MS };
                self.send(SwitchCommand::HangUp { leg, cause: HangUpCause::NormalClearing });
                self.send(SwitchCommand::Check { leg });
            }
            _ => {}
        }
    }

    pub(super) fn mark_dropped(&mut self, now: Moment, id: CallId) {
        let Some(call) = self.calls.get_mut(&id) else { return };
        call.dropped = true;
        let campaign = call.campaign();
        if let Some(campaign) = campaign.and_then(|id| self.campaigns.get_mut(&id)) {
            campaign.count_dropped(now);
        }
        self.record(Fact::CallDropped { call: id, at: now });
    }

    fn fire_waiting(&mut self, now: Moment, id: CallId) {
        let Some(call) = self.calls.get(&id) else { return };
        let most = self.wait_ms_max(call);
        let Some(call) = self.calls.get_mut(&id) else { return };
        if waiting_since(call) + most <= now {
            let campaign = call.campaign().and_then(|id| self.campaigns.get(&id));
            let message = campaign.and_then(|campaign| campaign.profile.drop_message.clone());
            self.part_with(now, id, message);
        } else if call.heard_at + SILENT_MS <= now {
            call.heard_at = now;
            let leg = call.leg;
            self.send(SwitchCommand::Check { leg });
        }
    }

    /// The bridge never came, or the desk phone rang in vain: the agent is not
    /// to be had, the customer gets the next one.
    fn fire_connecting(&mut self, now: Moment, id: CallId, agent_id: AgentId) {
        if let Some(agent) = self.agents.get_mut(&agent_id)
            && agent.state.live_call() == Some(id)
        {
            let rang = matches!(agent.phone, Phone::Ringing { .. });
            let leg = agent.phone.leg();
            agent.phone = Phone::Down;
            if let Some(leg) = leg {
                self.forget_leg(leg);
                self.send(SwitchCommand::HangUp { leg, cause: HangUpCause::NormalClearing });
            }
            let reason = if rang { REASON_PHONE_NO_ANSWER } else { REASON_BRIDGE_FAILED };
            self.cannot_take(now, agent_id, reason);
        }
        if let Some(leg) = self.calls.get(&id).map(|c| c.leg) {
            self.send(SwitchCommand::Check { leg });
        }
        self.back_to_waiting(now, id);
    }

    fn agent_due(&self, agent: &Agent) -> Option<Moment> {
        let waits = agent.pending.map(|pending| pending.until);
        let state = self.state_due(agent);
        waits.into_iter().chain(state).min()
    }

    fn state_due(&self, agent: &Agent) -> Option<Moment> {
        if let AgentState::WrapUp { until: Some(until), .. } = agent.state {
            return Some(until);
        }
        if !self.switch_up {
            return None;
        }
        let phone = match agent.phone {
            Phone::Ringing { until, .. } => Some(until),
            Phone::Up { .. } if agent.state.live_call().is_none() => Some(agent.heard_at + SILENT_MS),
            Phone::Up { .. } | Phone::Down => None,
        };
        phone.into_iter().chain(Self::preview_due(agent)).min()
    }

    fn fire_agent(&mut self, now: Moment, id: AgentId) {
        if self.agents.get(&id).and_then(|a| a.pending).is_some_and(|pending| pending.until <= now) {
            self.give_up_pending(id, Refusal::NotConfirmed { seconds: CONFIRM_SECONDS });
        }
        let Some(agent) = self.agents.get_mut(&id) else { return };
        if matches!(agent.state, AgentState::WrapUp { until: Some(until), .. } if until <= now) {
            self.back_to_work(now, id);
            return;
        }
        if Self::preview_due(agent).is_some_and(|due| due <= now) {
            return self.fire_preview(now, id);
        }
        match agent.phone {
            Phone::Ringing { leg, until } if until <= now => {
                self.send(SwitchCommand::HangUp { leg, cause: HangUpCause::OriginatorCancel });
                self.on_leg_gone(now, leg, HangUp::cause("NO_ANSWER"));
            }
            Phone::Up { leg } if agent.heard_at + SILENT_MS <= now => {
                agent.heard_at = now;
                self.send(SwitchCommand::Check { leg });
            }
            _ => {}
        }
    }
}

/// Since when the customer waits: from the answer, or since everybody left.
pub(super) fn waiting_since(call: &Call) -> Moment {
    if call.connected.is_some() { call.span_since } else { call.answered_at.unwrap_or(call.started_at) }
}
