//! What the switch asks and tells over HTTP.

use crate::both_databases;
use crate::support::app::{Answer, SWITCH_SECRET, TestApp};
use axum::body::Body;
use axum::http::Request;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sea_orm::EntityTrait;
use serde_json::json;
use trunkline::store::Db;
use trunkline::store::entity::switch_cdrs;

both_databases!(only_the_switch_is_answered, a_phone_and_the_trunks_are_found, a_record_is_kept_once);

async fn ask(app: &TestApp, path: &str, secret: &str, kind: &str, body: impl Into<Body>) -> Answer {
    let login = STANDARD.encode(format!("freeswitch:{secret}"));
    let request = Request::post(path)
        .header("authorization", format!("Basic {login}"))
        .header("content-type", kind)
        .body(body.into());
    app.send(request.expect("a request")).await
}

async fn directory(app: &TestApp, fields: &str) -> String {
    let form = "application/x-www-form-urlencoded";
    let fields = format!("section=directory&tag_name=domain&key_name=name&key_value=trunkline&{fields}");
    let answer = ask(app, "/switch/directory", SWITCH_SECRET, form, fields).await;
    assert_eq!((answer.status.as_u16(), answer.header("content-type")), (200, Some("text/xml")));
    answer.text
}

async fn only_the_switch_is_answered(db: Db) {
    let app = TestApp::on(db);
    let admin = app.as_role("administrator").await;
    for path in ["/switch/directory", "/switch/cdr"] {
        let wrong = ask(&app, path, "wrong", "application/json", "{}".to_owned()).await;
        assert_eq!(wrong.status, 401, "{path}");
        assert!(wrong.header("www-authenticate").is_some_and(|ask| ask.starts_with("Basic")));
        let person =
            Request::post(path).header("authorization", format!("Bearer {admin}")).body(Body::empty());
        assert_eq!(app.send(person.expect("a request")).await.status, 401, "{path}");
    }
}

async fn a_phone_and_the_trunks_are_found(db: Db) {
    let app = TestApp::on(db);
    let admin = app.as_role("administrator").await;
    let body = json!({ "username": "zhang.wei", "display_name": "张伟", "role": "agent", "extension": "1001",
                       "password": "given on paper", "phone_secret": "typed-on-the-phone" });
    let id = app.post(&admin, "/users", body).await.expect(201)["id"].clone();
    let phone = "action=sip_auth&user=1001&domain=trunkline";
    assert!(directory(&app, phone).await.contains("typed-on-the-phone"));
    assert!(directory(&app, "action=sip_auth&user=1002").await.contains("not found"));

    for (name, enabled) in [("carrier-1", true), ("carrier-2", false)] {
        let body = json!({ "name": name, "proxy": "192.0.2.7", "caller_id": "1", "enabled": enabled });
        app.post(&admin, "/gateways", body).await.expect(201);
    }
    let trunks = directory(&app, "purpose=gateways&profile=external").await;
    assert!(trunks.contains("carrier-1") && !trunks.contains("carrier-2"), "{trunks}");

    // Who has left has no phone.
    app.patch(&admin, &format!("/users/{id}"), json!({ "active": false })).await.expect(200);
    assert!(directory(&app, phone).await.contains("not found"));
}

async fn a_record_is_kept_once(db: Db) {
    let app = TestApp::on(db);
    let record = |cause: &str| {
        let leg = "7cf7c6e8-f08b-430b-9e36-ccdb645d38ad";
        json!({ "variables": { "uuid": leg, "start_uepoch": "1795420054790226", "answer_uepoch": "0",
                               "end_uepoch": "1795420060000999", "hangup_cause": cause } })
    };
    let post = |body: String| ask(&app, "/switch/cdr?uuid=x", SWITCH_SECRET, "application/json", body);
    for cause in ["USER_BUSY", "NORMAL_CLEARING"] {
        assert_eq!(post(record(cause).to_string()).await.status, 204);
    }
    let kept = switch_cdrs::Entity::find().all(app.db.read()).await.expect("records");
    assert_eq!(kept.len(), 1);
    assert_eq!(kept[0].body["variables"]["hangup_cause"], "USER_BUSY");
    assert_eq!(post("cdr=%7B%7D".to_owned()).await.status, 400);
    // What a carrier put into a header is not always UTF-8.
    let other = record("NO_ANSWER").to_string().replace("7cf7c6e8", "00000000");
    let (before, after) = other.split_once("NO_ANSWER").expect("the cause");
    let bytes = [before.as_bytes(), b"NO_ANSWER\",\"sip_to_display\":\"\xc0\xee", after.as_bytes()].concat();
    let answer = ask(&app, "/switch/cdr?uuid=x", SWITCH_SECRET, "application/json", bytes).await;
    assert_eq!(answer.status, 204, "{}", answer.text);
}
