//! What a supervisor said when they barged: a recording of its own beside the
//! call's, known from its facts, from its end alone, and from its file alone; and
//! whom a hand-over lets see the customer.

use super::ledger::handed_call;
use super::world::{MONDAY_10, World, call_id, leg_id, user};
use crate::both_databases;
use crate::support::app::TestApp;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use serde_json::{Value, json};
use trunkline::base::clock::Moment;
use trunkline::base::ids::{AgentId, UserId};
use trunkline::base::phone::Dialable;
use trunkline::calls::store::load_open_calls;
use trunkline::floor::effect::Fact;
use trunkline::recordings::jobs::find_unheard_recordings;
use trunkline::store::Db;
use trunkline::store::entity::recordings;

both_databases!(
    a_voice_is_a_recording_beside_the_calls,
    a_voice_of_which_no_event_came_is_known_from_its_end_or_its_file,
    who_is_handed_a_call_sees_its_customer,
);

/// Seconds after the call was dialled.
fn at(seconds: i64) -> Moment {
    MONDAY_10 + seconds * 1_000
}

fn path_of(boss: UserId, since: Moment) -> String {
    let (call, secret) = (call_id(1), "5ec2e75ec2e75ec2e75ec2e75ec2e75e");
    format!("/switch/2026/11/23/{call}-{secret}-{boss}-{}.wav", since.0)
}

async fn voices(db: &Db) -> Vec<recordings::Model> {
    let voices = recordings::Entity::find().filter(recordings::Column::SpeakerId.is_not_null());
    voices.all(db.read()).await.expect("query")
}

async fn a_voice_is_a_recording_beside_the_calls(db: Db) {
    let world = World::with_leads(db, 1).await;
    let [anna, _] = world.agents;
    let path = path_of(world.boss, at(54));
    let supervisor = AgentId(world.boss.0);
    let mut facts = handed_call(&world);
    let end = facts.pop().expect("its end");
    let started =
        Fact::VoiceStarted { call: call_id(1), agent: anna, supervisor, path: path.clone(), at: at(54) };
    // Before the call's own recording is closed, so that it is the newest running.
    let stopped = facts.iter().position(|fact| matches!(fact, Fact::RecordingStopped { .. }));
    let own_stop = facts.remove(stopped.expect("the call's recording is closed"));
    facts.push(started.clone());
    world.write_facts(&facts).await;
    let open = load_open_calls(&world.db).await.expect("query");
    let (own, paused) = open[0].recording.clone().expect("the call's own recording");
    assert!(own.ends_with("/1.wav") && !paused, "{own}");

    let closed = Fact::VoiceStopped { path, at: at(60) };
    // Each of them twice, as after a crash.
    world.write_facts(&[started.clone(), closed.clone(), started, closed, own_stop, end]).await;
    let [voice] = &voices(&world.db).await[..] else { panic!("one voice") };
    assert_eq!((voice.agent_id, voice.speaker_id), (anna.0, Some(world.boss.0)));
    assert_eq!(voice.stopped_at, Some(at(60).to_utc()));

    let app = TestApp::on(world.db.clone());
    let boss = app.token(world.boss).await;
    let path = format!("/calls/{}", call_id(1));
    let call = app.get(&boss, &path).await.expect(200);
    let expected = json!([{
        "recording_id": voice.id, "supervisor_id": world.boss.0, "supervisor_name": "boss",
        "started_at": "2026-11-23T02:00:54Z", "ended_at": "2026-11-23T02:01:00Z", "offset_ms": 49_000,
    }]);
    assert_eq!(call["voices"], expected);
    let page = app.get(&boss, "/calls").await.expect(200);
    for shown in [&call["recording_id"], &page["items"][0]["recording_id"]] {
        assert!(shown.is_string() && *shown != json!(voice.id), "the call's own is the call's: {shown}");
    }
    let token = app.token(UserId(anna.0)).await;
    assert_eq!(app.get(&token, &path).await.expect(200)["voices"], Value::Null, "as who listened");
    // Who may hear the call's recording may hear this one.
    let audio = format!("/recordings/{}/audio", voice.id);
    app.get(&boss, &audio).await.refused(404, "file_missing");
    let carl = app.token(user(&world.db, "carl", "agent", Some("1003")).await).await;
    app.get(&carl, &audio).await.refused(404, "not_found");
}

async fn a_voice_of_which_no_event_came_is_known_from_its_end_or_its_file(db: Db) {
    let world = World::with_leads(db, 1).await;
    let [anna, _] = world.agents;
    world.write_facts(&world.conversation(&world.leads[0], 1, anna, 60_000, MONDAY_10)).await;
    world.write_facts(&[Fact::VoiceStopped { path: path_of(world.boss, at(20)), at: at(30) }]).await;
    let told: Vec<_> =
        voices(&world.db).await.into_iter().map(|row| (row.started_at, row.stopped_at)).collect();
    assert_eq!(told, [(at(20).to_utc(), Some(at(30).to_utc()))]);

    let folder = tempfile::tempdir().expect("a folder");
    let day = folder.path().join("2026/11/23");
    std::fs::create_dir_all(&day).expect("made");
    let name = path_of(world.boss, at(40));
    let file = day.join(name.rsplit('/').next().expect("a name"));
    std::fs::write(file, b"RIFF").expect("written");
    let later = MONDAY_10 + 600_000;
    let find = async || find_unheard_recordings(&world.db, folder.path(), later).await.expect("a run");
    assert_eq!((find().await, find().await), (1, 0), "once");
    let mut told: Vec<_> = voices(&world.db)
        .await
        .into_iter()
        .map(|row| (row.started_at, row.speaker_id, row.agent_id))
        .collect();
    told.sort_unstable();
    assert_eq!(told[1], (at(40).to_utc(), Some(world.boss.0), anna.0));
}

async fn who_is_handed_a_call_sees_its_customer(db: Db) {
    let world = World::with_leads(db, 2).await;
    let [anna, bert] = world.agents;
    let carl = user(&world.db, "carl", "agent", Some("1003")).await;
    world.write_facts(&handed_call(&world)).await;
    // Carl is asked about another call, and anna keeps it.
    let mut second = world.conversation(&world.leads[1], 2, anna, 60_000, MONDAY_10);
    let end = second.pop().expect("its end");
    world.write_facts(&second).await;
    let app = TestApp::on(world.db.clone());
    let sees = async |who: UserId| {
        let token = app.token(who).await;
        let page = app.get(&token, "/customers").await.expect(200);
        let mut ids: Vec<i64> =
            page["items"].as_array().expect("a page").iter().filter_map(|row| row["id"].as_i64()).collect();
        ids.sort_unstable();
        ids
    };
    let customers = [world.leads[0].customer.0, world.leads[1].customer.0];
    assert_eq!(sees(carl).await, Vec::<i64>::new());
    let number = Dialable::new("1003").expect("digits");
    let agent = Some(AgentId(carl.0));
    let asked = Fact::CallLeg { call: call_id(2), leg: leg_id(88), agent, number, at: at(30) };
    world.write_facts(&[asked, end]).await;
    assert_eq!(sees(carl).await, customers[1..], "while the phone rings, and afterwards");
    assert_eq!(sees(UserId(bert.0)).await, customers[..1], "it is his now");
    assert_eq!(sees(UserId(anna.0)).await, customers, "she handed it on, and sees it still");
    let token = app.token(carl).await;
    let path = |customer: i64| format!("/customers/{customer}");
    app.get(&token, &path(customers[1])).await.expect(200);
    app.get(&token, &path(customers[0])).await.refused(404, "not_found");
}
