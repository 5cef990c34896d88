//! What an agent does to the call in progress, as far as it needs no switch.

use crate::both_databases;
use crate::support::app::TestApp;
use serde_json::{Value, json};
use trunkline::store::Db;

both_databases!(
    a_fault_names_its_field,
    without_a_call_nothing_can_be_done,
    colleagues_are_those_with_a_phone
);

fn fields(problem: &Value) -> Vec<&str> {
    let faults = problem["fields"].as_array().expect("fields");
    faults.iter().map(|fault| fault["field"].as_str().expect("a name")).collect()
}

async fn a_fault_names_its_field(db: Db) {
    let app = TestApp::on(db);
    let agent = app.as_role("agent").await;
    for keys in ["", "12a", "1\n2", "１", &"1".repeat(33)] {
        let problem = app.post(&agent, "/desk/keys", json!({ "keys": keys })).await.refused(400, "invalid");
        assert_eq!(fields(&problem), ["keys"], "{keys:?}");
    }
    let number = "13800138000";
    let cases = [
        (json!({}), vec!["agent_id"]),
        (json!({ "agent_id": 1, "number": number }), vec!["number"]),
        (json!({ "number": "12" }), vec!["number"]),
        (json!({ "number": "1380013800{origination}" }), vec!["number"]),
        (json!({ "number": number, "note": "长".repeat(4_001) }), vec!["note"]),
        (json!({ "number": "", "note": "长".repeat(4_001) }), vec!["note", "number"]),
    ];
    for path in ["/desk/transfer", "/desk/consult"] {
        for (body, expected) in &cases {
            let problem = app.post(&agent, path, body.clone()).await.refused(400, "invalid");
            assert_eq!(fields(&problem), *expected, "{path} {body}");
        }
    }
}

async fn without_a_call_nothing_can_be_done(db: Db) {
    let app = TestApp::on(db);
    let admin = app.as_role("administrator").await;
    let anna = app.token(app.agent(&admin, "anna", "1001", None).await).await;
    app.call("POST", "/desk/log-in").bearer(&anna).send().await.expect(200);
    let commands = [
        ("answer", json!({}), "phone_not_ringing"),
        ("hold", json!({}), "no_conversation_yet"),
        ("resume", json!({}), "not_on_hold"),
        ("mute", json!({}), "no_conversation_yet"),
        ("unmute", json!({}), "no_conversation_yet"),
        ("keys", json!({ "keys": "1" }), "no_conversation_yet"),
        ("recording/pause", json!({}), "not_recording"),
        ("recording/resume", json!({}), "not_recording"),
        ("transfer", json!({ "agent_id": 999 }), "no_conversation_yet"),
        ("consult", json!({ "number": "13800138000" }), "no_conversation_yet"),
        ("swap", json!({}), "no_transfer"),
        ("complete-transfer", json!({}), "no_transfer"),
        ("cancel-transfer", json!({}), "no_transfer"),
        ("conference", json!({}), "no_transfer"),
    ];
    for (command, body, code) in commands {
        let answer = app.post(&anna, &format!("/desk/{command}"), body).await;
        let problem = answer.refused(409, code);
        assert!(problem["detail"].as_str().is_some_and(|why| why.contains("paused")), "{problem}");
    }
    let lead = app.as_role("team_lead").await;
    app.call("POST", "/desk/hold").bearer(&lead).send().await.refused(409, "not_an_agent");
}

async fn colleagues_are_those_with_a_phone(db: Db) {
    let app = TestApp::on(db);
    let admin = app.as_role("administrator").await;
    let (_, team) = app.team("Sales").await;
    let anna = app.token(app.agent(&admin, "anna", "1001", Some(team)).await).await;
    let bert = app.agent(&admin, "bert", "1002", None).await;
    let cleo = app.agent(&admin, "cleo", "1003", Some(team)).await;
    let token = app.token(cleo).await;
    app.call("POST", "/desk/log-in").bearer(&token).send().await.expect(200);
    let colleagues = app.get(&anna, "/desk/colleagues").await.expect(200);
    assert_eq!(
        colleagues["items"],
        json!([
            { "agent_id": cleo.0, "name": "cleo", "extension": "1003", "team": "Sales 1",
              "state": "paused", "ready": false, "forwards": false },
            { "agent_id": bert.0, "name": "bert", "extension": "1002", "team": null,
              "state": "logged_out", "ready": false, "forwards": false },
        ])
    );
}
