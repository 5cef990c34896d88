//! Calendars of opening hours through the API, the queues that follow them, and
//! callers outside the hours in the ledger.

use super::world::{MONDAY_10, World, call_id, leg_id};
use crate::both_databases;
use crate::support::app::TestApp;
use chrono_tz::Asia::Shanghai;
use serde_json::{Value, json};
use trunkline::base::ids::{AgentId, QueueId};
use trunkline::base::phone::Dialable;
use trunkline::floor::effect::{CallResult, EndedBy, Fact, SpanKind};
use trunkline::floor::input::HangUp;
use trunkline::floor::queue::{Overflow, QueueOutcome};
use trunkline::queues::store::{load_profile, load_profiles};
use trunkline::store::Db;
use trunkline::store::changes::Change;

both_databases!(
    a_calendar_is_made_followed_and_changed,
    a_calendar_is_deleted_when_no_queue_follows_it,
    what_is_wrong_with_a_calendar_or_with_following_it_is_said_at_its_field,
    a_caller_outside_the_hours_is_told_apart_in_the_ledger,
);

/// Open at every minute of the week.
fn all_week() -> Value {
    let all = json!([{ "from": "00:00", "to": "24:00" }]);
    let days = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
    Value::Object(days.into_iter().map(|day| (day.to_owned(), all.clone())).collect())
}

/// Open on one day that is far away.
fn far_away() -> Value {
    let open = json!([{ "from": "09:00", "to": "18:00" }]);
    json!([{ "name": "开业", "from": "2199-01-01", "to": "2199-01-01", "periods": open }])
}

fn id_of(made: &Value) -> i64 {
    made["id"].as_i64().expect("id")
}

async fn a_calendar_is_made_followed_and_changed(db: Db) {
    let world = World::with_leads(db, 0).await;
    let app = TestApp::on(world.db.clone());
    let token = app.as_role("manager").await;
    let work = json!([{ "from": "09:00", "to": "12:00" }, { "from": "13:00", "to": "18:00" }]);
    let holidays = json!([
        { "name": "国庆节调休", "from": "2026-10-10", "to": "2026-10-10", "periods": work },
        { "name": "国庆节", "from": "2026-10-01", "to": "2026-10-07" },
    ]);
    let body = json!({ "name": "Office", "week": { "monday": work }, "holidays": holidays });
    let made = app.post(&token, "/calendars", body).await.expect(201);
    assert_eq!((&made["week"]["monday"], &made["week"]["sunday"]), (&work, &json!([])));
    let names: Vec<&Value> =
        made["holidays"].as_array().expect("a list").iter().map(|h| &h["name"]).collect();
    assert_eq!(names, ["国庆节", "国庆节调休"], "by date");
    assert_eq!(made["holidays"][0]["periods"], json!([]));
    let path = format!("/calendars/{}", id_of(&made));

    let hours = json!({ "kind": "calendar", "calendar_id": made["id"],
        "closed": { "kind": "agent", "agent_id": world.agents[0].0 }, "message": "/sounds/closed.wav" });
    let body = json!({ "name": "Service", "gateway_id": world.gateway, "hours": hours });
    let queue = app.post(&token, "/queues", body).await.expect(201);
    assert_eq!(queue["hours"], hours);
    let id = QueueId(id_of(&queue));
    let profile = load_profile(&world.db, id, "CN", Shanghai).await.expect("query").expect("a queue");
    let followed = profile.hours.expect("hours");
    assert_eq!(followed.then, Overflow::Agent(AgentId(world.agents[0].0)));
    assert_eq!(followed.message.as_deref(), Some("/sounds/closed.wav"));
    assert!(followed.schedule.open_at(MONDAY_10), "Monday at ten in Shanghai");
    assert!(!followed.schedule.open_at(MONDAY_10 + 24 * 3_600_000));

    let mut changes = app.listen();
    let patch = json!({ "week": all_week(), "holidays": [] });
    let open = app.patch(&token, &path, patch).await.expect(200);
    assert_eq!(
        (&open["open_now"], &open["opens_at"], &open["closes_at"]),
        (&json!(true), &Value::Null, &Value::Null)
    );
    assert_eq!(open["queues"], json!([{ "id": queue["id"], "name": "Service" }]));
    assert_eq!(changes.next().await, Some(Change::Queue(id)), "the floor is told");
    let shown = app.get(&token, "/queues").await.expect(200);
    assert_eq!(shown["items"][0]["open_now"], true);
    let shut = app.patch(&token, &path, json!({ "week": {}, "holidays": far_away() })).await.expect(200);
    assert_eq!((&shut["open_now"], &shut["opens_at"]), (&json!(false), &Value::Null));
    let shown = app.get(&token, &format!("/queues/{id}")).await.expect(200);
    assert_eq!((&shown["enabled"], &shown["open_now"]), (&json!(true), &json!(false)));

    let agent = app.as_role("agent").await;
    app.get(&agent, "/calendars").await.refused(403, "forbidden");
    let lead = app.as_role("team_lead").await;
    assert_eq!(app.get(&lead, "/calendars").await.expect(200)["total"], 1);
    app.patch(&lead, &path, json!({ "name": "Other" })).await.refused(403, "forbidden");
    app.call("DELETE", &path).bearer(&lead).send().await.refused(403, "forbidden");
}

async fn a_calendar_is_deleted_when_no_queue_follows_it(db: Db) {
    let world = World::with_leads(db, 0).await;
    let app = TestApp::on(world.db.clone());
    let token = app.as_role("administrator").await;
    let made =
        app.post(&token, "/calendars", json!({ "name": "Office", "week": all_week() })).await.expect(201);
    let path = format!("/calendars/{}", id_of(&made));
    let hours = json!({ "kind": "calendar", "calendar_id": made["id"] });
    let body = json!({ "name": "Service", "gateway_id": world.gateway, "hours": hours });
    let queue = app.post(&token, "/queues", body).await.expect(201);
    assert_eq!(queue["hours"]["closed"], json!({ "kind": "hang_up" }), "unless said otherwise");
    let refused = app.call("DELETE", &path).bearer(&token).send().await.refused(409, "calendar_in_use");
    let detail = refused["detail"].as_str().expect("words");
    assert!(detail.contains("hours") && detail.contains("Service"), "{detail}");
    let always = json!({ "hours": { "kind": "always" } });
    let changed = app.patch(&token, &format!("/queues/{}", id_of(&queue)), always).await.expect(200);
    assert_eq!((&changed["hours"], &changed["open_now"]), (&json!({ "kind": "always" }), &json!(true)));
    app.call("DELETE", &path).bearer(&token).send().await.expect(204);
    app.get(&token, &path).await.refused(404, "not_found");
    app.call("DELETE", &path).bearer(&token).send().await.refused(404, "not_found");
}

async fn what_is_wrong_with_a_calendar_or_with_following_it_is_said_at_its_field(db: Db) {
    let world = World::with_leads(db, 0).await;
    let app = TestApp::on(world.db.clone());
    let token = app.as_role("administrator").await;
    let good = json!({ "name": "Office", "week": all_week() });
    let made = app.post(&token, "/calendars", good.clone()).await.expect(201);
    let period = |from: &str, to: &str| json!({ "from": from, "to": to });
    for (at, field, value) in [
        ("name", "name", json!("Office")),
        ("week", "week.friday", json!({ "friday": [period("18:00", "09:00")] })),
        ("week", "week.sunday", json!({ "sunday": [period("09:00", "12:00"), period("11:00", "13:00")] })),
        ("week", "week", json!({})),
        ("holidays", "holidays", json!([{ "name": "x", "from": "2026-10-02", "to": "2026-10-01" }])),
    ] {
        let mut body = json!({ "name": "Other", "week": all_week() });
        body[at] = value.clone();
        let refused = app.post(&token, "/calendars", body).await.refused(400, "invalid");
        assert_eq!(refused["fields"][0]["field"], field, "{value}");
    }
    // No day at all, and a weekday that is none: said by name.
    for (at, value, named) in [
        ("holidays", json!([{ "name": "x", "from": "2026-02-30", "to": "2026-03-01" }]), "holidays"),
        ("week", json!({ "someday": [] }), "someday"),
    ] {
        let mut body = json!({ "name": "Other", "week": all_week() });
        body[at] = value;
        let refused = app.post(&token, "/calendars", body).await.expect(400).to_string();
        assert!(refused.contains(named), "{refused}");
    }
    app.post(&token, "/calendars", json!({ "week": all_week() })).await.refused(400, "invalid");

    for hours in [
        json!({ "kind": "calendar", "calendar_id": 999 }),
        json!({ "kind": "calendar", "calendar_id": made["id"], "closed": { "kind": "queue", "queue_id": 999 } }),
        json!({ "kind": "calendar", "calendar_id": made["id"], "closed": { "kind": "agent", "agent_id": world.boss } }),
        json!({ "kind": "calendar", "calendar_id": made["id"], "closed": { "kind": "outside", "number": "1;2" } }),
        json!({ "kind": "calendar", "calendar_id": made["id"], "message": "a.wav inline\nshutdown" }),
    ] {
        let body = json!({ "name": "Sales", "gateway_id": world.gateway, "hours": hours });
        let refused = app.post(&token, "/queues", body).await.refused(400, "invalid");
        assert_eq!(refused["fields"][0]["field"], "hours", "{hours}");
    }
}

async fn a_caller_outside_the_hours_is_told_apart_in_the_ledger(db: Db) {
    let world = World::with_leads(db, 0).await;
    let app = TestApp::on(world.db.clone());
    let token = app.as_role("administrator").await;
    let body = json!({ "name": "Service", "gateway_id": world.gateway });
    let queue = QueueId(id_of(&app.post(&token, "/queues", body).await.expect(201)));
    let (call, at) = (call_id(1), |seconds: i64| MONDAY_10 + seconds * 1_000);
    let number = |text| Dialable::new(text).expect("digits");
    world
        .write_facts(&[
            Fact::CallArrived {
                call,
                leg: leg_id(1),
                number: Some(number("13800000009")),
                called: number("02160000001"),
                gateway: None,
                at: at(0),
            },
            Fact::QueueEntered { call, queue, at: at(0) },
            Fact::QueueLeft { call, queue, outcome: QueueOutcome::OutOfHours, agent: None, at: at(0) },
            Fact::CallAnswered { call, at: at(1) },
            Fact::CallSpan { call, kind: SpanKind::Queued, agent: None, at: at(1) },
            Fact::CallEnded {
                call,
                dialled: None,
                result: CallResult::OutOfHours,
                hang_up: HangUp::cause("NORMAL_CLEARING"),
                ended_by: EndedBy::System,
                talk_ms: 0,
                at: at(9),
            },
        ])
        .await;
    let shown = app.get(&token, "/calls?result=out_of_hours").await.expect(200);
    assert_eq!(shown["items"][0]["id"], json!(call));
    assert_eq!(shown["items"].as_array().map(Vec::len), Some(1));
    let others = app.get(&token, "/calls?result=turned_away").await.expect(200);
    assert_eq!(others["items"], json!([]));
    let story = app.get(&token, &format!("/calls/{call}")).await.expect(200);
    assert_eq!(story["visits"][0]["outcome"], "out_of_hours");
    let counts = load_profiles(&world.db, "CN", Shanghai, at(70)).await.expect("query")[0].counts;
    assert_eq!((counts.offered, counts.out_of_hours, counts.abandoned), (0, 1, 0));
}
