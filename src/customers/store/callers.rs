//! Who calls, and who becomes a customer by calling.

use crate::base::clock::Moment;
use crate::base::ids::{AgentId, CustomerId, UserId};
use crate::customers::model::NewCustomer;
use crate::customers::store::rows::{Origin, insert_customers};
use crate::store::entity::{calls, customer_phones, customers};
use crate::store::{Db, WriteTx};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, DbErr, EntityTrait, QueryFilter, QueryOrder, SqlErr};

/// The customer who has this number (E.164), and the agent whose customer they
/// are.
pub async fn find_caller(db: &Db, e164: &str) -> Result<Option<(CustomerId, Option<AgentId>)>, DbErr> {
    let phone = customer_phones::Entity::find()
        .filter(customer_phones::Column::E164.eq(e164))
        .filter(customer_phones::Column::Live.eq(true))
        .one(db.read())
        .await?;
    let Some(phone) = phone else { return Ok(None) };
    let customer = customers::Entity::find_by_id(phone.customer_id).one(db.read()).await?;
    Ok(customer.map(|customer| (CustomerId(customer.id), customer.owner_id.map(AgentId))))
}

/// What came of adding a customer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Added {
    /// Their id.
    New(CustomerId),
    /// A number of theirs is another customer's already.
    Taken {
        /// Which of the numbers, in E.164.
        e164: String,
        /// Whose; `None` when they were added at this very moment.
        customer: Option<CustomerId>,
    },
}

/// Adds a customer, and makes the earlier calls of their numbers theirs that
/// were nobody's. When a number is taken nothing is written; the transaction
/// is then to be given up.
pub async fn add_customer(
    tx: &WriteTx,
    new: &NewCustomer,
    owner: Option<UserId>,
    now: Moment,
) -> Result<Added, DbErr> {
    let numbers: Vec<&str> = new.phones.iter().map(|phone| phone.e164.as_str()).collect();
    let taken = customer_phones::Entity::find()
        .filter(customer_phones::Column::E164.is_in(numbers.clone()))
        .filter(customer_phones::Column::Live.eq(true))
        .order_by_asc(customer_phones::Column::Id)
        .one(tx)
        .await?;
    if let Some(taken) = taken {
        return Ok(Added::Taken { e164: taken.e164, customer: Some(CustomerId(taken.customer_id)) });
    }
    let inserted = insert_customers(tx, Origin { source: None, owner }, std::slice::from_ref(new), now).await;
    let id = match inserted {
        Ok(ids) => *ids.first().ok_or_else(|| DbErr::RecordNotInserted)?,
        Err(error) if matches!(error.sql_err(), Some(SqlErr::UniqueConstraintViolation(_))) => {
            let e164 = new.phones.first().map(|phone| phone.e164.clone()).unwrap_or_default();
            return Ok(Added::Taken { e164, customer: None });
        }
        Err(error) => return Err(error),
    };
    calls::Entity::update_many()
        .col_expr(calls::Column::CustomerId, Expr::value(id))
        .filter(calls::Column::CustomerId.is_null())
        .filter(calls::Column::E164.is_in(numbers))
        .exec(tx)
        .await?;
    Ok(Added::New(CustomerId(id)))
}
