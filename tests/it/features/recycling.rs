//! Leads that are done, put back to be dialled again; and which leads go first.

use super::world::{MINUTE, MONDAY_10, World, WorldLead, call_id, write};
use crate::both_databases;
use crate::support::app::TestApp;
use chrono_tz::Asia::Shanghai;
use sea_orm::{ActiveModelTrait, ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter};
use serde_json::json;
use trunkline::base::clock::Moment;
use trunkline::base::ids::ListId;
use trunkline::campaigns::store::claim_leads;
use trunkline::floor::effect::CallResult;
use trunkline::store::Db;
use trunkline::store::changes::Change;
use trunkline::store::entity::{audit_log, calls, dispositions, leads};

both_databases!(
    leads_of_some_results_are_counted_and_put_back,
    with_their_attempts_kept_those_used_up_stay,
    what_the_agent_chose_puts_leads_back_too,
    priorities_are_set_by_what_came_of_leads,
);

const DAY: i64 = 24 * 60 * MINUTE;

/// An attempt that ends a lead with this result.
async fn done(world: &World, lead: &WorldLead, n: u64, result: CallResult, at: Moment) {
    world.write_facts(&[world.dialled(lead, n, at), world.ended(lead, n, result, 0, at + 20_000)]).await;
    let row =
        leads::ActiveModel { id: Set(lead.lead.0), state: Set("done".to_owned()), ..Default::default() };
    write(&world.db, async |tx| row.update(tx).await.expect("update")).await;
}

async fn leads_of_some_results_are_counted_and_put_back(db: Db) {
    let world = World::with_leads(db, 6).await;
    world.without_caps().await;
    let [busy, rejected, machine, old, dropped, fresh] = &world.leads[..] else { panic!("six") };
    done(&world, busy, 1, CallResult::Busy, MONDAY_10).await;
    done(&world, rejected, 2, CallResult::Rejected, MONDAY_10).await;
    done(&world, machine, 3, CallResult::Machine, MONDAY_10).await;
    done(&world, old, 4, CallResult::Busy, MONDAY_10 - DAY).await;
    done(&world, dropped, 5, CallResult::Busy, MONDAY_10).await;
    // Dropped earlier, by another campaign: their rest holds.
    let row = calls::ActiveModel {
        id: Set(call_id(5).0),
        dropped_at: Set(Some(MONDAY_10.to_utc())),
        ..Default::default()
    };
    write(&world.db, async |tx| row.update(tx).await.expect("update")).await;

    let app = TestApp::on(world.db.clone());
    let token = app.as_role("team_lead").await;
    let path = format!("/campaigns/{}", world.campaign);
    let filter = json!({ "results": ["busy", "rejected"], "from_on": "2026-11-23", "to_on": "2026-11-23" });
    let body = json!({ "filter": filter, "reset": true });
    let preview = async |body: serde_json::Value| {
        app.post(&token, &format!("{path}/recycle-preview"), body).await.expect(200)
    };
    let counted = preview(body.clone()).await;
    assert_eq!((&counted["leads"], &counted["used_up"]), (&json!(3), &json!(0)));
    assert_eq!(counted["by_result"][0], json!({ "result": "busy", "leads": 2, "used_up": 0 }));
    let yesterday = json!({ "results": ["busy"], "to_on": "2026-11-22" });
    assert_eq!(preview(json!({ "filter": yesterday, "reset": true })).await["leads"], 1);
    assert_eq!(world.lead(busy.lead).await.state, "done", "nothing is changed by looking");

    let mut changes = app.listen();
    assert_eq!(app.post(&token, &format!("{path}/recycle"), body.clone()).await.expect(200)["leads"], 3);
    assert_eq!(changes.next().await, Some(Change::Leads(ListId(world.list))));
    let row = world.lead(busy.lead).await;
    assert_eq!((row.state.as_str(), row.attempts, row.rule.as_deref()), ("retry", 0, Some("recycled")));
    assert_eq!((row.next_attempt_at, row.last_result.as_deref()), (None, Some("busy")));
    for (lead, state) in [(rejected, "retry"), (machine, "done"), (old, "done"), (fresh, "fresh")] {
        assert_eq!(world.lead(lead.lead).await.state, state);
    }
    let claimed =
        claim_leads(&world.db, world.campaign, 9, MONDAY_10 + 60 * MINUTE, Shanghai).await.expect("claim");
    let claimed: Vec<_> = claimed.iter().map(|lead| lead.lead).collect();
    assert_eq!(claimed, [busy.lead, rejected.lead, fresh.lead], "who was dropped rests");
    // Counted from nothing.
    let again = trunkline::base::clock::now() + MINUTE;
    world
        .write_facts(&[world.dialled(busy, 6, again), world.ended(busy, 6, CallResult::Busy, 0, again + 1)])
        .await;
    assert_eq!(world.lead(busy.lead).await.attempts, 1);

    let history = app.get(&token, &format!("{path}/leads/{}/history", busy.lead)).await;
    if history.status == 200 {
        let history = history.json;
        assert_eq!(
            (&history["attempts"][0]["counts"], &history["attempts"][1]["counts"]),
            (&json!(true), &json!(false))
        );
    }
    let admin = app.as_role("administrator").await;
    let history = app.get(&admin, &format!("{path}/leads/{}/history", busy.lead)).await.expect(200);
    assert_eq!(
        (&history["attempts"][0]["counts"], &history["attempts"][1]["counts"]),
        (&json!(true), &json!(false))
    );
    let put_back = &history["recycles"][0];
    assert_eq!((&put_back["reset"], &put_back["attempts"]), (&json!(true), &json!(1)));
    assert_eq!(put_back["last_result"], "busy");
    let audited = audit_log::Entity::find()
        .filter(audit_log::Column::Action.eq("campaign.recycle"))
        .all(world.db.read())
        .await
        .expect("audit");
    assert_eq!((audited.len(), &audited[0].detail["leads"]), (1, &json!(3)));

    for filter in [
        json!({}),
        json!({ "results": ["busy"], "from_on": "2026-11-24", "to_on": "2026-11-23" }),
        json!({ "dispositions": [999] }),
    ] {
        let refused =
            app.post(&token, &format!("{path}/recycle"), json!({ "filter": filter, "reset": false })).await;
        assert_eq!(refused.refused(400, "invalid")["fields"][0]["field"], "filter");
    }
    app.post(&token, &format!("{path}/finish"), json!({})).await.expect(200);
    app.post(&token, &format!("{path}/recycle"), body).await.refused(409, "wrong_state");
}

async fn with_their_attempts_kept_those_used_up_stay(db: Db) {
    let world = World::with_leads(db, 2).await;
    world.without_caps().await;
    let [once, thrice] = &world.leads[..] else { panic!("two") };
    done(&world, once, 1, CallResult::NoAnswer, MONDAY_10).await;
    for n in 2..5 {
        done(&world, thrice, n, CallResult::NoAnswer, MONDAY_10 + n as i64 * 60 * MINUTE).await;
    }
    let app = TestApp::on(world.db.clone());
    let token = app.as_role("manager").await;
    let path = format!("/campaigns/{}", world.campaign);
    let body = json!({ "filter": { "results": ["no_answer"] }, "reset": false });
    let counted = app.post(&token, &format!("{path}/recycle-preview"), body.clone()).await.expect(200);
    assert_eq!((&counted["leads"], &counted["used_up"]), (&json!(1), &json!(1)));
    assert_eq!(app.post(&token, &format!("{path}/recycle"), body).await.expect(200)["leads"], 1);
    let (back, stays) = (world.lead(once.lead).await, world.lead(thrice.lead).await);
    assert_eq!((back.state.as_str(), back.attempts), ("retry", 1));
    assert_eq!((stays.state.as_str(), stays.attempts), ("done", 3));
}

async fn what_the_agent_chose_puts_leads_back_too(db: Db) {
    let world = World::with_leads(db, 3).await;
    world.without_caps().await;
    let chosen = dispositions::Entity::find().one(world.db.read()).await.expect("query").expect("seeded").id;
    for (n, lead) in (1..).zip(&world.leads) {
        world.write_facts(&world.conversation(lead, n, world.agents[0], 30_000, MONDAY_10)).await;
    }
    write(&world.db, async |tx| {
        for n in [1, 2] {
            let id = call_id(n).0;
            let row =
                calls::ActiveModel { id: Set(id), disposition_id: Set(Some(chosen)), ..Default::default() };
            row.update(tx).await.expect("update");
        }
    })
    .await;
    let app = TestApp::on(world.db.clone());
    let token = app.as_role("manager").await;
    let body = json!({ "filter": { "dispositions": [chosen] }, "reset": true });
    let path = format!("/campaigns/{}/recycle", world.campaign);
    assert_eq!(app.post(&token, &path, body.clone()).await.expect(200)["leads"], 2);
    assert_eq!(world.lead(world.leads[2].lead).await.state, "done");
    assert_eq!(app.post(&token, &path, body).await.expect(200)["leads"], 0, "they are not done any more");
}

async fn priorities_are_set_by_what_came_of_leads(db: Db) {
    let world = World::with_leads(db, 3).await;
    world.without_caps().await;
    let [busy, fresh, done_lead] = &world.leads[..] else { panic!("three") };
    let at = MONDAY_10;
    world.write_facts(&[world.dialled(busy, 1, at), world.ended(busy, 1, CallResult::Busy, 0, at + 1)]).await;
    done(&world, done_lead, 2, CallResult::Busy, at).await;
    let app = TestApp::on(world.db.clone());
    let token = app.as_role("manager").await;
    let path = format!("/campaigns/{}/leads/priority", world.campaign);
    let set = async |body: serde_json::Value| app.post(&token, &path, body).await;
    let busy_ones = json!({ "priority": 7, "filter": { "results": ["busy"] } });
    assert_eq!(set(busy_ones).await.expect(200)["leads"], 1, "who is done waits for nothing");
    assert_eq!(set(json!({ "priority": -2, "state": "fresh" })).await.expect(200)["leads"], 1);
    let priorities = [busy, fresh, done_lead].map(|lead| lead.lead);
    let mut found = Vec::new();
    for lead in priorities {
        found.push(world.lead(lead).await.priority);
    }
    assert_eq!(found, [7, -2, 0]);
    assert_eq!(
        set(json!({ "priority": 101 })).await.refused(400, "invalid")["fields"][0]["field"],
        "priority"
    );
}
