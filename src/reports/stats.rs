//! Folds calls and state spans into the agents report: pure.
//!
//! In: the calls that started in the period, the state spans that touch it, the
//! agents to report on. Out: one row per agent, the totals, the calls by result.
//! Spans are cut at the edges of the period; times are whole milliseconds, so
//! that totals are the exact sum of the rows.

use crate::base::clock::Moment;
use crate::floor::effect::{AgentStateKind, CallResult};
use std::collections::{BTreeMap, BTreeSet};

/// The period: from the first instant up to, but not including, the last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Period {
    /// Included.
    pub from: Moment,
    /// Not included.
    pub to: Moment,
}

/// A call as the report needs it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallFigures {
    /// The agent who had it last, whose disposition it has.
    pub agent_id: Option<i64>,
    /// Whether the called party answered.
    pub answered: bool,
    /// Whether an agent was connected.
    pub connected: bool,
    /// When agent and customer were connected, hold not included; more than one
    /// agent's when it was handed on.
    pub talk: Vec<TalkSpan>,
    /// `None` while the call is in progress.
    pub result: Option<CallResult>,
    /// What the agent chose.
    pub disposition: Option<i64>,
}

/// A span in which an agent talked with the customer of a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TalkSpan {
    /// Who.
    pub agent_id: i64,
    /// Included.
    pub from: Moment,
    /// `None`: still talking.
    pub to: Option<Moment>,
}

impl CallFigures {
    /// Everybody who had the call.
    fn agents(&self) -> BTreeSet<i64> {
        self.agent_id.into_iter().chain(self.talk.iter().map(|span| span.agent_id)).collect()
    }

    /// How long one agent talked, in milliseconds; who still talks, until now.
    fn talk_ms(&self, agent: i64, now: Moment) -> i64 {
        let own = self.talk.iter().filter(|span| span.agent_id == agent);
        own.map(|span| span.to.unwrap_or(now).since_ms(span.from)).sum()
    }
}

/// A span of an agent's time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Span {
    /// Whose.
    pub agent_id: i64,
    /// In which state.
    pub kind: AgentStateKind,
    /// Included.
    pub from: Moment,
    /// `None`: still in it.
    pub to: Option<Moment>,
}

/// What a disposition counts as.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct DispositionFlags {
    /// The agent spoke with a person who could decide.
    pub contact: bool,
    /// A sale.
    pub sale: bool,
    /// A visit was agreed.
    pub visit: bool,
    /// Refused.
    pub refusal: bool,
}

/// Milliseconds in each state.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct StateTimes {
    /// Waiting for a call.
    pub ready_ms: i64,
    /// Looking at leads, to dial or to skip them.
    pub previewing_ms: i64,
    /// Reserved, or the desk phone rings.
    pub ringing_ms: i64,
    /// Talking.
    pub talking_ms: i64,
    /// The customer on hold.
    pub hold_ms: i64,
    /// After-call work.
    pub wrap_up_ms: i64,
    /// Paused.
    pub paused_ms: i64,
    /// Should take calls and cannot.
    pub unreachable_ms: i64,
}

impl StateTimes {
    fn add(&mut self, kind: AgentStateKind, ms: i64) {
        match kind {
            AgentStateKind::LoggedOut => {}
            AgentStateKind::Ready => self.ready_ms += ms,
            AgentStateKind::Previewing => self.previewing_ms += ms,
            AgentStateKind::Ringing => self.ringing_ms += ms,
            AgentStateKind::Talking => self.talking_ms += ms,
            AgentStateKind::Hold => self.hold_ms += ms,
            AgentStateKind::WrapUp => self.wrap_up_ms += ms,
            AgentStateKind::Paused => self.paused_ms += ms,
            AgentStateKind::Unreachable => self.unreachable_ms += ms,
        }
    }

    fn add_all(&mut self, other: &Self) {
        self.ready_ms += other.ready_ms;
        self.previewing_ms += other.previewing_ms;
        self.ringing_ms += other.ringing_ms;
        self.talking_ms += other.talking_ms;
        self.hold_ms += other.hold_ms;
        self.wrap_up_ms += other.wrap_up_ms;
        self.paused_ms += other.paused_ms;
        self.unreachable_ms += other.unreachable_ms;
    }

    /// Talk, hold and after-call work.
    pub fn handling_ms(&self) -> i64 {
        self.talking_ms + self.hold_ms + self.wrap_up_ms
    }

    /// Everything from log-in to log-out.
    pub fn logged_in_ms(&self) -> i64 {
        self.handling_ms()
            + self.ready_ms
            + self.previewing_ms
            + self.ringing_ms
            + self.paused_ms
            + self.unreachable_ms
    }

    /// (talk + hold + ACW) / (that + ready); `None` without any such time.
    pub fn occupancy(&self) -> Option<f64> {
        ratio(self.handling_ms(), self.handling_ms() + self.ready_ms)
    }

    /// (talk + hold + ACW) / logged-in time; `None` without any.
    pub fn utilisation(&self) -> Option<f64> {
        ratio(self.handling_ms(), self.logged_in_ms())
    }
}

/// The figures of one agent, or of all.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Figures {
    /// Calls that the agent had, dialled or from a queue, also those handed on. In
    /// the totals: attempts, each once, also those that reached no agent, and
    /// callers whom an agent took.
    pub calls: i64,
    /// Of these, answered by the called party.
    pub answered: i64,
    /// Of these, connected with an agent.
    pub connected: i64,
    /// The agent's own talk time.
    pub talk_ms: i64,
    /// Time in each state.
    pub states: StateTimes,
    /// Calls with a disposition that counts as a contact.
    pub contacts: i64,
    /// With one that counts as a sale.
    pub sales: i64,
    /// With one that counts as a visit.
    pub visits: i64,
    /// With one that counts as a refusal.
    pub refusals: i64,
    /// Contacts that are a sale or a visit.
    pub conversions: i64,
    /// Calls by the id of their disposition.
    pub dispositions: BTreeMap<i64, i64>,
}

impl Figures {
    fn add_call(&mut self, call: &CallFigures, talk_ms: i64) {
        self.calls += 1;
        self.answered += i64::from(call.answered);
        self.connected += i64::from(call.connected);
        self.talk_ms += talk_ms;
    }

    fn add_disposition(&mut self, call: &CallFigures, flags: &BTreeMap<i64, DispositionFlags>) {
        let Some(disposition) = call.disposition else { return };
        *self.dispositions.entry(disposition).or_default() += 1;
        let flags = flags.get(&disposition).copied().unwrap_or_default();
        self.contacts += i64::from(flags.contact);
        self.sales += i64::from(flags.sale);
        self.visits += i64::from(flags.visit);
        self.refusals += i64::from(flags.refusal);
        self.conversions += i64::from(flags.contact && (flags.sale || flags.visit));
    }

    /// Talk time / answered calls that reached an agent, milliseconds.
    pub fn mean_talk_ms(&self) -> Option<i64> {
        (self.connected > 0).then(|| self.talk_ms / self.connected)
    }

    /// (talk + hold + ACW) / handled calls, milliseconds.
    pub fn mean_handling_ms(&self) -> Option<i64> {
        (self.connected > 0).then(|| self.states.handling_ms() / self.connected)
    }

    /// Contacts with a sale or a visit / contacts.
    pub fn conversion(&self) -> Option<f64> {
        ratio(self.conversions, self.contacts)
    }
}

/// The agents report.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AgentsReport {
    /// One row per agent that was asked for, by agent id.
    pub rows: BTreeMap<i64, Figures>,
    /// All calls, with or without an agent, and all states.
    pub totals: Figures,
    /// The calls that are over, by result.
    pub by_result: BTreeMap<CallResult, i64>,
}

/// Folds calls and spans. Agents without any are reported with zeros; calls and
/// spans of agents that are not asked for are left out. `now` ends what is
/// still going on.
pub fn fold(
    agents: &[i64],
    calls: &[CallFigures],
    spans: &[Span],
    flags: &BTreeMap<i64, DispositionFlags>,
    period: Period,
    now: Moment,
) -> AgentsReport {
    let mut report = AgentsReport {
        rows: agents.iter().map(|agent| (*agent, Figures::default())).collect(),
        ..AgentsReport::default()
    };
    for call in calls {
        let agents = call.agents();
        let mut talk_ms = 0;
        let mut asked_for = agents.is_empty();
        for agent in agents {
            let Some(row) = report.rows.get_mut(&agent) else { continue };
            let own_ms = call.talk_ms(agent, now);
            row.add_call(call, own_ms);
            talk_ms += own_ms;
            asked_for = true;
            // The call has one disposition: of the agent who had it last.
            if call.agent_id == Some(agent) {
                row.add_disposition(call, flags);
                report.totals.add_disposition(call, flags);
            }
        }
        if !asked_for {
            continue;
        }
        report.totals.add_call(call, talk_ms);
        if let Some(result) = call.result {
            *report.by_result.entry(result).or_default() += 1;
        }
    }
    for span in spans {
        if let Some(row) = report.rows.get_mut(&span.agent_id) {
            row.states.add(span.kind, clipped_ms(span, period, now));
        }
    }
    for row in report.rows.values() {
        report.totals.states.add_all(&row.states);
    }
    report
}

/// The part of a span that lies in the period; what has no end yet ends now.
fn clipped_ms(span: &Span, period: Period, now: Moment) -> i64 {
    let from = span.from.max(period.from);
    let to = span.to.unwrap_or(now).min(period.to);
    to.since_ms(from)
}

fn ratio(part: i64, whole: i64) -> Option<f64> {
    (whole > 0).then(|| part as f64 / whole as f64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use AgentStateKind::{Hold, LoggedOut, Paused, Previewing, Ready, Ringing, Talking, Unreachable, WrapUp};

    const PERIOD: Period = Period { from: Moment(1_000), to: Moment(2_000) };

    fn span(agent_id: i64, kind: AgentStateKind, from: i64, to: Option<i64>) -> Span {
        Span { agent_id, kind, from: Moment(from), to: to.map(Moment) }
    }

    fn talked(agent_id: i64, from: i64, to: Option<i64>) -> TalkSpan {
        TalkSpan { agent_id, from: Moment(from), to: to.map(Moment) }
    }

    fn call(
        agent_id: Option<i64>,
        talk_ms: i64,
        result: CallResult,
        disposition: Option<i64>,
    ) -> CallFigures {
        let answered = agent_id.is_some() || result == CallResult::Dropped;
        let connected = agent_id.is_some();
        let talk = agent_id.map(|agent| talked(agent, 0, Some(talk_ms))).into_iter().collect();
        CallFigures { agent_id, answered, connected, talk, result: Some(result), disposition }
    }

    fn flags() -> BTreeMap<i64, DispositionFlags> {
        BTreeMap::from([
            (1, DispositionFlags { contact: true, sale: true, ..Default::default() }),
            (2, DispositionFlags { contact: true, refusal: true, ..Default::default() }),
            (3, DispositionFlags { contact: true, visit: true, ..Default::default() }),
            (4, DispositionFlags::default()),
        ])
    }

    #[test]
    fn spans_are_cut_at_the_edges_of_the_period_and_at_now() {
        let spans = [
            span(7, Ready, 0, Some(1_100)),
            span(7, Talking, 1_100, Some(1_500)),
            span(7, WrapUp, 1_500, None),
            span(7, Paused, 0, Some(900)),
            span(7, Paused, 2_000, Some(2_500)),
        ];
        let report = fold(&[7], &[], &spans, &flags(), PERIOD, Moment(1_700));
        let expected = StateTimes { ready_ms: 100, talking_ms: 400, wrap_up_ms: 200, ..Default::default() };
        assert_eq!(report.rows[&7].states, expected);
        let later = fold(&[7], &[], &spans, &flags(), PERIOD, Moment(9_000));
        assert_eq!(later.rows[&7].states.wrap_up_ms, 500, "an open span ends with the period");
    }

    #[test]
    fn every_kind_is_counted_in_its_own_column_and_log_out_in_none() {
        let kinds = [Ready, Ringing, Talking, Hold, WrapUp, Paused, Unreachable, Previewing, LoggedOut];
        let spans: Vec<Span> = kinds
            .into_iter()
            .zip(0..)
            .map(|(kind, n)| span(7, kind, 1_000 + 100 * n, Some(1_000 + 100 * n + n + 1)))
            .collect();
        let states = fold(&[7], &[], &spans, &flags(), PERIOD, Moment(2_000)).rows[&7].states;
        let expected = StateTimes {
            ready_ms: 1,
            ringing_ms: 2,
            talking_ms: 3,
            hold_ms: 4,
            wrap_up_ms: 5,
            paused_ms: 6,
            unreachable_ms: 7,
            previewing_ms: 8,
        };
        assert_eq!(states, expected);
        assert_eq!(states.logged_in_ms(), 36);
        assert_eq!(states.occupancy(), Some(12.0 / 13.0));
        assert_eq!(states.utilisation(), Some(12.0 / 36.0));
    }

    #[test]
    fn calls_are_counted_by_agent_result_and_disposition() {
        let calls = [
            call(Some(7), 30_000, CallResult::Answered, Some(1)),
            call(Some(7), 61_000, CallResult::Answered, Some(2)),
            call(Some(8), 10_000, CallResult::Answered, Some(3)),
            call(Some(8), 0, CallResult::Answered, Some(4)),
            call(None, 0, CallResult::Dropped, None),
            call(None, 0, CallResult::NoAnswer, None),
            call(Some(99), 1, CallResult::Answered, Some(1)),
        ];
        let report = fold(&[7, 8, 9], &calls, &[], &flags(), PERIOD, Moment(2_000));
        let seven = &report.rows[&7];
        assert_eq!((seven.calls, seven.connected, seven.talk_ms), (2, 2, 91_000));
        assert_eq!(seven.mean_talk_ms(), Some(45_500));
        assert_eq!((seven.contacts, seven.sales, seven.refusals, seven.conversion()), (2, 1, 1, Some(0.5)));
        assert_eq!(seven.dispositions, BTreeMap::from([(1, 1), (2, 1)]));
        assert_eq!(report.rows[&9], Figures::default());
        assert_eq!(report.rows[&9].mean_talk_ms(), None);
        assert_eq!((report.totals.calls, report.totals.answered, report.totals.connected), (6, 5, 4));
        assert_eq!((report.totals.contacts, report.totals.conversions), (3, 2));
        let by_result = [(CallResult::Answered, 4), (CallResult::NoAnswer, 1), (CallResult::Dropped, 1)];
        assert_eq!(report.by_result, BTreeMap::from(by_result));
        assert!(!report.rows.contains_key(&99), "an agent that was not asked for is left out everywhere");
    }

    #[test]
    fn a_call_handed_on_is_counted_for_both_and_once_in_all() {
        let mut handed = call(Some(8), 0, CallResult::Answered, Some(1));
        handed.talk = vec![
            talked(7, 1_000, Some(1_300)),
            // On hold in between.
            talked(7, 1_400, Some(1_500)),
            talked(8, 1_500, None),
        ];
        let report = fold(&[7, 8], std::slice::from_ref(&handed), &[], &flags(), PERIOD, Moment(1_700));
        let (first, second) = (&report.rows[&7], &report.rows[&8]);
        assert_eq!((first.calls, first.connected, first.talk_ms), (1, 1, 400));
        assert_eq!((second.calls, second.connected, second.talk_ms), (1, 1, 200));
        assert_eq!((first.sales, second.sales, report.totals.sales), (0, 1, 1));
        assert_eq!((report.totals.calls, report.totals.connected, report.totals.talk_ms), (1, 1, 600));
        assert_eq!(report.by_result, BTreeMap::from([(CallResult::Answered, 1)]));

        // Who may see one of the two sees that one's part.
        let report = fold(&[7], &[handed], &[], &flags(), PERIOD, Moment(1_700));
        assert_eq!((report.totals.calls, report.totals.talk_ms, report.totals.sales), (1, 400, 0));
    }

    #[test]
    fn without_time_there_is_no_occupancy() {
        assert_eq!(StateTimes::default().occupancy(), None);
        assert_eq!(StateTimes { paused_ms: 5, ..Default::default() }.utilisation(), Some(0.0));
    }
}
