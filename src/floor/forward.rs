//! Forwarding: where calls to an agent personally go instead.
//!
//! In: a colleague who is to be handed a call, or asked about one; what their
//! phone did. Out: whom to ring, by whose wish, or why nobody. Calls of
//! campaigns and queues are nobody's personally and are never forwarded. The
//! floor decides and dials; the switch knows nothing of it.

use super::Floor;
use super::agent::{Agent, AgentState};
use super::effect::{Fact, TransferOutcome};
use super::input::{HangUp, Party};
use super::refusal::{Refusal, TargetProblem};
use super::third::outcome;
use crate::base::clock::Moment;
use crate::base::ids::{AgentId, CallId};
use serde::{Deserialize, Serialize};

/// How often one call may be forwarded: A to B, B to C, C to D.
pub(super) const FORWARDS_MAX: usize = 3;

/// When a call is forwarded.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, utoipa::ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum ForwardReason {
    /// Whatever the agent does.
    Always,
    /// The agent is on a call, in after-call work or paused, or refused.
    Busy,
    /// The phone rang in vain, or nobody can be there: logged out, or the phone
    /// is not registered.
    NoAnswer,
}

impl ForwardReason {
    /// Every reason.
    pub const ALL: [ForwardReason; 3] = [ForwardReason::Always, ForwardReason::Busy, ForwardReason::NoAnswer];

    /// The name in the database and the API.
    pub fn as_str(self) -> &'static str {
        match self {
            ForwardReason::Always => "always",
            ForwardReason::Busy => "busy",
            ForwardReason::NoAnswer => "no_answer",
        }
    }

    /// The reason of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.as_str() == name)
    }
}

/// Where an agent wants personal calls to go.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Forwarding {
    /// Every call.
    pub always: Option<Party>,
    /// A call that comes while the agent is busy, or that they refuse.
    pub busy: Option<Party>,
    /// A call that was not answered within so many seconds.
    pub no_answer: Option<(Party, u32)>,
}

impl Forwarding {
    /// Where a call goes for this reason.
    pub fn to(&self, reason: ForwardReason) -> Option<&Party> {
        match reason {
            ForwardReason::Always => self.always.as_ref(),
            ForwardReason::Busy => self.busy.as_ref(),
            ForwardReason::NoAnswer => self.no_answer.as_ref().map(|(party, _)| party),
        }
    }

    /// How long the phone rings before a call is forwarded, in seconds.
    pub(super) fn rings_seconds(&self) -> Option<u32> {
        self.no_answer.as_ref().map(|(_, seconds)| *seconds)
    }
}

/// One forward on a call's way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Hop {
    /// By whose wish.
    pub(super) by: AgentId,
    /// Why.
    pub(super) reason: ForwardReason,
    /// To whom.
    pub(super) to: Party,
}

impl Agent {
    /// Why a personal call would be forwarded at once, without ringing.
    fn forwards_at_once(&self) -> Option<ForwardReason> {
        let reason = match self.state {
            _ if self.profile.forwarding.always.is_some() => ForwardReason::Always,
            AgentState::Ready => return None,
            AgentState::Paused { .. }
            | AgentState::Connecting
            | AgentState::Previewing
            | AgentState::Reserved { .. }
            | AgentState::Talking { .. }
            | AgentState::Holding { .. }
            | AgentState::Consulted { .. }
            | AgentState::WrapUp { .. } => ForwardReason::Busy,
            AgentState::LoggedOut | AgentState::Unreachable { .. } => ForwardReason::NoAnswer,
        };
        self.profile.forwarding.to(reason).is_some().then_some(reason)
    }

    /// Whether a colleague may try to hand them a call: they are ready, or have
    /// their calls forwarded.
    pub(super) fn takes_personal_calls(&self) -> bool {
        self.is_free() || self.forwards_at_once().is_some()
    }
}

impl Floor {
    /// Follows forwardings from a party to the one to ring. `passed` are those
    /// whose wish has been followed already.
    pub(super) fn route(
        &self,
        sender: AgentId,
        passed: &[AgentId],
        to: Party,
    ) -> Result<(Party, Vec<Hop>), Refusal> {
        let mut hops: Vec<Hop> = Vec::new();
        let mut party = to;
        loop {
            let Party::Agent(id) = party else { return Ok((party, hops)) };
            let been = |by: AgentId| passed.contains(&by) || hops.iter().any(|hop| hop.by == by);
            if id == sender && !(hops.is_empty() && passed.is_empty()) {
                return Err(Refusal::Target(TargetProblem::ForwardsToYou));
            }
            if been(id) {
                return Err(Refusal::Target(TargetProblem::ForwardsInCircle));
            }
            let agent = self.agents.get(&id);
            let Some((agent, reason)) = agent.and_then(|agent| Some((agent, agent.forwards_at_once()?)))
            else {
                return Ok((party, hops));
            };
            if passed.len() + hops.len() >= FORWARDS_MAX {
                return Err(Refusal::Target(TargetProblem::ForwardedTooOften));
            }
            let Some(to) = agent.profile.forwarding.to(reason).cloned() else { return Ok((party, hops)) };
            hops.push(Hop { by: id, reason, to: to.clone() });
            party = to;
        }
    }

    /// The third did not take the call: rings whom they forward to. False:
    /// nobody, so the call goes back to its sender.
    pub(super) fn forward_third(&mut self, now: Moment, id: CallId, reason: ForwardReason) -> bool {
        let Some(third) = self.calls.get(&id).and_then(|call| call.third()).cloned() else { return false };
        let Party::Agent(by) = third.party else { return false };
        let rule = self.agents.get(&by).and_then(|agent| agent.profile.forwarding.to(reason)).cloned();
        let mut passed = third.forwarded_by.clone();
        passed.push(by);
        let Some(to) = rule.filter(|_| passed.len() <= FORWARDS_MAX) else { return false };
        let first = Hop { by, reason, to: to.clone() };
        let Ok((party, mut hops)) = self.route(third.from, &passed, to) else { return false };
        hops.insert(0, first);
        self.release_third(now, id);
        self.ring_third(now, id, third, party, hops).is_ok()
    }

    /// Writes the way of a call down.
    pub(super) fn record_forwards(&mut self, now: Moment, id: CallId, hops: &[Hop]) {
        for hop in hops {
            let (by, reason, to) = (hop.by, hop.reason, hop.to.clone());
            self.record(Fact::CallForwarded { call: id, by, reason, to, at: now });
        }
    }

    /// Why a call is forwarded whose ringing ended so; `None`: it is not.
    pub(super) fn forwards_after(&self, id: AgentId, hang_up: &HangUp) -> Option<ForwardReason> {
        let agent = self.agents.get(&id)?;
        let reason = match outcome(hang_up, false) {
            TransferOutcome::Busy | TransferOutcome::Rejected => ForwardReason::Busy,
            TransferOutcome::NoAnswer | TransferOutcome::Unreachable => ForwardReason::NoAnswer,
            TransferOutcome::Completed
            | TransferOutcome::Cancelled
            | TransferOutcome::LeftEarly
            | TransferOutcome::Failed
            | TransferOutcome::CustomerLeft => return None,
        };
        agent.profile.forwarding.to(reason).map(|_| reason)
    }
}
