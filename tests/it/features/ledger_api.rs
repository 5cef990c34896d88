//! A call that was handed on, as the API and the report show it.

use super::ledger::handed_call;
use super::world::{World, call_id, user};
use crate::both_databases;
use crate::support::app::TestApp;
use sea_orm::EntityTrait;
use serde_json::{Value, json};
use trunkline::base::ids::UserId;
use trunkline::store::Db;
use trunkline::store::entity::recordings;

both_databases!(the_page_of_a_handed_call_tells_its_story, both_agents_talk_time_is_their_own_in_the_report);

async fn the_page_of_a_handed_call_tells_its_story(db: Db) {
    let world = World::with_leads(db, 2).await;
    let [anna, bert] = world.agents;
    world.write_facts(&handed_call(&world)).await;
    world.write_facts(&world.conversation(&world.leads[1], 2, bert, 1_000, super::world::MONDAY_10)).await;
    let app = TestApp::on(world.db.clone());
    let boss = app.token(world.boss).await;
    let path = format!("/calls/{}", call_id(1));
    let call = app.get(&boss, &path).await.expect(200);
    assert_eq!(
        (&call["agent_name"], &call["talk_ms"], &call["hold_ms"]),
        (&json!("bert"), &json!(55_000), &json!(30_000))
    );
    let column = |list: &str, key: &str| -> Vec<Value> {
        call[list].as_array().expect("a list").iter().map(|row| row[key].clone()).collect()
    };
    let kinds = ["dialling", "ringing", "talking", "held", "talking", "consulting", "conference", "talking"];
    assert_eq!(column("spans", "kind"), kinds);
    assert_eq!(
        column("spans", "duration_ms"),
        [1_000, 4_000, 15_000, 10_000, 10_000, 20_000, 10_000, 20_000]
    );
    assert_eq!(column("spans", "agent_name")[6..], [json!("anna"), json!("bert")]);
    assert_eq!(column("legs", "role"), ["customer", "agent", "agent"]);
    assert_eq!(column("legs", "number")[1..], [json!("1001"), json!("1002")]);
    let transfer = &call["transfers"][0];
    assert_eq!(
        [&transfer["from_agent_name"], &transfer["to_agent_name"], &transfer["note"], &transfer["outcome"]],
        [&json!("anna"), &json!("bert"), &json!("wants the annual plan"), &json!("completed")]
    );
    assert_eq!(column("monitors", "mode"), ["listen", "whisper"]);
    assert_eq!(column("monitors", "supervisor_name"), ["boss", "boss"]);
    assert_eq!(column("recording_pauses", "agent_name"), ["anna"]);

    // Both agents see the call, and not who listened; the recording is both's.
    let recording = recordings::Entity::find().all(world.db.read()).await.expect("query");
    let recording = recording.iter().find(|row| row.call_id == call_id(1).0).expect("its recording").id;
    for agent in [anna, bert] {
        let token = app.token(UserId(agent.0)).await;
        let own = app.get(&token, &path).await.expect(200);
        assert_eq!((&own["id"], &own["monitors"]), (&json!(call_id(1)), &Value::Null));
        app.get(&token, &format!("/recordings/{recording}/audio")).await.refused(404, "file_missing");
    }
    let found = async |token: &str, query: &str| {
        let page = app.get(token, &format!("/calls?{query}")).await.expect(200);
        page["items"].as_array().map(Vec::len)
    };
    assert_eq!(found(&boss, &format!("agent_id={anna}")).await, Some(1));
    assert_eq!(found(&boss, &format!("agent_id={bert}")).await, Some(2));
    let own = app.token(UserId(anna.0)).await;
    assert_eq!(found(&own, "").await, Some(1), "she handed it on, and it was hers");
    app.get(&own, &format!("/calls/{}", call_id(2))).await.refused(404, "not_found");
    let carl = app.token(user(&world.db, "carl", "agent", Some("1003")).await).await;
    assert_eq!(found(&carl, "").await, Some(0));
    app.get(&carl, &path).await.refused(404, "not_found");
    app.get(&carl, &format!("/recordings/{recording}/audio")).await.refused(404, "not_found");
}

async fn both_agents_talk_time_is_their_own_in_the_report(db: Db) {
    let world = World::with_leads(db, 1).await;
    let [anna, bert] = world.agents;
    world.write_facts(&handed_call(&world)).await;
    let app = TestApp::on(world.db.clone());
    let boss = app.token(world.boss).await;
    let report = app.get(&boss, "/reports/agents?from=2026-11-23").await.expect(200);
    let figures = |row: &Value| ["calls", "connected", "talk_ms"].map(|key| row[key].as_i64());
    let [first, second] = [&report["rows"][0], &report["rows"][1]];
    assert_eq!((&first["agent_name"], &second["agent_name"]), (&json!("anna"), &json!("bert")));
    assert_eq!(figures(first), [Some(1), Some(1), Some(35_000)]);
    assert_eq!(figures(second), [Some(1), Some(1), Some(20_000)]);
    assert_eq!(figures(&report["totals"]), [Some(1), Some(1), Some(55_000)]);
    assert_eq!(report["by_result"]["answered"], 1);
    for (agent, talk_ms) in [(anna, 35_000), (bert, 20_000)] {
        let token = app.token(UserId(agent.0)).await;
        let own = app.get(&token, "/reports/agents?from=2026-11-23").await.expect(200);
        assert_eq!(own["rows"].as_array().map(Vec::len), Some(1));
        assert_eq!(figures(&own["totals"]), [Some(1), Some(1), Some(talk_ms)]);
    }
}
