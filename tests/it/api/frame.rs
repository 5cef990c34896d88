//! What holds for every request; health, metrics, the console.

use crate::both_databases;
use crate::support::app::TestApp;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::Request;
use std::net::SocketAddr;
use trunkline::store::Db;

both_databases!(
    refusals_are_problems_with_the_requests_id,
    what_a_database_cannot_hold_is_refused,
    health_and_metrics,
    the_console_is_served,
);

fn plain(method: &str, path: &str) -> Request<Body> {
    Request::builder().method(method).uri(path).body(Body::empty()).expect("a request")
}

async fn refusals_are_problems_with_the_requests_id(db: Db) {
    let app = TestApp::on(db);
    let admin = app.as_role("administrator").await;
    app.get(&admin, "/nothing/here").await.refused(404, "not_found");
    app.call("DELETE", "/users").bearer(&admin).send().await.refused(405, "method_not_allowed");
    app.get(&admin, "/users/not-a-number").await.refused(404, "not_found");
    let text = app.call("POST", "/teams").bearer(&admin).header("content-type", "text/plain").send().await;
    text.refused(415, "unsupported_media_type");
    let large = serde_json::json!({ "name": "x".repeat(2_000_000), "department_id": 1 });
    app.post(&admin, "/teams", large).await.refused(413, "too_large");

    let named = app.call("GET", "/auth/me").header("x-request-id", "report-7").send().await;
    assert_eq!(named.refused(401, "unauthenticated")["request_id"], "report-7");
    let fine = app.get(&admin, "/auth/me").await;
    assert_eq!(fine.header("cache-control"), Some("no-store"));
    for name in ["x-request-id", "x-content-type-options", "content-security-policy", "x-frame-options"] {
        assert!(fine.header(name).is_some(), "{name}");
    }
}

async fn what_a_database_cannot_hold_is_refused(db: Db) {
    let app = TestApp::on(db);
    let admin = app.as_role("administrator").await;
    // Also before anybody is signed in.
    let login = app.call("POST", "/auth/login").header("content-type", "application/json");
    let login = login.body(r#"{"username":"a\u0000","password":"b"}"#).send().await;
    login.refused(400, "invalid");
    for path in ["/calls?q=a%00", "/customers?q=%00", "/users?q=%00"] {
        app.get(&admin, path).await.refused(400, "invalid");
    }
    for day in ["-9999-01-01", "%2B200000-01-01"] {
        for path in ["/calls?from=", "/calls?to=", "/reports/agents?from="] {
            app.get(&admin, &format!("{path}{day}")).await.refused(400, "invalid");
        }
    }
    app.get(&admin, "/calls?from=0001-01-01&to=9998-12-31").await.expect(200);
}

async fn health_and_metrics(db: Db) {
    let app = TestApp::on(db);
    for path in ["/health", "/api/v1/health"] {
        let health = app.send(plain("GET", path)).await.expect(200);
        assert_eq!((health["database"].as_str(), health["switch"].as_str()), (Some("ok"), Some("down")));
    }
    let from = |peer: &str, passed_on: bool| {
        let mut request = plain("GET", "/metrics");
        let peer: SocketAddr = peer.parse().expect("an address");
        request.extensions_mut().insert(ConnectInfo(peer));
        if passed_on {
            request.headers_mut().insert("x-forwarded-for", "203.0.113.9".parse().expect("header"));
        }
        request
    };
    assert_eq!(app.send(plain("GET", "/metrics")).await.status, 403);
    assert_eq!(app.send(from("203.0.113.9:5000", false)).await.status, 403);
    assert_eq!(app.send(from("127.0.0.1:5000", true)).await.status, 403);
    // This machine may ask; in tests nothing is measured.
    assert_eq!(app.send(from("127.0.0.1:5000", false)).await.status, 404);

    app.db.clone().close().await.expect("close");
    let health = app.send(plain("GET", "/health")).await.expect(503);
    assert_eq!((health["status"].as_str(), health["database"].as_str()), (Some("down"), Some("down")));
}

async fn the_console_is_served(db: Db) {
    let app = TestApp::on(db);
    for path in ["/", "/campaigns/7"] {
        let page = app.send(plain("GET", path)).await;
        // Built or not: a page, and in either case not one that is kept for ever.
        assert!(page.status == 200 || page.status == 503, "{}", page.status);
        assert!(page.header("content-type").is_some_and(|kind| kind.starts_with("text/html")));
        assert!(!page.header("cache-control").unwrap_or_default().contains("immutable"));
        assert!(page.text.contains("Trunkline"), "{}", page.text);
    }
    assert_eq!(app.send(plain("GET", "/assets/missing-1a2b.js")).await.status, 404);
    assert_eq!(app.send(plain("POST", "/campaigns")).await.status, 405);
    app.send(plain("GET", "/api/v2/users")).await.refused(404, "not_found");
}
