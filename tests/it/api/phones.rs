//! What a centre sets about its desk phones: forwarding, rings in vain, whether
//! a phone can be asked to answer.

use crate::both_databases;
use crate::support::app::{Answer, TestApp};
use serde_json::{Value, json};
use trunkline::base::ids::AgentId;
use trunkline::base::phone::Dialable;
use trunkline::floor::effect::Tell;
use trunkline::floor::forward::Forwarding;
use trunkline::floor::input::{AgentProfile, Party};
use trunkline::live::hub::Viewer;
use trunkline::people::store::{load_agent, load_agents};
use trunkline::store::Db;

both_databases!(
    ones_own_calls_are_forwarded_and_everybody_sees_it,
    what_cannot_be_forwarded_is_said_by_field,
    others_forwarding_needs_the_permission_in_its_scope,
    rings_in_vain_are_counted_by_team_or_centre,
    whether_a_phone_answers_on_request_can_be_set,
);

impl TestApp {
    async fn put(&self, token: &str, path: &str, body: Value) -> Answer {
        self.call("PUT", path).bearer(token).json(body).send().await
    }

    async fn profile(&self, agent: i64) -> AgentProfile {
        load_agent(&self.db, AgentId(agent)).await.expect("query").expect("an agent")
    }
}

async fn ones_own_calls_are_forwarded_and_everybody_sees_it(db: Db) {
    let app = TestApp::on(db);
    let admin = app.as_role("administrator").await;
    let anna = app.agent(&admin, "anna", "1001", None).await;
    let bert = app.agent(&admin, "bert", "1002", None).await;
    let token = app.token(anna).await;
    let before = app.get(&token, "/desk/forwarding").await.expect(200);
    assert_eq!(before, json!({ "always": null, "busy": null, "no_answer": null, "no_answer_seconds": 20 }));

    let viewer = Viewer { own: AgentId(0), agents: None, campaigns: false, queues: false, overheard: None };
    let (_, mut changes) = app.hub.subscribe(&viewer);
    // An extension means the colleague who has it.
    let body = json!({ "busy": { "number": "1002" }, "no_answer": { "number": "138 0013 8000" },
                       "no_answer_seconds": 15 });
    let saved = app.put(&token, "/desk/forwarding", body).await.expect(200);
    assert_eq!(saved["busy"], json!({ "agent_id": bert, "name": "bert", "number": "1002" }));
    assert_eq!(saved["no_answer"], json!({ "agent_id": null, "name": null, "number": "13800138000" }));
    assert_eq!(app.get(&token, "/desk/forwarding").await.expect(200), saved);

    let forwarding = Forwarding {
        always: None,
        busy: Some(Party::Agent(AgentId(bert.0))),
        no_answer: Some((Party::Outside(Dialable::new("13800138000").expect("digits")), 15)),
    };
    assert_eq!(app.profile(anna.0).await.forwarding, forwarding);
    loop {
        if let Tell::Agent(live) = changes.recv().await.expect("the conductor runs")
            && live.agent == AgentId(anna.0)
        {
            assert_eq!(live.forwarding, forwarding, "the floor follows it");
            break;
        }
    }
    let desk = app.get(&token, "/desk").await.expect(200);
    assert_eq!(desk["agent"]["forwarding"]["busy"]["agent"]["name"], "bert");
    assert_eq!(desk["agent"]["phone"]["registered"], Value::Null, "the switch has not said");

    app.put(&token, "/desk/forwarding", json!({})).await.expect(200);
    assert_eq!(app.profile(anna.0).await.forwarding, Forwarding::default());
}

async fn what_cannot_be_forwarded_is_said_by_field(db: Db) {
    let app = TestApp::on(db);
    let admin = app.as_role("administrator").await;
    let anna = app.agent(&admin, "anna", "1001", None).await;
    let token = app.token(anna).await;
    let nobody = app.user("nobody", "agent").await;
    for (body, field) in [
        (json!({ "always": { "number": "1001" } }), "always"),
        (json!({ "always": { "agent_id": anna } }), "always"),
        (json!({ "busy": { "agent_id": nobody } }), "busy"),
        (json!({ "busy": { "agent_id": 999_999 } }), "busy"),
        (json!({ "busy": {} }), "busy"),
        (json!({ "no_answer": { "number": "12" } }), "no_answer"),
        (json!({ "no_answer": { "number": "138\n00138000" } }), "no_answer"),
        (json!({ "no_answer": { "number": "13800138000", "agent_id": anna } }), "no_answer"),
        (json!({ "no_answer_seconds": 4 }), "no_answer_seconds"),
        (json!({ "no_answer_seconds": 61 }), "no_answer_seconds"),
    ] {
        let problem = app.put(&token, "/desk/forwarding", body.clone()).await.refused(400, "invalid");
        assert_eq!(problem["fields"][0]["field"], field, "{body}");
    }
    assert_eq!(app.profile(anna.0).await.forwarding, Forwarding::default());
}

async fn others_forwarding_needs_the_permission_in_its_scope(db: Db) {
    let app = TestApp::on(db);
    let admin = app.as_role("administrator").await;
    let (_, team) = app.team("Sales").await;
    let (_, other_team) = app.team("Service").await;
    let anna = app.agent(&admin, "anna", "1001", Some(team)).await;
    let bert = app.agent(&admin, "bert", "1002", Some(other_team)).await;
    let lead = app.token(app.user_in("lead", "team_lead", Some(team)).await).await;
    let path = |user| format!("/users/{user}/forwarding");
    let body = || json!({ "always": { "agent_id": bert } });
    let saved = app.put(&lead, &path(anna), body()).await.expect(200);
    assert_eq!(saved["always"]["name"], "bert");
    assert_eq!(app.get(&lead, &path(anna)).await.expect(200), saved);
    app.put(&lead, &path(bert), json!({})).await.refused(404, "not_found");
    app.get(&lead, &path(bert)).await.refused(404, "not_found");
    let own = app.token(anna).await;
    app.put(&own, &path(anna), json!({})).await.refused(403, "forbidden");
    app.put(&admin, &path(bert), json!({ "busy": { "agent_id": anna } })).await.expect(200);
    app.put(&admin, "/users/999999/forwarding", json!({})).await.refused(404, "not_found");
}

async fn rings_in_vain_are_counted_by_team_or_centre(db: Db) {
    let app = TestApp::on(db);
    let admin = app.as_role("administrator").await;
    let (_, sales) = app.team("Sales").await;
    let (_, service) = app.team("Service").await;
    let anna = app.agent(&admin, "anna", "1001", Some(sales)).await;
    let bert = app.agent(&admin, "bert", "1002", Some(service)).await;
    let carl = app.agent(&admin, "carl", "1003", None).await;
    let most = async || {
        let profiles = load_agents(&app.db).await.expect("query");
        [anna, bert, carl].map(|user| {
            profiles.iter().find(|profile| profile.agent.0 == user.0).expect("an agent").missed_rings_max
        })
    };
    assert_eq!(most().await, [3, 3, 3]);
    assert_eq!(app.get(&admin, "/missed-rings").await.expect(200)["centre"], 3);
    let body = json!({ "centre": 5, "teams": [{ "team_id": sales, "max": 0 }] });
    let saved = app.put(&admin, "/missed-rings", body).await.expect(200);
    let teams = json!([{ "team_id": sales, "max": 0 }, { "team_id": service, "max": null }]);
    assert_eq!(saved, json!({ "centre": 5, "teams": teams }));
    assert_eq!(most().await, [0, 5, 5]);
    app.put(&admin, "/missed-rings", json!({ "centre": 4 })).await.expect(200);
    assert_eq!(most().await, [0, 4, 4], "what is left out stays");
    let body = json!({ "teams": [{ "team_id": sales, "max": null }] });
    app.put(&admin, "/missed-rings", body).await.expect(200);
    assert_eq!(most().await, [4, 4, 4]);
    for (body, field) in [
        (json!({ "centre": 101 }), "centre"),
        (json!({ "teams": [{ "team_id": sales, "max": 101 }] }), "teams"),
        (json!({ "teams": [{ "team_id": 999_999, "max": 1 }] }), "teams"),
    ] {
        let problem = app.put(&admin, "/missed-rings", body).await.refused(400, "invalid");
        assert_eq!(problem["fields"][0]["field"], field);
    }
}

async fn whether_a_phone_answers_on_request_can_be_set(db: Db) {
    let app = TestApp::on(db);
    let admin = app.as_role("administrator").await;
    let anna = app.agent(&admin, "anna", "1001", None).await;
    let path = format!("/users/{anna}");
    assert_eq!(app.get(&admin, &path).await.expect(200)["remote_answer"], Value::Null);
    for set in [json!(true), json!(false), Value::Null] {
        let saved = app.patch(&admin, &path, json!({ "remote_answer": set })).await.expect(200);
        assert_eq!(saved["remote_answer"], set);
        assert_eq!(app.profile(anna.0).await.remote_answer, set.as_bool());
        app.patch(&admin, &path, json!({ "display_name": "Anna" })).await.expect(200);
        assert_eq!(app.profile(anna.0).await.remote_answer, set.as_bool(), "what is left out stays");
    }
}
