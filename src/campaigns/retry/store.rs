//! Leads that wait for a rule.

use super::model::LeadRule;
use crate::campaigns::model::LeadState;
use crate::store::WriteTx;
use crate::store::entity::leads;
use chrono::{DateTime, Utc};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, Condition, DbErr, EntityTrait, QueryFilter};

/// Leads that wait for one of these rules, all of them or those of one list, are due:
/// the next refill asks the rules as they are now.
pub(in crate::campaigns) async fn look_again(
    tx: &WriteTx,
    rules: &[LeadRule],
    list: Option<i64>,
) -> Result<(), DbErr> {
    leads::Entity::update_many()
        .col_expr(leads::Column::NextAttemptAt, Expr::value(None::<DateTime<Utc>>))
        .col_expr(leads::Column::Rule, Expr::value(None::<String>))
        .filter(Condition::all().add_option(list.map(|list| leads::Column::ListId.eq(list))))
        .filter(leads::Column::State.is_in([LeadState::Fresh, LeadState::Retry].map(LeadState::as_str)))
        .filter(leads::Column::Rule.is_in(rules.iter().map(|rule| rule.as_str())))
        .exec(tx)
        .await
        .map(|_| ())
}
