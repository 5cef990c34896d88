//! The agents report: one query, one definition of each figure, for the screen,
//! the workbook and the mail.
//!
//! In: whom the reader may see, the days. Out: [`AgentsReportView`].

use crate::auth::UserFilter;
use crate::base::clock::Moment;
use crate::base::day;
use crate::floor::effect::CallResult;
use crate::reports::stats::{self, Figures, Period};
use crate::reports::store;
use crate::store::entity::dispositions;
use crate::store::{Db, DbErr};
use chrono::NaiveDate;
use chrono_tz::Tz;
use serde::Serialize;
use std::collections::BTreeMap;
use utoipa::ToSchema;

/// The days of a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Days {
    /// The first.
    pub from: NaiveDate,
    /// The last, included.
    pub to: NaiveDate,
    /// The same as instants.
    pub period: Period,
}

impl Days {
    /// `None` at the ends of the calendar.
    pub fn new(from: NaiveDate, to: NaiveDate, zone: Tz) -> Option<Self> {
        let (start, end) = day::start_of_day(from, zone).zip(day::end_of_day(to, zone))?;
        Some(Self { from, to, period: Period { from: start, to: end } })
    }
}

/// The agents report.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct AgentsReportView {
    /// The first day.
    pub from: NaiveDate,
    /// The last day, included.
    pub to: NaiveDate,
    /// The centre's time zone, in which the days are.
    pub zone: String,
    /// One row per agent, by name.
    pub rows: Vec<AgentRowView>,
    /// All agents; calls and answers include those that reached no agent, as far
    /// as the reader may see them.
    pub totals: FiguresView,
    /// Calls that are over, by result; every result is there.
    #[schema(value_type = BTreeMap<String, i64>)]
    pub by_result: BTreeMap<CallResult, i64>,
    /// The dispositions that the counts refer to, in their order.
    pub dispositions: Vec<ReportDispositionView>,
}

/// An agent's figures.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct AgentRowView {
    /// Who.
    pub agent_id: i64,
    /// The name shown.
    pub agent_name: String,
    /// The figures.
    #[serde(flatten)]
    pub figures: FiguresView,
}

/// The figures of one agent, or of all.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct FiguresView {
    /// Calls of the agent; in the totals, attempts.
    pub calls: i64,
    /// Of these, answered.
    pub answered: i64,
    /// Of these, connected with an agent.
    pub connected: i64,
    /// Talk time, hold not included.
    pub talk_ms: i64,
    /// Talk time / answered calls that reached an agent.
    pub mean_talk_ms: Option<i64>,
    /// (Talk + hold + after-call work) / handled calls.
    pub mean_handling_ms: Option<i64>,
    /// Time in each state.
    pub states: StatesView,
    /// (Talk + hold + after-call work) / (that + ready), 0 to 1.
    pub occupancy: Option<f64>,
    /// (Talk + hold + after-call work) / logged-in time, 0 to 1.
    pub utilisation: Option<f64>,
    /// Calls with a disposition that counts as a contact.
    pub contacts: i64,
    /// As a sale.
    pub sales: i64,
    /// As a visit.
    pub visits: i64,
    /// As a refusal.
    pub refusals: i64,
    /// Contacts with a sale or visit / contacts, 0 to 1.
    pub conversion: Option<f64>,
    /// Calls by the id of their disposition.
    #[schema(value_type = BTreeMap<String, i64>)]
    pub dispositions: BTreeMap<i64, i64>,
}

/// Milliseconds in each state.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[expect(missing_docs, reason = "named after the states in the glossary")]
pub struct StatesView {
    pub ready_ms: i64,
    pub previewing_ms: i64,
    pub ringing_ms: i64,
    pub talking_ms: i64,
    pub hold_ms: i64,
    pub wrap_up_ms: i64,
    pub paused_ms: i64,
    pub unreachable_ms: i64,
    /// The sum of all.
    pub logged_in_ms: i64,
}

/// A disposition that is counted.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct ReportDispositionView {
    /// Its id.
    pub id: i64,
    /// In Chinese.
    pub label_zh: String,
    /// In English.
    pub label_en: String,
}

/// The report on the agents whom `visible` lets the reader see.
pub async fn report(
    db: &Db,
    visible: &UserFilter,
    days: Days,
    zone: Tz,
    now: Moment,
) -> Result<AgentsReportView, DbErr> {
    let Days { from, to, period } = days;
    let facts = store::load_facts(db, visible, period).await?;
    let agents: Vec<i64> = facts.agents.iter().map(|agent| agent.id).collect();
    let mut report = stats::fold(&agents, &facts.calls, &facts.spans, &facts.flags(), period, now);
    let rows = facts.agents.into_iter().map(|agent| AgentRowView {
        agent_id: agent.id,
        agent_name: agent.name,
        figures: report.rows.remove(&agent.id).unwrap_or_default().into(),
    });
    let rows = rows.collect();
    let by_result = CallResult::ALL.into_iter().map(|result| (result, 0)).chain(report.by_result).collect();
    Ok(AgentsReportView {
        from,
        to,
        zone: zone.name().to_owned(),
        rows,
        totals: report.totals.into(),
        by_result,
        dispositions: facts.dispositions.into_iter().map(ReportDispositionView::from).collect(),
    })
}

impl From<Figures> for FiguresView {
    fn from(figures: Figures) -> Self {
        let states = figures.states;
        Self {
            calls: figures.calls,
            answered: figures.answered,
            connected: figures.connected,
            talk_ms: figures.talk_ms,
            mean_talk_ms: figures.mean_talk_ms(),
            mean_handling_ms: figures.mean_handling_ms(),
            states: StatesView {
                ready_ms: states.ready_ms,
                previewing_ms: states.previewing_ms,
                ringing_ms: states.ringing_ms,
                talking_ms: states.talking_ms,
                hold_ms: states.hold_ms,
                wrap_up_ms: states.wrap_up_ms,
                paused_ms: states.paused_ms,
                unreachable_ms: states.unreachable_ms,
                logged_in_ms: states.logged_in_ms(),
            },
            occupancy: states.occupancy(),
            utilisation: states.utilisation(),
            contacts: figures.contacts,
            sales: figures.sales,
            visits: figures.visits,
            refusals: figures.refusals,
            conversion: figures.conversion(),
            dispositions: figures.dispositions,
        }
    }
}

impl From<dispositions::Model> for ReportDispositionView {
    fn from(row: dispositions::Model) -> Self {
        Self { id: row.id, label_zh: row.label_zh, label_en: row.label_en }
    }
}
