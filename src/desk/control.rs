//! What an agent does to the call in progress: hold, mute, keys, the pause of
//! the recording, transfers; and the colleagues a call can be handed to.
//!
//! In: requests about one's own call alone. Out: inputs of the floor; the
//! answer comes when the switch's events have confirmed it, with the agent as
//! they are then, or as 409 with the floor's words.

use crate::api::{ApiError, ApiResult, Check, Json, Page, Problem, Settings};
use crate::auth::Caller;
use crate::base::clock;
use crate::base::ids::{AgentId, QueueId};
use crate::base::phone::PhoneNumber;
use crate::conductor::Handle;
use crate::desk::http::{Answer, command, desk_of};
use crate::do_not_call::model::{Blocked, Dialler, NewBlock};
use crate::do_not_call::store::{find_bars, log_blocks};
use crate::floor::effect::AgentStateKind;
use crate::floor::input::{AgentCommand, Keys, Party};
use crate::live::hub::Hub;
use crate::live::view::AgentLiveView;
use crate::store::{Db, write_tx};
use crate::{people, queues};
use axum::Extension;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub(super) fn routes() -> OpenApiRouter {
    OpenApiRouter::new()
        .routes(routes!(post_answer))
        .routes(routes!(post_hold))
        .routes(routes!(post_resume))
        .routes(routes!(post_mute))
        .routes(routes!(post_unmute))
        .routes(routes!(post_keys))
        .routes(routes!(post_recording_pause))
        .routes(routes!(post_recording_resume))
        .routes(routes!(get_colleagues))
        .routes(routes!(get_desk_queues))
        .routes(routes!(post_transfer))
        .routes(routes!(post_consult))
        .routes(routes!(post_swap))
        .routes(routes!(post_complete_transfer))
        .routes(routes!(post_cancel_transfer))
        .routes(routes!(post_conference))
}

/// Keys for the customer's side, as a telephone has them.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct KeysRequest {
    /// `0`-`9`, `*`, `#`, `A`-`D`, 1 to 32 of them.
    keys: String,
}

/// To whom a call is handed, or who is asked first: a colleague, a number outside
/// or a queue, one of them. A queue cannot be asked first.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct HandOnRequest {
    /// A colleague.
    agent_id: Option<AgentId>,
    /// A number outside, as people write it.
    number: Option<String>,
    /// A queue.
    queue_id: Option<QueueId>,
    /// For the colleague's screen.
    note: Option<String>,
}

/// A colleague on the floor.
#[derive(Debug, Serialize, ToSchema)]
pub struct ColleagueView {
    /// Who.
    agent_id: AgentId,
    /// Name for people.
    name: String,
    /// The desk phone's number.
    extension: String,
    /// The name of their team.
    team: Option<String>,
    /// Their state now.
    state: AgentStateKind,
    /// Whether a call can be handed to them now, or to whom they forward.
    ready: bool,
    /// Whether they have their calls forwarded.
    forwards: bool,
}

/// A queue that a call can be handed to.
#[derive(Debug, Serialize, ToSchema)]
pub struct DeskQueueView {
    /// Which.
    queue_id: QueueId,
    /// Its name.
    name: String,
    /// Callers who wait there now.
    waiting: u32,
    /// Its agents that are ready.
    agents_ready: u32,
}

/// Has the ringing desk phone answer.
#[utoipa::path(post, path = "/desk/answer", tag = "desk",
    responses((status = 200, body = AgentLiveView), (status = 409, body = Problem)))]
async fn post_answer(caller: Caller, handle: Extension<Handle>, hub: Extension<Hub>) -> Answer {
    command(&caller, &handle, &hub, AgentCommand::Answer).await
}

/// Puts the customer on music.
#[utoipa::path(post, path = "/desk/hold", tag = "desk",
    responses((status = 200, body = AgentLiveView), (status = 409, body = Problem)))]
async fn post_hold(caller: Caller, handle: Extension<Handle>, hub: Extension<Hub>) -> Answer {
    command(&caller, &handle, &hub, AgentCommand::Hold).await
}

/// Talks with the customer again.
#[utoipa::path(post, path = "/desk/resume", tag = "desk",
    responses((status = 200, body = AgentLiveView), (status = 409, body = Problem)))]
async fn post_resume(caller: Caller, handle: Extension<Handle>, hub: Extension<Hub>) -> Answer {
    command(&caller, &handle, &hub, AgentCommand::Resume).await
}

/// Silences the agent.
#[utoipa::path(post, path = "/desk/mute", tag = "desk",
    responses((status = 200, body = AgentLiveView), (status = 409, body = Problem)))]
async fn post_mute(caller: Caller, handle: Extension<Handle>, hub: Extension<Hub>) -> Answer {
    command(&caller, &handle, &hub, AgentCommand::Mute(true)).await
}

/// Lets the agent be heard again.
#[utoipa::path(post, path = "/desk/unmute", tag = "desk",
    responses((status = 200, body = AgentLiveView), (status = 409, body = Problem)))]
async fn post_unmute(caller: Caller, handle: Extension<Handle>, hub: Extension<Hub>) -> Answer {
    command(&caller, &handle, &hub, AgentCommand::Mute(false)).await
}

/// Sends keys to the customer's side.
#[utoipa::path(post, path = "/desk/keys", tag = "desk", request_body = KeysRequest,
    responses((status = 200, body = AgentLiveView), (status = 400, body = Problem), (status = 409, body = Problem)))]
async fn post_keys(
    caller: Caller,
    handle: Extension<Handle>,
    hub: Extension<Hub>,
    Json(request): Json<KeysRequest>,
) -> Answer {
    desk_of(&caller)?;
    let fault = || ApiError::bad_request("keys", "must be 1 to 32 of the keys 0-9, *, #, A-D");
    let keys = Keys::new(&request.keys).ok_or_else(fault)?;
    command(&caller, &handle, &hub, AgentCommand::SendKeys(keys)).await
}

/// Silences the recording, which goes on.
#[utoipa::path(post, path = "/desk/recording/pause", tag = "desk",
    responses((status = 200, body = AgentLiveView), (status = 409, body = Problem)))]
async fn post_recording_pause(caller: Caller, handle: Extension<Handle>, hub: Extension<Hub>) -> Answer {
    command(&caller, &handle, &hub, AgentCommand::PauseRecording(true)).await
}

/// Records sound again.
#[utoipa::path(post, path = "/desk/recording/resume", tag = "desk",
    responses((status = 200, body = AgentLiveView), (status = 409, body = Problem)))]
async fn post_recording_resume(caller: Caller, handle: Extension<Handle>, hub: Extension<Hub>) -> Answer {
    command(&caller, &handle, &hub, AgentCommand::PauseRecording(false)).await
}

/// Everybody else with a desk phone: who can be handed a call first.
#[utoipa::path(get, path = "/desk/colleagues", tag = "desk",
    responses((status = 200, body = Page<ColleagueView>)))]
async fn get_colleagues(
    caller: Caller,
    Extension(db): Extension<Db>,
    Extension(hub): Extension<Hub>,
) -> ApiResult<Json<Page<ColleagueView>>> {
    let own = desk_of(&caller)?;
    let teams = people::store::list_teams(db.read()).await?;
    let teams: HashMap<i64, String> = teams.into_iter().map(|team| (team.id, team.name)).collect();
    let mut colleagues: Vec<ColleagueView> = hub
        .agents()
        .into_iter()
        .filter(|agent| agent.agent_id != own)
        .map(|agent| ColleagueView {
            agent_id: agent.agent_id,
            team: agent.team_id.and_then(|team| teams.get(&team.0).cloned()),
            name: agent.name,
            extension: agent.extension,
            state: agent.state,
            ready: agent.takes_personal_calls,
            forwards: agent.forwarding.is_some(),
        })
        .collect();
    let rank = |colleague: &ColleagueView| match colleague.state {
        AgentStateKind::Ready => 0,
        AgentStateKind::LoggedOut => 2,
        _ => 1,
    };
    colleagues.sort_by(|a, b| (rank(a), &a.name, a.agent_id).cmp(&(rank(b), &b.name, b.agent_id)));
    Ok(Json(Page::all(colleagues)))
}

/// The queues that a call can be handed to.
#[utoipa::path(get, path = "/desk/queues", tag = "desk",
    responses((status = 200, body = Page<DeskQueueView>)))]
async fn get_desk_queues(
    caller: Caller,
    Extension(db): Extension<Db>,
    Extension(hub): Extension<Hub>,
) -> ApiResult<Json<Page<DeskQueueView>>> {
    desk_of(&caller)?;
    let open = queues::store::list_open(&db).await?;
    let view = |(queue_id, name)| {
        let live = hub.queue(queue_id);
        let (waiting, agents_ready) = live.map_or((0, 0), |live| (live.waiting, live.agents_ready));
        DeskQueueView { queue_id, name, waiting, agents_ready }
    };
    Ok(Json(Page::all(open.into_iter().map(view).collect())))
}

/// Hands the call over as soon as the other answers; to a queue, at once.
#[utoipa::path(post, path = "/desk/transfer", tag = "desk", request_body = HandOnRequest,
    responses((status = 200, body = AgentLiveView), (status = 400, body = Problem), (status = 409, body = Problem)))]
async fn post_transfer(
    caller: Caller,
    Extension(db): Extension<Db>,
    handle: Extension<Handle>,
    hub: Extension<Hub>,
    Extension(settings): Extension<Settings>,
    Json(request): Json<HandOnRequest>,
) -> Answer {
    desk_of(&caller)?;
    let (to, note) = read(request, &settings.home_country)?;
    refuse_barred(&db, &caller, &hub, &to, &settings.home_country).await?;
    command(&caller, &handle, &hub, AgentCommand::Transfer { to, note }).await
}

/// Asks the other first, while the customer hears music.
#[utoipa::path(post, path = "/desk/consult", tag = "desk", request_body = HandOnRequest,
    responses((status = 200, body = AgentLiveView), (status = 400, body = Problem), (status = 409, body = Problem)))]
async fn post_consult(
    caller: Caller,
    Extension(db): Extension<Db>,
    handle: Extension<Handle>,
    hub: Extension<Hub>,
    Extension(settings): Extension<Settings>,
    Json(request): Json<HandOnRequest>,
) -> Answer {
    desk_of(&caller)?;
    let (to, note) = read(request, &settings.home_country)?;
    refuse_barred(&db, &caller, &hub, &to, &settings.home_country).await?;
    command(&caller, &handle, &hub, AgentCommand::Consult { to, note }).await
}

/// Talks with the one who hears music.
#[utoipa::path(post, path = "/desk/swap", tag = "desk",
    responses((status = 200, body = AgentLiveView), (status = 409, body = Problem)))]
async fn post_swap(caller: Caller, handle: Extension<Handle>, hub: Extension<Hub>) -> Answer {
    command(&caller, &handle, &hub, AgentCommand::Swap).await
}

/// Connects the customer with the other and leaves.
#[utoipa::path(post, path = "/desk/complete-transfer", tag = "desk",
    responses((status = 200, body = AgentLiveView), (status = 409, body = Problem)))]
async fn post_complete_transfer(caller: Caller, handle: Extension<Handle>, hub: Extension<Hub>) -> Answer {
    command(&caller, &handle, &hub, AgentCommand::CompleteTransfer).await
}

/// Lets the other go and talks with the customer again.
#[utoipa::path(post, path = "/desk/cancel-transfer", tag = "desk",
    responses((status = 200, body = AgentLiveView), (status = 409, body = Problem)))]
async fn post_cancel_transfer(caller: Caller, handle: Extension<Handle>, hub: Extension<Hub>) -> Answer {
    command(&caller, &handle, &hub, AgentCommand::CancelTransfer).await
}

/// Has all three talk.
#[utoipa::path(post, path = "/desk/conference", tag = "desk",
    responses((status = 200, body = AgentLiveView), (status = 409, body = Problem)))]
async fn post_conference(caller: Caller, handle: Extension<Handle>, hub: Extension<Hub>) -> Answer {
    command(&caller, &handle, &hub, AgentCommand::Conference).await
}

/// 409 `number_barred`, with an entry in the log, when the do-not-call list has the
/// outside number for this agent or for the campaign of their call.
async fn refuse_barred(db: &Db, caller: &Caller, hub: &Hub, to: &Party, home: &str) -> ApiResult<()> {
    let Party::Outside(number) = to else { return Ok(()) };
    let Ok(number) = PhoneNumber::parse(number.as_str(), home) else { return Ok(()) };
    let (agent, now) = (AgentId(caller.user_id.0), clock::now());
    let call = hub.agent(agent).and_then(|live| live.call_id);
    let campaign = call.and_then(|call| hub.call(call)).and_then(|live| live.campaign_id);
    let dialler = Dialler::Agent(agent, campaign);
    let mut bars = find_bars(db.read(), dialler, vec![number.e164.clone()], now).await?;
    let Some(entry) = bars.remove(&number.e164).and_then(|entries| entries.into_iter().next()) else {
        return Ok(());
    };
    let what = Blocked::Transfer { agent, campaign, call };
    let tx = write_tx(db).await?;
    log_blocks(&tx, &[NewBlock::by_entry(entry.id, number.e164, what)], now).await?;
    tx.commit().await?;
    let text = format!("{} is on the do-not-call list ({}, entry {})", number.dial, entry.scope, entry.id);
    Err(ApiError::conflict("number_barred", text))
}

/// The other party and the note, or every fault at once.
fn read(request: HandOnRequest, home: &str) -> ApiResult<(Party, Option<String>)> {
    let mut check = Check::new();
    let note = request.note.map(|note| note.trim().to_owned()).filter(|note| !note.is_empty());
    check.text("note", note.as_deref().unwrap_or_default());
    let number = request.number.as_deref().map(|number| PhoneNumber::parse(number, home));
    let party = match (request.agent_id, number, request.queue_id) {
        (Some(agent), None, None) => Some(Party::Agent(agent)),
        (None, None, Some(queue)) => Some(Party::Queue(queue)),
        (None, Some(Ok(number)), None) => Some(Party::Outside(number.dial)),
        (None, Some(Err(fault)), None) => {
            check.that(false, "number", fault.to_string());
            None
        }
        (None, None, None) => {
            check.that(false, "agent_id", "must be given, or number, or queue_id: one of them");
            None
        }
        _ => {
            let field = if request.agent_id.is_some() { "number" } else { "queue_id" };
            check.that(false, field, "must be left out: one of agent_id, number and queue_id");
            None
        }
    };
    check.done()?;
    // Without a fault there is a party.
    party.map(|party| (party, note)).ok_or_else(|| ApiError::bad_request("agent_id", "must be given"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(agent_id: Option<i64>, number: Option<&str>, note: Option<&str>) -> HandOnRequest {
        HandOnRequest {
            agent_id: agent_id.map(AgentId),
            number: number.map(str::to_owned),
            queue_id: None,
            note: note.map(str::to_owned),
        }
    }

    fn faults(request: HandOnRequest) -> Vec<String> {
        let error = read(request, "CN").expect_err("faults");
        error.problem().fields.iter().map(|fault| fault.field.clone()).collect()
    }

    #[test]
    fn a_colleague_or_a_number_and_a_note() {
        let (to, note) = read(request(Some(7), None, Some("  ")), "CN").expect("a colleague");
        assert_eq!((to, note), (Party::Agent(AgentId(7)), None));
        let (to, note) =
            read(request(None, Some("+86 138 0013 8000"), Some(" hot ")), "CN").expect("a number");
        assert_eq!(note.as_deref(), Some("hot"));
        assert!(matches!(to, Party::Outside(number) if number.as_str() == "13800138000"));
    }

    #[test]
    fn every_fault_names_its_field() {
        assert_eq!(faults(request(None, None, None)), ["agent_id"]);
        assert_eq!(faults(request(Some(7), Some("13800138000"), None)), ["number"]);
        assert_eq!(faults(request(None, Some("1\nuuid_kill"), None)), ["number"]);
        assert_eq!(faults(request(None, Some("12"), Some("a\0b"))), ["note", "number"]);
    }
}
