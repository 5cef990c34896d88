//! Forwarding of agents' personal calls, and after how many rings in vain an
//! agent is paused.
//!
//! In: requests about one's own phone (from the desk) or, with `agent:forward`,
//! about others' in sight. Out: rules that the floor follows from then on.

use crate::api::{ApiError, ApiResult, Check, Json, Path, Problem, Settings};
use crate::audit::{self, Entry};
use crate::auth::{self, Caller, Permission, Scope};
use crate::base::clock;
use crate::base::ids::{AgentId, TeamId, UserId};
use crate::base::phone::PhoneNumber;
use crate::floor::forward::{ForwardReason, Forwarding};
use crate::floor::input::Party;
use crate::people::store;
use crate::store::changes::{Change, Changes};
use crate::store::{Db, write_tx};
use axum::Extension;
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// How long a phone may ring before a call goes on, in seconds.
const SECONDS_MIN: u32 = 5;
const SECONDS_MAX: u32 = 60;
const SECONDS_DEFAULT: u32 = 20;
/// More rings in vain than this are no setting but an oversight.
const MISSED_RINGS_MOST: u32 = 100;

pub fn routes() -> OpenApiRouter {
    OpenApiRouter::new()
        .routes(routes!(get_user_forwarding, put_user_forwarding))
        .routes(routes!(get_missed_rings, put_missed_rings))
}

/// Where calls go: to a colleague or to a number, one of the two.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ForwardToRequest {
    /// A colleague.
    agent_id: Option<AgentId>,
    /// An extension, or a number outside as people write it.
    number: Option<String>,
}

/// Where personal calls go; what is left out or null is not forwarded.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ForwardingRequest {
    /// Every call.
    always: Option<ForwardToRequest>,
    /// While on a call, in after-call work or paused, and when refused.
    busy: Option<ForwardToRequest>,
    /// When nobody answers, or can: logged out, or the phone is not registered.
    no_answer: Option<ForwardToRequest>,
    /// How long the phone rings before, in seconds: 5 to 60; 20 unless given.
    no_answer_seconds: Option<u32>,
}

/// Where calls go.
#[derive(Debug, Serialize, ToSchema)]
pub struct ForwardToView {
    /// The colleague, if it is one.
    agent_id: Option<AgentId>,
    /// Their name.
    name: Option<String>,
    /// Their extension, or the number outside.
    number: Option<String>,
}

/// Where personal calls go.
#[derive(Debug, Serialize, ToSchema)]
pub struct ForwardingView {
    always: Option<ForwardToView>,
    busy: Option<ForwardToView>,
    no_answer: Option<ForwardToView>,
    /// How long the phone rings before, in seconds.
    no_answer_seconds: u32,
}

/// After how many rings in vain an agent is paused.
#[derive(Debug, Serialize, ToSchema)]
pub struct MissedRingsView {
    /// The centre's number; 0: never.
    centre: u32,
    /// Teams, with their own number if they have one.
    teams: Vec<TeamMissedRings>,
}

/// A team's own number.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TeamMissedRings {
    team_id: TeamId,
    /// Null: the centre's.
    max: Option<u32>,
}

/// What is to be changed; what is left out stays.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MissedRingsRequest {
    centre: Option<u32>,
    #[serde(default)]
    teams: Vec<TeamMissedRings>,
}

#[utoipa::path(get, path = "/users/{id}/forwarding", tag = "people", operation_id = "get_user_forwarding",
    params(("id" = i64, Path,)),
    responses((status = 200, body = ForwardingView), (status = 403, body = Problem),
        (status = 404, body = Problem)))]
/// Where a user's personal calls go.
async fn get_user_forwarding(
    caller: Caller,
    Extension(db): Extension<Db>,
    Path(id): Path<UserId>,
) -> ApiResult<Json<ForwardingView>> {
    in_sight(&db, &caller, id).await?;
    Ok(Json(load(&db, id).await?))
}

#[utoipa::path(put, path = "/users/{id}/forwarding", tag = "people", operation_id = "put_user_forwarding",
    params(("id" = i64, Path,)), request_body = ForwardingRequest,
    responses((status = 200, body = ForwardingView), (status = 400, body = Problem),
        (status = 403, body = Problem), (status = 404, body = Problem)))]
/// Set where a user's personal calls go.
async fn put_user_forwarding(
    caller: Caller,
    Extension(db): Extension<Db>,
    Extension(changes): Extension<Changes>,
    Extension(settings): Extension<Settings>,
    Path(id): Path<UserId>,
    Json(request): Json<ForwardingRequest>,
) -> ApiResult<Json<ForwardingView>> {
    in_sight(&db, &caller, id).await?;
    Ok(Json(save(&db, &changes, &settings, caller.user_id, id, request).await?))
}

#[utoipa::path(get, path = "/missed-rings", tag = "people", operation_id = "get_missed_rings",
    responses((status = 200, body = MissedRingsView), (status = 403, body = Problem)))]
/// After how many rings in vain an agent is paused.
async fn get_missed_rings(caller: Caller, Extension(db): Extension<Db>) -> ApiResult<Json<MissedRingsView>> {
    caller.require(Permission::UserRead)?;
    Ok(Json(missed_rings(&db).await?))
}

#[utoipa::path(put, path = "/missed-rings", tag = "people", operation_id = "put_missed_rings",
    request_body = MissedRingsRequest,
    responses((status = 200, body = MissedRingsView), (status = 400, body = Problem),
        (status = 403, body = Problem)))]
/// Set after how many rings in vain an agent is paused. Only for those who
/// administer everybody.
async fn put_missed_rings(
    caller: Caller,
    Extension(db): Extension<Db>,
    Extension(changes): Extension<Changes>,
    Json(request): Json<MissedRingsRequest>,
) -> ApiResult<Json<MissedRingsView>> {
    if caller.require(Permission::UserWrite)? != Scope::All {
        return Err(ApiError::forbidden());
    }
    let sound = |most: Option<u32>| most.is_none_or(|most| most <= MISSED_RINGS_MOST);
    let text = format!("must be 0 (never) to {MISSED_RINGS_MOST}");
    let mut check = Check::new();
    check.that(sound(request.centre), "centre", text.clone());
    check.that(request.teams.iter().all(|team| sound(team.max)), "teams", text);
    check.done()?;
    let tx = write_tx(&db).await?;
    let known = store::list_teams(&tx).await?;
    if request.teams.iter().any(|team| !known.iter().any(|row| row.id == team.team_id.0)) {
        return Err(ApiError::bad_request("teams", "there is no such team"));
    }
    if let Some(most) = request.centre {
        store::save_missed_rings(&tx, most, clock::now()).await?;
    }
    for team in &request.teams {
        store::save_team_missed_rings(&tx, team.team_id, team.max).await?;
    }
    let detail = json!({ "centre": request.centre, "teams": request.teams });
    let entry = Entry::of(caller.user_id, "missed_rings.update", "setting", "missed_rings").with(detail);
    audit::record(&tx, entry).await?;
    tx.commit().await?;
    changes.tell(Change::Everything);
    Ok(Json(missed_rings(&db).await?))
}

async fn missed_rings(db: &Db) -> ApiResult<MissedRingsView> {
    let (centre, teams) = store::load_missed_rings(db.read()).await?;
    let teams = teams.into_iter().map(|(team, max)| TeamMissedRings { team_id: TeamId(team.id), max });
    Ok(MissedRingsView { centre, teams: teams.collect() })
}

/// Somebody else's phone; outside one's scope it does not exist.
async fn in_sight(db: &Db, caller: &Caller, user: UserId) -> ApiResult<()> {
    let scope = caller.require(Permission::AgentForward)?;
    let seen = auth::visible_users(db, caller, scope).await?.allows(user);
    let exists = seen && store::find_user(db.read(), user).await?.is_some();
    exists.then_some(()).ok_or_else(|| ApiError::not_found("user"))
}

/// Where a user's personal calls go, with names. Whether the caller may know
/// was decided before.
pub async fn load(db: &Db, user: UserId) -> ApiResult<ForwardingView> {
    let forwarding = store::find_forwarding(db.read(), user).await?;
    let view = |party: Option<Party>| view_of(db, party);
    Ok(ForwardingView {
        no_answer_seconds: forwarding.no_answer.as_ref().map_or(SECONDS_DEFAULT, |(_, seconds)| *seconds),
        always: view(forwarding.always).await?,
        busy: view(forwarding.busy).await?,
        no_answer: view(forwarding.no_answer.map(|(party, _)| party)).await?,
    })
}

async fn view_of(db: &Db, party: Option<Party>) -> ApiResult<Option<ForwardToView>> {
    Ok(match party {
        None | Some(Party::Queue(_)) => None,
        Some(Party::Outside(number)) => {
            Some(ForwardToView { agent_id: None, name: None, number: Some(number.to_string()) })
        }
        Some(Party::Agent(agent)) => {
            let user = store::find_user(db.read(), UserId(agent.0)).await?.map(|(user, _)| user);
            let (name, number) = user.map(|user| (user.display_name, user.extension)).unzip();
            Some(ForwardToView { agent_id: Some(agent), name, number: number.flatten() })
        }
    })
}

/// Checks and sets where a user's personal calls go, and tells the floor.
/// Whether the caller may was decided before.
pub async fn save(
    db: &Db,
    changes: &Changes,
    settings: &Settings,
    by: UserId,
    user: UserId,
    request: ForwardingRequest,
) -> ApiResult<ForwardingView> {
    let seconds = request.no_answer_seconds.unwrap_or(SECONDS_DEFAULT);
    let mut check = Check::new();
    let text = format!("must be {SECONDS_MIN} to {SECONDS_MAX}");
    check.that((SECONDS_MIN..=SECONDS_MAX).contains(&seconds), "no_answer_seconds", text);
    check.done()?;
    let party = async |reason: ForwardReason, to| party_of(db, settings, user, reason.as_str(), to).await;
    let forwarding = Forwarding {
        always: party(ForwardReason::Always, request.always).await?,
        busy: party(ForwardReason::Busy, request.busy).await?,
        no_answer: party(ForwardReason::NoAnswer, request.no_answer).await?.map(|party| (party, seconds)),
    };
    let tx = write_tx(db).await?;
    store::save_forwarding(&tx, user, &forwarding, clock::now()).await?;
    let set: Vec<&str> = ForwardReason::ALL
        .into_iter()
        .filter(|reason| forwarding.to(*reason).is_some())
        .map(ForwardReason::as_str)
        .collect();
    let entry = Entry::of(by, "forwarding.update", "user", user).with(json!({ "set": set }));
    audit::record(&tx, entry).await?;
    tx.commit().await?;
    changes.tell(Change::Agent(AgentId(user.0)));
    load(db, user).await
}

/// The party that is meant: an extension means the colleague who has it.
async fn party_of(
    db: &Db,
    settings: &Settings,
    user: UserId,
    field: &str,
    to: Option<ForwardToRequest>,
) -> ApiResult<Option<Party>> {
    let Some(to) = to else { return Ok(None) };
    let colleague = match (to.agent_id, to.number.as_deref().map(str::trim)) {
        (Some(agent), None) => {
            let found = store::find_user(db.read(), UserId(agent.0)).await?.map(|(user, _)| user);
            let found = found.filter(|user| user.active && user.extension.is_some());
            let unknown = || ApiError::bad_request(field, "this user has no desk phone");
            Some(found.ok_or_else(unknown)?)
        }
        (None, Some(number)) => store::find_by_extension(db.read(), number).await?,
        _ => return Err(ApiError::bad_request(field, "must name a colleague or a number, one of the two")),
    };
    if let Some(colleague) = colleague {
        if colleague.id == user.0 {
            return Err(ApiError::bad_request(field, "calls cannot be forwarded to the same phone"));
        }
        return Ok(Some(Party::Agent(AgentId(colleague.id))));
    }
    let number = PhoneNumber::parse(to.number.as_deref().unwrap_or_default(), &settings.home_country)
        .map_err(|error| ApiError::bad_request(field, error.to_string()))?;
    Ok(Some(Party::Outside(number.dial)))
}
