//! The agents report on screen and as a workbook: one query, one definition of
//! each figure.

use crate::api::{ApiError, ApiResult, Json, Problem, Query, Settings};
use crate::audit::{self, Entry};
use crate::auth::{Caller, Permission, visible_users};
use crate::base::clock::{self, Moment};
use crate::base::day;
use crate::floor::effect::CallResult;
use crate::reports::stats::{self, Figures, Period};
use crate::reports::store;
use crate::reports::xlsx::{self, Language};
use crate::store::entity::dispositions;
use crate::store::{Db, write_tx};
use axum::Extension;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use chrono::NaiveDate;
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::collections::BTreeMap;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// Days of one report at most.
const DAYS_MAX: i64 = 366;
/// The media type of .xlsx files.
const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/// The room's routes.
pub fn routes() -> OpenApiRouter {
    OpenApiRouter::new().routes(routes!(get_agents_report)).routes(routes!(get_agents_workbook))
}

/// Which days.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ReportQuery {
    /// The first day in the centre's zone; today unless given.
    from: Option<NaiveDate>,
    /// The last day, included; the first day unless given.
    to: Option<NaiveDate>,
}

/// How the workbook is to be.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct WorkbookQuery {
    /// The language of headers: `zh` or `en`.
    #[serde(default)]
    #[param(inline)]
    lang: Language,
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

#[utoipa::path(get, path = "/reports/agents", tag = "reports", operation_id = "get_agents_report",
    params(ReportQuery),
    responses((status = 200, body = AgentsReportView), (status = 400, body = Problem),
        (status = 403, body = Problem)))]
/// Calls, talk time and states of the agents in the reader's scope.
async fn get_agents_report(
    caller: Caller,
    Extension(db): Extension<Db>,
    Extension(settings): Extension<Settings>,
    Query(query): Query<ReportQuery>,
) -> ApiResult<Json<AgentsReportView>> {
    report(&db, &caller, Permission::ReportRead, &query, settings.zone, clock::now()).await.map(Json)
}

#[utoipa::path(get, path = "/reports/agents.xlsx", tag = "reports", operation_id = "get_agents_workbook",
    params(ReportQuery, WorkbookQuery),
    responses((status = 200, content_type = XLSX, body = [u8]), (status = 400, body = Problem),
        (status = 403, body = Problem)))]
/// The same as a workbook with a chart.
async fn get_agents_workbook(
    caller: Caller,
    Extension(db): Extension<Db>,
    Extension(settings): Extension<Settings>,
    Query(query): Query<ReportQuery>,
    Query(how): Query<WorkbookQuery>,
) -> ApiResult<Response> {
    let view = report(&db, &caller, Permission::ReportExport, &query, settings.zone, clock::now()).await?;
    let tx = write_tx(&db).await?;
    let detail = json!({ "from": view.from, "to": view.to });
    audit::record(&tx, Entry::of(caller.user_id, "report.export", "report", "agents").with(detail)).await?;
    tx.commit().await?;
    let name = format!("attachment; filename=\"agents-{}-{}.xlsx\"", view.from, view.to);
    let build = move || xlsx::agents_workbook(&view, how.lang);
    let file = tokio::task::spawn_blocking(build).await.map_err(anyhow::Error::from)?;
    let file = file.map_err(anyhow::Error::from)?;
    Ok(([(header::CONTENT_TYPE, XLSX.to_owned()), (header::CONTENT_DISPOSITION, name)], file).into_response())
}

async fn report(
    db: &Db,
    caller: &Caller,
    permission: Permission,
    query: &ReportQuery,
    zone: Tz,
    now: Moment,
) -> ApiResult<AgentsReportView> {
    let scope = caller.require(permission)?;
    let visible = visible_users(db, caller, scope).await?;
    let (from, to, period) = period(query, zone, now)?;
    let facts = store::load_facts(db, &visible, period).await?;
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

fn period(query: &ReportQuery, zone: Tz, now: Moment) -> ApiResult<(NaiveDate, NaiveDate, Period)> {
    let from = query.from.unwrap_or_else(|| query.to.unwrap_or_else(|| day::day_of(now, zone)));
    let to = query.to.unwrap_or(from);
    if to < from {
        return Err(ApiError::bad_request("to", "must not be before from"));
    }
    if (to - from).num_days() >= DAYS_MAX {
        return Err(ApiError::bad_request("to", format!("a report covers at most {DAYS_MAX} days")));
    }
    let edges = day::start_of_day(from, zone).zip(day::end_of_day(to, zone));
    let (start, end) = edges.ok_or_else(|| ApiError::bad_request("from", "is outside the calendar"))?;
    Ok((from, to, Period { from: start, to: end }))
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

#[cfg(test)]
mod tests {
    use super::*;
    use chrono_tz::Asia::Shanghai;

    fn days(from: Option<&str>, to: Option<&str>) -> Result<(String, String), String> {
        let day = |text: &str| text.parse().unwrap();
        let query = ReportQuery { from: from.map(day), to: to.map(day) };
        // 2026-11-23 01:00 in Shanghai, still the 22nd in UTC.
        let now = Moment(1_795_366_800_000);
        let (from, to, period) =
            period(&query, Shanghai, now).map_err(|error| error.problem().fields[0].field.clone())?;
        assert_eq!(period.to.since_ms(period.from), 86_400_000 * ((to - from).num_days() + 1));
        Ok((from.to_string(), to.to_string()))
    }

    #[test]
    fn the_days_default_to_today_in_the_centres_zone() {
        let pair = |a: &str, b: &str| Ok((a.to_owned(), b.to_owned()));
        assert_eq!(days(None, None), pair("2026-11-23", "2026-11-23"));
        assert_eq!(days(Some("2026-11-01"), None), pair("2026-11-01", "2026-11-01"));
        assert_eq!(days(None, Some("2026-11-02")), pair("2026-11-02", "2026-11-02"));
        assert_eq!(days(Some("2026-11-01"), Some("2026-11-30")), pair("2026-11-01", "2026-11-30"));
        assert_eq!(days(Some("2026-11-02"), Some("2026-11-01")), Err("to".to_owned()));
        assert_eq!(days(Some("2025-01-01"), Some("2026-11-01")), Err("to".to_owned()));
    }
}
