//! A write with an Idempotency-Key is done once.

use crate::both_databases;
use crate::support::app::{Answer, TestApp};
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter};
use serde_json::json;
use trunkline::store::Db;
use trunkline::store::entity::teams;

both_databases!(the_same_write_is_done_once, two_at_once_are_done_once, a_refusal_is_repeated_too);

async fn make_team(app: &TestApp, token: &str, key: &str, department: i64, name: &str) -> Answer {
    let body = json!({ "department_id": department, "name": name });
    app.call("POST", "/teams").bearer(token).header("idempotency-key", key).json(body).send().await
}

async fn teams_named(app: &TestApp, name: &str) -> u64 {
    let found = teams::Entity::find().filter(teams::Column::Name.eq(name));
    found.count(app.db.read()).await.expect("count")
}

async fn the_same_write_is_done_once(db: Db) {
    let app = TestApp::on(db);
    let (department, _) = app.team("Sales").await;
    let admin = app.as_role("administrator").await;
    let first = make_team(&app, &admin, "k1", department, "East").await;
    assert_eq!(first.header("idempotent-replayed"), None);
    let again = make_team(&app, &admin, "k1", department, "East").await;
    assert_eq!((again.status.as_u16(), again.header("idempotent-replayed")), (201, Some("true")));
    assert_eq!(first.json, again.json);
    assert_eq!(teams_named(&app, "East").await, 1);

    make_team(&app, &admin, "k1", department, "West").await.refused(422, "idempotency_key_reused");
    // Another key, and another person's same key, are other requests.
    make_team(&app, &admin, "k2", department, "East").await.expect(201);
    let other = app.as_role("administrator").await;
    make_team(&app, &other, "k1", department, "East").await.expect(201);
    assert_eq!(teams_named(&app, "East").await, 3);
    make_team(&app, &admin, &"k".repeat(200), department, "East").await.refused(400, "invalid");
}

async fn two_at_once_are_done_once(db: Db) {
    let app = TestApp::on(db);
    let (department, _) = app.team("Sales").await;
    let admin = app.as_role("administrator").await;
    let (a, b) = tokio::join!(
        make_team(&app, &admin, "k1", department, "East"),
        make_team(&app, &admin, "k1", department, "East"),
    );
    assert_eq!(teams_named(&app, "East").await, 1);
    for answer in [a, b] {
        let in_progress = answer.status == 409 && answer.json["code"] == "in_progress";
        assert!(answer.status == 201 || in_progress, "{}", answer.text);
    }
}

async fn a_refusal_is_repeated_too(db: Db) {
    let app = TestApp::on(db);
    let admin = app.as_role("administrator").await;
    make_team(&app, &admin, "k1", 4711, "East").await.refused(400, "invalid");
    let again = make_team(&app, &admin, "k1", 4711, "East").await;
    assert_eq!(again.header("idempotent-replayed"), Some("true"));
    again.refused(400, "invalid");
}
