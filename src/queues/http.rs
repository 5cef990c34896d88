//! Queues for those who run them.

use crate::api::{ApiError, ApiResult, Json, Page, Path, Problem, Settings};
use crate::audit::{self, Entry};
use crate::auth::{Caller, Permission};
use crate::base::clock::{self, Moment};
use crate::base::ids::QueueId;
use crate::calendars;
use crate::calendars::http::Opening;
use crate::floor::queue::Strategy;
use crate::queues::callback::CallbackForm;
use crate::queues::model::{
    HoursForm, MemberForm, OverflowForm, QueueEntry, QueueForm, QueueRefused, VoicemailForm,
};
use crate::queues::{rules, store};
use crate::store::changes::{Change, Changes};
use crate::store::{Db, lookup, write_tx};
use axum::Extension;
use axum::http::StatusCode;
use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// The room's routes.
pub fn routes() -> OpenApiRouter {
    OpenApiRouter::new().routes(routes!(get_queues, post_queue)).routes(routes!(get_queue, patch_queue))
}

/// An inbound queue.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct QueueView {
    id: i64,
    name: String,
    /// Whether callers are let in.
    enabled: bool,
    strategy: Strategy,
    priority: i32,
    inbound_first: bool,
    own_agent_seconds: i32,
    wait_seconds_max: i32,
    overflow: OverflowForm,
    wrap_up_seconds: i32,
    short_abandon_seconds: i32,
    service_level_seconds: i32,
    gateway_id: i64,
    gateway_name: String,
    caller_id: String,
    music: Option<String>,
    message: Option<String>,
    /// When it is open.
    hours: HoursForm,
    /// How messages are taken.
    voicemail: VoicemailForm,
    /// Whether callers are let in and it is within its hours now.
    open_now: bool,
    /// When it next opens by its calendar, while it is closed by it; null also when
    /// not within a year.
    opens_at: Option<DateTime<Utc>>,
    /// When it closes by its calendar, while it is open; null also when not within a
    /// year.
    closes_at: Option<DateTime<Utc>>,
    callback_offer: bool,
    callback_after_seconds: i32,
    callback_key: String,
    callback_invitation: Option<String>,
    callback_confirmation: Option<String>,
    callback_retry_seconds: i32,
    callback_tries_max: i32,
    announce_every_seconds: i32,
    position_sounds: Option<String>,
    /// Its agents, in order.
    members: Vec<MemberForm>,
    /// The numbers that lead here.
    numbers: Vec<String>,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
}

/// The settings of a queue. A new one needs name and gateway; what is left out of
/// a new one is set to a sound default, and what is left out of a change stays as
/// it is.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct QueueRequest {
    /// Unique.
    name: Option<String>,
    /// Whether callers are let in; who waits already is served.
    enabled: Option<bool>,
    /// Who is next.
    strategy: Option<Strategy>,
    /// Callers of a queue with a higher priority are served first.
    #[schema(minimum = -100, maximum = 100)]
    priority: Option<i32>,
    /// While somebody waits, a free agent comes here before a call is dialled.
    inbound_first: Option<bool>,
    /// For how long the customer's own agent alone is waited for; 0: not at all.
    #[schema(minimum = 0, maximum = 600)]
    own_agent_seconds: Option<i32>,
    /// How long a caller waits at most.
    #[schema(minimum = 5, maximum = 3600)]
    wait_seconds_max: Option<i32>,
    /// Where a caller goes then.
    overflow: Option<OverflowForm>,
    /// Length of after-call work; 0: until the disposition is saved.
    #[schema(minimum = 0, maximum = 3600)]
    wrap_up_seconds: Option<i32>,
    /// A caller who leaves sooner is a short abandon.
    #[schema(minimum = 0, maximum = 60)]
    short_abandon_seconds: Option<i32>,
    /// A caller answered within this is within the service level.
    #[schema(minimum = 1, maximum = 600)]
    service_level_seconds: Option<i32>,
    /// The trunk for calls that leave the centre from here.
    gateway_id: Option<i64>,
    /// The number shown on them; the gateway's own when left out.
    caller_id: Option<String>,
    /// What callers hear, a file or stream of the switch; empty: the switch's own
    /// music.
    music: Option<String>,
    /// What they hear who are turned away, a file of the switch; empty: nothing.
    message: Option<String>,
    /// When it is open, and what becomes of who calls at other times; a new queue is
    /// open always.
    hours: Option<HoursForm>,
    /// Whether callers may keep their place, hang up and be called back.
    callback_offer: Option<bool>,
    /// After so long a wait they are invited to; 0: at once.
    #[schema(minimum = 0, maximum = 3600)]
    callback_after_seconds: Option<i32>,
    /// The key by which they accept, `0` to `9`.
    #[schema(pattern = "^[0-9]$")]
    callback_key: Option<String>,
    /// What invites them, a file of the switch; empty: nothing, for a music that
    /// says so.
    callback_invitation: Option<String>,
    /// What they hear before they are hung up, a file of the switch; empty:
    /// nothing.
    callback_confirmation: Option<String>,
    /// How long after a call in vain the next one is made.
    #[schema(minimum = 30, maximum = 3600)]
    callback_retry_seconds: Option<i32>,
    /// How often a customer is called at most.
    #[schema(minimum = 1, maximum = 10)]
    callback_tries_max: Option<i32>,
    /// How often callers are told their place in the queue, the first time as soon
    /// as they wait; 0: not at all.
    #[schema(minimum = 0, maximum = 300)]
    announce_every_seconds: Option<i32>,
    /// The sounds that tell them: a folder of the switch with `1.wav` to `20.wav`,
    /// and `more.wav` for who is further behind; empty: none.
    position_sounds: Option<String>,
    /// How messages are taken, where callers are sent to leave one.
    voicemail: Option<VoicemailForm>,
    /// Its agents, in order.
    members: Option<Vec<MemberForm>>,
    /// The numbers that lead here, as people write them.
    numbers: Option<Vec<String>>,
}

impl QueueRequest {
    /// The form with what is given here.
    fn apply(self, form: QueueForm) -> QueueForm {
        let sound = |given: Option<String>, before: Option<String>| {
            given.or(before).map(|sound| sound.trim().to_owned()).filter(|sound| !sound.is_empty())
        };
        QueueForm {
            name: self.name.unwrap_or(form.name),
            enabled: self.enabled.unwrap_or(form.enabled),
            strategy: self.strategy.unwrap_or(form.strategy),
            priority: self.priority.unwrap_or(form.priority),
            inbound_first: self.inbound_first.unwrap_or(form.inbound_first),
            own_agent_seconds: self.own_agent_seconds.unwrap_or(form.own_agent_seconds),
            wait_seconds_max: self.wait_seconds_max.unwrap_or(form.wait_seconds_max),
            overflow: self.overflow.unwrap_or(form.overflow),
            wrap_up_seconds: self.wrap_up_seconds.unwrap_or(form.wrap_up_seconds),
            short_abandon_seconds: self.short_abandon_seconds.unwrap_or(form.short_abandon_seconds),
            service_level_seconds: self.service_level_seconds.unwrap_or(form.service_level_seconds),
            gateway_id: self.gateway_id.unwrap_or(form.gateway_id),
            caller_id: self.caller_id.unwrap_or(form.caller_id),
            music: sound(self.music, form.music),
            message: sound(self.message, form.message),
            hours: match self.hours.unwrap_or(form.hours) {
                HoursForm::Calendar { calendar_id, closed, message } => {
                    HoursForm::Calendar { calendar_id, closed, message: sound(message, None) }
                }
                HoursForm::Always => HoursForm::Always,
            },
            callback: CallbackForm {
                offer: self.callback_offer.unwrap_or(form.callback.offer),
                after_seconds: self.callback_after_seconds.unwrap_or(form.callback.after_seconds),
                key: self.callback_key.unwrap_or(form.callback.key),
                invitation: sound(self.callback_invitation, form.callback.invitation),
                confirmation: sound(self.callback_confirmation, form.callback.confirmation),
                retry_seconds: self.callback_retry_seconds.unwrap_or(form.callback.retry_seconds),
                tries_max: self.callback_tries_max.unwrap_or(form.callback.tries_max),
            },
            announce_every_seconds: self.announce_every_seconds.unwrap_or(form.announce_every_seconds),
            position_sounds: sound(self.position_sounds, form.position_sounds),
            voicemail: match self.voicemail {
                Some(given) => VoicemailForm { greeting: sound(given.greeting, None), ..given },
                None => form.voicemail,
            },
            members: self.members.unwrap_or(form.members),
            numbers: self.numbers.unwrap_or(form.numbers),
        }
    }
}

#[utoipa::path(get, path = "/queues", tag = "queues", operation_id = "get_queues",
    responses((status = 200, body = Page<QueueView>), (status = 403, body = Problem)))]
/// Every queue.
async fn get_queues(
    caller: Caller,
    Extension(db): Extension<Db>,
    Extension(settings): Extension<Settings>,
) -> ApiResult<Json<Page<QueueView>>> {
    caller.require(Permission::QueueRead)?;
    let entries = store::list_queues(&db).await?;
    let now = clock::now();
    let views = entries.into_iter().map(|entry| QueueView::new(entry, settings.zone, now));
    let views = views.collect::<Result<_, _>>()?;
    Ok(Json(Page::all(views)))
}

#[utoipa::path(get, path = "/queues/{id}", tag = "queues", operation_id = "get_queue",
    params(("id" = i64, Path, description = "The queue")),
    responses((status = 200, body = QueueView), (status = 403, body = Problem), (status = 404, body = Problem)))]
/// One queue.
async fn get_queue(
    caller: Caller,
    Extension(db): Extension<Db>,
    Extension(settings): Extension<Settings>,
    Path(id): Path<QueueId>,
) -> ApiResult<Json<QueueView>> {
    caller.require(Permission::QueueRead)?;
    view(&db, id, settings.zone).await.map(Json)
}

#[utoipa::path(post, path = "/queues", tag = "queues", operation_id = "post_queue", request_body = QueueRequest,
    responses((status = 201, body = QueueView), (status = 400, body = Problem), (status = 403, body = Problem)))]
/// Make a queue; callers are let in at once.
async fn post_queue(
    caller: Caller,
    Extension(db): Extension<Db>,
    Extension(changes): Extension<Changes>,
    Extension(settings): Extension<Settings>,
    Json(mut request): Json<QueueRequest>,
) -> ApiResult<(StatusCode, Json<QueueView>)> {
    caller.require(Permission::QueueWrite)?;
    let needed = |field| ApiError::bad_request(field, "is missing");
    let name = request.name.take().ok_or_else(|| needed("name"))?;
    let gateway = request.gateway_id.ok_or_else(|| needed("gateway_id"))?;
    let caller_id = match request.caller_id.take() {
        Some(caller_id) => caller_id,
        None => lookup::gateway_caller_id(db.read(), gateway).await?.ok_or(QueueRefused::NoSuchGateway)?,
    };
    let form = request.apply(QueueForm::new(name, gateway, caller_id));
    let home = &settings.home_country;
    rules::check(&form, home, None).done()?;
    let tx = write_tx(&db).await?;
    let id = store::insert_queue(&tx, &form, home, caller.user_id, clock::now()).await??;
    let entry = Entry::of(caller.user_id, "queue.create", "queue", id);
    audit::record(&tx, entry.with(json!({ "name": form.name }))).await?;
    tx.commit().await?;
    changes.tell(Change::Queue(id));
    Ok((StatusCode::CREATED, Json(view(&db, id, settings.zone).await?)))
}

#[utoipa::path(patch, path = "/queues/{id}", tag = "queues", operation_id = "patch_queue",
    params(("id" = i64, Path, description = "The queue")), request_body = QueueRequest,
    responses((status = 200, body = QueueView), (status = 400, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem)))]
/// Change a queue; callers may be waiting in it.
async fn patch_queue(
    caller: Caller,
    Extension(db): Extension<Db>,
    Extension(changes): Extension<Changes>,
    Extension(settings): Extension<Settings>,
    Path(id): Path<QueueId>,
    Json(request): Json<QueueRequest>,
) -> ApiResult<Json<QueueView>> {
    caller.require(Permission::QueueWrite)?;
    let entry = find(&db, id).await?;
    let before = store::form_of(&entry).ok_or_else(|| broken(entry.queue.id))?;
    let form = request.apply(before.clone());
    let home = &settings.home_country;
    rules::check(&form, home, Some(id.0)).done()?;
    let tx = write_tx(&db).await?;
    store::update_queue(&tx, id, &form, home, clock::now()).await??;
    let detail = json!({ "before": format!("{before:?}"), "after": format!("{form:?}") });
    audit::record(&tx, Entry::of(caller.user_id, "queue.update", "queue", id).with(detail)).await?;
    tx.commit().await?;
    changes.tell(Change::Queue(id));
    view(&db, id, settings.zone).await.map(Json)
}

async fn find(db: &Db, id: QueueId) -> ApiResult<QueueEntry> {
    store::find_queue(db, id).await?.ok_or_else(|| ApiError::not_found("queue"))
}

async fn view(db: &Db, id: QueueId, zone: Tz) -> ApiResult<QueueView> {
    QueueView::new(find(db, id).await?, zone, clock::now())
}

fn broken(id: i64) -> ApiError {
    ApiError::internal(anyhow::anyhow!("queue {id}: strategy, overflow or calendar cannot be read"))
}

impl From<QueueRefused> for ApiError {
    fn from(refused: QueueRefused) -> Self {
        ApiError::bad_request(refused.field(), refused.to_string())
    }
}

impl QueueView {
    fn new(entry: QueueEntry, zone: Tz, now: Moment) -> ApiResult<Self> {
        let form = store::form_of(&entry).ok_or_else(|| broken(entry.queue.id))?;
        let read = |calendar| calendars::store::schedule_of(calendar, zone);
        let schedule =
            entry.calendar.as_ref().map(|calendar| read(calendar).ok_or_else(|| broken(entry.queue.id)));
        let opening = Opening::of(schedule.transpose()?.as_ref(), now);
        Ok(Self {
            id: entry.queue.id,
            name: form.name,
            enabled: form.enabled,
            strategy: form.strategy,
            priority: form.priority,
            inbound_first: form.inbound_first,
            own_agent_seconds: form.own_agent_seconds,
            wait_seconds_max: form.wait_seconds_max,
            overflow: form.overflow,
            wrap_up_seconds: form.wrap_up_seconds,
            short_abandon_seconds: form.short_abandon_seconds,
            service_level_seconds: form.service_level_seconds,
            gateway_id: form.gateway_id,
            gateway_name: entry.gateway_name,
            caller_id: form.caller_id,
            music: form.music,
            message: form.message,
            hours: form.hours,
            voicemail: form.voicemail,
            open_now: form.enabled && opening.in_hours,
            opens_at: opening.opens_at,
            closes_at: opening.closes_at,
            callback_offer: form.callback.offer,
            callback_after_seconds: form.callback.after_seconds,
            callback_key: form.callback.key,
            callback_invitation: form.callback.invitation,
            callback_confirmation: form.callback.confirmation,
            callback_retry_seconds: form.callback.retry_seconds,
            callback_tries_max: form.callback.tries_max,
            announce_every_seconds: form.announce_every_seconds,
            position_sounds: form.position_sounds,
            members: form.members,
            numbers: form.numbers,
            created_at: entry.queue.created_at,
            updated_at: entry.queue.updated_at,
        })
    }
}
