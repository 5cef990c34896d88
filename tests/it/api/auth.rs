//! Signing in, going on, signing out, the password.

use crate::both_databases;
use crate::support::app::{Answer, PASSWORD, TestApp};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter};
use serde_json::json;
use trunkline::auth::REUSE_MS;
use trunkline::base::clock;
use trunkline::store::entity::{audit_log, refresh_tokens, users};
use trunkline::store::{Db, write_tx};

both_databases!(
    a_session_rotates_and_a_used_token_ends_it,
    two_tabs_that_refresh_at_once_both_go_on,
    an_expired_session_does_not_go_on,
    five_failures_lock_the_account,
    an_unknown_name_is_answered_like_a_wrong_password,
    logging_out_ends_the_session_at_once,
    a_new_password_ends_the_other_sessions,
    a_password_set_by_others_must_be_changed_first,
    deactivation_and_a_new_role_count_at_once,
);

async fn log_in(app: &TestApp, username: &str, password: &str) -> Answer {
    let body = json!({ "username": username, "password": password });
    app.call("POST", "/auth/login").json(body).send().await
}

async fn refresh(app: &TestApp, cookie: &str) -> Answer {
    app.call("POST", "/auth/refresh").header("cookie", cookie).send().await
}

/// `name=value` of the cookie that was set.
fn cookie(answer: &Answer) -> String {
    let set = answer.header("set-cookie").expect("a cookie");
    set.split(';').next().expect("a value").to_owned()
}

fn token(answer: &Answer) -> String {
    answer.json["access_token"].as_str().expect("a token").to_owned()
}

async fn audited(app: &TestApp, action: &str) -> u64 {
    let found = audit_log::Entity::find().filter(audit_log::Column::Action.eq(action));
    found.count(app.db.read()).await.expect("count")
}

async fn a_session_rotates_and_a_used_token_ends_it(db: Db) {
    let app = TestApp::on(db);
    app.user("li.na", "team_lead").await;
    let first = log_in(&app, " Li.Na ", PASSWORD).await;
    let set = first.header("set-cookie").expect("a cookie").to_owned();
    for part in ["HttpOnly", "SameSite=Strict", "Secure", "Path=/api/v1/auth"] {
        assert!(set.contains(part), "{set}");
    }
    assert_eq!(first.json["user"]["role"], "team_lead");
    assert_eq!(first.json["user"]["permissions"]["customer:read"], "team");
    assert_eq!(first.json["user"]["is_agent"], false);
    assert_eq!(app.get(&token(&first), "/auth/me").await.expect(200)["username"], "li.na");

    let second = refresh(&app, &cookie(&first)).await;
    assert_ne!(cookie(&first), cookie(&second));
    assert_eq!(app.get(&token(&second), "/auth/me").await.status, 200);
    // Somebody shows the used one later: the session is over for both.
    let_time_pass(&app, REUSE_MS + 1_000).await;
    refresh(&app, &cookie(&first)).await.refused(401, "unauthenticated");
    refresh(&app, &cookie(&second)).await.refused(401, "unauthenticated");
    app.get(&token(&second), "/auth/me").await.refused(401, "unauthenticated");
    assert_eq!(audited(&app, "auth.token_reused").await, 1);
    // Another session of the same user is not concerned.
    assert_eq!(log_in(&app, "li.na", PASSWORD).await.status, 200);
}

/// Every token that was used was used so much earlier.
async fn let_time_pass(app: &TestApp, ms: i64) {
    let tx = write_tx(&app.db).await.expect("begin");
    let used = refresh_tokens::Column::UsedAt;
    let past = Expr::value((clock::now() - ms).to_utc());
    let update = refresh_tokens::Entity::update_many().filter(used.is_not_null());
    update.col_expr(used, past).exec(&tx).await.expect("age");
    tx.commit().await.expect("commit");
}

async fn two_tabs_that_refresh_at_once_both_go_on(db: Db) {
    let app = TestApp::on(db);
    app.user("li.na", "agent").await;
    let first = cookie(&log_in(&app, "li.na", PASSWORD).await);
    let (a, b) = tokio::join!(refresh(&app, &first), refresh(&app, &first));
    assert_eq!((a.status.as_u16(), b.status.as_u16()), (200, 200), "{} {}", a.text, b.text);
    assert_ne!(cookie(&a), cookie(&b));
    // The browser keeps one of the two cookies, and either will do.
    let_time_pass(&app, REUSE_MS - 5_000).await;
    let c = refresh(&app, &first).await;
    for tab in [&a, &b, &c] {
        assert_eq!(app.get(&token(tab), "/auth/me").await.status, 200);
    }
    let a = refresh(&app, &cookie(&a)).await;
    assert_eq!((a.status.as_u16(), audited(&app, "auth.token_reused").await), (200, 0));
    // To be shown again does not make the time longer, and ends all of them.
    let_time_pass(&app, REUSE_MS + 1_000).await;
    refresh(&app, &first).await.refused(401, "unauthenticated");
    for tab in [&a, &b, &c] {
        refresh(&app, &cookie(tab)).await.refused(401, "unauthenticated");
        app.get(&token(tab), "/auth/me").await.refused(401, "unauthenticated");
    }
    assert_eq!(audited(&app, "auth.token_reused").await, 1);
}

async fn an_expired_session_does_not_go_on(db: Db) {
    let app = TestApp::on(db);
    app.user("li.na", "agent").await;
    let first = cookie(&log_in(&app, "li.na", PASSWORD).await);
    let tx = write_tx(&app.db).await.expect("begin");
    let past = (clock::now() - 1).to_utc();
    let update = refresh_tokens::Entity::update_many();
    update.col_expr(refresh_tokens::Column::ExpiresAt, Expr::value(past)).exec(&tx).await.expect("expire");
    tx.commit().await.expect("commit");
    refresh(&app, &first).await.refused(401, "unauthenticated");
}

async fn five_failures_lock_the_account(db: Db) {
    let app = TestApp::on(db);
    app.user("li.na", "agent").await;
    for _ in 0..4 {
        log_in(&app, "li.na", "wrong").await.refused(401, "login_refused");
    }
    // A success in between starts the count anew.
    assert_eq!(log_in(&app, "li.na", PASSWORD).await.status, 200);
    for _ in 0..5 {
        log_in(&app, "li.na", "wrong").await.refused(401, "login_refused");
    }
    assert_eq!(audited(&app, "auth.locked").await, 1);
    log_in(&app, "li.na", PASSWORD).await.refused(401, "login_refused");

    let tx = write_tx(&app.db).await.expect("begin");
    let over = users::Column::LockedUntil;
    let past = Expr::value((clock::now() - 1).to_utc());
    users::Entity::update_many().col_expr(over, past).exec(&tx).await.expect("let the lock run out");
    tx.commit().await.expect("commit");
    assert_eq!(log_in(&app, "li.na", PASSWORD).await.status, 200);
}

async fn an_unknown_name_is_answered_like_a_wrong_password(db: Db) {
    let app = TestApp::on(db);
    app.user("li.na", "agent").await;
    let mut unknown = log_in(&app, "nobody", "wrong").await.refused(401, "login_refused");
    let mut wrong = log_in(&app, "li.na", "wrong").await.refused(401, "login_refused");
    unknown["request_id"].take();
    wrong["request_id"].take();
    assert_eq!(unknown, wrong);
    log_in(&app, "li.na", &"x".repeat(100_000)).await.refused(401, "login_refused");
}

async fn logging_out_ends_the_session_at_once(db: Db) {
    let app = TestApp::on(db);
    app.user("li.na", "agent").await;
    let session = log_in(&app, "li.na", PASSWORD).await;
    let out = app.call("POST", "/auth/logout").bearer(&token(&session)).send().await;
    assert_eq!(out.status, 204);
    app.get(&token(&session), "/auth/me").await.refused(401, "unauthenticated");
    refresh(&app, &cookie(&session)).await.refused(401, "unauthenticated");
}

async fn a_new_password_ends_the_other_sessions(db: Db) {
    let app = TestApp::on(db);
    app.user("li.na", "agent").await;
    let here = token(&log_in(&app, "li.na", PASSWORD).await);
    let there = log_in(&app, "li.na", PASSWORD).await;
    let change = |current: &'static str, new: &'static str| {
        app.post(&here, "/auth/password", json!({ "current": current, "new": new }))
    };
    let weak = change(PASSWORD, "li.na-li.na").await.refused(400, "invalid");
    assert_eq!(weak["fields"][0]["field"], "new");
    assert_eq!(change(PASSWORD, PASSWORD).await.refused(400, "invalid")["fields"][0]["field"], "new");
    let wrong = change("not that one", "a whole new secret").await.refused(400, "invalid");
    assert_eq!(wrong["fields"][0]["field"], "current");

    assert_eq!(change(PASSWORD, "a whole new secret").await.status, 204);
    assert_eq!(app.get(&here, "/auth/me").await.status, 200);
    app.get(&token(&there), "/auth/me").await.refused(401, "unauthenticated");
    refresh(&app, &cookie(&there)).await.refused(401, "unauthenticated");
    log_in(&app, "li.na", PASSWORD).await.refused(401, "login_refused");
    assert_eq!(log_in(&app, "li.na", "a whole new secret").await.status, 200);
}

async fn a_password_set_by_others_must_be_changed_first(db: Db) {
    let app = TestApp::on(db);
    let admin = app.as_role("administrator").await;
    let body = json!({ "username": "new.one", "display_name": "新人", "role": "manager",
                       "password": "given on paper" });
    app.post(&admin, "/users", body).await.expect(201);
    let session = log_in(&app, "new.one", "given on paper").await;
    assert_eq!(session.json["user"]["must_change_password"], true);
    let token = token(&session);
    app.get(&token, "/users").await.refused(403, "must_change_password");
    let body = json!({ "current": "given on paper", "new": "chosen by myself" });
    assert_eq!(app.post(&token, "/auth/password", body).await.status, 204);
    assert_eq!(app.get(&token, "/users").await.status, 200);
}

async fn deactivation_and_a_new_role_count_at_once(db: Db) {
    let app = TestApp::on(db);
    let admin = app.as_role("administrator").await;
    let id = app.user("li.na", "agent").await;
    let session = log_in(&app, "li.na", PASSWORD).await;
    let path = format!("/users/{id}");
    app.get(&token(&session), "/users").await.refused(403, "forbidden");
    app.patch(&admin, &path, json!({ "role": "team_lead" })).await.expect(200);
    assert_eq!(app.get(&token(&session), "/users").await.status, 200);
    app.patch(&admin, &path, json!({ "active": false })).await.expect(200);
    app.get(&token(&session), "/users").await.refused(401, "unauthenticated");
    refresh(&app, &cookie(&session)).await.refused(401, "unauthenticated");
    log_in(&app, "li.na", PASSWORD).await.refused(401, "login_refused");
}
