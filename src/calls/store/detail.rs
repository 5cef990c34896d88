//! One call with everything that belongs to it.

use crate::base::ids::CallId;
use crate::calls::model::Story;
use crate::calls::store::{forwards, kept, spans};
use crate::store::Db;
use crate::store::entity::{
    call_legs, call_monitors, call_notes, call_transfers, dispositions, queue_visits, queues,
    recording_pauses, recordings, users,
};
use sea_orm::{ColumnTrait, DbErr, EntityTrait, QueryFilter, QueryOrder};
use std::collections::HashSet;

/// The story of a call, each part in the order in which it began.
pub async fn load_story(db: &Db, call: CallId) -> Result<Story, DbErr> {
    let id = call.0;
    let spans = spans::load(db.read(), &[id]).await?.remove(&id).unwrap_or_default();
    let legs = call_legs::Entity::find()
        .filter(call_legs::Column::CallId.eq(id))
        .order_by_asc(call_legs::Column::StartedAt)
        .order_by_asc(call_legs::Column::Id)
        .all(db.read())
        .await?;
    let transfers = call_transfers::Entity::find()
        .filter(call_transfers::Column::CallId.eq(id))
        .order_by_asc(call_transfers::Column::StartedAt)
        .all(db.read())
        .await?;
    let forwards = forwards::load(db.read(), id).await?;
    let visits = queue_visits::Entity::find()
        .filter(queue_visits::Column::CallId.eq(id))
        .order_by_asc(queue_visits::Column::EnteredAt)
        .order_by_asc(queue_visits::Column::Id)
        .all(db.read())
        .await?;
    let kept = kept::load_story(db, id).await?;
    let notes = call_notes::Entity::find()
        .filter(call_notes::Column::CallId.eq(id))
        .order_by_asc(call_notes::Column::SavedAt)
        .order_by_asc(call_notes::Column::AgentId)
        .all(db.read())
        .await?;
    let monitors = call_monitors::Entity::find()
        .filter(call_monitors::Column::CallId.eq(id))
        .order_by_asc(call_monitors::Column::StartedAt)
        .order_by_asc(call_monitors::Column::Id)
        .all(db.read())
        .await?;
    let pauses = recording_pauses::Entity::find()
        .filter(recording_pauses::Column::CallId.eq(id))
        .order_by_asc(recording_pauses::Column::StartedAt)
        .all(db.read())
        .await?;
    let recorded = recordings::Entity::find()
        .filter(recordings::Column::CallId.eq(id))
        .order_by_asc(recordings::Column::StartedAt)
        .all(db.read())
        .await?;
    let (voices, of_call): (Vec<_>, Vec<_>) =
        recorded.into_iter().partition(|recording| recording.speaker_id.is_some());
    let mut people: HashSet<i64> = spans.iter().filter_map(|span| span.agent_id).collect();
    people.extend(legs.iter().filter_map(|leg| leg.agent_id));
    people.extend(
        transfers.iter().flat_map(|transfer| [Some(transfer.from_agent), transfer.to_agent]).flatten(),
    );
    people.extend(forwards.iter().flat_map(|forward| [Some(forward.agent_id), forward.to_agent]).flatten());
    people.extend(visits.iter().filter_map(|visit| visit.agent_id));
    people.extend(notes.iter().map(|note| note.agent_id));
    people.extend(monitors.iter().map(|monitor| monitor.supervisor_id));
    people.extend(pauses.iter().map(|pause| pause.agent_id));
    people.extend(voices.iter().filter_map(|voice| voice.speaker_id));
    let names = users::Entity::find().filter(users::Column::Id.is_in(people)).all(db.read()).await?;
    let mut passed: HashSet<i64> = visits.iter().map(|visit| visit.queue_id).collect();
    passed.extend(kept.iter().map(|(place, _)| place.queue_id));
    passed.extend(transfers.iter().filter_map(|transfer| transfer.to_queue));
    let queues = queues::Entity::find().filter(queues::Column::Id.is_in(passed)).all(db.read()).await?;
    let said: HashSet<i64> = notes.iter().map(|note| note.disposition_id).collect();
    let dispositions =
        dispositions::Entity::find().filter(dispositions::Column::Id.is_in(said)).all(db.read()).await?;
    Ok(Story {
        spans,
        legs,
        transfers,
        forwards,
        visits,
        kept,
        notes,
        monitors,
        voices,
        recorded_at: of_call.first().map(|recording| recording.started_at.into()),
        pauses,
        names: names.into_iter().map(|user| (user.id, user.display_name)).collect(),
        queues: queues.into_iter().map(|queue| (queue.id, queue.name)).collect(),
        dispositions: dispositions.into_iter().map(|row| (row.id, row)).collect(),
    })
}
