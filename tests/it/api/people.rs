//! Users and trunks: secrets, scopes, conflicts.

use crate::both_databases;
use crate::support::app::TestApp;
use sea_orm::EntityTrait;
use serde_json::{Value, json};
use trunkline::base::ids::AgentId;
use trunkline::people::store::{load_agent, load_agents};
use trunkline::store::Db;
use trunkline::store::changes::Change;
use trunkline::store::entity::{audit_log, gateways};

both_databases!(
    a_phone_secret_is_shown_once,
    a_carriers_secret_is_never_shown,
    nobody_hands_out_more_than_they_hold,
    nobody_sees_or_places_users_outside_their_scope,
    what_is_wrong_with_a_user_is_said_by_field,
    a_list_is_paged_without_gaps,
    an_agent_is_an_active_user_with_a_phone,
);

fn new_user(username: &str, role: &str) -> Value {
    json!({ "username": username, "display_name": "张伟", "role": role, "password": "given on paper" })
}

fn with(mut body: Value, field: &str, value: Value) -> Value {
    body[field] = value;
    body
}

async fn a_phone_secret_is_shown_once(db: Db) {
    let app = TestApp::on(db);
    let admin = app.as_role("administrator").await;
    let mut changes = app.listen();
    let body = with(new_user("zhang.wei", "agent"), "extension", json!("1001"));
    let made = app.post(&admin, "/users", body).await.expect(201);
    let id = made["id"].as_i64().expect("id");
    let secret = made["phone_secret"].as_str().expect("a secret").to_owned();
    assert!(secret.len() >= 20, "{secret}");
    assert_eq!(changes.next().await, Some(Change::Agent(AgentId(id))));

    let path = format!("/users/{id}");
    for answer in [app.get(&admin, &path).await, app.get(&admin, "/users").await] {
        assert!(answer.status == 200 && !answer.text.contains(&secret) && !answer.text.contains("argon2"));
    }
    let renamed = app.patch(&admin, &path, json!({ "display_name": "张小伟" })).await.expect(200);
    assert_eq!((renamed["display_name"].as_str(), renamed.get("phone_secret")), (Some("张小伟"), None));
    let chosen = json!({ "phone_secret": "typed-on-the-phone" });
    let answer = app.patch(&admin, &path, chosen).await.expect(200);
    assert_eq!(answer["phone_secret"], "typed-on-the-phone");

    let log = audit_log::Entity::find().all(app.db.read()).await.expect("audit log");
    let text = format!("{log:?}");
    assert!(
        text.contains("user.update") && text.contains("phone_secret") && !text.contains("typed-on"),
        "{text}"
    );
}

async fn a_carriers_secret_is_never_shown(db: Db) {
    let app = TestApp::on(db);
    let admin = app.as_role("administrator").await;
    let mut changes = app.listen();
    let body = json!({ "name": "carrier-1", "proxy": "sip.example.com:5080", "username": "u1",
                       "secret": "hush-hush", "register": true, "caller_id": "02160000000" });
    let made = app.post(&admin, "/gateways", body.clone()).await;
    assert!(!made.text.contains("hush"), "{}", made.text);
    let id = made.expect(201)["id"].as_i64().expect("id");
    assert_eq!(changes.next().await, Some(Change::Gateways));
    app.post(&admin, "/gateways", body).await.refused(409, "name_taken");

    let listed = app.get(&admin, "/gateways").await;
    assert!(!listed.text.contains("hush"), "{}", listed.text);
    assert_eq!(listed.json["items"][0]["has_secret"], true);
    let path = format!("/gateways/{id}");
    let kept = app.patch(&admin, &path, json!({ "enabled": false })).await.expect(200);
    assert_eq!((kept["enabled"].as_bool(), kept["has_secret"].as_bool()), (Some(false), Some(true)));
    let row = gateways::Entity::find_by_id(id).one(app.db.read()).await.expect("read").expect("row");
    assert_eq!(row.secret.as_deref(), Some("hush-hush"));
    let cleared = app.patch(&admin, &path, json!({ "secret": null })).await.expect(200);
    assert_eq!(cleared["has_secret"], false);
    for bad in [json!({ "proxy": "host\nevil" }), json!({ "caller_id": "12}34" }), json!({ "name": "other" })]
    {
        assert_eq!(app.patch(&admin, &path, bad).await.status, 400);
    }
    app.patch(&admin, "/gateways/999", json!({})).await.refused(404, "not_found");
}

async fn nobody_hands_out_more_than_they_hold(db: Db) {
    let app = TestApp::on(db);
    let (department, team) = app.team("Sales").await;
    let manager_id = app.user_in("boss", "manager", Some(team)).await;
    let manager = app.token(manager_id).await;
    let placed = |role: &str, name: &str| with(new_user(name, role), "team_id", json!(team));
    app.post(&manager, "/users", placed("administrator", "sneaky")).await.refused(403, "forbidden");
    let made = app.post(&manager, "/users", placed("team_lead", "lead.one")).await.expect(201);
    assert_eq!(made["department_id"], department);
    let path = format!("/users/{}", made["id"]);
    app.patch(&manager, &path, json!({ "role": "administrator" })).await.refused(403, "forbidden");

    // Nor may they take over somebody who holds more.
    let admin = app.user_in("root.admin", "administrator", Some(team)).await;
    let takeover = json!({ "password": "now it is mine!" });
    app.patch(&manager, &format!("/users/{admin}"), takeover).await.refused(403, "forbidden");
    // Nor lock themselves out or in.
    let own = format!("/users/{manager_id}");
    app.patch(&manager, &own, json!({ "active": false })).await.refused(409, "own_account");
    // Teams and departments are for those who administer everybody.
    app.post(&manager, "/departments", json!({ "name": "X" })).await.refused(403, "forbidden");
}

async fn nobody_sees_or_places_users_outside_their_scope(db: Db) {
    let app = TestApp::on(db);
    let (_, sales) = app.team("Sales").await;
    let (_, service) = app.team("Service").await;
    let manager = app.token(app.user_in("boss", "manager", Some(sales)).await).await;
    let lead = app.token(app.user_in("lead", "team_lead", Some(sales)).await).await;
    let near = app.user_in("near", "agent", Some(sales)).await;
    let far = app.user_in("far", "agent", Some(service)).await;

    let names = |answer: Value| -> Vec<String> {
        let items = answer["items"].as_array().expect("items").clone();
        items.iter().map(|user| user["username"].as_str().expect("name").to_owned()).collect()
    };
    assert_eq!(names(app.get(&lead, "/users").await.expect(200)), ["boss", "lead", "near"]);
    assert_eq!(names(app.get(&lead, "/users?q=NEAR").await.expect(200)), ["near"]);
    app.get(&lead, &format!("/users/{near}")).await.expect(200);
    app.get(&lead, &format!("/users/{far}")).await.refused(404, "not_found");
    app.patch(&manager, &format!("/users/{far}"), json!({ "active": false })).await.refused(404, "not_found");
    let away = json!({ "team_id": service });
    app.patch(&manager, &format!("/users/{near}"), away).await.refused(403, "forbidden");
    app.post(&manager, "/users", new_user("nowhere", "agent")).await.refused(403, "forbidden");
}

async fn what_is_wrong_with_a_user_is_said_by_field(db: Db) {
    let app = TestApp::on(db);
    let (department, team) = app.team("Sales").await;
    let admin = app.as_role("administrator").await;
    let body = json!({ "username": "张伟", "display_name": " ", "role": "agent", "extension": "10a",
                       "password": "short", "phone_secret": "short" });
    let refused = app.post(&admin, "/users", body).await.refused(400, "invalid");
    let fields: Vec<_> = refused["fields"].as_array().expect("fields").iter().map(|f| &f["field"]).collect();
    assert_eq!(fields, ["username", "display_name", "extension", "phone_secret", "password"]);

    let ok = with(new_user("zhang.wei", "agent"), "extension", json!("1001"));
    app.post(&admin, "/users", ok.clone()).await.expect(201);
    app.post(&admin, "/users", ok.clone()).await.refused(409, "username_taken");
    let same = with(ok, "username", json!("zhang.wei2"));
    app.post(&admin, "/users", same).await.refused(409, "extension_taken");

    let field = |answer: Value| answer["fields"][0]["field"].as_str().map(str::to_owned);
    let unknown = app.post(&admin, "/users", new_user("x.y", "wizard")).await.refused(400, "invalid");
    assert_eq!(field(unknown).as_deref(), Some("role"));
    let body = with(new_user("x.y", "agent"), "team_id", json!(team + 100));
    assert_eq!(
        field(app.post(&admin, "/users", body).await.refused(400, "invalid")).as_deref(),
        Some("team_id")
    );
    let (other, _) = app.team("Other").await;
    assert_ne!(other, department);
    let body = with(with(new_user("x.y", "agent"), "team_id", json!(team)), "department_id", json!(other));
    let refused = app.post(&admin, "/users", body).await.refused(400, "invalid");
    assert_eq!(field(refused).as_deref(), Some("department_id"));
    let typo = with(new_user("x.y", "agent"), "extention", json!("1002"));
    app.post(&admin, "/users", typo).await.refused(400, "invalid");
}

async fn a_list_is_paged_without_gaps(db: Db) {
    let app = TestApp::on(db);
    let admin = app.as_role("administrator").await;
    for n in 0..4 {
        app.user(&format!("user{n}"), "agent").await;
    }
    let (mut seen, mut cursor) = (Vec::new(), String::new());
    for _ in 0..5 {
        let page = app.get(&admin, &format!("/users?limit=2{cursor}")).await.expect(200);
        seen.extend(page["items"].as_array().expect("items").iter().map(|user| user["id"].clone()));
        match page["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => break,
        }
    }
    let all = app.get(&admin, "/users").await.expect(200);
    let all: Vec<_> = all["items"].as_array().expect("items").iter().map(|user| user["id"].clone()).collect();
    assert_eq!((seen.len(), &seen), (5, &all));
    app.get(&admin, "/users?limit=1000").await.refused(400, "invalid");
    app.get(&admin, "/users?cursor=nonsense").await.refused(400, "invalid");
}

async fn an_agent_is_an_active_user_with_a_phone(db: Db) {
    let app = TestApp::on(db);
    let admin = app.as_role("administrator").await;
    app.user("without.phone", "agent").await;
    let body = with(new_user("zhang.wei", "agent"), "extension", json!("1001"));
    let body = with(body, "phone_mode", json!("on_hook"));
    let id = app.post(&admin, "/users", body).await.expect(201)["id"].as_i64().expect("id");
    let agents = load_agents(&app.db).await.expect("agents");
    assert_eq!(agents.iter().map(|a| (a.agent.0, a.extension.as_str())).collect::<Vec<_>>(), [(id, "1001")]);
    assert_eq!(agents[0].phone_mode, trunkline::floor::input::PhoneMode::OnHook);
    app.patch(&admin, &format!("/users/{id}"), json!({ "active": false })).await.expect(200);
    assert_eq!(load_agents(&app.db).await.expect("agents"), []);
    assert_eq!(load_agent(&app.db, AgentId(id)).await.expect("agent"), None);
}
