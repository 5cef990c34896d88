//! The ledger for those who may see it, and what agents say of their calls.

mod bar;
mod detail;

pub use detail::CallDetailView;

use crate::api::{ApiError, ApiResult, Json, Page, PageQuery, Path, Problem, Query, Settings, search_text};
use crate::audit::{self, Entry};
use crate::auth::{Caller, Permission, UserFilter, visible_users};
use crate::base::clock::Moment;
use crate::base::day;
use crate::base::ids::{AgentId, CallId, CampaignId, UserId};
use crate::calls::model::{
    CallCursor, CallFilter, DispositionRefused, DispositionRequest, LedgerEntry, PAUSE_REASONS,
};
use crate::calls::store;
use crate::floor::effect::{CallResult, NotRecorded};
use crate::store::changes::{Change, Changes};
use crate::store::entity::dispositions;
use crate::store::{Db, write_tx};
use axum::Extension;
use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use uuid::Uuid;

/// The room's routes. Saving a disposition also frees the agent, so its route
/// is the desk's: see [`save_disposition`].
pub fn routes() -> OpenApiRouter {
    OpenApiRouter::new()
        .routes(routes!(get_calls))
        .routes(routes!(get_call))
        .routes(routes!(get_dispositions))
        .routes(routes!(get_pause_reasons))
        .merge(bar::routes())
}

/// A call in the ledger.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct CallView {
    id: Uuid,
    /// `outbound` or `inbound`.
    direction: String,
    /// Null for a customer who called.
    campaign_id: Option<i64>,
    campaign_name: Option<String>,
    /// The queue it was in last.
    queue_id: Option<i64>,
    queue_name: Option<String>,
    /// Of a call back: the call in which the customer chose it.
    callback_of: Option<Uuid>,
    /// Null for a caller nobody knows.
    customer_id: Option<i64>,
    customer_name: Option<String>,
    /// The customer's number; empty when a caller withholds it.
    number: String,
    /// Our number: the one shown to the customer, or the one they called.
    caller_id: String,
    /// The agent who has the call, or had it last.
    agent_id: Option<i64>,
    agent_name: Option<String>,
    started_at: DateTime<Utc>,
    ringing_at: Option<DateTime<Utc>>,
    answered_at: Option<DateTime<Utc>>,
    connected_at: Option<DateTime<Utc>>,
    ended_at: Option<DateTime<Utc>>,
    /// What the system saw; null while the call is in progress.
    #[schema(value_type = Option<CallResult>)]
    result: Option<String>,
    /// The switch's cause.
    hangup_cause: Option<String>,
    sip_status: Option<i32>,
    /// `customer`, `agent`, `supervisor`, `system` or `switch`.
    ended_by: Option<String>,
    /// Agent and customer connected, in milliseconds.
    talk_ms: i64,
    /// The customer heard music by the agent's wish, in milliseconds; not part
    /// of the talk time.
    hold_ms: i64,
    /// When it was last handed on; null for a call that one agent had.
    handed_at: Option<DateTime<Utc>>,
    /// From the answer until an agent was there, or the end, in milliseconds;
    /// null for a call that was not answered.
    wait_ms: Option<i64>,
    /// A person answered and no agent was there within the limit.
    dropped: bool,
    disposition: Option<DispositionView>,
    note: Option<String>,
    recording_id: Option<Uuid>,
    /// Why the conversation, or its beginning, is not recorded; null when it is.
    #[schema(value_type = Option<NotRecorded>)]
    unrecorded_reason: Option<String>,
}

/// A disposition that agents choose from.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct DispositionView {
    id: i64,
    key: String,
    label_zh: String,
    label_en: String,
    /// The agent spoke with a person who could decide.
    contact: bool,
    sale: bool,
    visit: bool,
    refusal: bool,
    callback: bool,
    /// The number is never dialled again.
    do_not_call: bool,
}

/// A reason for a pause.
#[derive(Debug, Serialize, ToSchema)]
pub struct PauseReasonView {
    key: String,
    label_zh: String,
    label_en: String,
}

/// Which calls are wanted.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct CallQuery {
    /// Started at or after: a day in the centre's zone (`2026-11-23`) or an
    /// instant (RFC 3339).
    from: Option<String>,
    /// Started on or before this day, or before this instant.
    to: Option<String>,
    /// This agent has, or had, the call.
    agent_id: Option<i64>,
    /// Dialled for this campaign.
    campaign_id: Option<i64>,
    /// With this result.
    result: Option<CallResult>,
    /// Part of the number or of the customer's name.
    q: Option<String>,
}

impl CallQuery {
    fn filter(self, zone: Tz, visible: UserFilter) -> ApiResult<CallFilter> {
        let from =
            self.from.as_deref().map(|text| instant("from", text, zone, day::start_of_day)).transpose()?;
        let to = self.to.as_deref().map(|text| instant("to", text, zone, day::end_of_day)).transpose()?;
        let text = search_text(self.q.as_deref())?.map(str::to_owned);
        Ok(CallFilter {
            from,
            to,
            agent_id: self.agent_id,
            campaign_id: self.campaign_id.map(CampaignId),
            result: self.result,
            text,
            ..CallFilter::of(visible)
        })
    }
}

fn instant(
    field: &str,
    text: &str,
    zone: Tz,
    edge: impl Fn(NaiveDate, Tz) -> Option<Moment>,
) -> ApiResult<Moment> {
    let of_day = text.parse::<NaiveDate>().ok().and_then(|day| edge(day, zone));
    let exact = || DateTime::parse_from_rfc3339(text).ok().map(|at| Moment::from(at.to_utc()));
    of_day.or_else(exact).ok_or_else(|| {
        ApiError::bad_request(field, "must be a day (2026-11-23) or an instant (2026-11-23T08:30:00+08:00)")
    })
}

#[utoipa::path(get, path = "/calls", tag = "calls", operation_id = "get_calls", params(CallQuery, PageQuery),
    responses((status = 200, body = Page<CallView>), (status = 400, body = Problem), (status = 403, body = Problem)))]
/// Calls, newest first. Who may not see everything sees the calls of the agents
/// in their scope; calls that reached no agent are nobody's.
async fn get_calls(
    caller: Caller,
    Extension(db): Extension<Db>,
    Extension(settings): Extension<Settings>,
    Query(query): Query<CallQuery>,
    Query(page): Query<PageQuery>,
) -> ApiResult<Json<Page<CallView>>> {
    let scope = caller.require(Permission::CallRead)?;
    let filter = query.filter(settings.zone, visible_users(&db, &caller, scope).await?)?;
    let limit = page.limit()?;
    let rows = store::list_calls(&db, &filter, page.after::<CallCursor>()?, limit + 1).await?;
    let cursor =
        |entry: &LedgerEntry| CallCursor { started_at: entry.call.started_at.into(), id: entry.call.id };
    Ok(Json(Page::of(rows, limit, cursor, CallView::from)))
}

#[utoipa::path(get, path = "/calls/{id}", tag = "calls", operation_id = "get_call",
    params(("id" = Uuid, Path, description = "The call")),
    responses((status = 200, body = CallDetailView), (status = 403, body = Problem),
        (status = 404, body = Problem)))]
/// One call with its story. Who listened is told to those who may listen
/// themselves.
async fn get_call(
    caller: Caller,
    Extension(db): Extension<Db>,
    Path(id): Path<CallId>,
) -> ApiResult<Json<CallDetailView>> {
    let scope = caller.require(Permission::CallRead)?;
    let visible = visible_users(&db, &caller, scope).await?;
    let entry = store::find_call(&db, id, visible).await?.ok_or_else(|| ApiError::not_found("call"))?;
    let sees_monitors = match caller.permissions.scope(Permission::CallListen) {
        Some(scope) => {
            let heard = visible_users(&db, &caller, scope).await?;
            heard.allows_owner(entry.call.agent_id.map(UserId))
        }
        None => false,
    };
    let story = store::load_story(&db, id).await?;
    Ok(Json(CallDetailView::new(entry, story, sees_monitors)))
}

#[utoipa::path(get, path = "/dispositions", tag = "calls", operation_id = "get_dispositions",
    responses((status = 200, body = Page<DispositionView>), (status = 401, body = Problem)))]
/// What an agent can say of a call.
async fn get_dispositions(
    _caller: Caller,
    Extension(db): Extension<Db>,
) -> ApiResult<Json<Page<DispositionView>>> {
    let rows = store::list_dispositions(&db).await?;
    Ok(Json(Page::all(rows.into_iter().map(DispositionView::from).collect())))
}

#[utoipa::path(get, path = "/pause-reasons", tag = "calls", operation_id = "get_pause_reasons",
    responses((status = 200, body = Page<PauseReasonView>), (status = 401, body = Problem)))]
/// Why an agent can take no calls.
async fn get_pause_reasons(_caller: Caller) -> Json<Page<PauseReasonView>> {
    let view = |reason: crate::calls::model::PauseReason| PauseReasonView {
        key: reason.key.to_owned(),
        label_zh: reason.label_zh.to_owned(),
        label_en: reason.label_en.to_owned(),
    };
    Json(Page::all(PAUSE_REASONS.map(view).into()))
}

/// Saves what an agent says of their call, with its entry in the audit log; of
/// one who handed it on, it is their note. The caller of this function then tells the floor that after-call work is
/// over.
pub async fn save_disposition(
    db: &Db,
    changes: &Changes,
    caller: &Caller,
    call: CallId,
    request: &DispositionRequest,
    now: Moment,
) -> ApiResult<CallView> {
    caller.require(Permission::DeskUse)?;
    let agent = AgentId(caller.user_id.0);
    let tx = write_tx(db).await?;
    let disposed = store::save_disposition(&tx, agent, call, request, now).await??;
    let detail = json!({
        "disposition_id": request.disposition_id,
        "before": disposed.before,
        "do_not_call": disposed.never_again,
    });
    audit::record(&tx, Entry::of(caller.user_id, "call.dispose", "call", call).with(detail)).await?;
    tx.commit().await?;
    if disposed.never_again.is_some() {
        changes.tell(Change::DoNotCall);
    }
    let visible = UserFilter::Ids(vec![caller.user_id]);
    let entry = store::find_call(db, call, visible).await?.ok_or_else(|| ApiError::not_found("call"))?;
    Ok(entry.into())
}

impl From<DispositionRefused> for ApiError {
    fn from(refused: DispositionRefused) -> Self {
        let text = refused.to_string();
        match refused {
            DispositionRefused::NotYourCall => ApiError::not_found("call of yours"),
            DispositionRefused::NotConnected => ApiError::conflict("not_connected", text),
            DispositionRefused::NoSuchDisposition => ApiError::bad_request("disposition_id", text),
            DispositionRefused::NoteTooLong => ApiError::bad_request("note", text),
        }
    }
}

impl From<LedgerEntry> for CallView {
    fn from(entry: LedgerEntry) -> Self {
        let call = entry.call;
        let waited_until = call.connected_at.or(call.ended_at);
        let wait_ms =
            call.answered_at.zip(waited_until).map(|(from, to)| (to - from).num_milliseconds().max(0));
        Self {
            id: call.id,
            direction: call.direction,
            campaign_id: call.campaign_id,
            campaign_name: entry.campaign_name,
            queue_id: call.queue_id,
            queue_name: entry.queue_name,
            callback_of: call.callback_of,
            customer_id: call.customer_id,
            customer_name: entry.customer_name,
            number: call.number,
            caller_id: call.caller_id,
            agent_id: call.agent_id,
            agent_name: entry.agent_name,
            started_at: call.started_at,
            ringing_at: call.ringing_at,
            answered_at: call.answered_at,
            connected_at: call.connected_at,
            ended_at: call.ended_at,
            result: call.result,
            hangup_cause: call.hangup_cause,
            sip_status: call.sip_status,
            ended_by: call.ended_by,
            talk_ms: call.talk_ms,
            hold_ms: call.hold_ms,
            handed_at: call.handed_at,
            wait_ms,
            dropped: call.dropped_at.is_some(),
            disposition: entry.disposition.map(DispositionView::from),
            note: call.note,
            recording_id: entry.recording_id,
            unrecorded_reason: call.unrecorded_reason,
        }
    }
}

impl From<dispositions::Model> for DispositionView {
    fn from(row: dispositions::Model) -> Self {
        Self {
            id: row.id,
            key: row.key,
            label_zh: row.label_zh,
            label_en: row.label_en,
            contact: row.contact,
            sale: row.sale,
            visit: row.visit,
            refusal: row.refusal,
            callback: row.callback,
            do_not_call: row.do_not_call,
        }
    }
}
