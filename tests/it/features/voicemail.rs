//! Messages that callers left: through the facts into the list, heard by those whose
//! scope holds an agent of the queue, marked as handled, measured, and deleted when
//! they are too short.

use super::world::{MONDAY_10, World, call_id, leg_id};
use crate::both_databases;
use crate::support::app::TestApp;
use sea_orm::EntityTrait;
use serde_json::{Value, json};
use std::path::PathBuf;
use trunkline::base::clock::Moment;
use trunkline::base::ids::{CallId, QueueId, UserId};
use trunkline::base::phone::Dialable;
use trunkline::floor::effect::{CallResult, EndedBy, Fact, SpanKind};
use trunkline::floor::input::HangUp;
use trunkline::floor::queue::QueueOutcome;
use trunkline::recordings::jobs::find_unheard_recordings;
use trunkline::recordings::voicemail::jobs::measure_voicemails;
use trunkline::sim::recorder::{self, Sides};
use trunkline::store::Db;
use trunkline::store::entity::{audit_log, recordings, voicemails};

both_databases!(
    a_message_is_listed_heard_and_handled,
    a_message_is_heard_by_those_whose_scope_holds_an_agent_of_the_queue,
    what_is_too_short_is_deleted_with_its_file,
    a_message_of_which_no_event_came_is_found_by_its_file,
    a_queue_takes_messages_as_it_is_told,
);

/// A centre with a queue of its first agent.
struct Centre {
    world: World,
    app: TestApp,
    admin: String,
    queue: QueueId,
}

impl Centre {
    async fn open(db: Db) -> Self {
        let world = World::with_leads(db, 1).await;
        let app = TestApp::on(world.db.clone());
        let admin = app.as_role("administrator").await;
        let members = json!([{ "user_id": world.agents[0].0, "level": 1 }]);
        let body = json!({ "name": "Service", "gateway_id": world.gateway, "members": members });
        let made = app.post(&admin, "/queues", body).await.expect(201);
        let queue = QueueId(made["id"].as_i64().expect("id"));
        Self { world, app, admin, queue }
    }

    /// The folder of the recordings.
    fn folder(&self) -> PathBuf {
        self.app.folder().join("recordings")
    }

    /// The file that the switch would write.
    fn file(&self, call: CallId) -> PathBuf {
        self.folder().join(format!("2026/11/23/{call}-{}.wav", "5ec2e7".repeat(5)))
    }

    /// A caller leaves a message of so many milliseconds, of which the switch tells
    /// unless its event is lost.
    async fn message(&self, n: u64, ms: i64, told: bool) -> (CallId, PathBuf) {
        let (call, leg, queue) = (call_id(n), leg_id(n), self.queue);
        let at = |offset: i64| MONDAY_10 + (n as i64) * 60_000 + offset;
        let lead = &self.world.leads[0];
        let file = self.file(call);
        let path = file.to_str().expect("text").to_owned();
        recorder::start(&path, Sides::Customer).expect("a file");
        recorder::finish(&path, Sides::Customer, ms, &[]).expect("written");
        let began = Fact::MessageStarted { call, queue, path: path.clone(), at: at(10_000) };
        let facts = [
            Fact::CallArrived {
                call,
                leg,
                number: Dialable::new(&lead.e164[3..]).ok(),
                called: Dialable::new("02160000001").expect("digits"),
                gateway: None,
                at: at(0),
            },
            Fact::QueueEntered { call, queue, at: at(0) },
            Fact::CallerKnown {
                call,
                e164: Some(lead.e164.clone()),
                customer: Some(lead.customer),
                at: at(0),
            },
            Fact::CallAnswered { call, at: at(500) },
            Fact::CallSpan { call, kind: SpanKind::Queued, agent: None, at: at(500) },
            Fact::QueueLeft { call, queue, outcome: QueueOutcome::Overflowed, agent: None, at: at(9_000) },
            Fact::CallSpan { call, kind: SpanKind::Voicemail, agent: None, at: at(9_000) },
        ];
        let end = [
            Fact::RecordingStopped { call, path, at: at(10_000 + ms) },
            Fact::CallEnded {
                call,
                dialled: None,
                result: CallResult::Voicemail,
                hang_up: HangUp::cause("NORMAL_CLEARING"),
                ended_by: EndedBy::Customer,
                talk_ms: 0,
                at: at(10_000 + ms),
            },
        ];
        let began: Vec<Fact> = told.then_some(began).into_iter().collect();
        let all: Vec<Fact> = facts.into_iter().chain(began).chain(end).collect();
        self.world.write_facts(&all).await;
        // Each perhaps more than once.
        self.world.write_facts(&all).await;
        (call, file)
    }

    async fn list(&self, token: &str, query: &str) -> Vec<Value> {
        let page = self.app.get(token, &format!("/voicemails{query}")).await.expect(200);
        page["items"].as_array().expect("a list").clone()
    }

    async fn new_ones(&self) -> i64 {
        self.app.get(&self.admin, "/voicemails/counts").await.expect(200)["new"].as_i64().expect("a number")
    }

    async fn measure(&self) -> usize {
        let later = Moment(MONDAY_10.0 + 86_400_000);
        let status = measure_voicemails(&self.world.db, &self.folder(), later).await.expect("measured");
        assert_eq!(status.failed, 0);
        status.measured
    }
}

async fn a_message_is_listed_heard_and_handled(db: Db) {
    let centre = Centre::open(db).await;
    let (first, _) = centre.message(1, 8_000, true).await;
    let (second, _) = centre.message(2, 5_000, true).await;
    let all = centre.list(&centre.admin, "").await;
    let calls: Vec<&Value> = all.iter().map(|message| &message["call_id"]).collect();
    assert_eq!(calls, [&json!(second), &json!(first)], "newest first, each once");
    let message = &all[1];
    assert_eq!((&message["duration_ms"], &message["sha256"]), (&json!(8_000), &Value::Null));
    assert_eq!((&message["queue_name"], &message["handled_at"]), (&json!("Service"), &Value::Null));
    assert_eq!(message["customer_id"], json!(centre.world.leads[0].customer.0));
    assert!(message["number"].is_string() && message["customer_name"].is_string(), "{message}");
    assert_eq!(centre.new_ones().await, 2);
    // It is no recording of a conversation.
    let conversations = recordings::Entity::find().all(centre.world.db.read()).await.expect("query");
    assert!(conversations.is_empty(), "{conversations:?}");
    let shown = centre.app.get(&centre.admin, "/calls?result=voicemail").await.expect(200);
    assert_eq!(shown["items"].as_array().map(Vec::len), Some(2));

    assert_eq!(centre.measure().await, 2);
    assert_eq!(centre.measure().await, 0, "once");
    let measured = &centre.list(&centre.admin, "").await[1];
    assert_eq!(measured["sha256"].as_str().map(str::len), Some(64));

    let path = format!("/voicemails/{}", message["id"]);
    let audio = centre.app.get(&centre.admin, &format!("{path}/audio")).await;
    assert_eq!((audio.status.as_u16(), audio.header("content-type")), (200, Some("audio/wav")));
    assert_eq!(audio.header("cache-control"), Some("private, no-store"));

    let agent = UserId(centre.world.agents[0].0);
    let anna = centre.app.token(agent).await;
    let handled = centre.app.patch(&anna, &path, json!({ "handled": true })).await.expect(200);
    assert_eq!(handled["handled_by_id"], json!(agent));
    assert!(handled["handled_at"].is_string() && handled["handled_by_name"].is_string(), "{handled}");
    let again = centre.app.patch(&centre.admin, &path, json!({ "handled": true })).await.expect(200);
    assert_eq!(again["handled_by_id"], json!(agent), "whoever was first");
    assert_eq!(centre.new_ones().await, 1);
    assert_eq!(centre.list(&anna, "?handled=true").await.len(), 1);
    assert_eq!(centre.list(&anna, "?handled=false").await[0]["call_id"], json!(second));
    assert_eq!(centre.list(&anna, "?queue_id=999").await, Vec::<Value>::new());
    let reopened = centre.app.patch(&centre.admin, &path, json!({ "handled": false })).await.expect(200);
    assert_eq!((&reopened["handled_at"], &reopened["handled_by_id"]), (&Value::Null, &Value::Null));
    assert_eq!(centre.new_ones().await, 2);

    let log = audit_log::Entity::find().all(centre.world.db.read()).await.expect("query");
    let actions: Vec<&str> = log.iter().map(|entry| entry.action.as_str()).collect();
    for action in ["voicemail.listen", "voicemail.handle", "voicemail.reopen"] {
        assert_eq!(actions.iter().filter(|each| **each == action).count(), 1, "{action} in {actions:?}");
    }
}

async fn a_message_is_heard_by_those_whose_scope_holds_an_agent_of_the_queue(db: Db) {
    let centre = Centre::open(db).await;
    centre.message(1, 8_000, true).await;
    let id = centre.list(&centre.admin, "").await[0]["id"].clone();
    let [anna, other] = centre.world.agents;
    let anna = centre.app.token(UserId(anna.0)).await;
    assert_eq!(centre.list(&anna, "").await.len(), 1);
    centre.app.get(&anna, &format!("/voicemails/{id}/audio")).await.expect(200);
    let other = centre.app.token(UserId(other.0)).await;
    assert_eq!(centre.list(&other, "").await, Vec::<Value>::new());
    centre.app.get(&other, &format!("/voicemails/{id}/audio")).await.refused(404, "not_found");
    centre
        .app
        .patch(&other, &format!("/voicemails/{id}"), json!({ "handled": true }))
        .await
        .refused(404, "not_found");
    let counts = centre.app.get(&other, "/voicemails/counts").await.expect(200);
    assert_eq!(counts, json!({ "new": 0, "queues": [] }));
}

async fn what_is_too_short_is_deleted_with_its_file(db: Db) {
    let centre = Centre::open(db).await;
    let (_, short) = centre.message(1, 1_900, true).await;
    let (kept, long) = centre.message(2, 2_100, true).await;
    // Long by the call, and all but empty on the disk.
    let (_, empty) = centre.message(3, 6_000, true).await;
    recorder::finish(empty.to_str().expect("text"), Sides::Customer, 500, &[]).expect("written");
    assert_eq!(centre.list(&centre.admin, "").await.len(), 2, "the short one is not shown even before");
    assert_eq!(centre.measure().await, 3);
    let left = voicemails::Entity::find().all(centre.world.db.read()).await.expect("query");
    assert_eq!(left.iter().map(|row| row.call_id).collect::<Vec<_>>(), [kept.0]);
    assert_eq!((short.exists(), long.exists(), empty.exists()), (false, true, false));
}

async fn a_message_of_which_no_event_came_is_found_by_its_file(db: Db) {
    let centre = Centre::open(db).await;
    let (call, _) = centre.message(1, 8_000, false).await;
    assert_eq!(centre.list(&centre.admin, "").await, Vec::<Value>::new());
    let later = Moment(MONDAY_10.0 + 3_600_000);
    let found = find_unheard_recordings(&centre.world.db, &centre.folder(), later).await.expect("found");
    assert_eq!(found, 1);
    assert_eq!(centre.list(&centre.admin, "").await[0]["call_id"], json!(call));
    let again = find_unheard_recordings(&centre.world.db, &centre.folder(), later).await.expect("found");
    assert_eq!(again, 0, "once");
}

async fn a_queue_takes_messages_as_it_is_told(db: Db) {
    let centre = Centre::open(db).await;
    let path = format!("/queues/{}", centre.queue);
    let shown = centre.app.get(&centre.admin, &path).await.expect(200);
    assert_eq!(shown["voicemail"], json!({ "greeting": null, "seconds_max": 120 }));
    let voicemail = json!({ "greeting": "/sounds/greeting.wav", "seconds_max": 60 });
    let patch = json!({ "overflow": { "kind": "voicemail" }, "voicemail": voicemail });
    let changed = centre.app.patch(&centre.admin, &path, patch).await.expect(200);
    assert_eq!((&changed["overflow"], &changed["voicemail"]), (&json!({ "kind": "voicemail" }), &voicemail));
    for wrong in [json!({ "seconds_max": 5 }), json!({ "greeting": "a.wav,park:" })] {
        let patch = json!({ "voicemail": wrong });
        let refused = centre.app.patch(&centre.admin, &path, patch).await.refused(400, "invalid");
        assert_eq!(refused["fields"][0]["field"], "voicemail");
    }
}
