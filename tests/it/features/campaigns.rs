//! Campaigns through the API.

use super::world::{MINUTE, MONDAY_10, World, call_id, write};
use crate::both_databases;
use crate::support::app::TestApp;
use chrono_tz::UTC;
use sea_orm::ConnectionTrait;
use serde_json::{Value, json};
use trunkline::base::clock::{self, Moment};
use trunkline::base::ids::{CampaignId, UserId};
use trunkline::campaigns;
use trunkline::floor::effect::{AgentLive, AgentStateKind, CallResult, Fact, Tell};
use trunkline::floor::forward::Forwarding;
use trunkline::floor::input::{DialMode, WindowCounts};
use trunkline::floor::phone::PhoneLive;
use trunkline::store::Db;
use trunkline::store::changes::Change;

both_databases!(
    a_campaign_is_made_changed_and_run,
    what_is_wrong_with_a_campaign_is_said_field_by_field,
    the_desk_shows_the_script_without_counting,
    the_cap_counts_by_the_hour_and_by_the_group,
);

async fn a_campaign_is_made_changed_and_run(db: Db) {
    let world = World::with_leads(db, 3).await;
    let app = TestApp::on(world.db.clone());
    let token = app.as_role("manager").await;
    let mut changes = app.listen();
    let body = json!({ "name": "Spring", "list_id": world.list, "gateway_id": world.gateway });
    let made = app.post(&token, "/campaigns", body).await.expect(201);
    assert_eq!((&made["state"], &made["mode"]), (&json!("draft"), &json!("predictive")));
    assert_eq!(made["caller_id"], "02160000000", "the gateway's own number");
    assert_eq!((&made["ring_seconds"], &made["drop_cap_permille"]), (&json!(30), &json!(30)));
    assert_eq!((&made["counts"]["leads"], &made["counts"]["fresh"]), (&json!(3), &json!(3)));
    let path = format!("/campaigns/{}", made["id"]);
    let id = CampaignId(made["id"].as_i64().expect("id"));
    assert_eq!(changes.next().await, Some(Change::Campaign(id)));

    let post = async |action: &str| app.post(&token, &format!("{path}/{action}"), json!({})).await;
    post("start").await.refused(409, "no_agents");
    let agents: Vec<i64> = world.agents.iter().map(|agent| agent.0).collect();
    let patch = json!({ "agents": agents, "ring_seconds": 20, "mode": "progressive" });
    let changed = app.patch(&token, &path, patch).await.expect(200);
    assert_eq!((&changed["ring_seconds"], &changed["name"]), (&json!(20), &json!("Spring")));
    assert_eq!((&changed["mode"], &changed["agents"]), (&json!("progressive"), &json!(agents)));
    assert_eq!(changes.next().await, Some(Change::Campaign(id)));
    post("pause").await.refused(409, "wrong_state");
    assert_eq!(post("start").await.expect(200)["state"], "running");
    assert_eq!(post("pause").await.expect(200)["state"], "paused");
    assert_eq!(post("finish").await.expect(200)["state"], "finished");
    post("start").await.refused(409, "wrong_state");

    let agent = app.as_role("agent").await;
    app.get(&agent, "/campaigns").await.refused(403, "forbidden");
    let lead = app.as_role("team_lead").await;
    app.patch(&lead, &path, json!({ "ring_seconds": 20 })).await.refused(403, "forbidden");
    assert_eq!(app.get(&lead, "/campaigns").await.expect(200)["total"], 2);
}

async fn what_is_wrong_with_a_campaign_is_said_field_by_field(db: Db) {
    let world = World::with_leads(db, 0).await;
    let app = TestApp::on(world.db.clone());
    let token = app.as_role("administrator").await;
    let good = json!({ "name": "Spring", "list_id": world.list, "gateway_id": world.gateway });
    let with = |field: &str, value: Value| {
        let mut body = good.clone();
        body[field] = value;
        body
    };
    for (field, value) in [
        ("ring_seconds", json!(14)),
        ("caller_id", json!("1{x}")),
        ("ratio_permille", json!(999)),
        ("calls_per_second", json!(-1)),
        ("priority", json!(101)),
        ("share", json!(0)),
        ("cap_window_hours", json!(721)),
        ("cap_group", json!("two\nlines")),
        ("drop_message", json!("/a.wav,park:")),
        ("list_id", json!(999)),
        ("gateway_id", json!(999)),
        ("agents", json!([world.boss])),
        ("name", json!("Autumn")),
        ("name", json!(" ")),
    ] {
        let refused =
            app.post(&token, "/campaigns", with(field, value.clone())).await.refused(400, "invalid");
        assert_eq!(refused["fields"][0]["field"], field, "{value}");
    }
    app.post(&token, "/campaigns", json!({ "name": "x" })).await.refused(400, "invalid");
    let two = json!({ "ring_seconds": 1, "lines_max": 0 });
    let path = format!("/campaigns/{}", world.campaign);
    let refused = app.patch(&token, &path, two).await.refused(400, "invalid");
    assert_eq!(refused["fields"].as_array().map(Vec::len), Some(2));
    app.get(&token, "/campaigns/999").await.refused(404, "not_found");
}

/// What the floor is given when it starts, or when a campaign has changed.
async fn the_cap_counts_by_the_hour_and_by_the_group(db: Db) {
    let world = World::with_leads(db, 4).await;
    let app = TestApp::on(world.db.clone());
    let token = app.as_role("manager").await;
    let path = format!("/campaigns/{}", world.campaign);
    let cap = json!({ "mode": "ratio", "ratio_permille": 2_500, "cap_window_hours": 720, "cap_group": "loans", "drop_message": "/sounds/sorry.wav" });
    let changed = app.patch(&token, &path, cap.clone()).await.expect(200);
    for field in ["mode", "ratio_permille", "cap_window_hours", "cap_group", "drop_message"] {
        assert_eq!(changed[field], cap[field], "{field}");
    }
    let hour = 60 * MINUTE;
    for (n, at) in [(0, 0), (1, 5 * MINUTE), (2, 3 * hour)] {
        let lead = &world.leads[n as usize];
        world.write_facts(&world.conversation(lead, n + 1, world.agents[0], 30_000, MONDAY_10 + at)).await;
    }
    let (lead, call, at) = (&world.leads[3], call_id(4), MONDAY_10 + 3 * hour);
    let dropped = [
        world.dialled(lead, 4, at),
        Fact::CallAnswered { call, at: at + 5_000 },
        Fact::CallDropped { call, at: at + 7_000 },
        world.ended(lead, 4, CallResult::Dropped, 0, at + 9_000),
    ];
    world.write_facts(&dropped).await;

    let now = MONDAY_10 + 4 * hour;
    let load = async |now| campaigns::store::load_profiles(&world.db, now, UTC).await.expect("profiles");
    let profile = load(now).await.pop().expect("the campaign");
    let counts = |answered, dropped| WindowCounts { answered, dropped };
    assert_eq!(profile.counted, [(MONDAY_10, counts(2, 0)), (MONDAY_10 + 3 * hour, counts(2, 1))]);
    assert_eq!((profile.mode, profile.ratio_permille), (DialMode::Ratio, 2_500));
    assert_eq!((profile.cap_window_hours, profile.cap_group.as_deref()), (720, Some("loans")));
    assert_eq!(profile.drop_message.as_deref(), Some("/sounds/sorry.wav"));
    let days = |days: i64| MONDAY_10 + days * 24 * hour;
    let counted = load(days(30) + hour).await.pop().expect("the campaign").counted;
    assert_eq!(counted, [(MONDAY_10 + 3 * hour, counts(2, 1))], "the first are longer ago than any window");

    let spaced = app.patch(&token, &path, json!({ "cap_group": " loans " })).await.expect(200);
    assert_eq!(spaced["cap_group"], "loans", "spaces make no other group");

    // What it has dropped counts for its group when it is finished; it dials no more.
    app.post(&token, &format!("{path}/finish"), json!({})).await.expect(200);
    let finished = campaigns::store::load_profile(&world.db, world.campaign, now, UTC).await;
    assert!(!finished.expect("read").expect("a campaign").running);
    let later = Moment(clock::now().0 + 29 * 24 * hour);
    assert_eq!(load(later).await.len(), 1);
    assert_eq!(load(later + 2 * 24 * hour).await.len(), 0);
    let empty = json!({ "cap_group": "", "drop_message": "" });
    let changed = app.patch(&token, &path, empty).await.expect(200);
    assert_eq!((&changed["cap_group"], &changed["drop_message"]), (&Value::Null, &Value::Null));
    assert_eq!(load(now).await.len(), 0);
}

/// Every desk asks with every call. A ledger is big, so nothing may be counted:
/// without the table of leads there are no figures, and the desk does not care.
async fn the_desk_shows_the_script_without_counting(db: Db) {
    let world = World::with_leads(db, 1).await;
    let agent = world.agents[0];
    world.write_facts(&world.conversation(&world.leads[0], 1, agent, 30_000, MONDAY_10)).await;
    let app = TestApp::on(world.db.clone());
    let manager = app.as_role("manager").await;
    let path = format!("/campaigns/{}", world.campaign);
    app.patch(&manager, &path, json!({ "script": "Good morning" })).await.expect(200);
    let token = app.token(UserId(agent.0)).await;
    // The conductor answers before it tells, and has told of everything before
    // when it answers the next request, which changes nothing.
    app.post(&token, "/desk/log-in", json!({})).await;
    let refused = app.post(&token, "/desk/hang-up", json!({})).await;
    assert_eq!(refused.status, 409, "{}", refused.text);
    app.hub.publish(Tell::Agent(AgentLive {
        agent,
        kind: AgentStateKind::WrapUp,
        reason: None,
        since: MONDAY_10,
        call: Some(call_id(1)),
        phone_up: true,
        next: None,
        wrap_up_until: None,
        muted: false,
        allowed: Vec::new(),
        phone: PhoneLive::default(),
        forwarding: Forwarding::default(),
        takes_personal_calls: false,
        preview: None,
    }));
    let away = async |tx: &trunkline::store::WriteTx| {
        tx.execute_unprepared("ALTER TABLE leads RENAME TO leads_away").await.expect("rename")
    };
    write(&world.db, away).await;
    assert_eq!(app.get(&manager, &path).await.status, 500, "figures need the leads");
    let call = &app.get(&token, "/desk").await.expect(200)["call"];
    assert_eq!((&call["campaign_name"], &call["script"]), (&json!("Autumn"), &json!("Good morning")));
    assert_eq!(call["customer"]["history"].as_array().map(Vec::len), Some(1));
}
