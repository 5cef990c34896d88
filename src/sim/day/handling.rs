//! The auditor's books of what is done with calls in progress: requests and
//! their answers, spans, transfers, further legs, masked recordings, ears.
//!
//! In: the facts in their order, and who asked what. Out: broken promises in
//! words, and how often each thing was done.

use crate::base::clock::Moment;
use crate::base::ids::{AgentId, CallId, LegId};
use crate::floor::effect::{Fact, SpanKind, TransferOutcome};
use crate::floor::input::{Party, Ticket};
use foldhash::HashMap;
use std::collections::{BTreeMap, BTreeSet};

/// Everybody is answered within so many milliseconds: the switch may take 3 s
/// for each of two moves, and what it did not do is undone.
const ANSWER_MS_MAX: i64 = 10_000;

/// The books.
#[derive(Debug, Default)]
pub(super) struct Handling {
    tickets: u64,
    open: BTreeMap<u64, Moment>,
    calls: HashMap<CallId, Handled>,
    /// Legs beside the customer's, and whether they have ended.
    legs: HashMap<LegId, (CallId, bool)>,
    ears: BTreeSet<AgentId>,
    counts: BTreeMap<&'static str, u64>,
}

/// What became of one call so far.
#[derive(Debug, Default)]
struct Handled {
    span: Option<(SpanKind, Option<AgentId>, Moment)>,
    talk_ms: i64,
    transfer: Option<Party>,
    masked: bool,
}

impl Handling {
    pub fn asked(&mut self, now: Moment) -> Ticket {
        self.tickets += 1;
        self.open.insert(self.tickets, now);
        Ticket(self.tickets)
    }

    pub fn answered(&mut self, now: Moment, ticket: Ticket) -> Vec<String> {
        match self.open.remove(&ticket.0) {
            None => vec![format!("request {} is answered twice, or was never made", ticket.0)],
            Some(at) if now.since_ms(at) > ANSWER_MS_MAX => {
                vec![format!("request {} is answered after {} ms", ticket.0, now.since_ms(at))]
            }
            Some(_) => Vec::new(),
        }
    }

    /// Whether this is a leg of some call beside the customer's.
    pub fn knows(&self, leg: LegId) -> bool {
        self.legs.contains_key(&leg)
    }

    /// Whether this colleague is being asked about the call.
    pub fn asks(&self, call: CallId, agent: AgentId) -> bool {
        self.calls.get(&call).is_some_and(|handled| handled.transfer == Some(Party::Agent(agent)))
    }

    pub fn count(&mut self, what: &'static str) {
        *self.counts.entry(what).or_default() += 1;
    }

    pub fn counts(&self) -> BTreeMap<&'static str, u64> {
        self.counts.clone()
    }

    /// A fact; `live` tells whether a call is.
    pub fn write(&mut self, now: Moment, fact: &Fact, live: impl Fn(CallId) -> bool) -> Vec<String> {
        let mut broken = Vec::new();
        match fact {
            Fact::CallSpan { call, kind, agent, .. } => self.span(now, *call, *kind, *agent, &mut broken),
            Fact::CallEnded { call, talk_ms, .. } => self.ended(now, *call, *talk_ms, &mut broken),
            Fact::TransferStarted { call, to, .. } => {
                let before = self.calls.entry(*call).or_default().transfer.replace(to.clone());
                if let Some(before) = before {
                    broken.push(format!("call {call} is handed to {to:?} while {before:?} is asked"));
                }
                self.count("transfers");
            }
            Fact::CallForwarded { call, to, .. } => {
                let handled = self.calls.entry(*call).or_default();
                if handled.transfer.replace(to.clone()).is_none() {
                    broken.push(format!("call {call} is forwarded to {to:?} and was handed to nobody"));
                }
                self.count("calls forwarded");
            }
            Fact::TransferEnded { call, outcome, .. } => {
                self.count(name(*outcome));
                if self.calls.entry(*call).or_default().transfer.take().is_none() {
                    broken.push(format!("a transfer of call {call} ends as {outcome:?} that never began"));
                }
            }
            Fact::CallLeg { call, leg, .. } => {
                // A colleague's leg that stays up is in many calls.
                self.legs.insert(*leg, (*call, false));
            }
            Fact::CallLegEnded { call, leg, .. } => match self.legs.get_mut(leg) {
                Some((of, ended)) if of == call && !*ended => *ended = true,
                known => broken.push(format!("leg {leg} of call {call} ends, known as {known:?}")),
            },
            Fact::RecordingMasked { call, on, .. } => {
                self.count("recordings masked or not");
                let handled = self.calls.entry(*call).or_default();
                if std::mem::replace(&mut handled.masked, *on) == *on {
                    broken.push(format!("the recording of call {call} is masked twice: {on}"));
                }
            }
            Fact::Monitored { call, supervisor, mode, .. } => {
                self.count("ears");
                let listened = match mode {
                    Some(_) => self.ears.insert(*supervisor) || live(*call),
                    None => self.ears.remove(supervisor),
                };
                if !listened {
                    broken.push(format!("supervisor {supervisor} listens to call {call}: {mode:?}"));
                }
            }
            _ => {}
        }
        let of_call = match fact {
            Fact::CallSpan { call, .. }
            | Fact::TransferStarted { call, .. }
            | Fact::TransferEnded { call, .. }
            | Fact::CallLeg { call, .. }
            | Fact::CallForwarded { call, .. }
            | Fact::RecordingMasked { call, .. } => Some(*call),
            _ => None,
        };
        if let Some(call) = of_call.filter(|call| !live(*call)) {
            broken.push(format!("call {call} is over, or was never begun: {fact:?}"));
        }
        broken
    }

    fn span(
        &mut self,
        now: Moment,
        call: CallId,
        kind: SpanKind,
        agent: Option<AgentId>,
        broken: &mut Vec<String>,
    ) {
        self.count(kind.as_str());
        let handled = self.calls.entry(call).or_default();
        if handled.span.is_some_and(|(before, who, _)| (before, who) == (kind, agent)) {
            broken.push(format!("call {call} enters {kind:?} twice in a row"));
        }
        handled.talk_ms = handled.talked(now);
        handled.span = Some((kind, agent, now));
        let with_agent = !matches!(
            kind,
            SpanKind::Dialling
                | SpanKind::Ringing
                | SpanKind::Waiting
                | SpanKind::Queued
                | SpanKind::Outside
                | SpanKind::Voicemail
        );
        if with_agent != agent.is_some() {
            broken.push(format!("call {call} is {kind:?} with {agent:?}"));
        }
    }

    fn ended(&mut self, now: Moment, call: CallId, talk_ms: i64, broken: &mut Vec<String>) {
        let Some(handled) = self.calls.remove(&call) else { return };
        let talked = handled.talked(now);
        if talked != talk_ms {
            broken.push(format!("call {call} has {talk_ms} ms of talk in spans of {talked} ms"));
        }
        if let Some(party) = handled.transfer {
            broken.push(format!("call {call} ends and {party:?} is still asked"));
        }
    }

    /// The day is over: what is still open?
    pub fn close(&self) -> Vec<String> {
        let requests =
            self.open.iter().map(|(ticket, at)| format!("request {ticket} of {at:?} has no answer"));
        let ears = self.ears.iter().map(|supervisor| format!("supervisor {supervisor} listens for ever"));
        requests.chain(ears).collect()
    }
}

impl Handled {
    fn talked(&self, now: Moment) -> i64 {
        let open = self.span.filter(|(kind, ..)| matches!(kind, SpanKind::Talking | SpanKind::Conference));
        self.talk_ms + open.map_or(0, |(_, _, since)| now.since_ms(since))
    }
}

fn name(outcome: TransferOutcome) -> &'static str {
    match outcome {
        TransferOutcome::Completed => "transfers completed",
        TransferOutcome::Cancelled => "transfers cancelled",
        TransferOutcome::CustomerLeft => "transfers left by the customer",
        TransferOutcome::LeftEarly => "transfers left by the third",
        TransferOutcome::Busy
        | TransferOutcome::Rejected
        | TransferOutcome::NoAnswer
        | TransferOutcome::Unreachable
        | TransferOutcome::Failed => "transfers in vain",
    }
}
