//! Who looked at leads before they were dialled.

use crate::base::ids::CustomerId;
use crate::customers::model::ListedPreview;
use crate::floor::preview::PreviewEnd;
use crate::store::Db;
use crate::store::entity::{previews, users};
use sea_orm::sea_query::{ExprTrait, SimpleExpr};
use sea_orm::{ColumnTrait, DbErr, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use std::collections::HashMap;

/// The latest of these, with the names of the agents.
pub(super) async fn find_previews(
    db: &Db,
    which: SimpleExpr,
    limit: u64,
) -> Result<Vec<ListedPreview>, DbErr> {
    let rows = previews::Entity::find()
        .filter(which)
        .order_by_desc(previews::Column::OfferedAt)
        .limit(limit)
        .all(db.read())
        .await?;
    let agents = users::Entity::find()
        .filter(users::Column::Id.is_in(rows.iter().map(|row| row.agent_id)))
        .all(db.read())
        .await?;
    let names: HashMap<i64, String> = agents.into_iter().map(|user| (user.id, user.display_name)).collect();
    Ok(rows
        .into_iter()
        .map(|row| (names.get(&row.agent_id).cloned(), row))
        .map(|(name, row)| (row, name))
        .collect())
}

/// When a customer was skipped, the latest first.
pub async fn find_skips(db: &Db, customer: CustomerId, limit: u64) -> Result<Vec<ListedPreview>, DbErr> {
    let of_them = previews::Column::CustomerId.eq(customer.0);
    find_previews(db, of_them.and(previews::Column::End.eq(PreviewEnd::Skipped.as_str())), limit).await
}
