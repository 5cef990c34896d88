//! The audit log, which the database itself keeps from being edited, and the
//! answers remembered for repeated requests.

use crate::parts::*;
use sea_orm_migration::prelude::*;
use sea_orm_migration::sea_orm::DbBackend;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .create_table(
                Table::create()
                    .table("audit_log")
                    .col(id("id"))
                    .col(at("at"))
                    .col(big_integer_null("user_id"))
                    .col(text("action"))
                    .col(text("thing"))
                    .col(text_null("thing_id"))
                    .col(json("detail"))
                    .foreign_key(&mut refers("audit_log", "user_id", "users"))
                    .to_owned(),
            )
            .await?;
        manager
            .create_table(
                Table::create()
                    .table("idempotency_keys")
                    .col(text("key"))
                    .col(big_integer("user_id"))
                    .col(text("method_path"))
                    .col(text("fingerprint"))
                    .col(integer("status"))
                    .col(text("body"))
                    .col(at("created_at"))
                    .primary_key(&mut key("idempotency_keys", &["key", "user_id"]))
                    .foreign_key(&mut refers("idempotency_keys", "user_id", "users"))
                    .to_owned(),
            )
            .await?;
        run(
            manager,
            &[
                "CREATE INDEX audit_log_at ON audit_log (at)",
                "CREATE INDEX audit_log_thing ON audit_log (thing, thing_id)",
                "CREATE INDEX idempotency_keys_created ON idempotency_keys (created_at)",
            ],
        )
        .await?;
        match manager.get_database_backend() {
            DbBackend::Postgres => run(manager, APPEND_ONLY_POSTGRES).await,
            _ => run(manager, APPEND_ONLY_SQLITE).await,
        }
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_tables(manager, &["idempotency_keys", "audit_log"]).await?;
        match manager.get_database_backend() {
            DbBackend::Postgres => run(manager, &["DROP FUNCTION audit_log_is_append_only()"]).await,
            _ => Ok(()),
        }
    }
}

const APPEND_ONLY_SQLITE: &[&str] = &[
    "CREATE TRIGGER audit_log_no_update BEFORE UPDATE ON audit_log \
     BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END",
    "CREATE TRIGGER audit_log_no_delete BEFORE DELETE ON audit_log \
     BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END",
];

const APPEND_ONLY_POSTGRES: &[&str] = &[
    "CREATE FUNCTION audit_log_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$ \
     BEGIN RAISE EXCEPTION 'the audit log is append-only'; END $$",
    "CREATE TRIGGER audit_log_no_change BEFORE UPDATE OR DELETE ON audit_log \
     FOR EACH ROW EXECUTE FUNCTION audit_log_is_append_only()",
    "CREATE TRIGGER audit_log_no_truncate BEFORE TRUNCATE ON audit_log \
     FOR EACH STATEMENT EXECUTE FUNCTION audit_log_is_append_only()",
];
