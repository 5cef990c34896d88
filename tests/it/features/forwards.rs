//! The way of a call that was forwarded, in the ledger and on its page.

use super::world::{MONDAY_10, World, call_id, leg_id};
use crate::both_databases;
use crate::support::app::TestApp;
use serde_json::{Value, json};
use trunkline::base::clock::Moment;
use trunkline::base::phone::Dialable;
use trunkline::floor::effect::{Fact, TransferOutcome};
use trunkline::floor::forward::ForwardReason;
use trunkline::floor::input::Party;
use trunkline::store::Db;

both_databases!(the_page_of_a_forwarded_call_shows_its_way);

fn at(seconds: i64) -> Moment {
    MONDAY_10 + seconds * 1_000
}

/// Anna hands a call to Bert, whose phone rings in vain and who forwards to a
/// number outside, which does not answer either. Every fact comes twice.
async fn the_page_of_a_forwarded_call_shows_its_way(db: Db) {
    let world = World::with_leads(db, 1).await;
    let [anna, bert] = world.agents;
    let call = call_id(1);
    let mut facts = world.conversation(&world.leads[0], 1, anna, 85_000, MONDAY_10);
    let end = facts.split_off(8);
    let number = Dialable::new("13800138000").expect("digits");
    facts.extend([
        Fact::TransferStarted {
            call,
            from: anna,
            to: Party::Agent(bert),
            attended: false,
            note: None,
            at: at(20),
        },
        Fact::CallLeg {
            call,
            leg: leg_id(77),
            agent: Some(bert),
            number: Dialable::new("1002").expect("digits"),
            at: at(20),
        },
        Fact::CallForwarded {
            call,
            by: bert,
            reason: ForwardReason::NoAnswer,
            to: Party::Outside(number.clone()),
            at: at(30),
        },
        Fact::CallLeg { call, leg: leg_id(78), agent: None, number, at: at(30) },
        Fact::TransferEnded { call, outcome: TransferOutcome::NoAnswer, at: at(60) },
    ]);
    for fact in facts.iter().chain(&end) {
        world.write_facts(std::slice::from_ref(fact)).await;
        world.write_facts(std::slice::from_ref(fact)).await;
    }
    let app = TestApp::on(world.db.clone());
    let boss = app.token(world.boss).await;
    let page = app.get(&boss, &format!("/calls/{call}")).await.expect(200);
    let forwards = page["forwards"].as_array().expect("a list");
    let [forward] = forwards.as_slice() else { panic!("one forward: {forwards:?}") };
    let told = ["agent_name", "reason", "to_agent_name", "to_number"].map(|key| forward[key].clone());
    assert_eq!(told, [json!("bert"), json!("no_answer"), Value::Null, json!("13800138000")]);
    let transfer = &page["transfers"][0];
    assert_eq!((&transfer["to_agent_name"], &transfer["outcome"]), (&json!("bert"), &json!("no_answer")));
    // Each phone's part ends when it has rung in vain.
    let legs = page["legs"].as_array().expect("legs");
    let ends: Vec<(i64, &Value)> = legs
        .iter()
        .filter_map(|leg| {
            let ended: chrono::DateTime<chrono::Utc> = leg["ended_at"].as_str()?.parse().ok()?;
            Some((Moment::from(ended).since_ms(MONDAY_10) / 1_000, &leg["number"]))
        })
        .collect();
    assert!(ends.contains(&(30, &json!("1002"))), "{ends:?}");
    assert!(ends.contains(&(60, &json!("13800138000"))), "{ends:?}");
}
