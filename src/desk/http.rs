//! The agent's desk over HTTP.
//!
//! In: requests of the person at the desk, about their own state and call
//! alone. Out: inputs of the floor, and the desk as it is then. What the floor
//! refuses comes back as 409 with its words. What is done to the call in
//! progress is in `control.rs`.

use crate::api::{ApiError, ApiResult, Json, Path, Problem, Settings};
use crate::auth::{Caller, Permission};
use crate::base::clock;
use crate::base::ids::{AgentId, CallId, CampaignId, CustomerId, QueueId};
use crate::base::phone::PhoneNumber;
use crate::calls::http::save_disposition;
use crate::calls::model::DispositionRequest;
use crate::conductor::Handle;
use crate::customers::http::CustomerView;
use crate::desk::preview::{DeskPreviewView, find_desk_preview};
use crate::do_not_call::http::BarView;
use crate::do_not_call::model::{BarSource, ListedEntry};
use crate::floor::effect::CallStateKind;
use crate::floor::input::AgentCommand;
use crate::live::hub::Hub;
use crate::live::view::{AgentLiveView, HandedView};
use crate::places::{Home, home_of};
use crate::store::Db;
use crate::store::changes::Changes;
use crate::{calls, campaigns, customers, do_not_call, queues};
use axum::Extension;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// Shift, state, call and disposition.
pub(super) fn routes() -> OpenApiRouter {
    OpenApiRouter::new()
        .routes(routes!(get_desk))
        .routes(routes!(post_log_in))
        .routes(routes!(post_log_out))
        .routes(routes!(post_ready))
        .routes(routes!(post_pause))
        .routes(routes!(post_hang_up))
        .routes(routes!(post_disposition))
}

/// Everything the desk page shows.
#[derive(Debug, Serialize, ToSchema)]
pub struct DeskView {
    /// The agent as the floor has them; absent when the user has no desk phone.
    pub agent: Option<AgentLiveView>,
    /// The call in progress, or the one whose after-call work is under way.
    pub call: Option<DeskCallView>,
    /// The lead that the agent looks at, to dial or to skip it.
    pub preview: Option<DeskPreviewView>,
}

/// The call on the desk, with whom it is about.
#[derive(Debug, Serialize, ToSchema)]
pub struct DeskCallView {
    /// Which.
    pub call_id: CallId,
    /// Where it is; absent once it is over.
    pub state: Option<CallStateKind>,
    /// The campaign it was dialled for; null when the customer called.
    pub campaign_id: Option<CampaignId>,
    /// The campaign's name.
    pub campaign_name: Option<String>,
    /// The queue it comes from.
    pub queue_id: Option<QueueId>,
    /// The queue's name.
    pub queue_name: Option<String>,
    /// What the campaign wants said.
    pub script: Option<String>,
    /// The customer's number; empty when a caller withholds it.
    pub number: String,
    /// Where it comes from; null when nobody knows.
    pub home: Option<Home>,
    /// The entries of the do-not-call list that have this number now.
    pub bars: Vec<BarView>,
    /// Whether this agent put the number there with one click on this call, and so
    /// may take that back.
    pub may_unbar: bool,
    /// When dialled.
    pub started_at: DateTime<Utc>,
    /// When the customer answered.
    pub answered_at: Option<DateTime<Utc>>,
    /// When the agent was connected.
    pub connected_at: Option<DateTime<Utc>>,
    /// The disposition that this agent has saved so far.
    pub disposition_id: Option<i64>,
    /// Their note so far.
    pub note: Option<String>,
    /// The colleague who hands the call on, or handed it on, and their note.
    pub handed: Option<HandedView>,
    /// The customer with their history; null for a caller nobody knows.
    pub customer: Option<CustomerView>,
}

/// Why no calls are to come.
#[derive(Debug, Deserialize, ToSchema)]
pub struct PauseRequest {
    /// One of the keys of `/pause-reasons`.
    reason: String,
}

/// The desk as it is.
#[utoipa::path(get, path = "/desk", tag = "desk", responses((status = 200, body = DeskView)))]
async fn get_desk(
    caller: Caller,
    Extension(db): Extension<Db>,
    Extension(hub): Extension<Hub>,
    Extension(settings): Extension<Settings>,
) -> ApiResult<Json<DeskView>> {
    let desk = desk_of(&caller)?;
    let agent = hub.agent(desk);
    let call = match agent.as_ref().and_then(|agent| agent.call_id) {
        Some(call) => find_desk_call(&db, &hub, &settings.home_country, desk, call).await?,
        None => None,
    };
    let preview = match agent.as_ref().and_then(|agent| agent.preview.as_ref()) {
        Some(preview) => Some(find_desk_preview(&db, &settings.home_country, preview).await?),
        None => None,
    };
    Ok(Json(DeskView { agent, call, preview }))
}

/// Starts the shift.
#[utoipa::path(post, path = "/desk/log-in", tag = "desk",
    responses((status = 200, body = AgentLiveView), (status = 409, body = Problem)))]
async fn post_log_in(caller: Caller, handle: Extension<Handle>, hub: Extension<Hub>) -> Answer {
    command(&caller, &handle, &hub, AgentCommand::LogIn).await
}

/// Ends the shift, after the call in progress.
#[utoipa::path(post, path = "/desk/log-out", tag = "desk",
    responses((status = 200, body = AgentLiveView), (status = 409, body = Problem)))]
async fn post_log_out(caller: Caller, handle: Extension<Handle>, hub: Extension<Hub>) -> Answer {
    command(&caller, &handle, &hub, AgentCommand::LogOut).await
}

/// Takes calls.
#[utoipa::path(post, path = "/desk/ready", tag = "desk",
    responses((status = 200, body = AgentLiveView), (status = 409, body = Problem)))]
async fn post_ready(caller: Caller, handle: Extension<Handle>, hub: Extension<Hub>) -> Answer {
    command(&caller, &handle, &hub, AgentCommand::Ready).await
}

/// Takes no calls, after the call in progress.
#[utoipa::path(post, path = "/desk/pause", tag = "desk", request_body = PauseRequest,
    responses((status = 200, body = AgentLiveView), (status = 400, body = Problem), (status = 409, body = Problem)))]
async fn post_pause(
    caller: Caller,
    handle: Extension<Handle>,
    hub: Extension<Hub>,
    Json(request): Json<PauseRequest>,
) -> Answer {
    if let Some(fault) = calls::model::pause_reason_fault(&request.reason) {
        return Err(ApiError::bad_request("reason", fault));
    }
    command(&caller, &handle, &hub, AgentCommand::Pause { reason: request.reason }).await
}

/// Hangs up the customer.
#[utoipa::path(post, path = "/desk/hang-up", tag = "desk",
    responses((status = 200, body = AgentLiveView), (status = 409, body = Problem)))]
async fn post_hang_up(caller: Caller, handle: Extension<Handle>, hub: Extension<Hub>) -> Answer {
    command(&caller, &handle, &hub, AgentCommand::HangUp).await
}

/// Saves what the agent says of the call; ends its after-call work.
#[utoipa::path(post, path = "/calls/{id}/disposition", tag = "desk", request_body = DispositionRequest,
    params(("id" = CallId, Path, description = "the call")),
    responses((status = 200, body = AgentLiveView), (status = 400, body = Problem), (status = 409, body = Problem)))]
async fn post_disposition(
    caller: Caller,
    Extension(db): Extension<Db>,
    Extension(changes): Extension<Changes>,
    handle: Extension<Handle>,
    hub: Extension<Hub>,
    Path(call): Path<CallId>,
    Json(body): Json<DispositionRequest>,
) -> Answer {
    // Stored first: nothing that was typed is lost if the floor is busy.
    save_disposition(&db, &changes, &caller, call, &body, clock::now()).await?;
    command(&caller, &handle, &hub, AgentCommand::Disposed { call }).await
}

pub(super) type Answer = ApiResult<Json<AgentLiveView>>;

/// Has the floor carry a command of the caller's own out.
pub(super) async fn command(caller: &Caller, handle: &Handle, hub: &Hub, command: AgentCommand) -> Answer {
    let agent = desk_of(caller)?;
    let live = handle.agent(agent, command).await?;
    Ok(Json(hub.named(live)))
}

/// A person's own desk, if they may work at one.
pub(super) fn desk_of(caller: &Caller) -> ApiResult<AgentId> {
    caller.require(Permission::DeskUse)?;
    Ok(AgentId(caller.user_id.0))
}

/// The ledger lags the floor by a moment: a call that is not written yet is
/// taken from the live floor.
async fn find_desk_call(
    db: &Db,
    hub: &Hub,
    home_country: &str,
    desk: AgentId,
    call: CallId,
) -> ApiResult<Option<DeskCallView>> {
    let live = hub.call(call);
    let written = calls::store::find_row(db, call).await?;
    let (campaign, queue, customer) = match (&live, &written) {
        (Some(live), row) => {
            // They may have become a customer since the floor asked who they are.
            let since = row.as_ref().and_then(|row| row.customer_id).map(CustomerId);
            (live.campaign_id, live.queue_id, live.customer_id.or(since))
        }
        (None, Some(row)) => {
            (row.campaign_id.map(CampaignId), row.queue_id.map(QueueId), row.customer_id.map(CustomerId))
        }
        (None, None) => return Ok(None),
    };
    let customer = match customer {
        Some(customer) => customers::http::view_for_call(db, customer).await?,
        None => None,
    };
    let texts = match campaign {
        Some(campaign) => campaigns::store::find_script(db, campaign).await?,
        None => None,
    };
    let (campaign_name, script) = texts.map(|texts| (texts.name, texts.script)).unzip();
    let queue_name = match queue {
        Some(queue) => queues::store::find_name(db, queue).await?,
        None => None,
    };
    let (disposition_id, note) = calls::store::find_said(db, call, desk).await?.unzip();
    let started = live.as_ref().map(|l| l.started_at).or(written.as_ref().map(|w| w.started_at));
    let number = live
        .as_ref()
        .map(|l| l.number.clone().unwrap_or_default())
        .or(written.as_ref().map(|w| w.number.clone()));
    let read = number.as_ref().and_then(|n| PhoneNumber::parse(n, home_country).ok());
    let (bars, may_unbar) = match &read {
        Some(number) => bars_of(db, desk, call, &number.e164).await?,
        None => (Vec::new(), false),
    };
    Ok(Some(DeskCallView {
        call_id: call,
        state: live.as_ref().map(|l| l.state),
        campaign_id: campaign,
        campaign_name,
        queue_id: queue,
        queue_name,
        script: script.flatten(),
        home: read.and_then(|n| home_of(&n.e164)),
        bars,
        may_unbar,
        number: number.unwrap_or_default(),
        started_at: started.unwrap_or_default(),
        answered_at: live
            .as_ref()
            .and_then(|l| l.answered_at)
            .or(written.as_ref().and_then(|w| w.answered_at)),
        connected_at: live
            .as_ref()
            .and_then(|l| l.connected_at)
            .or(written.as_ref().and_then(|w| w.connected_at)),
        disposition_id,
        note: note.flatten(),
        handed: hub.handed(desk, call),
        customer,
    }))
}

/// What the do-not-call list says of the number of a call, and whether the agent put
/// it there on this call.
async fn bars_of(db: &Db, desk: AgentId, call: CallId, e164: &str) -> ApiResult<(Vec<BarView>, bool)> {
    let mut found =
        do_not_call::store::find_of_numbers(db.read(), vec![e164.to_owned()], clock::now()).await?;
    let found = found.remove(e164).unwrap_or_default();
    let own = |listed: &ListedEntry| {
        let entry = &listed.entry;
        (entry.call_id, entry.created_by) == (Some(call.0), Some(desk.0))
            && entry.source == BarSource::Click.as_str()
    };
    Ok((found.iter().map(BarView::from).collect(), found.iter().any(own)))
}
