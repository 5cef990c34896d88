//! Places that callers keep: the queue's settings, the ledger, what survives a
//! restart, and the supervisor who takes one out.

use super::world::{MONDAY_10, World, call_id, leg_id};
use crate::both_databases;
use crate::support::app::TestApp;
use chrono_tz::Asia::Shanghai;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use serde_json::{Value, json};
use trunkline::base::clock::Moment;
use trunkline::base::ids::{CallId, QueueId, UserId};
use trunkline::base::phone::Dialable;
use trunkline::calls::store::{is_barred, load_barred_places, load_kept_places, load_open_calls};
use trunkline::do_not_call;
use trunkline::do_not_call::model::{BarSource, NewEntry};
use trunkline::floor::effect::{CallResult, EndedBy, Fact};
use trunkline::floor::input::{HangUp, Origin};
use trunkline::floor::kept::{Kept, KeptFact, KeptOutcome, KeptPlace};
use trunkline::floor::queue::QueueOutcome;
use trunkline::queues::store::{load_profile, load_profiles};
use trunkline::store::Db;
use trunkline::store::entity::{audit_log, calls, kept_places};

both_databases!(
    what_a_queue_offers_is_set_and_checked,
    a_kept_place_and_its_calls_back_are_in_the_ledger,
    a_place_survives_a_restart_and_is_taken_out_by_a_supervisor,
);

async fn service(world: &World, app: &TestApp, token: &str) -> QueueId {
    let body = json!({ "name": "Service", "gateway_id": world.gateway, "numbers": ["02160000001"] });
    QueueId(app.post(token, "/queues", body).await.expect(201)["id"].as_i64().expect("id"))
}

fn kept(call: CallId, queue: QueueId, world: &World, at: Moment) -> Kept {
    let lead = &world.leads[0];
    Kept {
        call,
        queue,
        number: Dialable::new(&lead.e164[3..]).expect("digits"),
        e164: lead.e164.clone(),
        customer: Some(lead.customer),
        since: at,
        kept_at: at + 40_000,
    }
}

/// A caller's call from their arrival to the end, with the place they keep.
fn keeps_place(kept: &Kept) -> Vec<Fact> {
    let (call, queue, at) = (kept.call, kept.queue, kept.kept_at);
    let called = Dialable::new("02160000001").expect("digits");
    let number = Some(kept.number.clone());
    vec![
        Fact::CallArrived { call, leg: leg_id(1), number, called, gateway: None, at: kept.since },
        Fact::QueueEntered { call, queue, at: kept.since },
        Fact::CallAnswered { call, at: kept.since },
        Fact::QueueLeft { call, queue, outcome: QueueOutcome::CallbackKept, agent: None, at },
        Fact::Kept(KeptFact::Kept(kept.clone())),
        ended(call, CallResult::CallbackKept, at + 3_000),
    ]
}

fn ended(call: CallId, result: CallResult, at: Moment) -> Fact {
    let hang_up = HangUp::cause("NORMAL_CLEARING");
    Fact::CallEnded { call, dialled: None, result, hang_up, ended_by: EndedBy::System, talk_ms: 0, at }
}

fn calls_back(world: &World, kept: &Kept, n: u64, at: Moment) -> Fact {
    Fact::Kept(KeptFact::CallingBack {
        call: call_id(n),
        leg: leg_id(n),
        kept: kept.clone(),
        agent: world.agents[0],
        caller_id: Dialable::new("02160000000").expect("digits"),
        gateway: "trunk".into(),
        at,
    })
}

async fn what_a_queue_offers_is_set_and_checked(db: Db) {
    let world = World::with_leads(db, 0).await;
    let app = TestApp::on(world.db.clone());
    let token = app.as_role("manager").await;
    let queue = service(&world, &app, &token).await;
    let path = format!("/queues/{queue}");
    let fresh = app.get(&token, &path).await.expect(200);
    assert_eq!((&fresh["callback_offer"], &fresh["callback_key"]), (&json!(false), &json!("1")));
    let offer = json!({ "callback_offer": true, "callback_after_seconds": 0, "callback_key": "7",
        "callback_invitation": "/sounds/invite.wav", "callback_tries_max": 2 });
    let changed = app.patch(&token, &path, offer).await.expect(200);
    assert_eq!(changed["callback_invitation"], "/sounds/invite.wav");
    let profile =
        load_profile(&world.db, queue, "CN", Shanghai).await.expect("query").expect("a queue").callback;
    assert_eq!((profile.offered, profile.after_ms, profile.key), (true, 0, '7'));
    assert_eq!((profile.retry_ms, profile.tries_max), (120_000, 2));
    for (field, value) in [
        ("callback_after_seconds", json!(-1)),
        ("callback_after_seconds", json!(120)),
        ("callback_key", json!("12")),
        ("callback_key", json!("#")),
        ("callback_invitation", json!("a.wav inline\nshutdown")),
        ("callback_confirmation", json!("a,b")),
        ("callback_retry_seconds", json!(1)),
        ("callback_tries_max", json!(0)),
    ] {
        let refused = app.patch(&token, &path, json!({ field: value })).await.refused(400, "invalid");
        assert_eq!(refused["fields"][0]["field"], field, "{value}");
    }
}

async fn a_kept_place_and_its_calls_back_are_in_the_ledger(db: Db) {
    let world = World::with_leads(db, 1).await;
    let app = TestApp::on(world.db.clone());
    let token = app.as_role("administrator").await;
    let queue = service(&world, &app, &token).await;
    let place = kept(call_id(1), queue, &world, MONDAY_10);
    let facts = keeps_place(&place);
    world.write_facts(&facts).await;
    // Each fact perhaps more than once.
    world.write_facts(&facts).await;
    assert_eq!(load_kept_places(&world.db).await.expect("query"), [KeptPlace::new(place.clone())]);
    let counts = load_profiles(&world.db, "CN", Shanghai, MONDAY_10 + 60_000).await.expect("query")[0].counts;
    assert_eq!((counts.offered, counts.callbacks, counts.abandoned), (1, 1, 0), "no abandon");

    // Called back, in vain at first.
    let first = calls_back(&world, &place, 2, MONDAY_10 + 100_000);
    world.write_facts(&[first.clone(), first]).await;
    let open = load_open_calls(&world.db).await.expect("query");
    assert_eq!(open.len(), 1);
    assert_eq!(open[0].origin, Origin::Callback(place.clone()), "known again after a restart");
    let next_at = MONDAY_10 + 230_000;
    let in_vain = KeptFact::InVain { place: place.call, tries: 1, next_at, at: MONDAY_10 + 110_000 };
    let busy = ended(call_id(2), CallResult::Busy, MONDAY_10 + 110_000);
    world.write_facts(&[busy, Fact::Kept(in_vain)]).await;
    let waiting = load_kept_places(&world.db).await.expect("query");
    assert_eq!((waiting[0].tries, waiting[0].next_at), (1, next_at));
    let by = Some(call_id(3));
    let at = MONDAY_10 + 235_000;
    let reached = KeptFact::Ended { place: place.call, outcome: KeptOutcome::Reached, by, tries: 2, at };
    world.write_facts(&[calls_back(&world, &place, 3, next_at), Fact::Kept(reached)]).await;
    assert_eq!(load_kept_places(&world.db).await.expect("query"), []);

    let story = app.get(&token, &format!("/calls/{}", place.call)).await.expect(200);
    let shown = &story["kept_place"];
    assert_eq!((&shown["outcome"], &shown["tries"]), (&json!("reached"), &json!(2)));
    assert_eq!(shown["call_ids"], json!([call_id(2), call_id(3)]));
    assert_eq!(
        (&story["result"], &story["visits"][0]["outcome"]),
        (&json!("callback_kept"), &json!("callback_kept"))
    );
    let back = app.get(&token, &format!("/calls/{}", call_id(2))).await.expect(200);
    assert_eq!((&back["direction"], &back["result"]), (&json!("outbound"), &json!("busy")));
    assert_eq!((&back["callback_of"], &back["queue_id"]), (&json!(place.call), &json!(queue)));
    assert_eq!((&back["campaign_id"], &back["kept_place"]), (&Value::Null, &Value::Null));
}

async fn a_place_survives_a_restart_and_is_taken_out_by_a_supervisor(db: Db) {
    let world = World::with_leads(db, 1).await;
    let queue = {
        let app = TestApp::on(world.db.clone());
        let token = app.as_role("administrator").await;
        service(&world, &app, &token).await
    };
    let place = kept(call_id(1), queue, &world, MONDAY_10);
    world.write_facts(&keeps_place(&place)).await;

    let app = TestApp::on(world.db.clone());
    app.keeps(place.call).await;
    let path = format!("/kept-places/{}", place.call);
    let agent = app.as_role("agent").await;
    app.call("DELETE", &path).bearer(&agent).send().await.refused(403, "forbidden");
    let lead = app.as_role("team_lead").await;
    app.call("DELETE", &format!("/kept-places/{}", call_id(9)))
        .bearer(&lead)
        .send()
        .await
        .refused(404, "not_found");
    app.call("DELETE", &path).bearer(&lead).send().await.expect(204);
    app.call("DELETE", &path).bearer(&lead).send().await.refused(404, "not_found");
    let entries = audit_log::Entity::find().filter(audit_log::Column::Action.eq("queue.remove_place"));
    let entries = entries.all(world.db.read()).await.expect("read");
    assert_eq!(entries.len(), 1, "{entries:?}");
    assert_eq!(entries[0].thing_id, Some(place.call.to_string()));

    // The list of numbers not to be called is asked for callers and places.
    let other = Kept { call: call_id(5), ..place.clone() };
    let mut facts = keeps_place(&other);
    let Fact::CallArrived { leg, .. } = &mut facts[0] else { panic!("{facts:?}") };
    *leg = leg_id(5);
    world.write_facts(&facts).await;
    assert_eq!(load_barred_places(&world.db, MONDAY_10).await.expect("query"), []);
    assert!(!is_barred(&world.db, queue, &place.e164, MONDAY_10).await.expect("query"));
    let agent = UserId(world.agents[0].0);
    let entry = NewEntry::from_call(BarSource::Click, "asked", place.call, agent);
    super::world::write(&world.db, async |tx| {
        do_not_call::store::add(tx, &place.e164, &entry, MONDAY_10).await.expect("insert")
    })
    .await;
    assert!(is_barred(&world.db, queue, &place.e164, MONDAY_10).await.expect("query"));
    let barred = load_barred_places(&world.db, MONDAY_10).await.expect("query");
    assert_eq!(barred.iter().map(|(place, _)| *place).collect::<Vec<_>>(), [other.call]);
    assert_eq!(calls::Entity::find().all(world.db.read()).await.expect("query").len(), 2);
    assert_eq!(kept_places::Entity::find().all(world.db.read()).await.expect("query").len(), 2);
}
