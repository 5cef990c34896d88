//! Supervision over HTTP.
//!
//! In: requests about an agent's call or state. Out: inputs of the floor; the
//! answer comes when the switch's events have confirmed it, empty, since the
//! live feed shows what is so now; or 409 with the floor's words.
//!
//! Nobody listens without a trace: the entry in the audit log is committed
//! before the floor hears of the wish, and a refusal is entered after it.

use crate::api::{ApiError, ApiResult, Json, Path, Problem};
use crate::audit::{self, Entry};
use crate::auth::{self, Caller, Permission};
use crate::base::ids::{AgentId, UserId};
use crate::calls;
use crate::conductor::Handle;
use crate::floor::input::{AgentCommand, MonitorMode, SupervisorCommand};
use crate::live::hub::Hub;
use crate::live::view::AgentLiveView;
use crate::store::{Db, write_tx};
use axum::Extension;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// Every route of supervision.
pub fn routes() -> OpenApiRouter {
    OpenApiRouter::new()
        .routes(routes!(post_monitor))
        .routes(routes!(post_stop))
        .routes(routes!(post_take_over))
        .routes(routes!(post_agent_hang_up))
        .routes(routes!(post_agent_state))
        .merge(super::kept::routes())
}

/// To whom to listen, and how.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MonitorRequest {
    /// The agent whose call it is.
    agent_id: AgentId,
    /// How.
    mode: MonitorMode,
}

/// A state that an agent can be put into.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum WantedState {
    /// Takes calls.
    Ready,
    /// Takes no calls, after the one in progress.
    Paused,
    /// Not on shift, after the call in progress.
    LoggedOut,
}

/// The state an agent is to be in.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AgentStateRequest {
    /// Which.
    state: WantedState,
    /// Of a pause: one of the keys of `/pause-reasons`.
    reason: Option<String>,
}

/// Listens to an agent's call from one's own desk phone, or, when it is
/// listened to already, changes how.
#[utoipa::path(post, path = "/supervision/monitor", tag = "supervision", request_body = MonitorRequest,
    responses((status = 204), (status = 403, body = Problem), (status = 404, body = Problem),
        (status = 409, body = Problem)))]
async fn post_monitor(
    caller: Caller,
    supervision: Supervision,
    Json(request): Json<MonitorRequest>,
) -> ApiResult<StatusCode> {
    let MonitorRequest { agent_id: agent, mode } = request;
    let live = supervision.agent_within(&caller, permission_for(mode), agent).await?;
    let mut may = Vec::new();
    for other in [MonitorMode::Listen, MonitorMode::Whisper, MonitorMode::Barge] {
        if supervision.covers(&caller, permission_for(other), agent).await? {
            may.push(other);
        }
    }
    let act = Act { action: "call.monitor", agent: &live, how: json!({ "mode": mode }) };
    supervision.carry_out(&caller, act, SupervisorCommand::Monitor { agent, mode, may }).await
}

fn permission_for(mode: MonitorMode) -> Permission {
    match mode {
        MonitorMode::Listen => Permission::CallListen,
        MonitorMode::Whisper => Permission::CallWhisper,
        MonitorMode::Barge => Permission::CallBarge,
    }
}

/// Ceases to listen.
#[utoipa::path(post, path = "/supervision/stop", tag = "supervision",
    responses((status = 204), (status = 403, body = Problem), (status = 409, body = Problem)))]
async fn post_stop(caller: Caller, supervision: Supervision) -> ApiResult<StatusCode> {
    let listens = [Permission::CallListen, Permission::CallWhisper, Permission::CallBarge];
    if !listens.iter().any(|permission| caller.permissions.scope(*permission).is_some()) {
        return Err(ApiError::forbidden());
    }
    let Some(agent) = supervision.overheard(&caller) else { return Ok(StatusCode::NO_CONTENT) };
    let act = Act { action: "call.monitor_stop", agent: &agent, how: json!({}) };
    supervision.carry_out(&caller, act, SupervisorCommand::StopMonitoring).await
}

/// Takes the agent's place in the call that one listens to.
#[utoipa::path(post, path = "/supervision/take-over", tag = "supervision",
    responses((status = 204), (status = 403, body = Problem), (status = 409, body = Problem)))]
async fn post_take_over(caller: Caller, supervision: Supervision) -> ApiResult<StatusCode> {
    caller.require(Permission::CallTakeOver)?;
    let first = "listen to the call first, then take it over";
    let overheard =
        supervision.overheard(&caller).ok_or_else(|| ApiError::conflict("listen_first", first))?;
    // The call may have gone to another agent since listening began.
    let live = supervision.agent_within(&caller, Permission::CallTakeOver, overheard.agent_id).await?;
    let act = Act { action: "call.take_over", agent: &live, how: json!({}) };
    supervision.carry_out(&caller, act, SupervisorCommand::TakeOver).await
}

/// Hangs up an agent's call.
#[utoipa::path(post, path = "/agents/{id}/hang-up", tag = "supervision",
    params(("id" = i64, Path, description = "the agent")),
    responses((status = 204), (status = 403, body = Problem), (status = 404, body = Problem),
        (status = 409, body = Problem)))]
async fn post_agent_hang_up(
    caller: Caller,
    supervision: Supervision,
    Path(agent): Path<AgentId>,
) -> ApiResult<StatusCode> {
    let live = supervision.agent_within(&caller, Permission::CallHangUp, agent).await?;
    let act = Act { action: "call.hang_up", agent: &live, how: json!({}) };
    supervision.carry_out(&caller, act, SupervisorCommand::HangUp { agent }).await
}

/// Sets an agent's state, as the agent could.
#[utoipa::path(post, path = "/agents/{id}/state", tag = "supervision", request_body = AgentStateRequest,
    params(("id" = i64, Path, description = "the agent")),
    responses((status = 204), (status = 400, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem), (status = 409, body = Problem)))]
async fn post_agent_state(
    caller: Caller,
    supervision: Supervision,
    Path(agent): Path<AgentId>,
    Json(request): Json<AgentStateRequest>,
) -> ApiResult<StatusCode> {
    let live = supervision.agent_within(&caller, Permission::AgentSetState, agent).await?;
    let how = json!({ "state": request.state, "reason": request.reason });
    let command = state_command(request)?;
    let act = Act { action: "agent.set_state", agent: &live, how };
    supervision.carry_out(&caller, act, SupervisorCommand::SetState { agent, command }).await
}

fn state_command(request: AgentStateRequest) -> ApiResult<AgentCommand> {
    match (request.state, request.reason) {
        (WantedState::Ready, None) => Ok(AgentCommand::Ready),
        (WantedState::LoggedOut, None) => Ok(AgentCommand::LogOut),
        (WantedState::Ready | WantedState::LoggedOut, Some(_)) => {
            Err(ApiError::bad_request("reason", "must be left out unless the state is paused"))
        }
        (WantedState::Paused, None) => Err(ApiError::bad_request("reason", "must be given for a pause")),
        (WantedState::Paused, Some(reason)) => match calls::model::pause_reason_fault(&reason) {
            Some(fault) => Err(ApiError::bad_request("reason", fault)),
            None => Ok(AgentCommand::Pause { reason }),
        },
    }
}

/// What the handlers need.
#[derive(axum::extract::FromRequestParts)]
struct Supervision {
    #[from_request(via(Extension))]
    db: Db,
    #[from_request(via(Extension))]
    hub: Hub,
    #[from_request(via(Extension))]
    handle: Handle,
}

/// What is entered in the audit log.
struct Act<'a> {
    action: &'static str,
    agent: &'a AgentLiveView,
    how: Value,
}

impl Supervision {
    /// The agent, if the caller may do this to them; outside one's scope there
    /// is no such agent.
    async fn agent_within(
        &self,
        caller: &Caller,
        permission: Permission,
        agent: AgentId,
    ) -> ApiResult<AgentLiveView> {
        caller.require(permission)?;
        let within = self.covers(caller, permission, agent).await?;
        self.hub.agent(agent).filter(|_| within).ok_or_else(|| ApiError::not_found("agent"))
    }

    /// Whether the caller holds the permission, and it reaches this agent.
    async fn covers(&self, caller: &Caller, permission: Permission, agent: AgentId) -> ApiResult<bool> {
        let Some(scope) = caller.permissions.scope(permission) else { return Ok(false) };
        Ok(auth::visible_users(&self.db, caller, scope).await?.allows(UserId(agent.0)))
    }

    /// The agent that the caller listens to.
    fn overheard(&self, caller: &Caller) -> Option<AgentLiveView> {
        self.hub.agent(self.hub.monitor(AgentId(caller.user_id.0))?.agent_id)
    }

    async fn carry_out(
        &self,
        caller: &Caller,
        act: Act<'_>,
        command: SupervisorCommand,
    ) -> ApiResult<StatusCode> {
        self.enter(caller, &act, None).await?;
        match self.handle.supervisor(AgentId(caller.user_id.0), command).await {
            Ok(()) => Ok(StatusCode::NO_CONTENT),
            Err(refused) => {
                self.enter(caller, &act, Some(refused.to_string())).await?;
                Err(refused.into())
            }
        }
    }

    async fn enter(&self, caller: &Caller, act: &Act<'_>, refused: Option<String>) -> ApiResult<()> {
        let mut detail = json!({ "call_id": act.agent.call_id });
        if let (Some(detail), Some(how)) = (detail.as_object_mut(), act.how.as_object()) {
            detail.extend(how.clone());
            detail.extend(refused.map(|why| ("refused".to_owned(), Value::String(why))));
        }
        let entry = Entry::of(caller.user_id, act.action, "user", act.agent.agent_id).with(detail);
        let tx = write_tx(&self.db).await?;
        audit::record(&tx, entry).await?;
        tx.commit().await?;
        Ok(())
    }
}
