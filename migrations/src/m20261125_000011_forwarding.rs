//! Desk phones in a centre's own way: where an agent's personal calls go, after
//! how many rings in vain an agent is paused, whether a phone can be asked to
//! answer; and the way that a call took by forwarding.

use crate::parts::*;
use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub struct Migration;

const FORWARD: &str = "agent:forward";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let answer = ColumnDef::new("remote_answer").boolean().null().take();
        manager.alter_table(Table::alter().table("users").add_column(answer).to_owned()).await?;
        let rings = integer_null("missed_rings_max");
        manager.alter_table(Table::alter().table("teams").add_column(rings).to_owned()).await?;
        for table in [centre_settings(), forwardings(), call_forwards()] {
            manager.create_table(table).await?;
        }
        run(
            manager,
            &["CREATE UNIQUE INDEX call_forwards_call_at_agent ON call_forwards (call_id, at, agent_id)"],
        )
        .await?;
        change_builtin_roles(manager, |role, held| {
            let scope = match role {
                "administrator" => "all",
                "manager" => "department",
                "team_lead" => "team",
                _ => return,
            };
            if let Some(held) = held.as_object_mut() {
                held.entry(FORWARD).or_insert(scope.into());
            }
        })
        .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        change_builtin_roles(manager, |_, held| {
            if let Some(held) = held.as_object_mut() {
                held.remove(FORWARD);
            }
        })
        .await?;
        drop_tables(manager, &["call_forwards", "forwardings", "centre_settings"]).await?;
        for (table, column) in [("teams", "missed_rings_max"), ("users", "remote_answer")] {
            manager.alter_table(Table::alter().table(table).drop_column(column).to_owned()).await?;
        }
        Ok(())
    }
}

fn centre_settings() -> TableCreateStatement {
    Table::create()
        .table("centre_settings")
        .col(text("key"))
        .col(json("value"))
        .col(at("updated_at"))
        .primary_key(&mut key("centre_settings", &["key"]))
        .to_owned()
}

fn forwardings() -> TableCreateStatement {
    Table::create()
        .table("forwardings")
        .col(big_integer("user_id"))
        .col(text("reason"))
        .col(big_integer_null("to_agent"))
        .col(text_null("to_number"))
        .col(integer_null("seconds"))
        .col(at("updated_at"))
        .primary_key(&mut key("forwardings", &["user_id", "reason"]))
        .foreign_key(&mut refers("forwardings", "user_id", "users"))
        .foreign_key(&mut refers("forwardings", "to_agent", "users"))
        .to_owned()
}

fn call_forwards() -> TableCreateStatement {
    Table::create()
        .table("call_forwards")
        .col(id("id"))
        .col(uuid("call_id"))
        .col(big_integer("agent_id"))
        .col(text("reason"))
        .col(big_integer_null("to_agent"))
        .col(text_null("to_number"))
        .col(at("at"))
        .foreign_key(&mut refers("call_forwards", "call_id", "calls"))
        .foreign_key(&mut refers("call_forwards", "agent_id", "users"))
        .foreign_key(&mut refers("call_forwards", "to_agent", "users"))
        .to_owned()
}
