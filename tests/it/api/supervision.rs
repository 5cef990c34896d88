//! What a supervisor may do, to whom, and that it is written down; as far as it
//! needs no switch.

use crate::both_databases;
use crate::support::app::TestApp;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use serde_json::{Value, json};
use trunkline::base::ids::UserId;
use trunkline::store::Db;
use trunkline::store::entity::audit_log;

both_databases!(
    a_state_is_set_within_scope_and_written_down,
    a_fault_names_its_field,
    who_tried_to_listen_is_written_down_with_the_refusal,
);

/// What the log has of this action: whom it was done to, and how.
async fn entries(app: &TestApp, by: UserId, action: &str) -> Vec<(String, Value)> {
    let rows = audit_log::Entity::find()
        .filter(audit_log::Column::Action.eq(action))
        .filter(audit_log::Column::UserId.eq(by.0))
        .order_by_asc(audit_log::Column::Id)
        .all(app.db.read())
        .await
        .expect("read");
    rows.into_iter().map(|row| (row.thing_id.expect("whom"), row.detail)).collect()
}

async fn a_state_is_set_within_scope_and_written_down(db: Db) {
    let app = TestApp::on(db);
    let admin = app.as_role("administrator").await;
    let (_, team) = app.team("Sales").await;
    let anna = app.agent(&admin, "anna", "1001", Some(team)).await;
    let bert = app.agent(&admin, "bert", "1002", None).await;
    let lead = app.user_in("lead", "team_lead", Some(team)).await;
    let lead_token = app.token(lead).await;
    for agent in [anna, bert] {
        let token = app.token(agent).await;
        app.call("POST", "/desk/log-in").bearer(&token).send().await.expect(200);
    }
    let meeting = json!({ "state": "paused", "reason": "meeting" });

    app.post(&lead_token, &format!("/agents/{anna}/state"), meeting.clone()).await.expect(204);
    let token = app.token(anna).await;
    let desk = app.get(&token, "/desk").await.expect(200);
    assert_eq!(desk["agent"]["reason"], "meeting");
    let detail = json!({ "call_id": null, "state": "paused", "reason": "meeting" });
    assert_eq!(entries(&app, lead, "agent.set_state").await, [(anna.to_string(), detail)]);

    // Another team's agent does not exist, and an agent sets nobody's state.
    let path = format!("/agents/{bert}/state");
    app.post(&lead_token, &path, meeting.clone()).await.refused(404, "not_found");
    app.post(&token, &path, meeting.clone()).await.refused(403, "forbidden");
    app.post(&admin, &path, meeting).await.expect(204);
    app.post(&lead_token, &format!("/agents/{anna}/state"), json!({ "state": "logged_out" }))
        .await
        .expect(204);
    assert_eq!(app.get(&token, "/desk").await.expect(200)["agent"]["state"], "logged_out");
}

async fn a_fault_names_its_field(db: Db) {
    let app = TestApp::on(db);
    let admin = app.as_role("administrator").await;
    let anna = app.agent(&admin, "anna", "1001", None).await;
    let wrong = [
        json!({ "state": "paused" }),
        json!({ "state": "paused", "reason": "tired" }),
        json!({ "state": "ready", "reason": "meeting" }),
    ];
    for body in wrong {
        let answer = app.post(&admin, &format!("/agents/{anna}/state"), body.clone()).await;
        let problem = answer.refused(400, "invalid");
        assert_eq!(problem["fields"][0]["field"], "reason", "{body}");
    }
    let mode = json!({ "agent_id": anna, "mode": "shout" });
    let problem = app.post(&admin, "/supervision/monitor", mode).await;
    assert_eq!((problem.status.as_u16(), problem.text.contains("whisper")), (400, true), "{}", problem.text);
}

async fn who_tried_to_listen_is_written_down_with_the_refusal(db: Db) {
    let app = TestApp::on(db);
    let admin = app.as_role("administrator").await;
    let (_, team) = app.team("Sales").await;
    let anna = app.agent(&admin, "anna", "1001", Some(team)).await;
    let bert = app.agent(&admin, "bert", "1002", None).await;
    let lead = app.user_in("lead", "team_lead", Some(team)).await;
    let token = app.token(lead).await;

    for mode in ["listen", "whisper", "barge"] {
        let of = |agent: UserId| json!({ "agent_id": agent, "mode": mode });
        app.post(&token, "/supervision/monitor", of(bert)).await.refused(404, "not_found");
        app.post(&token, "/supervision/monitor", of(anna)).await.refused(409, "switch_down");
    }
    let found = entries(&app, lead, "call.monitor").await;
    assert_eq!(found.len(), 6, "each wish and its refusal: {found:?}");
    assert!(found.iter().all(|(whom, _)| *whom == anna.to_string()));
    assert_eq!(found[2].1, json!({ "call_id": null, "mode": "whisper" }));
    assert_eq!(found[3].1["mode"], "whisper");
    assert!(found[3].1["refused"].as_str().is_some_and(|why| why.contains("switch")), "{:?}", found[3]);

    app.call("POST", "/supervision/stop").bearer(&token).send().await.expect(204);
    app.call("POST", "/supervision/take-over").bearer(&token).send().await.refused(409, "listen_first");
    app.call("POST", &format!("/agents/{anna}/hang-up"))
        .bearer(&token)
        .send()
        .await
        .refused(409, "switch_down");
    let hung_up = entries(&app, lead, "call.hang_up").await;
    assert_eq!(hung_up.len(), 2, "the wish and its refusal: {hung_up:?}");
}
