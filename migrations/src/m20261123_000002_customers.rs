//! Customers, their phones, and the numbers that must never be dialled.

use crate::parts::*;
use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(
                Table::create()
                    .table("customers")
                    .col(id("id"))
                    .col(text("name"))
                    .col(text_null("city"))
                    .col(text_null("remark"))
                    .col(big_integer_null("owner_id"))
                    .col(text_null("source"))
                    .col(at("created_at"))
                    .col(at("updated_at"))
                    .col(at_null("deleted_at"))
                    .foreign_key(&mut refers("customers", "owner_id", "users"))
                    .to_owned(),
            )
            .await?;
        manager
            .create_table(
                Table::create()
                    .table("customer_phones")
                    .col(id("id"))
                    .col(big_integer("customer_id"))
                    .col(text("e164"))
                    .col(text("dial"))
                    .col(integer("position").default(0))
                    .col(boolean("live").default(true))
                    .foreign_key(&mut refers("customer_phones", "customer_id", "customers"))
                    .to_owned(),
            )
            .await?;
        manager
            .create_table(
                Table::create()
                    .table("do_not_call")
                    .col(text("e164").primary_key())
                    .col(text("reason"))
                    .col(big_integer_null("created_by"))
                    .col(at("created_at"))
                    .foreign_key(&mut refers("do_not_call", "created_by", "users"))
                    .to_owned(),
            )
            .await?;
        run(
            manager,
            &[
                // A number belongs to one customer; one of a deleted customer is free again.
                "CREATE UNIQUE INDEX customer_phones_e164 ON customer_phones (e164) WHERE live",
                "CREATE INDEX customer_phones_customer ON customer_phones (customer_id)",
                "CREATE INDEX customers_name ON customers (name)",
                "CREATE INDEX customers_owner ON customers (owner_id)",
            ],
        )
        .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_tables(manager, &["do_not_call", "customer_phones", "customers"]).await
    }
}
