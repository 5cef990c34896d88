//! Retry rules through the API and the ledger, and the order in which leads are
//! claimed.

use super::world::{MINUTE, MONDAY_10, World, WorldLead, write};
use crate::both_databases;
use crate::support::app::TestApp;
use chrono_tz::Asia::Shanghai;
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ConnectionTrait, EntityTrait, Statement, TransactionTrait,
};
use serde_json::json;
use trunkline::base::clock::Moment;
use trunkline::base::ids::LeadId;
use trunkline::campaigns::caps::model::CampaignCaps;
use trunkline::campaigns::retry::model::RetryRules;
use trunkline::campaigns::store::claim_leads;
use trunkline::floor::effect::CallResult;
use trunkline::store::Db;
use trunkline::store::entity::{campaigns, leads};
use trunkline_migrations::{Migrator, MigratorTrait};

both_databases!(
    the_one_delay_of_before_becomes_the_rule_of_each_result,
    rules_are_a_table_by_result,
    a_lead_follows_the_rule_of_its_result,
    leads_are_claimed_by_priority_attempts_and_last_try,
);

async fn the_one_delay_of_before_becomes_the_rule_of_each_result(db: Db) {
    let world = World::with_leads(db, 1).await;
    let names: Vec<String> = Migrator::migrations().iter().map(|each| each.name().to_owned()).collect();
    let this = names.iter().position(|name| name.ends_with("_retry_rules")).expect("this change");
    let steps = u32::try_from(names.len() - this).expect("few");
    // One connection: another may still have the old schema in mind.
    let tx = world.db.read().begin().await.expect("begin");
    Migrator::down(&tx, Some(steps)).await.expect("down");
    let before = tx.query_one_raw(Statement::from_string(
        tx.get_database_backend(),
        "SELECT retry_minutes FROM campaigns",
    ));
    let before = before.await.expect("query").expect("a campaign");
    assert_eq!(before.try_get::<i32>("", "retry_minutes").expect("minutes"), 60, "that of no answer");
    tx.execute_unprepared("UPDATE campaigns SET retry_minutes = 45").await.expect("update");
    Migrator::up(&tx, None).await.expect("up again");
    tx.commit().await.expect("commit");
    let row = campaigns::Entity::find_by_id(world.campaign.0).one(world.db.read()).await;
    let row = row.expect("query").expect("the campaign");
    assert_eq!(RetryRules::from_stored(&row.retry), RetryRules::every(45));
    assert_eq!(CampaignCaps::from_stored(&row.caps), CampaignCaps::default());
}

async fn rules_are_a_table_by_result(db: Db) {
    let world = World::with_leads(db, 0).await;
    let app = TestApp::on(world.db.clone());
    let token = app.as_role("manager").await;
    let body = json!({ "name": "Spring", "list_id": world.list, "gateway_id": world.gateway });
    let made = app.post(&token, "/campaigns", body).await.expect(201);
    let rules = made["retry"]["results"].as_array().expect("rules").clone();
    assert_eq!(rules.len(), 10, "each result has one: {rules:?}");
    let usual =
        json!({ "result": "no_answer", "minutes": 120, "times": 3, "number": "next", "other_part": true });
    assert_eq!(rules[0], usual);
    assert_eq!(made["retry"]["day_parts"][0], json!({ "name": "morning", "from": "08:00", "to": "12:00" }));

    let path = format!("/campaigns/{}", made["id"]);
    let busy = json!({ "result": "busy", "minutes": 3, "times": 1, "number": "same", "other_part": false });
    let parts = json!([{ "name": "day", "from": "08:00", "to": "18:00" }]);
    let retry = json!({ "results": [busy], "day_parts": parts });
    let changed = app.patch(&token, &path, json!({ "retry": retry })).await.expect(200);
    assert_eq!((&changed["retry"]["results"][1], &changed["retry"]["day_parts"]), (&busy, &parts));
    assert_eq!(changed["retry"]["results"][0], usual, "what is left out is usual");
    // The one delay of before.
    let changed = app.patch(&token, &path, json!({ "retry_minutes": 45 })).await.expect(200);
    assert_eq!(changed["retry"]["results"][5]["minutes"], 45);

    let wrong = json!({ "result": "busy", "minutes": 0, "times": 1, "number": "same", "other_part": false });
    for retry in [
        json!({ "results": [wrong] }),
        json!({ "results": [busy, busy] }),
        json!({ "day_parts": [{ "name": "x", "from": "8:00", "to": "9:00" }] }),
    ] {
        let refused = app.patch(&token, &path, json!({ "retry": retry })).await.refused(400, "invalid");
        assert_eq!(refused["fields"][0]["field"], "retry", "{retry}");
    }
}

async fn a_lead_follows_the_rule_of_its_result(db: Db) {
    let world = World::with_leads(db, 1).await;
    world.without_caps().await;
    let app = TestApp::on(world.db.clone());
    let token = app.as_role("manager").await;
    let rule = |result: &str, minutes: u32, other_part: bool| json!({ "result": result, "minutes": minutes, "times": 2, "number": "same", "other_part": other_part });
    let results = json!([rule("busy", 5, false), rule("no_answer", 30, true)]);
    let patch = json!({ "max_attempts": 9, "retry": { "results": results } });
    app.patch(&token, &format!("/campaigns/{}", world.campaign), patch).await.expect(200);
    let lead = &world.leads[0];
    let mut at = MONDAY_10;
    for (n, (result, minutes, rule)) in (1..).zip([
        (CallResult::Busy, Some(5), "delay"),
        // The morning was tried: at noon.
        (CallResult::NoAnswer, Some(115 - 1), "other_part"),
        (CallResult::Busy, Some(5), "delay"),
        // The third of its kind.
        (CallResult::Busy, None, "times_used_up"),
    ]) {
        let over = at + 20_000;
        world.write_facts(&[world.dialled(lead, n, at), world.ended(lead, n, result, 0, over)]).await;
        let row = world.lead(lead.lead).await;
        assert_eq!(row.rule.as_deref(), Some(rule), "attempt {n}");
        let due = row.next_attempt_at.map(Moment::from);
        assert_eq!(due.map(|due| due.since_ms(over) / MINUTE), minutes, "attempt {n}");
        assert_eq!(row.state, if due.is_some() { "retry" } else { "done" });
        at = due.unwrap_or(at);
    }
}

async fn leads_are_claimed_by_priority_attempts_and_last_try(db: Db) {
    let world = World::with_leads(db, 7).await;
    world.without_caps().await;
    let set = async |lead: &WorldLead, priority: i32, attempts: i32, hours_ago: i64| {
        let tried = attempts > 0;
        let row = leads::ActiveModel {
            id: Set(lead.lead.0),
            state: Set(if tried { "retry" } else { "fresh" }.to_owned()),
            priority: Set(priority),
            attempts: Set(attempts),
            last_attempt_at: Set(tried.then(|| (MONDAY_10 - hours_ago * 60 * MINUTE).to_utc())),
            next_attempt_at: Set(tried.then(|| MONDAY_10.to_utc())),
            ..Default::default()
        };
        write(&world.db, async |tx| row.update(tx).await.expect("update")).await;
    };
    let [a, b, c, d, e, f, g] = &world.leads[..] else { panic!("seven") };
    set(a, 0, 2, 1).await;
    set(b, 0, 1, 1).await;
    set(c, 0, 1, 5).await;
    set(d, 3, 2, 1).await;
    set(f, 5, 0, 0).await;
    set(g, -1, 0, 0).await;
    let ids = |leads: &[&WorldLead]| leads.iter().map(|lead| lead.lead).collect::<Vec<LeadId>>();
    let wanted = ids(&[d, c, b, a, f, e, g]);
    let mut claimed = Vec::new();
    for _ in 0..3 {
        let some = claim_leads(&world.db, world.campaign, 3, MONDAY_10, Shanghai).await.expect("claim");
        claimed.extend(some.into_iter().map(|lead| lead.lead));
    }
    assert_eq!(claimed, wanted, "retries before fresh ones; priority, attempts, last try");
}
