//! Departments, teams, roles, users and their sessions.

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
                    .table("departments")
                    .col(id("id"))
                    .col(big_integer_null("parent_id"))
                    .col(text("name"))
                    .foreign_key(&mut refers("departments", "parent_id", "departments"))
                    .to_owned(),
            )
            .await?;
        manager
            .create_table(
                Table::create()
                    .table("teams")
                    .col(id("id"))
                    .col(big_integer("department_id"))
                    .col(text("name"))
                    .foreign_key(&mut refers("teams", "department_id", "departments"))
                    .to_owned(),
            )
            .await?;
        manager
            .create_table(
                Table::create()
                    .table("roles")
                    .col(id("id"))
                    .col(text_uniq("key"))
                    .col(text("name"))
                    .col(json("permissions"))
                    .col(boolean("builtin").default(false))
                    .to_owned(),
            )
            .await?;
        manager.create_table(users()).await?;
        manager.create_table(refresh_tokens()).await?;
        run(
            manager,
            &[
                "CREATE INDEX users_team ON users (team_id)",
                "CREATE INDEX users_department ON users (department_id)",
                "CREATE INDEX refresh_tokens_family ON refresh_tokens (family)",
                "CREATE INDEX refresh_tokens_user ON refresh_tokens (user_id)",
            ],
        )
        .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_tables(manager, &["refresh_tokens", "users", "roles", "teams", "departments"]).await
    }
}

fn users() -> TableCreateStatement {
    Table::create()
        .table("users")
        .col(id("id"))
        .col(text_uniq("username"))
        .col(text("display_name"))
        .col(text("password_hash"))
        .col(big_integer("role_id"))
        .col(big_integer_null("team_id"))
        .col(big_integer_null("department_id"))
        .col(text_null("extension").unique_key())
        .col(text_null("phone_secret"))
        .col(text("phone_mode").default("off_hook"))
        .col(boolean("active").default(true))
        .col(boolean("must_change_password").default(false))
        .col(integer("failed_logins").default(0))
        .col(at_null("locked_until"))
        .col(at("created_at"))
        .col(at("updated_at"))
        .foreign_key(&mut refers("users", "role_id", "roles"))
        .foreign_key(&mut refers("users", "team_id", "teams"))
        .foreign_key(&mut refers("users", "department_id", "departments"))
        .to_owned()
}

fn refresh_tokens() -> TableCreateStatement {
    Table::create()
        .table("refresh_tokens")
        .col(uuid("id").primary_key())
        .col(big_integer("user_id"))
        .col(uuid("family"))
        .col(text_uniq("token_hash"))
        .col(at("expires_at"))
        .col(at_null("used_at"))
        .col(at_null("revoked_at"))
        .col(at("created_at"))
        .foreign_key(&mut refers("refresh_tokens", "user_id", "users"))
        .to_owned()
}
