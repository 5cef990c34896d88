//! Requests that the switch has not confirmed yet. A person who asked for
//! something is answered when the switch's events prove it, or when they prove
//! that it will not be, or at the deadline; never by the reply to a command.

use super::Floor;
use super::effect::Effect;
use super::input::Ticket;
use super::refusal::Refusal;
use crate::base::clock::Moment;
use crate::base::ids::AgentId;

/// How long the switch may take to confirm a request, in seconds.
pub(super) const CONFIRM_SECONDS: i64 = 3;

/// What must be seen before a request counts as done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Expect {
    /// The legs are as the plan wants them.
    Arranged,
    /// The third party's phone rings, and the customer hears music.
    ThirdRings,
    /// The call is over, or the agent is out of it.
    Left,
    /// What the agent says is silenced, or not any more.
    Muted(bool),
    /// The desk phone answered.
    PhoneUp,
    /// The switch took the keys; nothing else would show it.
    KeysTaken,
    /// The switch silenced the recording, or not any more; nothing else would
    /// show it.
    Masked(bool),
}

/// A request under way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pending {
    /// Whose answer it is.
    pub ticket: Ticket,
    /// What must be seen.
    pub expect: Expect,
    /// The deadline.
    pub until: Moment,
}

impl Floor {
    /// The answer to a request.
    pub(super) fn answer(&mut self, ticket: Ticket, refusal: Option<Refusal>) {
        self.effects.push(Effect::Answer { ticket, refusal });
    }

    /// The request will be answered when this is seen.
    pub(super) fn expect(&mut self, now: Moment, id: AgentId, ticket: Ticket, expect: Expect) {
        let Some(agent) = self.agents.get_mut(&id) else {
            return self.answer(ticket, Some(Refusal::NotAnAgent));
        };
        let before = agent.pending.replace(Pending { ticket, expect, until: now + CONFIRM_SECONDS * 1_000 });
        self.touched.agents.insert(id);
        if let Some(before) = before {
            self.answer(before.ticket, Some(Refusal::StillBusy));
        }
    }

    /// This was seen: whoever waits for it is answered.
    pub(super) fn seen(&mut self, id: AgentId, what: Expect) {
        if let Some(agent) = self.agents.get_mut(&id)
            && let Some(pending) = agent.pending
            && pending.expect == what
        {
            agent.pending = None;
            self.answer(pending.ticket, None);
        }
    }

    /// A desk phone that is gone answers nothing and silences nothing.
    pub(super) fn give_up_pending_phone(&mut self, id: AgentId) {
        let waits_for_phone = self
            .agents
            .get(&id)
            .and_then(|agent| agent.pending)
            .is_some_and(|pending| matches!(pending.expect, Expect::PhoneUp | Expect::Muted(_)));
        if waits_for_phone {
            let reason = "the desk phone's call has ended".to_owned();
            self.give_up_pending(id, Refusal::SwitchRefused { reason });
        }
    }

    /// What the agent waits for will not come.
    pub(super) fn give_up_pending(&mut self, id: AgentId, refusal: Refusal) {
        if let Some(pending) = self.agents.get_mut(&id).and_then(|agent| agent.pending.take()) {
            self.answer(pending.ticket, Some(refusal));
        }
    }
}
