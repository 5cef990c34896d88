//! What customers said of being called: rows are only ever added.

use crate::base::clock::Moment;
use crate::do_not_call::model::{ListedConsent, NewConsent};
use crate::do_not_call::store::names;
use crate::store::WriteTx;
use crate::store::entity::consents;
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Set,
};

/// Keeps what was said.
pub async fn append_consent(tx: &WriteTx, said: &NewConsent, now: Moment) -> Result<i64, DbErr> {
    let row = consents::ActiveModel {
        e164: Set(said.e164.clone()),
        customer_id: Set(said.customer.map(|id| id.0)),
        kind: Set(said.kind.as_str().to_owned()),
        source: Set(said.source.as_str().to_owned()),
        note: Set(said.note.clone()),
        call_id: Set(said.call.map(|call| call.0)),
        said_at: Set(said.said_at.to_utc()),
        recorded_at: Set(now.to_utc()),
        recorded_by: Set(said.by.map(|user| user.0)),
        ..Default::default()
    };
    Ok(consents::Entity::insert(row).exec(tx).await?.last_insert_id)
}

/// What was said of these numbers, the last first, from below `after`.
pub async fn list_consents(
    db: &impl ConnectionTrait,
    numbers: &[String],
    after: Option<i64>,
    limit: u64,
) -> Result<Vec<ListedConsent>, DbErr> {
    let rows = consents::Entity::find()
        .filter(consents::Column::E164.is_in(numbers))
        .filter(Condition::all().add_option(after.map(|id| consents::Column::Id.lt(id))))
        .order_by_desc(consents::Column::Id)
        .limit(limit)
        .all(db)
        .await?;
    let people = names::user_names(db, names::distinct(&rows, |row| row.recorded_by)).await?;
    let recordings = names::recordings_of(db, names::distinct(&rows, |row| row.call_id)).await?;
    let named = |consent: consents::Model| ListedConsent {
        by_name: consent.recorded_by.and_then(|id| people.get(&id).cloned()),
        recording: consent.call_id.and_then(|call| recordings.get(&call).copied()),
        consent,
    };
    Ok(rows.into_iter().map(named).collect())
}
