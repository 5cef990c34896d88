//! Writes one chunk of an import: customers, their phones, leads, rejects and
//! the progress, all or nothing.

use crate::base::clock::Moment;
use crate::base::ids::UserId;
use crate::base::limits;
use crate::customers::model::{Duplicates, ImportState, NewCustomer};
use crate::customers::store::imports::ImportProgress;
use crate::store::WriteTx;
use crate::store::entity::{customer_phones, customers, import_rejects, imports, leads};
use sea_orm::sea_query::{Expr, ExprTrait, OnConflict};
use sea_orm::{ColumnTrait, DbErr, EntityTrait, QueryFilter, QueryOrder, Set};
use serde_json::Value;
use std::collections::{BTreeSet, HashMap};

/// What the reader made of a row.
#[derive(Debug, Clone, PartialEq)]
pub enum RowOutcome {
    /// A customer to be stored. Their number may be known; then the reject is
    /// what is stored instead, with the reason filled in.
    Customer(NewCustomer, NewReject),
    /// A row that was not taken.
    Reject(NewReject),
}

/// A row that was not taken.
#[derive(Debug, Clone, PartialEq)]
pub struct NewReject {
    /// Its number as the spreadsheet program shows it.
    pub row: i32,
    /// The header of the column at fault.
    pub column_name: Option<String>,
    /// In words.
    pub reason: String,
    /// Its cells as texts, for the file of rejected rows.
    pub cells: Value,
}

/// A known customer who has one of a chunk's numbers.
struct Known {
    id: i64,
    name: String,
}

/// Imports a chunk. `None`, and nothing is written, when the import is not
/// running any more.
pub async fn import_chunk(
    tx: &WriteTx,
    import: &imports::Model,
    list: i64,
    (duplicates, priority): (Duplicates, i32),
    chunk: Vec<RowOutcome>,
    now: Moment,
) -> Result<Option<ImportProgress>, DbErr> {
    let rows = i32::try_from(chunk.len()).unwrap_or(i32::MAX);
    let known = find_known(tx, &chunk).await?;
    let mut rejects = Vec::new();
    let mut new = Vec::new();
    let mut merged: Vec<(i64, NewCustomer)> = Vec::new();
    for outcome in chunk {
        let (customer, mut reject) = match outcome {
            RowOutcome::Reject(reject) => {
                rejects.push(reject);
                continue;
            }
            RowOutcome::Customer(customer, reject) => (customer, reject),
        };
        match (owners(&customer, &known).as_slice(), duplicates) {
            ([], _) => new.push(customer),
            ([owner], Duplicates::Merge) => merged.push((owner.id, customer)),
            ([owner], Duplicates::Skip) => {
                reject.reason = format!("the phone number belongs to customer {} ({})", owner.id, owner.name);
                rejects.push(reject);
            }
            ([first, second, ..], _) => {
                reject.reason = format!("its numbers belong to customers {} and {}", first.id, second.id);
                rejects.push(reject);
            }
        }
    }
    let count = |rows: usize| i32::try_from(rows).unwrap_or(i32::MAX);
    let step = ImportProgress {
        done: rows,
        imported: count(new.len()),
        merged: count(merged.len()),
        rejected: count(rejects.len()),
    };
    if !add_progress(tx, import.id, step).await? {
        return Ok(None);
    }
    let origin = Origin { source: Some(&import.file_name), owner: None };
    let mut on_list = insert_customers(tx, origin, &new, now).await?;
    for (id, customer) in &merged {
        merge_customer(tx, *id, customer, now).await?;
        on_list.push(*id);
    }
    insert_leads(tx, list, priority, &on_list).await?;
    insert_rejects(tx, import.id, rejects).await?;
    Ok(Some(step))
}

/// Who has the chunk's numbers already, by E.164.
async fn find_known(tx: &WriteTx, chunk: &[RowOutcome]) -> Result<HashMap<String, Known>, DbErr> {
    let numbers = chunk.iter().filter_map(|outcome| match outcome {
        RowOutcome::Customer(customer, _) => Some(customer.phones.iter().map(|phone| phone.e164.clone())),
        RowOutcome::Reject(_) => None,
    });
    let numbers: Vec<String> = numbers.flatten().collect();
    let mut known = HashMap::new();
    // SQLite takes 32,766 values in a statement; a chunk may hold 10,000 numbers.
    for numbers in numbers.chunks(5_000) {
        let phones = customer_phones::Entity::find()
            .filter(customer_phones::Column::E164.is_in(numbers))
            .filter(customer_phones::Column::Live.eq(true))
            .all(tx)
            .await?;
        let ids: BTreeSet<i64> = phones.iter().map(|phone| phone.customer_id).collect();
        let names: HashMap<i64, String> = customers::Entity::find()
            .filter(customers::Column::Id.is_in(ids))
            .all(tx)
            .await?
            .into_iter()
            .map(|customer| (customer.id, customer.name))
            .collect();
        for phone in phones {
            let name = names.get(&phone.customer_id).cloned().unwrap_or_default();
            known.insert(phone.e164, Known { id: phone.customer_id, name });
        }
    }
    Ok(known)
}

/// The different customers who have a number of this one.
fn owners<'k>(customer: &NewCustomer, known: &'k HashMap<String, Known>) -> Vec<&'k Known> {
    let mut owners: Vec<&Known> = customer.phones.iter().filter_map(|phone| known.get(&phone.e164)).collect();
    owners.sort_by_key(|owner| owner.id);
    owners.dedup_by_key(|owner| owner.id);
    owners
}

async fn add_progress(tx: &WriteTx, import: i64, step: ImportProgress) -> Result<bool, DbErr> {
    let add = |column: imports::Column, rows: i32| Expr::col(column).add(rows);
    let added = imports::Entity::update_many()
        .col_expr(imports::Column::RowsDone, add(imports::Column::RowsDone, step.done))
        .col_expr(imports::Column::RowsImported, add(imports::Column::RowsImported, step.imported))
        .col_expr(imports::Column::RowsMerged, add(imports::Column::RowsMerged, step.merged))
        .col_expr(imports::Column::RowsRejected, add(imports::Column::RowsRejected, step.rejected))
        .filter(imports::Column::Id.eq(import))
        .filter(imports::Column::State.eq(ImportState::Running.as_str()))
        .exec(tx)
        .await?;
    Ok(added.rows_affected == 1)
}

/// How customers came about.
#[derive(Debug, Clone, Copy)]
pub(super) struct Origin<'a> {
    /// The file they stand in.
    pub source: Option<&'a str>,
    /// The user who looks after them.
    pub owner: Option<UserId>,
}

pub(super) async fn insert_customers(
    tx: &WriteTx,
    origin: Origin<'_>,
    new: &[NewCustomer],
    now: Moment,
) -> Result<Vec<i64>, DbErr> {
    if new.is_empty() {
        return Ok(Vec::new());
    }
    let rows = new.iter().map(|customer| customers::ActiveModel {
        name: Set(customer.name.clone()),
        city: Set(customer.city.clone()),
        remark: Set(customer.remark.clone()),
        source: Set(origin.source.map(str::to_owned)),
        owner_id: Set(origin.owner.map(|owner| owner.0)),
        created_at: Set(now.to_utc()),
        updated_at: Set(now.to_utc()),
        ..Default::default()
    });
    let mut inserted = customers::Entity::insert_many(rows).exec_with_returning(tx).await?;
    // Rows are inserted in the order of the values, but may be returned in any.
    // One customer's phones given to another would be the worst of faults, so
    // that is checked, too.
    inserted.sort_unstable_by_key(|row| row.id);
    if inserted.len() != new.len() || inserted.iter().zip(new).any(|(row, new)| row.name != new.name) {
        return Err(DbErr::Custom("the database has not inserted the customers in order".to_owned()));
    }
    let phones: Vec<customer_phones::ActiveModel> = inserted
        .iter()
        .zip(new)
        .flat_map(|(row, customer)| {
            let id = row.id;
            customer.phones.iter().zip(0..).map(move |(phone, position)| customer_phones::ActiveModel {
                customer_id: Set(id),
                e164: Set(phone.e164.clone()),
                dial: Set(phone.dial.to_string()),
                position: Set(position),
                live: Set(true),
                ..Default::default()
            })
        })
        .collect();
    for phones in phones.chunks(2_000) {
        customer_phones::Entity::insert_many(phones.to_vec()).exec_without_returning(tx).await?;
    }
    Ok(inserted.into_iter().map(|row| row.id).collect())
}

async fn merge_customer(tx: &WriteTx, id: i64, customer: &NewCustomer, now: Moment) -> Result<(), DbErr> {
    let Some(row) = customers::Entity::find_by_id(id).one(tx).await? else { return Ok(()) };
    let known = customer_phones::Entity::find()
        .filter(customer_phones::Column::CustomerId.eq(id))
        .filter(customer_phones::Column::Live.eq(true))
        .order_by_asc(customer_phones::Column::Position)
        .all(tx)
        .await?;
    let mut position = known.iter().map(|phone| phone.position).max().unwrap_or(-1);
    let has = |e164: &str| known.iter().any(|phone| phone.e164 == e164);
    let room = limits::PHONES_PER_CUSTOMER.saturating_sub(known.len());
    for phone in customer.phones.iter().filter(|phone| !has(&phone.e164)).take(room) {
        position += 1;
        let phone = customer_phones::ActiveModel {
            customer_id: Set(id),
            e164: Set(phone.e164.clone()),
            dial: Set(phone.dial.to_string()),
            position: Set(position),
            live: Set(true),
            ..Default::default()
        };
        customer_phones::Entity::insert(phone).exec_without_returning(tx).await?;
    }
    let merged = customers::ActiveModel {
        id: Set(id),
        city: Set(row.city.or_else(|| customer.city.clone())),
        remark: Set(row.remark.or_else(|| customer.remark.clone())),
        updated_at: Set(now.to_utc()),
        ..Default::default()
    };
    customers::Entity::update(merged).exec(tx).await.map(|_| ())
}

async fn insert_leads(tx: &WriteTx, list: i64, priority: i32, customers: &[i64]) -> Result<(), DbErr> {
    if customers.is_empty() {
        return Ok(());
    }
    let rows = customers.iter().map(|customer| leads::ActiveModel {
        list_id: Set(list),
        customer_id: Set(*customer),
        priority: Set(priority),
        ..Default::default()
    });
    // Two rows may merge into one customer, who is on the list once.
    let once =
        OnConflict::columns([leads::Column::ListId, leads::Column::CustomerId]).do_nothing().to_owned();
    leads::Entity::insert_many(rows).on_conflict(once).exec_without_returning(tx).await.map(|_| ())
}

async fn insert_rejects(tx: &WriteTx, import: i64, rejects: Vec<NewReject>) -> Result<(), DbErr> {
    if rejects.is_empty() {
        return Ok(());
    }
    let rows = rejects.into_iter().map(|reject| import_rejects::ActiveModel {
        import_id: Set(import),
        row: Set(reject.row),
        column_name: Set(reject.column_name),
        reason: Set(reject.reason),
        cells: Set(reject.cells),
        ..Default::default()
    });
    import_rejects::Entity::insert_many(rows).exec_without_returning(tx).await.map(|_| ())
}
