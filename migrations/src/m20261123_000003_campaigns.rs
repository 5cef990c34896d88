//! Lists of leads, imports, gateways, campaigns with their agents, and the
//! dispositions agents choose from.

use crate::parts::*;
use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_table(lead_lists()).await?;
        manager.create_table(leads()).await?;
        manager.create_table(imports()).await?;
        manager.create_table(import_rejects()).await?;
        manager.create_table(gateways()).await?;
        manager.create_table(campaigns()).await?;
        manager.create_table(campaign_agents()).await?;
        manager.create_table(dispositions()).await?;
        run(
            manager,
            &[
                "CREATE UNIQUE INDEX leads_list_customer ON leads (list_id, customer_id)",
                "CREATE INDEX leads_due ON leads (list_id, state, next_attempt_at)",
                "CREATE INDEX leads_customer ON leads (customer_id)",
                "CREATE INDEX import_rejects_import ON import_rejects (import_id)",
                "CREATE INDEX campaign_agents_user ON campaign_agents (user_id)",
            ],
        )
        .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_tables(
            manager,
            &[
                "dispositions",
                "campaign_agents",
                "campaigns",
                "gateways",
                "import_rejects",
                "imports",
                "leads",
                "lead_lists",
            ],
        )
        .await
    }
}

fn lead_lists() -> TableCreateStatement {
    Table::create()
        .table("lead_lists")
        .col(id("id"))
        .col(text("name"))
        // No foreign key: imports refer to their list, and a circle of the two
        // tables could not be made or dropped in order.
        .col(big_integer_null("import_id"))
        .col(at("created_at"))
        .col(big_integer("created_by"))
        .foreign_key(&mut refers("lead_lists", "created_by", "users"))
        .to_owned()
}

fn leads() -> TableCreateStatement {
    Table::create()
        .table("leads")
        .col(id("id"))
        .col(big_integer("list_id"))
        .col(big_integer("customer_id"))
        .col(text("state").default("fresh"))
        .col(integer("attempts").default(0))
        .col(integer("next_phone").default(0))
        .col(at_null("next_attempt_at"))
        .col(text_null("last_result"))
        .col(at_null("last_attempt_at"))
        .col(integer("priority").default(0))
        .foreign_key(&mut refers("leads", "list_id", "lead_lists"))
        .foreign_key(&mut refers("leads", "customer_id", "customers"))
        .to_owned()
}

fn imports() -> TableCreateStatement {
    Table::create()
        .table("imports")
        .col(id("id"))
        .col(text("file_name"))
        .col(text("state").default("uploaded"))
        .col(json("columns"))
        .col(json("sample"))
        .col(json_null("mapping"))
        .col(big_integer_null("list_id"))
        .col(integer_null("rows_total"))
        .col(integer("rows_done").default(0))
        .col(integer("rows_imported").default(0))
        .col(integer("rows_merged").default(0))
        .col(integer("rows_rejected").default(0))
        .col(text_null("error"))
        .col(text("path"))
        .col(big_integer("created_by"))
        .col(at("created_at"))
        .col(at_null("finished_at"))
        .foreign_key(&mut refers("imports", "list_id", "lead_lists"))
        .foreign_key(&mut refers("imports", "created_by", "users"))
        .to_owned()
}

fn import_rejects() -> TableCreateStatement {
    Table::create()
        .table("import_rejects")
        .col(id("id"))
        .col(big_integer("import_id"))
        .col(integer("row"))
        .col(text_null("column_name"))
        .col(text("reason"))
        .col(json("cells"))
        .foreign_key(&mut refers("import_rejects", "import_id", "imports"))
        .to_owned()
}

fn gateways() -> TableCreateStatement {
    Table::create()
        .table("gateways")
        .col(id("id"))
        .col(text_uniq("name"))
        .col(text("proxy"))
        .col(text_null("username"))
        .col(text_null("secret"))
        .col(boolean("register").default(false))
        .col(text("caller_id"))
        .col(boolean("enabled").default(true))
        .to_owned()
}

fn campaigns() -> TableCreateStatement {
    Table::create()
        .table("campaigns")
        .col(id("id"))
        .col(text_uniq("name"))
        .col(big_integer("list_id"))
        .col(text("state").default("draft"))
        .col(text("mode").default("predictive"))
        .col(big_integer("gateway_id"))
        .col(text("caller_id"))
        .col(integer("ring_seconds").default(30))
        .col(integer("wrap_up_seconds").default(30))
        .col(integer("drop_cap_permille").default(30))
        .col(integer("drop_after_ms").default(2000))
        .col(integer("wait_ms_max").default(10000))
        .col(integer("lines_max").default(100))
        .col(text("hours_from").default("08:30"))
        .col(text("hours_to").default("20:30"))
        // Every day of the week: Mon = 1 ... Sun = 64.
        .col(integer("weekdays").default(127))
        .col(integer("max_attempts").default(3))
        .col(integer("retry_minutes").default(60))
        .col(text_null("script"))
        .col(big_integer("created_by"))
        .col(at("created_at"))
        .col(at("updated_at"))
        .foreign_key(&mut refers("campaigns", "list_id", "lead_lists"))
        .foreign_key(&mut refers("campaigns", "gateway_id", "gateways"))
        .foreign_key(&mut refers("campaigns", "created_by", "users"))
        .to_owned()
}

fn campaign_agents() -> TableCreateStatement {
    Table::create()
        .table("campaign_agents")
        .col(big_integer("campaign_id"))
        .col(big_integer("user_id"))
        .primary_key(&mut key("campaign_agents", &["campaign_id", "user_id"]))
        .foreign_key(&mut refers("campaign_agents", "campaign_id", "campaigns"))
        .foreign_key(&mut refers("campaign_agents", "user_id", "users"))
        .to_owned()
}

fn dispositions() -> TableCreateStatement {
    let mut table = Table::create();
    table
        .table("dispositions")
        .col(id("id"))
        .col(text_uniq("key"))
        .col(text("label_zh"))
        .col(text("label_en"));
    for flag in ["contact", "sale", "refusal", "do_not_call", "callback", "visit", "invalid"] {
        table.col(boolean(flag).default(false));
    }
    table.col(integer("position").default(0)).col(boolean("active").default(true)).to_owned()
}
