//! The ledger: calls, recordings, the agents' states, and the switch's own
//! account of every leg.

use crate::parts::*;
use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_table(calls()).await?;
        manager.create_table(recordings()).await?;
        manager.create_table(agent_states()).await?;
        manager
            .create_table(
                Table::create()
                    .table("switch_cdrs")
                    .col(uuid("leg").primary_key())
                    .col(json("body"))
                    .col(at("received_at"))
                    .to_owned(),
            )
            .await?;
        run(
            manager,
            &[
                "CREATE INDEX calls_started ON calls (started_at)",
                "CREATE INDEX calls_agent_started ON calls (agent_id, started_at)",
                "CREATE INDEX calls_campaign_started ON calls (campaign_id, started_at)",
                "CREATE INDEX calls_customer ON calls (customer_id)",
                "CREATE UNIQUE INDEX calls_leg ON calls (leg)",
                "CREATE INDEX calls_open ON calls (started_at) WHERE ended_at IS NULL",
                "CREATE INDEX recordings_call ON recordings (call_id)",
                // One state at a time: a zero-length state is replaced by the next, so
                // a state fact that is written twice finds its own row.
                "CREATE UNIQUE INDEX agent_states_agent_started ON agent_states (agent_id, started_at)",
                "CREATE UNIQUE INDEX agent_states_open ON agent_states (agent_id) WHERE ended_at IS NULL",
                "CREATE INDEX agent_states_started ON agent_states (started_at)",
            ],
        )
        .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_tables(manager, &["switch_cdrs", "agent_states", "recordings", "calls"]).await
    }
}

fn calls() -> TableCreateStatement {
    Table::create()
        .table("calls")
        .col(uuid("id").primary_key())
        .col(uuid("leg"))
        .col(big_integer("campaign_id"))
        .col(big_integer("lead_id"))
        .col(big_integer("customer_id"))
        .col(text("number"))
        .col(text("e164"))
        .col(text("caller_id"))
        .col(text("gateway"))
        .col(text("mode"))
        .col(at("started_at"))
        .col(at_null("ringing_at"))
        .col(at_null("answered_at"))
        .col(at_null("dropped_at"))
        .col(at_null("connected_at"))
        .col(at_null("ended_at"))
        .col(big_integer_null("agent_id"))
        .col(uuid_null("agent_leg"))
        .col(text_null("result"))
        .col(text_null("hangup_cause"))
        .col(integer_null("sip_status"))
        .col(text_null("ended_by"))
        .col(big_integer("talk_ms").default(0))
        .col(at_null("cdr_at"))
        .col(big_integer_null("disposition_id"))
        .col(text_null("note"))
        .col(at_null("disposed_at"))
        .col(big_integer_null("disposed_by"))
        .foreign_key(&mut refers("calls", "campaign_id", "campaigns"))
        .foreign_key(&mut refers("calls", "lead_id", "leads"))
        .foreign_key(&mut refers("calls", "customer_id", "customers"))
        .foreign_key(&mut refers("calls", "agent_id", "users"))
        .foreign_key(&mut refers("calls", "disposition_id", "dispositions"))
        .foreign_key(&mut refers("calls", "disposed_by", "users"))
        .to_owned()
}

fn recordings() -> TableCreateStatement {
    Table::create()
        .table("recordings")
        .col(uuid("id").primary_key())
        .col(uuid("call_id"))
        .col(big_integer("agent_id"))
        .col(text("path"))
        .col(at("started_at"))
        .col(at_null("stopped_at"))
        .col(big_integer_null("bytes"))
        .col(text_null("sha256"))
        .col(big_integer_null("duration_ms"))
        .foreign_key(&mut refers("recordings", "call_id", "calls"))
        .foreign_key(&mut refers("recordings", "agent_id", "users"))
        .to_owned()
}

fn agent_states() -> TableCreateStatement {
    Table::create()
        .table("agent_states")
        .col(id("id"))
        .col(big_integer("agent_id"))
        .col(text("kind"))
        .col(text_null("reason"))
        .col(uuid_null("call_id"))
        .col(at("started_at"))
        .col(at_null("ended_at"))
        .foreign_key(&mut refers("agent_states", "agent_id", "users"))
        .to_owned()
}
