//! The few words in which the migrations describe a schema: columns of the
//! kinds we use, foreign keys with predictable names, indexes as plain SQL that
//! both databases read.

use sea_orm_migration::prelude::*;
pub use sea_orm_migration::schema::{
    big_integer, big_integer_null, big_pk_auto as id, boolean, integer, integer_null, json_binary as json,
    json_binary_null as json_null, text, text_null, text_uniq, uuid, uuid_null,
};
use sea_orm_migration::sea_orm::{JsonValue, Statement};

/// An instant, always stored as UTC.
pub fn at(column: &'static str) -> ColumnDef {
    ColumnDef::new(column).timestamp_with_time_zone().not_null().take()
}

/// An instant that may not have come.
pub fn at_null(column: &'static str) -> ColumnDef {
    ColumnDef::new(column).timestamp_with_time_zone().null().take()
}

/// `table.column` names a row of `other`, by its id.
pub fn refers(table: &'static str, column: &'static str, other: &'static str) -> ForeignKeyCreateStatement {
    ForeignKey::create().name(format!("fk_{table}_{column}")).from(table, column).to(other, "id").take()
}

/// The primary key over more than one column.
pub fn key(table: &str, columns: &[&'static str]) -> IndexCreateStatement {
    let mut key = Index::create();
    key.name(format!("pk_{table}"));
    for column in columns {
        key.col(*column);
    }
    key.primary().take()
}

/// Runs statements that both databases read.
pub async fn run(manager: &SchemaManager<'_>, statements: &[&str]) -> Result<(), DbErr> {
    for statement in statements {
        manager.get_connection().execute_unprepared(statement).await?;
    }
    Ok(())
}

/// Drops tables, in the order given.
pub async fn drop_tables(manager: &SchemaManager<'_>, tables: &[&'static str]) -> Result<(), DbErr> {
    for table in tables {
        manager.drop_table(Table::drop().table(*table).to_owned()).await?;
    }
    Ok(())
}

/// Changes what the built-in roles hold; what a centre has set itself stays.
pub async fn change_builtin_roles(
    manager: &SchemaManager<'_>,
    change: impl Fn(&str, &mut JsonValue),
) -> Result<(), DbErr> {
    let db = manager.get_connection();
    let select = "SELECT id, \"key\", permissions FROM roles WHERE builtin ORDER BY id";
    let rows = db.query_all_raw(Statement::from_string(manager.get_database_backend(), select)).await?;
    for row in rows {
        let (id, role): (i64, String) = (row.try_get("", "id")?, row.try_get("", "key")?);
        let mut held: JsonValue = row.try_get("", "permissions")?;
        change(&role, &mut held);
        let update = Query::update()
            .table("roles")
            .value("permissions", held)
            .and_where(Expr::col("id").eq(id))
            .to_owned();
        db.execute(&update).await?;
    }
    Ok(())
}
