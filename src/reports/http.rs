//! The agents report on screen and as a workbook, and the routes of those that
//! go out by e-mail.

use crate::api::{ApiError, ApiResult, Json, Problem, Query, Settings};
use crate::audit::{self, Entry};
use crate::auth::{Caller, Permission, visible_users};
use crate::base::clock::{self, Moment};
use crate::base::day;
use crate::reports::agents::{self, AgentsReportView, Days};
use crate::reports::schedules;
use crate::reports::xlsx::{self, Language, XLSX};
use crate::store::{Db, write_tx};
use axum::Extension;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use chrono::NaiveDate;
use chrono_tz::Tz;
use serde::Deserialize;
use serde_json::json;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// Days of one report at most.
const DAYS_MAX: i64 = 366;

/// The room's routes.
pub fn routes() -> OpenApiRouter {
    OpenApiRouter::new()
        .routes(routes!(get_agents_report))
        .routes(routes!(get_agents_workbook))
        .merge(schedules::http::routes())
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
    let days = days(query, zone, now)?;
    Ok(agents::report(db, &visible, days, zone, now).await?)
}

fn days(query: &ReportQuery, zone: Tz, now: Moment) -> ApiResult<Days> {
    let from = query.from.unwrap_or_else(|| query.to.unwrap_or_else(|| day::day_of(now, zone)));
    let to = query.to.unwrap_or(from);
    if to < from {
        return Err(ApiError::bad_request("to", "must not be before from"));
    }
    if (to - from).num_days() >= DAYS_MAX {
        return Err(ApiError::bad_request("to", format!("a report covers at most {DAYS_MAX} days")));
    }
    Days::new(from, to, zone).ok_or_else(|| ApiError::bad_request("from", "is outside the calendar"))
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
        let Days { from, to, period } =
            super::days(&query, Shanghai, now).map_err(|error| error.problem().fields[0].field.clone())?;
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
