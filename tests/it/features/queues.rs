//! Inbound queues through the API, and callers in the ledger.

use super::world::{MONDAY_10, World, call_id, leg_id};
use crate::both_databases;
use crate::support::app::TestApp;
use chrono_tz::Asia::Shanghai;
use sea_orm::EntityTrait;
use serde_json::{Value, json};
use trunkline::base::ids::QueueId;
use trunkline::base::phone::Dialable;
use trunkline::calls::store::load_open_calls;
use trunkline::customers::store::find_caller;
use trunkline::floor::announce::Announcements;
use trunkline::floor::effect::{CallResult, EndedBy, Fact, SpanKind};
use trunkline::floor::input::{HangUp, Origin};
use trunkline::floor::queue::{Overflow, QueueOutcome, Strategy};
use trunkline::queues::store::{load_profile, load_profiles};
use trunkline::store::Db;
use trunkline::store::changes::Change;
use trunkline::store::entity::queue_visits;

both_databases!(
    a_queue_is_made_and_changed,
    what_is_wrong_with_a_queue_is_said_field_by_field,
    a_caller_is_in_the_ledger_from_their_arrival_to_the_end,
);

async fn a_queue_is_made_and_changed(db: Db) {
    let world = World::with_leads(db, 0).await;
    let app = TestApp::on(world.db.clone());
    let token = app.as_role("manager").await;
    let mut changes = app.listen();
    let body = json!({ "name": "Service", "gateway_id": world.gateway, "numbers": ["021-6000 0001"] });
    let made = app.post(&token, "/queues", body).await.expect(201);
    assert_eq!((&made["strategy"], &made["enabled"]), (&json!("longest_idle"), &json!(true)));
    assert_eq!(made["overflow"], json!({ "kind": "hang_up" }));
    assert_eq!((&made["caller_id"], &made["numbers"]), (&json!("02160000000"), &json!(["021-6000 0001"])));
    let id = QueueId(made["id"].as_i64().expect("id"));
    assert_eq!(changes.next().await, Some(Change::Queue(id)));
    let path = format!("/queues/{id}");
    let members: Vec<Value> = world
        .agents
        .iter()
        .zip(1..)
        .map(|(agent, level)| json!({ "user_id": agent.0, "level": level }))
        .collect();
    let outside = json!({ "kind": "outside", "number": "02169999000" });
    let patch = json!({ "strategy": "skills", "members": members, "overflow": outside, "music": "local_stream://moh" });
    let changed = app.patch(&token, &path, patch).await.expect(200);
    assert_eq!((&changed["strategy"], &changed["members"]), (&json!("skills"), &json!(members)));
    assert_eq!(changes.next().await, Some(Change::Queue(id)));
    let profile = load_profile(&world.db, id, "CN", Shanghai).await.expect("query").expect("a queue");
    assert_eq!(profile.members.len(), world.agents.len());
    assert_eq!(profile.overflow, Overflow::Outside(Dialable::new("02169999000").expect("digits")));
    assert!(profile.numbers.iter().any(|number| number.as_str() == "+862160000001"), "{:?}", profile.numbers);
    let empty = app.patch(&token, &path, json!({ "music": "", "enabled": false })).await.expect(200);
    assert_eq!((&empty["music"], &empty["enabled"]), (&Value::Null, &json!(false)));

    let announced =
        json!({ "strategy": "ring_all", "announce_every_seconds": 30, "position_sounds": " /sounds/place " });
    let changed = app.patch(&token, &path, announced).await.expect(200);
    assert_eq!(
        (&changed["strategy"], &changed["position_sounds"]),
        (&json!("ring_all"), &json!("/sounds/place"))
    );
    let profile = load_profile(&world.db, id, "CN", Shanghai).await.expect("query").expect("a queue");
    let wanted = Announcements { every_ms: 30_000, sounds: "/sounds/place".into() };
    assert_eq!((profile.strategy, profile.announcements), (Strategy::RingAll, Some(wanted)));
    let silent = app.patch(&token, &path, json!({ "announce_every_seconds": 0 })).await.expect(200);
    assert_eq!(silent["position_sounds"], "/sounds/place", "kept for the next time");
    let profile = load_profile(&world.db, id, "CN", Shanghai).await.expect("query").expect("a queue");
    assert_eq!(profile.announcements, None);

    let agent = app.as_role("agent").await;
    app.get(&agent, "/queues").await.refused(403, "forbidden");
    let lead = app.as_role("team_lead").await;
    app.patch(&lead, &path, json!({ "priority": 1 })).await.refused(403, "forbidden");
    assert_eq!(app.get(&lead, "/queues").await.expect(200)["total"], 1);
}

async fn what_is_wrong_with_a_queue_is_said_field_by_field(db: Db) {
    let world = World::with_leads(db, 0).await;
    let app = TestApp::on(world.db.clone());
    let token = app.as_role("administrator").await;
    let first = json!({ "name": "Service", "gateway_id": world.gateway, "numbers": ["02160000001"] });
    let id = app.post(&token, "/queues", first).await.expect(201)["id"].clone();
    let good = json!({ "name": "Sales", "gateway_id": world.gateway });
    for (field, value) in [
        ("name", json!("Service")),
        ("name", json!(" ")),
        ("gateway_id", json!(999)),
        ("wait_seconds_max", json!(1)),
        ("numbers", json!(["+86 21 60000001"])),
        ("numbers", json!(["call us"])),
        ("members", json!([{ "user_id": world.boss, "level": 1 }])),
        ("overflow", json!({ "kind": "queue", "queue_id": 999 })),
        ("overflow", json!({ "kind": "agent", "agent_id": world.boss })),
        ("overflow", json!({ "kind": "outside", "number": "1;2" })),
        ("music", json!("a.wav inline\nshutdown")),
        ("announce_every_seconds", json!(14)),
        ("position_sounds", json!("/sounds/one two")),
    ] {
        let mut body = good.clone();
        body[field] = value.clone();
        let refused = app.post(&token, "/queues", body).await.refused(400, "invalid");
        assert_eq!(refused["fields"][0]["field"], field, "{value}");
    }
    // What other systems have and this one has not: said by name, with what there is.
    for (field, value, named, instead) in [
        ("overflow", json!({ "kind": "fax" }), "fax", "hang_up"),
        ("strategy", json!("ring_in_turn"), "ring_in_turn", "longest_idle"),
        ("announce_position", json!(true), "announce_position", "music"),
        ("business_hours", json!({ "monday": ["09:00", "18:00"] }), "business_hours", "enabled"),
    ] {
        let mut body = good.clone();
        body[field] = value;
        let refused = app.post(&token, "/queues", body).await.expect(400).to_string();
        assert!(refused.contains(named) && refused.contains(instead), "{refused}");
    }
    let itself = json!({ "overflow": { "kind": "queue", "queue_id": id } });
    app.patch(&token, &format!("/queues/{id}"), itself).await.refused(400, "invalid");
    app.get(&token, "/queues/999").await.refused(404, "not_found");
}

async fn a_caller_is_in_the_ledger_from_their_arrival_to_the_end(db: Db) {
    let world = World::with_leads(db, 1).await;
    let app = TestApp::on(world.db.clone());
    let token = app.as_role("administrator").await;
    let body = json!({ "name": "Service", "gateway_id": world.gateway, "numbers": ["02160000001"] });
    let queue = QueueId(app.post(&token, "/queues", body).await.expect(201)["id"].as_i64().expect("id"));
    let [anna, _] = world.agents;
    let lead = &world.leads[0];
    assert_eq!(
        find_caller(&world.db, &lead.e164).await.expect("query").map(|(id, _)| id),
        Some(lead.customer)
    );
    assert_eq!(find_caller(&world.db, "+8613999999999").await.expect("query"), None);

    let (call, leg, phone) = (call_id(1), leg_id(1), leg_id(2));
    let at = |seconds: i64| MONDAY_10 + seconds * 1_000;
    let number = Dialable::new(&lead.e164[3..]).ok();
    let called = Dialable::new("02160000001").expect("digits");
    let arrived = Fact::CallArrived { call, leg, number, called, gateway: Some("trunk".into()), at: at(0) };
    let known =
        Fact::CallerKnown { call, e164: Some(lead.e164.clone()), customer: Some(lead.customer), at: at(0) };
    let waits = [
        arrived.clone(),
        Fact::QueueEntered { call, queue, at: at(0) },
        known,
        Fact::CallAnswered { call, at: at(1) },
        Fact::CallSpan { call, kind: SpanKind::Queued, agent: None, at: at(1) },
    ];
    world.write_facts(&waits).await;
    // Each fact perhaps more than once.
    world.write_facts(&waits[..2]).await;
    let open = load_open_calls(&world.db).await.expect("query");
    let [stored] = open.as_slice() else { panic!("one call: {open:?}") };
    assert_eq!(stored.queue, Some((queue, at(0), None)));
    assert_eq!(stored.span, (SpanKind::Queued, None, at(1)));
    let Origin::Inbound { arrival, known: Some(known) } = &stored.origin else { panic!("{stored:?}") };
    assert_eq!((arrival.called.as_str(), known.customer), ("02160000001", Some(lead.customer)));

    world
        .write_facts(&[
            Fact::CallConnected { call, agent: anna, agent_leg: phone, at: at(9) },
            Fact::QueueLeft { call, queue, outcome: QueueOutcome::Answered, agent: Some(anna), at: at(9) },
            Fact::CallSpan { call, kind: SpanKind::Talking, agent: Some(anna), at: at(9) },
            Fact::CallEnded {
                call,
                dialled: None,
                result: CallResult::Answered,
                hang_up: HangUp::cause("NORMAL_CLEARING"),
                ended_by: EndedBy::Customer,
                talk_ms: 51_000,
                at: at(60),
            },
        ])
        .await;
    let visits = queue_visits::Entity::find().all(world.db.read()).await.expect("query");
    let [visit] = visits.as_slice() else { panic!("one visit: {visits:?}") };
    assert_eq!((visit.outcome.as_deref(), visit.agent_id), (Some("answered"), Some(anna.0)));
    let shown = app.get(&token, "/calls").await.expect(200);
    let shown = &shown["items"][0];
    assert_eq!((&shown["direction"], &shown["queue_name"]), (&json!("inbound"), &json!("Service")));
    assert_eq!((&shown["campaign_id"], &shown["customer_id"]), (&Value::Null, &json!(lead.customer.0)));
    let story = app.get(&token, &format!("/calls/{call}")).await.expect(200);
    let visit = &story["visits"][0];
    assert_eq!((&visit["queue_name"], &visit["outcome"]), (&json!("Service"), &json!("answered")));
    assert_eq!((&visit["agent_id"], &visit["agent_name"]), (&json!(anna.0), &story["agent_name"]));
    assert_eq!(load_open_calls(&world.db).await.expect("query"), []);
    let counts = load_profiles(&world.db, "CN", Shanghai, at(70)).await.expect("query")[0].counts;
    assert_eq!((counts.offered, counts.handled, counts.in_time, counts.waited_ms), (1, 1, 1, 9_000));
    // Lost with a restart: whoever waited when the call ended did not leave.
    let lost = call_id(2);
    world
        .write_facts(&[
            Fact::CallArrived {
                call: lost,
                leg: leg_id(3),
                number: None,
                called: Dialable::new("1").expect("digits"),
                gateway: None,
                at: at(80),
            },
            Fact::QueueEntered { call: lost, queue, at: at(80) },
            Fact::CallEnded {
                call: lost,
                dialled: None,
                result: CallResult::Failed,
                hang_up: HangUp::cause("SWITCH_LOST"),
                ended_by: EndedBy::Switch,
                talk_ms: 0,
                at: at(90),
            },
        ])
        .await;
    let visits = queue_visits::Entity::find().all(world.db.read()).await.expect("query");
    assert!(visits.iter().all(|visit| visit.left_at.is_some()), "{visits:?}");
}
