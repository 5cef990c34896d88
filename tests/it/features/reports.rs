//! Reports, the ledger and recordings through the API, against facts made by
//! hand.

use super::world::{MINUTE, MONDAY_10, World, call_id};
use crate::both_databases;
use crate::support::app::TestApp;
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter};
use serde_json::{Value, json};
use trunkline::base::clock::Moment;
use trunkline::base::ids::{AgentId, UserId};
use trunkline::floor::effect::{AgentStateKind, CallResult, Fact};
use trunkline::recordings::jobs::{MeasureStatus, find_unheard_recordings, measure_recordings};
use trunkline::store::Db;
use trunkline::store::entity::{audit_log, recordings};

both_databases!(
    the_report_counts_what_the_facts_say,
    the_ledger_is_paged_and_kept_to_ones_scope,
    a_recording_is_measured_played_in_parts_and_every_listening_is_noted,
    a_recording_whose_stop_was_lost_is_measured_once_its_call_is_over,
    a_recording_of_which_no_event_came_is_found_by_its_file,
);

fn state(agent: AgentId, kind: AgentStateKind, at: Moment) -> Fact {
    Fact::AgentState { agent, kind, reason: None, call: None, at }
}

async fn the_report_counts_what_the_facts_say(db: Db) {
    use AgentStateKind::{LoggedOut, Paused, Ready, Talking, WrapUp};
    let world = World::with_leads(db, 6).await;
    let [anna, bert] = world.agents;
    // 2026-11-23 00:00 in Shanghai; the shift begins the evening before.
    let midnight = MONDAY_10 - 10 * 60 * MINUTE;
    world
        .write_facts(&[
            state(anna, Ready, midnight - 5 * MINUTE),
            state(anna, Talking, midnight + 3 * MINUTE),
            state(anna, WrapUp, midnight + 9 * MINUTE),
            state(anna, Paused, midnight + 10 * MINUTE),
            state(anna, LoggedOut, midnight + 30 * MINUTE),
            state(bert, Ready, midnight + 60 * MINUTE),
            state(bert, LoggedOut, midnight + 62 * MINUTE),
        ])
        .await;
    let lead = |n: usize| &world.leads[n];
    // The day before, by a minute: not counted.
    world.write_facts(&world.conversation(lead(0), 1, anna, 60_000, midnight - MINUTE)).await;
    world.write_facts(&world.conversation(lead(1), 2, anna, 90_000, midnight + 3 * MINUTE)).await;
    world.write_facts(&world.conversation(lead(2), 3, anna, 30_000, midnight + 6 * MINUTE)).await;
    world.write_facts(&world.conversation(lead(3), 4, bert, 10_000, midnight + 60 * MINUTE)).await;
    world
        .write_facts(&[
            world.dialled(lead(4), 5, midnight + MINUTE),
            world.ended(lead(4), 5, CallResult::Busy, 0, midnight + 2 * MINUTE),
            world.dialled(lead(5), 6, midnight + MINUTE),
            Fact::CallAnswered { call: call_id(6), at: midnight + 2 * MINUTE },
            Fact::CallDropped { call: call_id(6), at: midnight + 2 * MINUTE + 2_000 },
            world.ended(lead(5), 6, CallResult::Dropped, 0, midnight + 2 * MINUTE + 9_000),
        ])
        .await;

    let app = TestApp::on(world.db.clone());
    let boss = app.token(world.boss).await;
    let report = app.get(&boss, "/reports/agents?from=2026-11-23&to=2026-11-23").await.expect(200);
    assert_eq!(report["zone"], "Asia/Shanghai");
    let names: Vec<&Value> =
        report["rows"].as_array().expect("rows").iter().map(|row| &row["agent_name"]).collect();
    assert_eq!(names, [&json!("anna"), &json!("bert")]);
    let row = &report["rows"][0];
    assert_eq!(
        [&row["calls"], &row["connected"], &row["talk_ms"], &row["mean_talk_ms"]],
        [&json!(2), &json!(2), &json!(120_000), &json!(60_000)]
    );
    let minutes = |key: &str| row["states"][key].as_i64().map(|ms| ms / MINUTE);
    assert_eq!(minutes("ready_ms"), Some(3), "from midnight on");
    assert_eq!(minutes("talking_ms"), Some(6));
    assert_eq!(minutes("wrap_up_ms"), Some(1));
    assert_eq!(minutes("paused_ms"), Some(20));
    assert_eq!(minutes("logged_in_ms"), Some(30));
    assert_eq!(row["occupancy"].as_f64(), Some(0.7), "7 of 10 minutes");
    let totals = &report["totals"];
    assert_eq!(
        [&totals["calls"], &totals["answered"], &totals["connected"]],
        [&json!(5), &json!(4), &json!(3)]
    );
    assert_eq!(totals["states"]["logged_in_ms"], 32 * MINUTE);
    let results = &report["by_result"];
    assert_eq!(
        [&results["answered"], &results["busy"], &results["dropped"], &results["no_answer"]],
        [&json!(3), &json!(1), &json!(1), &json!(0)]
    );

    let own = app.token(UserId(bert.0)).await;
    let report = app.get(&own, "/reports/agents?from=2026-11-23").await.expect(200);
    assert_eq!(report["rows"].as_array().map(Vec::len), Some(1));
    assert_eq!((&report["totals"]["calls"], &report["by_result"]["busy"]), (&json!(1), &json!(0)));
    app.get(&own, "/reports/agents.xlsx?from=2026-11-23").await.refused(403, "forbidden");
    let workbook = app.get(&boss, "/reports/agents.xlsx?from=2026-11-23&lang=en").await;
    assert_eq!(workbook.status, 200);
    assert!(workbook.text.starts_with("PK"));
    app.get(&boss, "/reports/agents?from=2026-11-23&to=2026-11-22").await.refused(400, "invalid");
}

async fn the_ledger_is_paged_and_kept_to_ones_scope(db: Db) {
    let world = World::with_leads(db, 6).await;
    let [anna, bert] = world.agents;
    // Two calls in the same instant: the page must not lose one.
    for (n, (agent, at)) in (1..).zip([(anna, 0), (bert, 0), (anna, MINUTE), (anna, 2 * MINUTE)]) {
        let lead = &world.leads[n as usize - 1];
        world.write_facts(&world.conversation(lead, n, agent, 1_000, MONDAY_10 + at)).await;
    }
    world.write_facts(&[world.dialled(&world.leads[4], 5, MONDAY_10 + 3 * MINUTE)]).await;
    let app = TestApp::on(world.db.clone());
    let boss = app.token(world.boss).await;
    let ids = |page: &Value| -> Vec<String> {
        page["items"]
            .as_array()
            .expect("items")
            .iter()
            .map(|call| call["id"].as_str().expect("id").to_owned())
            .collect()
    };
    let mut all = Vec::new();
    let mut path = "/calls?limit=2".to_owned();
    loop {
        let page = app.get(&boss, &path).await.expect(200);
        all.extend(ids(&page));
        let Some(cursor) = page["next_cursor"].as_str() else { break };
        path = format!("/calls?limit=2&cursor={cursor}");
    }
    assert_eq!(all, [5, 4, 3, 2, 1].map(|n| call_id(n).to_string()));
    let found = async |token: &str, query: &str| {
        ids(&app.get(token, &format!("/calls?{query}")).await.expect(200)).len()
    };
    assert_eq!(found(&boss, &format!("agent_id={bert}")).await, 1);
    assert_eq!(found(&boss, "result=answered").await, 4);
    assert_eq!(found(&boss, "q=customer%203").await, 1);
    assert_eq!(found(&boss, "q=%25").await, 0, "a wildcard is a plain character");
    assert_eq!(found(&boss, "from=2026-11-23&to=2026-11-23").await, 5);
    assert_eq!(found(&boss, "from=2026-11-24").await, 0);
    app.get(&boss, "/calls?from=yesterday").await.refused(400, "invalid");

    let own = app.token(UserId(anna.0)).await;
    assert_eq!(found(&own, "").await, 3, "one's own; the one that reached nobody is nobody's");
    let call = app.get(&own, &format!("/calls/{}", call_id(1))).await.expect(200);
    assert_eq!(
        [&call["campaign_name"], &call["customer_name"], &call["agent_name"]],
        [&json!("Autumn"), &json!("customer 0"), &json!("anna")]
    );
    assert_eq!(
        (&call["wait_ms"], &call["talk_ms"], &call["dropped"]),
        (&json!(0), &json!(1_000), &json!(false))
    );
    app.get(&own, &format!("/calls/{}", call_id(2))).await.refused(404, "not_found");

    let customer = world.leads[1].customer;
    app.get(&own, &format!("/customers/{customer}")).await.refused(404, "not_found");
    let theirs = app.get(&own, &format!("/customers/{}", world.leads[0].customer)).await.expect(200);
    assert_eq!(theirs["history"][0]["id"], json!(call_id(1)));
    let dispositions = app.get(&own, "/dispositions").await.expect(200);
    assert_eq!(dispositions["items"][0]["key"], "sale");
    assert!(app.get(&own, "/pause-reasons").await.expect(200)["total"].as_u64() > Some(2));
}

/// Neither its start nor its stop was heard: the file alone tells.
async fn a_recording_of_which_no_event_came_is_found_by_its_file(db: Db) {
    let world = World::with_leads(db, 1).await;
    let mut facts = world.conversation(&world.leads[0], 1, world.agents[0], MINUTE, MONDAY_10);
    facts.retain(|fact| !matches!(fact, Fact::RecordingStarted { .. } | Fact::RecordingStopped { .. }));
    world.write_facts(&facts).await;
    let folder = tempfile::tempdir().expect("a folder");
    let day = folder.path().join("2026/11/23");
    std::fs::create_dir_all(&day).expect("a folder");
    let file = day.join(format!("{}-5ec2e7.wav", call_id(1)));
    for path in [&file, &day.join(format!("{}-5ec2e7.wav", call_id(9))), &day.join("notes.txt")] {
        std::fs::write(path, b"RIFF").expect("a file");
    }
    let find = async |at| find_unheard_recordings(&world.db, folder.path(), at).await.expect("a run");
    assert_eq!(find(MONDAY_10 + MINUTE + 6_000).await, 0, "its event may be on its way");
    assert_eq!(find(MONDAY_10 + 3 * MINUTE).await, 1);
    assert_eq!(find(MONDAY_10 + 4 * MINUTE).await, 0, "once");
    let row = recordings::Entity::find().one(world.db.read()).await.expect("query").expect("recording");
    assert_eq!((row.call_id, row.path.as_str()), (call_id(1).0, file.to_str().expect("UTF-8")));
}

/// Its stop fell into a crash: nobody waits for it for ever.
async fn a_recording_whose_stop_was_lost_is_measured_once_its_call_is_over(db: Db) {
    let world = World::with_leads(db, 1).await;
    let mut facts = world.conversation(&world.leads[0], 1, world.agents[0], MINUTE, MONDAY_10);
    facts.retain(|fact| !matches!(fact, Fact::RecordingStopped { .. }));
    let end = facts.split_off(facts.len() - 1);
    world.write_facts(&facts).await;
    let folder = tempfile::tempdir().expect("a folder");
    // That the file is not there shows that it is looked for.
    let looked = async |at| measure_recordings(&world.db, folder.path(), at).await.expect("a run").failed;
    assert_eq!(looked(MONDAY_10 + 60 * MINUTE).await, 0, "the call goes on");
    world.write_facts(&end).await;
    let ended_at = MONDAY_10 + 5_000 + MINUTE;
    assert_eq!(looked(ended_at + 1_000).await, 0, "its stop may be on its way");
    assert_eq!(looked(ended_at + 2 * MINUTE).await, 1);
}

async fn a_recording_is_measured_played_in_parts_and_every_listening_is_noted(db: Db) {
    let world = World::with_leads(db, 1).await;
    let [anna, bert] = world.agents;
    world.write_facts(&world.conversation(&world.leads[0], 1, anna, 1_000, MONDAY_10)).await;
    let app = TestApp::on(world.db.clone());
    let folder = app.folder().join("recordings");
    let later = MONDAY_10 + MINUTE;
    let missing = measure_recordings(&world.db, &folder, later).await.expect("a run");
    assert_eq!(missing, MeasureStatus { measured: 0, failed: 1 });
    let row = recordings::Entity::find().one(world.db.read()).await.expect("query").expect("recording");
    let own = app.token(UserId(anna.0)).await;
    let path = format!("/recordings/{}/audio", row.id);
    app.get(&own, &path).await.refused(404, "file_missing");

    // One second of 8 kHz stereo, as the switch writes it.
    let mut wav =
        b"RIFF\x24\x7d\0\0WAVEfmt \x10\0\0\0\x01\0\x02\0\x40\x1f\0\0\0\x7d\0\0\x04\0\x10\0data\0\x7d\0\0"
            .to_vec();
    wav.resize(wav.len() + 32_000, 0);
    std::fs::create_dir_all(folder.join("2026/11/23")).expect("a folder");
    std::fs::write(folder.join("2026/11/23/1.wav"), &wav).expect("a file");
    let run = measure_recordings(&world.db, &folder, later).await.expect("a run");
    assert_eq!(run, MeasureStatus { measured: 1, failed: 0 });
    let again = measure_recordings(&world.db, &folder, later).await.expect("a run");
    assert_eq!(again, MeasureStatus::default());
    let row = recordings::Entity::find().one(world.db.read()).await.expect("query").expect("recording");
    assert_eq!((row.bytes, row.duration_ms), (Some(32_044), Some(1_000)));
    assert_eq!(row.sha256.map(|sum| sum.len()), Some(64));

    let whole = app.get(&own, &path).await;
    assert_eq!((whole.status.as_u16(), whole.header("content-type")), (200, Some("audio/wav")));
    assert_eq!(whole.text.len(), wav.len());
    let part = app.call("GET", &path).bearer(&own).header("range", "bytes=0-3").send().await;
    assert_eq!((part.status.as_u16(), part.text.as_str()), (206, "RIFF"));
    assert_eq!(part.header("content-range"), Some("bytes 0-3/32044"));
    let beyond = app.call("GET", &path).bearer(&own).header("range", "bytes=99999-").send().await;
    assert_eq!(beyond.status.as_u16(), 416);
    let other = app.token(UserId(bert.0)).await;
    app.get(&other, &path).await.refused(404, "not_found");
    let heard = audit_log::Entity::find()
        .filter(audit_log::Column::Action.eq("recording.listen"))
        .filter(audit_log::Column::UserId.eq(anna.0))
        .count(world.db.read())
        .await
        .expect("count");
    assert_eq!(heard, 3, "every request of the listener, and none that was refused");
}
