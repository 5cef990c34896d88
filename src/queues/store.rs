//! The rows of queues.
//!
//! In: checked settings. Out: queues with their members and numbers, and the
//! profiles that the floor works by.

use crate::base::clock::Moment;
use crate::base::ids::{AgentId, QueueId, UserId};
use crate::base::phone::Dialable;
use crate::calendars;
use crate::floor::announce::Announcements;
use crate::floor::hours::Hours;
use crate::floor::queue::{Member, Overflow, QueueCounts, QueueOutcome, QueueProfile, Strategy};
use crate::floor::voicemail::Voicemail;
use crate::queues::callback::CallbackForm;
use crate::queues::model::{
    HoursForm, MemberForm, OverflowForm, OwnNumber, QueueEntry, QueueForm, QueueRefused, VoicemailForm,
};
use crate::store::entity::{queue_members, queue_numbers, queue_visits, queues};
use crate::store::{Db, WriteTx, lookup};
use chrono_tz::Tz;
use sea_orm::{ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder, Set};
use std::collections::HashMap;

/// The window of a queue's figures, as in the floor.
const WINDOW_MS: i64 = 24 * 3_600_000;

/// Every queue, by name.
pub async fn list_queues(db: &Db) -> Result<Vec<QueueEntry>, DbErr> {
    let find = queues::Entity::find().order_by_asc(queues::Column::Name).order_by_asc(queues::Column::Id);
    with_parts(db.read(), find.all(db.read()).await?).await
}

/// One queue.
pub async fn find_queue(db: &Db, id: QueueId) -> Result<Option<QueueEntry>, DbErr> {
    let row = queues::Entity::find_by_id(id.0).all(db.read()).await?;
    Ok(with_parts(db.read(), row).await?.pop())
}

/// A queue's name, for the desk.
pub async fn find_name(db: &Db, id: QueueId) -> Result<Option<String>, DbErr> {
    Ok(queues::Entity::find_by_id(id.0).one(db.read()).await?.map(|queue| queue.name))
}

/// The queues that let callers in, by name.
pub async fn list_open(db: &Db) -> Result<Vec<(QueueId, String)>, DbErr> {
    let open = queues::Entity::find()
        .filter(queues::Column::Enabled.eq(true))
        .order_by_asc(queues::Column::Name)
        .all(db.read())
        .await?;
    Ok(open.into_iter().map(|queue| (QueueId(queue.id), queue.name)).collect())
}

async fn with_parts(db: &impl ConnectionTrait, rows: Vec<queues::Model>) -> Result<Vec<QueueEntry>, DbErr> {
    let ids: Vec<i64> = rows.iter().map(|row| row.id).collect();
    let gateways = lookup::gateway_names(db).await?;
    let mut members: HashMap<i64, Vec<MemberForm>> = HashMap::new();
    let all = queue_members::Entity::find()
        .filter(queue_members::Column::QueueId.is_in(ids.iter().copied()))
        .order_by_asc(queue_members::Column::Position)
        .order_by_asc(queue_members::Column::UserId)
        .all(db)
        .await?;
    for member in all {
        let form = MemberForm { user_id: member.user_id, level: member.level };
        members.entry(member.queue_id).or_default().push(form);
    }
    let mut numbers: HashMap<i64, Vec<String>> = HashMap::new();
    let all = queue_numbers::Entity::find()
        .filter(queue_numbers::Column::QueueId.is_in(ids))
        .order_by_asc(queue_numbers::Column::Position)
        .order_by_asc(queue_numbers::Column::E164)
        .all(db)
        .await?;
    for number in all {
        numbers.entry(number.queue_id).or_default().push(number.number);
    }
    let followed = rows.iter().filter_map(|row| row.calendar_id);
    let calendars = calendars::store::load(db, followed).await?;
    let entry = |queue: queues::Model| QueueEntry {
        calendar: queue.calendar_id.and_then(|id| calendars.get(&id)).cloned(),
        gateway_name: gateways.get(&queue.gateway_id).cloned().unwrap_or_default(),
        members: members.remove(&queue.id).unwrap_or_default(),
        numbers: numbers.remove(&queue.id).unwrap_or_default(),
        queue,
    };
    Ok(rows.into_iter().map(entry).collect())
}

/// Stores a new queue; its settings must have been checked.
pub async fn insert_queue(
    tx: &WriteTx,
    form: &QueueForm,
    home: &str,
    by: UserId,
    now: Moment,
) -> Result<Result<QueueId, QueueRefused>, DbErr> {
    if let Err(refused) = check_references(tx, form, home, None).await? {
        return Ok(Err(refused));
    }
    let row =
        queues::ActiveModel { created_by: Set(by.0), created_at: Set(now.to_utc()), ..settings(form, now) };
    let id = queues::Entity::insert(row).exec(tx).await?.last_insert_id;
    set_parts(tx, id, form, home).await?;
    Ok(Ok(QueueId(id)))
}

/// Changes the settings of a queue; they must have been checked.
pub async fn update_queue(
    tx: &WriteTx,
    id: QueueId,
    form: &QueueForm,
    home: &str,
    now: Moment,
) -> Result<Result<(), QueueRefused>, DbErr> {
    if let Err(refused) = check_references(tx, form, home, Some(id)).await? {
        return Ok(Err(refused));
    }
    let row = queues::ActiveModel { id: Set(id.0), ..settings(form, now) };
    queues::Entity::update(row).exec(tx).await?;
    set_parts(tx, id.0, form, home).await?;
    Ok(Ok(()))
}

fn settings(form: &QueueForm, now: Moment) -> queues::ActiveModel {
    let overflow = Way::from(&form.overflow);
    let (calendar, closed, message) = match &form.hours {
        HoursForm::Always => (None, Way::from(&OverflowForm::HangUp), None),
        HoursForm::Calendar { calendar_id, closed, message } => {
            (Some(*calendar_id), Way::from(closed), message.clone())
        }
    };
    queues::ActiveModel {
        name: Set(form.name.trim().to_owned()),
        enabled: Set(form.enabled),
        strategy: Set(form.strategy.as_str().to_owned()),
        priority: Set(form.priority),
        inbound_first: Set(form.inbound_first),
        own_agent_seconds: Set(form.own_agent_seconds),
        wait_seconds_max: Set(form.wait_seconds_max),
        overflow: Set(overflow.kind),
        overflow_queue_id: Set(overflow.queue),
        overflow_agent_id: Set(overflow.agent),
        overflow_number: Set(overflow.number),
        wrap_up_seconds: Set(form.wrap_up_seconds),
        short_abandon_seconds: Set(form.short_abandon_seconds),
        service_level_seconds: Set(form.service_level_seconds),
        gateway_id: Set(form.gateway_id),
        caller_id: Set(form.caller_id.clone()),
        music: Set(form.music.clone()),
        message: Set(form.message.clone()),
        calendar_id: Set(calendar),
        closed: Set(closed.kind),
        closed_queue_id: Set(closed.queue),
        closed_agent_id: Set(closed.agent),
        closed_number: Set(closed.number),
        closed_message: Set(message),
        callback_offer: Set(form.callback.offer),
        callback_after_seconds: Set(form.callback.after_seconds),
        callback_key: Set(form.callback.key.clone()),
        callback_invitation: Set(form.callback.invitation.clone()),
        callback_confirmation: Set(form.callback.confirmation.clone()),
        callback_retry_seconds: Set(form.callback.retry_seconds),
        callback_tries_max: Set(form.callback.tries_max),
        announce_every_seconds: Set(form.announce_every_seconds),
        position_sounds: Set(form.position_sounds.clone()),
        voicemail_greeting: Set(form.voicemail.greeting.clone()),
        voicemail_seconds_max: Set(form.voicemail.seconds_max),
        updated_at: Set(now.to_utc()),
        ..Default::default()
    }
}

const HANG_UP: &str = "hang_up";
const QUEUE: &str = "queue";
const AGENT: &str = "agent";
const OUTSIDE: &str = "outside";
const VOICEMAIL: &str = "voicemail";

/// Where a queue sends somebody, as its columns hold it: the one of the kind is
/// set.
struct Way {
    kind: String,
    queue: Option<i64>,
    agent: Option<i64>,
    number: Option<String>,
}

impl From<&OverflowForm> for Way {
    fn from(form: &OverflowForm) -> Self {
        let way = |kind: &str| Self { kind: kind.to_owned(), queue: None, agent: None, number: None };
        match form {
            OverflowForm::HangUp => way(HANG_UP),
            OverflowForm::Queue { queue_id } => Self { queue: Some(*queue_id), ..way(QUEUE) },
            OverflowForm::Agent { agent_id } => Self { agent: Some(*agent_id), ..way(AGENT) },
            OverflowForm::Outside { number } => Self { number: Some(number.clone()), ..way(OUTSIDE) },
            OverflowForm::Voicemail => way(VOICEMAIL),
        }
    }
}

impl Way {
    fn form(self) -> Option<OverflowForm> {
        Some(match self.kind.as_str() {
            HANG_UP => OverflowForm::HangUp,
            QUEUE => OverflowForm::Queue { queue_id: self.queue? },
            AGENT => OverflowForm::Agent { agent_id: self.agent? },
            OUTSIDE => OverflowForm::Outside { number: self.number? },
            VOICEMAIL => OverflowForm::Voicemail,
            _ => return None,
        })
    }
}

/// The settings of a stored queue; `None` when a column holds what this version
/// does not know.
pub fn form_of(entry: &QueueEntry) -> Option<QueueForm> {
    let row = entry.queue.clone();
    let callback = CallbackForm::from(&row);
    let overflow = Way {
        kind: row.overflow,
        queue: row.overflow_queue_id,
        agent: row.overflow_agent_id,
        number: row.overflow_number,
    };
    let closed = Way {
        kind: row.closed,
        queue: row.closed_queue_id,
        agent: row.closed_agent_id,
        number: row.closed_number,
    };
    Some(QueueForm {
        name: row.name,
        enabled: row.enabled,
        strategy: Strategy::from_name(&row.strategy)?,
        priority: row.priority,
        inbound_first: row.inbound_first,
        own_agent_seconds: row.own_agent_seconds,
        wait_seconds_max: row.wait_seconds_max,
        overflow: overflow.form()?,
        wrap_up_seconds: row.wrap_up_seconds,
        short_abandon_seconds: row.short_abandon_seconds,
        service_level_seconds: row.service_level_seconds,
        gateway_id: row.gateway_id,
        caller_id: row.caller_id,
        music: row.music,
        message: row.message,
        hours: match row.calendar_id {
            None => HoursForm::Always,
            Some(calendar_id) => {
                HoursForm::Calendar { calendar_id, closed: closed.form()?, message: row.closed_message }
            }
        },
        callback,
        announce_every_seconds: row.announce_every_seconds,
        position_sounds: row.position_sounds,
        voicemail: VoicemailForm { greeting: row.voicemail_greeting, seconds_max: row.voicemail_seconds_max },
        members: entry.members.clone(),
        numbers: entry.numbers.clone(),
    })
}

async fn check_references(
    tx: &WriteTx,
    form: &QueueForm,
    home: &str,
    own: Option<QueueId>,
) -> Result<Result<(), QueueRefused>, DbErr> {
    let same_name = queues::Entity::find().filter(queues::Column::Name.eq(form.name.trim())).one(tx);
    if same_name.await?.is_some_and(|other| Some(QueueId(other.id)) != own) {
        return Ok(Err(QueueRefused::NameTaken));
    }
    if lookup::gateway_caller_id(tx, form.gateway_id).await?.is_none() {
        return Ok(Err(QueueRefused::NoSuchGateway));
    }
    for text in &form.numbers {
        let Some(number) = OwnNumber::parse(text, home) else { continue };
        let taken = queue_numbers::Entity::find_by_id(number.key).one(tx).await?;
        if taken.is_some_and(|other| Some(QueueId(other.queue_id)) != own) {
            return Ok(Err(QueueRefused::NumberTaken(text.clone())));
        }
    }
    let mut ways = vec![("overflow", &form.overflow)];
    if let HoursForm::Calendar { calendar_id, closed, .. } = &form.hours {
        if calendars::store::find_calendar(tx, *calendar_id).await?.is_none() {
            return Ok(Err(QueueRefused::NoSuchCalendar));
        }
        ways.push(("hours", closed));
    }
    for (field, way) in ways {
        match way {
            OverflowForm::Queue { queue_id } => {
                if queues::Entity::find_by_id(*queue_id).one(tx).await?.is_none() {
                    return Ok(Err(QueueRefused::NoSuchQueue(field)));
                }
            }
            OverflowForm::Agent { agent_id } => {
                if lookup::with_desk_phone(tx, [*agent_id]).await?.is_empty() {
                    return Ok(Err(QueueRefused::WayNotAnAgent(field)));
                }
            }
            OverflowForm::HangUp | OverflowForm::Outside { .. } | OverflowForm::Voicemail => {}
        }
    }
    let named = form.members.iter().map(|member| member.user_id);
    let agents = lookup::with_desk_phone(tx, named.clone()).await?;
    Ok(match named.into_iter().find(|agent| !agents.contains(agent)) {
        Some(other) => Err(QueueRefused::NotAnAgent(other)),
        None => Ok(()),
    })
}

async fn set_parts(tx: &WriteTx, queue: i64, form: &QueueForm, home: &str) -> Result<(), DbErr> {
    queue_members::Entity::delete_many().filter(queue_members::Column::QueueId.eq(queue)).exec(tx).await?;
    let members = (0..).zip(&form.members).map(|(position, member)| queue_members::ActiveModel {
        queue_id: Set(queue),
        user_id: Set(member.user_id),
        level: Set(member.level),
        position: Set(position),
    });
    let members: Vec<_> = members.collect();
    for chunk in members.chunks(200) {
        queue_members::Entity::insert_many(chunk.to_vec()).exec_without_returning(tx).await?;
    }
    queue_numbers::Entity::delete_many().filter(queue_numbers::Column::QueueId.eq(queue)).exec(tx).await?;
    for (position, text) in (0..).zip(&form.numbers) {
        let Some(number) = OwnNumber::parse(text, home) else { continue };
        let row = queue_numbers::ActiveModel {
            e164: Set(number.key),
            queue_id: Set(queue),
            number: Set(text.trim().to_owned()),
            position: Set(position),
        };
        queue_numbers::Entity::insert(row).exec_without_returning(tx).await?;
    }
    Ok(())
}

/// One queue as the floor needs it. Its figures are left at 0: the floor counts
/// for itself once it has met a queue.
pub async fn load_profile(db: &Db, id: QueueId, home: &str, zone: Tz) -> Result<Option<QueueProfile>, DbErr> {
    match find_queue(db, id).await? {
        Some(entry) => profile(db, &entry, home, zone).await.map(Some),
        None => Ok(None),
    }
}

/// Every queue as the floor needs it, with the figures of the last day.
pub async fn load_profiles(db: &Db, home: &str, zone: Tz, now: Moment) -> Result<Vec<QueueProfile>, DbErr> {
    let mut profiles = Vec::new();
    for entry in list_queues(db).await? {
        let mut profile = profile(db, &entry, home, zone).await?;
        profile.counts = load_counts(db, &profile, now).await?;
        profiles.push(profile);
    }
    Ok(profiles)
}

async fn profile(db: &Db, entry: &QueueEntry, home: &str, zone: Tz) -> Result<QueueProfile, DbErr> {
    let id = entry.queue.id;
    let broken = |column: &str| DbErr::Custom(format!("queue {id}: {column} cannot be used"));
    let form = form_of(entry).ok_or_else(|| broken("strategy or overflow"))?;
    let dialable = |text: &str, column: &str| Dialable::new(text).map_err(|_| broken(column));
    let way = |form: &OverflowForm, column: &str| {
        Ok::<_, DbErr>(match form {
            OverflowForm::HangUp => Overflow::HangUp,
            OverflowForm::Queue { queue_id } => Overflow::Queue(QueueId(*queue_id)),
            OverflowForm::Agent { agent_id } => Overflow::Agent(AgentId(*agent_id)),
            OverflowForm::Outside { number } => Overflow::Outside(dialable(number, column)?),
            OverflowForm::Voicemail => Overflow::Voicemail,
        })
    };
    let hours = match (&form.hours, &entry.calendar) {
        (HoursForm::Calendar { closed, message, .. }, Some(calendar)) => Some(Hours {
            schedule: calendars::store::schedule_of(calendar, zone).ok_or_else(|| broken("calendar_id"))?,
            then: way(closed, "closed_number")?,
            message: message.clone(),
        }),
        (HoursForm::Always | HoursForm::Calendar { .. }, _) => None,
    };
    let agents = lookup::with_desk_phone(db.read(), form.members.iter().map(|member| member.user_id)).await?;
    let member = |member: &MemberForm| Member {
        agent: AgentId(member.user_id),
        level: u8::try_from(member.level).unwrap_or(u8::MAX),
    };
    let ms = |seconds: i32| i64::from(seconds) * 1_000;
    Ok(QueueProfile {
        queue: QueueId(id),
        open: form.enabled,
        numbers: form
            .numbers
            .iter()
            .filter_map(|n| OwnNumber::parse(n, home))
            .flat_map(|n| n.forms)
            .collect(),
        strategy: form.strategy,
        members: form.members.iter().filter(|m| agents.contains(&m.user_id)).map(member).collect(),
        priority: form.priority,
        inbound_first: form.inbound_first,
        own_agent_ms: ms(form.own_agent_seconds),
        wait_ms_max: ms(form.wait_seconds_max),
        overflow: way(&form.overflow, "overflow_number")?,
        wrap_up_seconds: u32::try_from(form.wrap_up_seconds).map_err(|_| broken("wrap_up_seconds"))?,
        short_abandon_ms: ms(form.short_abandon_seconds),
        service_level_ms: ms(form.service_level_seconds),
        gateway: entry.gateway_name.clone(),
        caller_id: dialable(&form.caller_id, "caller_id")?,
        music: form.music,
        message: form.message,
        hours,
        callback: form.callback.profile().ok_or_else(|| broken("callback_key"))?,
        announcements: form
            .position_sounds
            .filter(|_| form.announce_every_seconds > 0)
            .map(|sounds| Announcements { every_ms: ms(form.announce_every_seconds), sounds }),
        voicemail: Voicemail {
            greeting: form.voicemail.greeting,
            seconds_max: u32::try_from(form.voicemail.seconds_max)
                .map_err(|_| broken("voicemail_seconds_max"))?,
        },
        counts: QueueCounts::default(),
    })
}

async fn load_counts(db: &Db, profile: &QueueProfile, now: Moment) -> Result<QueueCounts, DbErr> {
    let visits = queue_visits::Entity::find()
        .filter(queue_visits::Column::QueueId.eq(profile.queue.0))
        .filter(queue_visits::Column::EnteredAt.gte((now - WINDOW_MS).to_utc()))
        .all(db.read())
        .await?;
    let mut counts = QueueCounts::default();
    for visit in visits {
        let outcome = visit.outcome.as_deref().and_then(QueueOutcome::from_name);
        if outcome == Some(QueueOutcome::OutOfHours) {
            counts.out_of_hours += 1;
            continue;
        }
        counts.offered += 1;
        let Some(left_at) = visit.left_at else { continue };
        let waited = Moment::from(left_at).since_ms(visit.entered_at.into());
        match outcome {
            Some(QueueOutcome::Answered) => {
                counts.handled += 1;
                counts.in_time += u32::from(waited <= profile.service_level_ms);
                counts.waited_ms += waited;
            }
            Some(QueueOutcome::Abandoned) => {
                counts.abandoned += 1;
                counts.short_abandons += u32::from(waited < profile.short_abandon_ms);
            }
            Some(QueueOutcome::CallbackKept) => counts.callbacks += 1,
            Some(
                QueueOutcome::Overflowed
                | QueueOutcome::TurnedAway
                | QueueOutcome::Failed
                | QueueOutcome::OutOfHours,
            )
            | None => {}
        }
    }
    Ok(counts)
}
