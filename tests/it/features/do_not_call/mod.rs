//! The do-not-call list: who may put which numbers on it, what it holds back, files
//! of numbers, one click on a call, and what customers said of being called.

mod enforcement;

use super::world::{MINUTE, MONDAY_10, World, call_id, user};
use crate::both_databases;
use crate::support::app::{Answer, TestApp};
use axum::body::Body;
use axum::http::Request;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use serde_json::{Value, json};
use trunkline::base::ids::UserId;
use trunkline::store::Db;
use trunkline::store::changes::Change;
use trunkline::store::entity::{audit_log, consents, do_not_call_entries};

both_databases!(
    an_entry_is_added_found_checked_and_taken_off,
    everybody_writes_within_their_scope,
    two_who_add_a_number_at_once_make_one_entry,
    what_is_wrong_is_said_field_by_field,
    a_file_of_numbers_is_listed,
    one_click_on_a_call_lists_its_number_and_can_be_undone,
    a_disposition_lists_the_number_once,
    what_customers_said_is_kept_for_good,
);

const NUMBER: &str = "13800138000";

fn system(number: &str) -> Value {
    json!({ "number": number, "scope": "system", "reason": "asked by letter" })
}

async fn actions(db: &Db, thing: &str) -> Vec<String> {
    let rows = audit_log::Entity::find()
        .filter(audit_log::Column::Thing.eq(thing))
        .order_by_asc(audit_log::Column::Id)
        .all(db.read())
        .await
        .expect("query");
    rows.into_iter().map(|row| row.action).collect()
}

async fn an_entry_is_added_found_checked_and_taken_off(db: Db) {
    let app = TestApp::on(db);
    let admin = app.as_role("administrator").await;
    let mut changes = app.listen();
    let body = json!({ "number": "+86 138 0013 8000", "scope": "system", "source": "complaint",
        "reason": "complaint 17", "note": "two\nlines" });
    let made = app.post(&admin, "/do-not-call", body.clone()).await.expect(201);
    assert_eq!(changes.next().await, Some(Change::DoNotCall));
    assert_eq!(
        [&made["number"], &made["e164"], &made["scope"], &made["source"], &made["reason"], &made["note"]],
        [NUMBER, "+8613800138000", "system", "complaint", "complaint 17", "two\nlines"]
    );
    assert_eq!((&made["expires_at"], &made["may_remove"]), (&Value::Null, &json!(true)));
    let told = app.post(&admin, "/do-not-call", body).await.refused(409, "already_listed");
    assert!(told["detail"].as_str().expect("text").contains(&made["id"].to_string()), "{told}");
    app.post(&admin, "/do-not-call", system("0755-88888888")).await.expect(201);

    // Any part of the number, as people write it.
    for (q, found) in [("0013", 1), ("0755", 1), ("75588", 1), ("86", 2), ("999", 0)] {
        let listed = app.get(&admin, &format!("/do-not-call?q={q}")).await.expect(200);
        assert_eq!(listed["items"].as_array().map(Vec::len), Some(found), "{q}");
    }
    let listed = app.get(&admin, "/do-not-call?source=complaint&scope=system").await.expect(200);
    assert_eq!(listed["items"], json!([made]));
    app.get(&admin, "/do-not-call?q=abc").await.refused(400, "invalid");
    let first = app.get(&admin, "/do-not-call?limit=1").await.expect(200);
    let cursor = first["next_cursor"].as_str().expect("another page");
    let second = app.get(&admin, &format!("/do-not-call?limit=1&cursor={cursor}")).await.expect(200);
    assert_eq!((&second["items"][0]["id"], &second["next_cursor"]), (&made["id"], &Value::Null));

    let check = app.post(&admin, "/do-not-call/check", json!({ "number": NUMBER })).await.expect(200);
    assert_eq!((&check["barred_for_all"], &check["bars"]), (&json!(true), &json!([made])));
    let path = format!("/do-not-call/{}", made["id"]);
    app.call("DELETE", &path).bearer(&admin).send().await.expect(204);
    app.call("DELETE", &path).bearer(&admin).send().await.refused(409, "wrong_state");
    let check = app.post(&admin, "/do-not-call/check", json!({ "number": NUMBER })).await.expect(200);
    assert_eq!((&check["barred_for_all"], &check["bars"]), (&json!(false), &json!([])));
    let ended = app.get(&admin, "/do-not-call?ended=true").await.expect(200);
    assert_eq!((&ended["items"][0]["id"], &ended["items"][0]["may_remove"]), (&made["id"], &json!(false)));
    assert!(ended["items"][0]["removed_by_name"].is_string());
    // It may come again.
    app.post(&admin, "/do-not-call", system(NUMBER)).await.expect(201);
    let done = actions(&app.db, "do_not_call").await;
    let [add, remove] = ["do_not_call.add", "do_not_call.remove"];
    assert_eq!(done, [add, add, remove, add]);
}

async fn everybody_writes_within_their_scope(db: Db) {
    let world = World::with_leads(db, 0).await;
    let app = TestApp::on(world.db.clone());
    let admin = app.as_role("administrator").await;
    let (sales, sales_team) = app.team("sales").await;
    let (service, service_team) = app.team("service").await;
    let lead = app.token(app.user_in("lead", "team_lead", Some(sales_team)).await).await;
    let other = app.token(app.user_in("other", "team_lead", Some(service_team)).await).await;
    let manager = app.as_role("manager").await;
    let qa = app.token(app.user_in("qa", "qa", Some(sales_team)).await).await;
    let agent = app.as_role("agent").await;
    let of_department = |id: i64, number: &str| json!({ "number": number, "scope": "department", "department_id": id, "reason": "x" });

    // The system's needs a permission of its own.
    for token in [&lead, &manager, &qa, &agent] {
        app.post(token, "/do-not-call", system(NUMBER)).await.refused(403, "forbidden");
    }
    let all = app.post(&admin, "/do-not-call", system(NUMBER)).await.expect(201);
    let own = app.post(&lead, "/do-not-call", of_department(sales, NUMBER)).await.expect(201);
    assert_eq!(own["target_name"], "sales");
    let refused =
        app.post(&lead, "/do-not-call", of_department(service, NUMBER)).await.refused(400, "invalid");
    assert_eq!(refused["fields"][0]["field"], "department_id");
    let refused =
        app.post(&manager, "/do-not-call", of_department(99_999, NUMBER)).await.refused(400, "invalid");
    assert_eq!(refused["fields"][0]["field"], "department_id");
    app.post(&manager, "/do-not-call", of_department(service, NUMBER)).await.expect(201);

    // A campaign is theirs on which one of their team works.
    let of_campaign =
        json!({ "number": NUMBER, "scope": "campaign", "campaign_id": world.campaign, "reason": "x" });
    let refused = app.post(&lead, "/do-not-call", of_campaign.clone()).await.refused(400, "invalid");
    assert_eq!(refused["fields"][0]["field"], "campaign_id");
    let anna = json!({ "team_id": sales_team });
    app.patch(&admin, &format!("/users/{}", world.agents[0]), anna).await.expect(200);
    let campaign = app.post(&lead, "/do-not-call", of_campaign).await.expect(201);
    assert_eq!(campaign["target_name"], "Autumn");

    let seen = async |token: &str| -> Vec<Value> {
        let listed = app.get(token, "/do-not-call").await.expect(200);
        let items = listed["items"].as_array().expect("items");
        items.iter().map(|item| json!([item["scope"], item["target_name"], item["may_remove"]])).collect()
    };
    let row = |scope: &str, name: Option<&str>, may: bool| json!([scope, name, may]);
    let (sys, sale, autumn) = (
        row("system", None, false),
        row("department", Some("sales"), true),
        row("campaign", Some("Autumn"), true),
    );
    assert_eq!(seen(&lead).await, [autumn, sale, sys.clone()]);
    assert_eq!(seen(&other).await, [row("department", Some("service"), true), sys]);
    assert_eq!(seen(&admin).await.len(), 4);
    assert!(seen(&qa).await.iter().all(|item| item[2] == false), "who reads does not write");
    app.get(&agent, "/do-not-call").await.refused(403, "forbidden");

    let remove = async |token: &str, entry: &Value| {
        app.call("DELETE", &format!("/do-not-call/{}", entry["id"])).bearer(token).send().await
    };
    remove(&lead, &all).await.refused(403, "forbidden");
    remove(&other, &own).await.refused(404, "not_found");
    remove(&qa, &own).await.refused(403, "forbidden");
    remove(&lead, &own).await.expect(204);
    remove(&manager, &campaign).await.expect(204);
}

async fn two_who_add_a_number_at_once_make_one_entry(db: Db) {
    let app = TestApp::on(db);
    let admin = app.as_role("administrator").await;
    let answers = tokio::join!(
        app.post(&admin, "/do-not-call", system(NUMBER)),
        app.post(&admin, "/do-not-call", system(NUMBER)),
        app.post(&admin, "/do-not-call", system(NUMBER))
    );
    let mut statuses: Vec<u16> =
        [answers.0, answers.1, answers.2].iter().map(|answer| answer.status.as_u16()).collect();
    statuses.sort_unstable();
    assert_eq!(statuses, [201, 409, 409]);
    let rows = do_not_call_entries::Entity::find().all(app.db.read()).await.expect("query");
    assert_eq!(rows.len(), 1);

    // Asked again it stays longer, never shorter.
    let until = |day: Option<&str>, number: &str| json!({ "number": number, "scope": "system", "reason": "x", "expires_on": day });
    app.post(&admin, "/do-not-call", until(Some("2099-01-01"), NUMBER)).await.refused(409, "already_listed");
    let number = "13900139000";
    app.post(&admin, "/do-not-call", until(Some("2099-01-01"), number)).await.expect(201);
    let longer = app.post(&admin, "/do-not-call", until(Some("2099-01-02"), number)).await.expect(200);
    assert_eq!(longer["expires_at"], "2099-01-02T16:00:00Z", "to the end of that day in the centre's zone");
    let for_good = app.post(&admin, "/do-not-call", until(None, number)).await.expect(200);
    assert_eq!(for_good["expires_at"], Value::Null);
}

async fn what_is_wrong_is_said_field_by_field(db: Db) {
    let app = TestApp::on(db);
    let admin = app.as_role("administrator").await;
    for (field, value, named) in [
        ("number", json!("12"), "number"),
        ("number", json!("1380013{8000"), "number"),
        ("scope", Value::Null, "scope"),
        ("department_id", json!(1), "department_id"),
        ("campaign_id", json!(1), "campaign_id"),
        ("reason", json!(" "), "reason"),
        ("reason", json!("x".repeat(201)), "reason"),
        ("note", json!("x".repeat(4_001)), "note"),
        ("expires_on", json!("2020-01-01"), "expires_on"),
        ("source", json!("import"), "source"),
    ] {
        let mut body = system(NUMBER);
        body[field] = value.clone();
        let refused = app.post(&admin, "/do-not-call", body).await.refused(400, "invalid");
        let fields: Vec<&Value> =
            refused["fields"].as_array().expect("fields").iter().map(|f| &f["field"]).collect();
        assert_eq!(fields, [named], "{value}");
    }
    app.post(&admin, "/do-not-call/check", json!({ "number": "12" })).await.refused(400, "invalid");
    assert_eq!(app.get(&admin, "/do-not-call").await.expect(200)["items"], json!([]));
}

async fn upload(app: &TestApp, token: &str, file: &str, fields: &[(&str, &str)]) -> Answer {
    let mut body = String::new();
    for (name, value) in fields {
        body += &format!("--X\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
    }
    body += &format!(
        "--X\r\nContent-Disposition: form-data; name=\"file\"; filename=\"numbers.csv\"\r\n\
         Content-Type: text/csv\r\n\r\n{file}\r\n--X--\r\n"
    );
    let request = Request::post("/api/v1/do-not-call/imports")
        .header("authorization", format!("Bearer {token}"))
        .header("content-type", "multipart/form-data; boundary=X")
        .body(Body::from(body))
        .expect("a request");
    app.send(request).await
}

async fn a_file_of_numbers_is_listed(db: Db) {
    let app = TestApp::on(db);
    std::fs::create_dir_all(app.folder().join("uploads")).expect("the folder");
    let admin = app.as_role("administrator").await;
    app.post(&admin, "/do-not-call", system("13800138001")).await.expect(201);
    let file = "号码,备注\n13800138001,there\n+86 138 0013 8002,new\n13800138002,again\nabc,no number\n\
                \"13800138003, 021-62345678\",two\n,\n";
    let system = [("scope", "system"), ("expires_on", "2099-12-31")];
    let done = upload(&app, &admin, file, &system).await.expect(200);
    assert_eq!(done["file_name"], "numbers.csv");
    let counts = ["rows", "accepted", "already_there", "rejected"].map(|field| done[field].clone());
    assert_eq!(counts, [5, 3, 2, 1].map(|count| json!(count)), "{done}");
    assert_eq!(done["rejects"][0]["row"], 5);
    let reason = done["rejects"][0]["reason"].as_str().expect("a reason");
    assert!(reason.contains("not 'a'"), "{reason}");
    let listed = app.get(&admin, "/do-not-call?source=import").await.expect(200);
    assert_eq!(listed["items"].as_array().map(Vec::len), Some(3));
    assert_eq!(listed["items"][0]["reason"], "numbers.csv");
    let again = upload(&app, &admin, file, &system).await.expect(200);
    assert_eq!((&again["accepted"], &again["already_there"]), (&json!(0), &json!(5)));
    assert_eq!(std::fs::read_dir(app.folder().join("uploads")).expect("the folder").count(), 0);

    for (file, fields, named) in [
        ("号码\n13800138000\n", vec![], "scope"),
        ("号码\n13800138000\n", vec![("scope", "galaxy")], "scope"),
        ("号码\n13800138000\n", vec![("scope", "campaign"), ("campaign_id", "x")], "campaign_id"),
        ("号码\n13800138000\n", vec![("scope", "campaign"), ("campaign_id", "99999")], "campaign_id"),
        ("号码\n13800138000\n", vec![("scope", "system"), ("expires_on", "soon")], "expires_on"),
        ("a,b\nx,y\n", vec![("scope", "system")], "file"),
        ("", vec![("scope", "system")], "file"),
    ] {
        let refused = upload(&app, &admin, file, &fields).await.refused(400, "invalid");
        assert_eq!(refused["fields"][0]["field"], named, "{fields:?}");
    }
    let manager = app.as_role("manager").await;
    upload(&app, &manager, file, &system).await.refused(403, "forbidden");
    assert_eq!(actions(&app.db, "do_not_call").await[1..], ["do_not_call.import", "do_not_call.import"]);
}

async fn one_click_on_a_call_lists_its_number_and_can_be_undone(db: Db) {
    let world = World::with_leads(db, 2).await;
    let app = TestApp::on(world.db.clone());
    let [anna, bert] = world.agents;
    let [hers, his] = [app.token(UserId(anna.0)).await, app.token(UserId(bert.0)).await];
    // While it lasts.
    let facts = world.conversation(&world.leads[0], 1, anna, 30 * MINUTE, MONDAY_10);
    world.write_facts(&facts[..facts.len() - 2]).await;
    let path = format!("/calls/{}/do-not-call", call_id(1));
    app.call("POST", &path).bearer(&his).send().await.refused(404, "not_found");
    app.call("DELETE", &path).bearer(&hers).send().await.refused(404, "not_found");
    let made = app.call("POST", &path).bearer(&hers).send().await.expect(200);
    assert_eq!((&made["added"], &made["may_undo"]), (&json!(true), &json!(true)));
    let bar = &made["bar"];
    assert_eq!([&bar["e164"], &bar["scope"], &bar["source"]], [&world.leads[0].e164, "system", "click"]);
    let twice = app.call("POST", &path).bearer(&hers).send().await.expect(200);
    assert_eq!((&twice["added"], &twice["may_undo"], &twice["bar"]), (&json!(false), &json!(true), bar));

    // Afterwards it is on the customer, with the recording; and can be taken back.
    world.write_facts(&facts).await;
    let boss = app.token(world.boss).await;
    let customer = format!("/customers/{}", world.leads[0].customer);
    let seen = app.get(&boss, &customer).await.expect(200);
    assert_eq!(seen["phones"][0]["bars"], json!([bar]));
    let listed = app.get(&boss, "/do-not-call").await.expect(200);
    assert_eq!(listed["items"][0]["call_id"], json!(call_id(1)));
    assert!(listed["items"][0]["recording_id"].is_string());
    app.call("DELETE", &path).bearer(&hers).send().await.expect(204);
    app.call("DELETE", &path).bearer(&hers).send().await.refused(404, "not_found");
    assert_eq!(app.get(&boss, &customer).await.expect(200)["phones"][0]["bars"], json!([]));
    let said = app.get(&boss, &format!("{customer}/consents")).await.expect(200);
    let kinds: Vec<&Value> =
        said["items"].as_array().expect("items").iter().map(|row| &row["kind"]).collect();
    assert_eq!(kinds, ["withdrawn", "refused"]);
    assert_eq!(said["items"][1]["recorded_by_name"], "anna");
    assert!(said["items"][1]["recording_id"].is_string(), "{said}");
    // What another has put there is not theirs to take off.
    app.post(&boss, "/do-not-call", system(&world.leads[0].e164)).await.expect(201);
    let there = app.call("POST", &path).bearer(&hers).send().await.expect(200);
    assert_eq!((&there["added"], &there["may_undo"]), (&json!(false), &json!(false)));
    app.call("DELETE", &path).bearer(&hers).send().await.refused(404, "not_found");
}

async fn a_disposition_lists_the_number_once(db: Db) {
    use trunkline::calls::model::DispositionRequest;
    use trunkline::calls::store::{list_dispositions, save_disposition};
    let world = World::with_leads(db, 1).await;
    let anna = world.agents[0];
    world.write_facts(&world.conversation(&world.leads[0], 1, anna, MINUTE, MONDAY_10)).await;
    let all = list_dispositions(&world.db).await.expect("query");
    let never = all.iter().find(|row| row.do_not_call).expect("seeded").id;
    for note in ["first", "again"] {
        let request = DispositionRequest { disposition_id: never, note: Some(note.to_owned()) };
        let saved = super::world::write(&world.db, async |tx| {
            save_disposition(tx, anna, call_id(1), &request, MONDAY_10 + MINUTE).await.expect("query")
        });
        saved.await.expect("saved");
    }
    let entries = do_not_call_entries::Entity::find().all(world.db.read()).await.expect("query");
    let entry = &entries[0];
    assert_eq!((entries.len(), entry.scope.as_str(), entry.source.as_str()), (1, "system", "disposition"));
    assert_eq!((entry.call_id, entry.created_by), (Some(call_id(1).0), Some(anna.0)));
    let said = consents::Entity::find().all(world.db.read()).await.expect("query");
    assert_eq!((said.len(), said[0].kind.as_str()), (1, "refused"));
}

async fn what_customers_said_is_kept_for_good(db: Db) {
    let world = World::with_leads(db, 2).await;
    let app = TestApp::on(world.db.clone());
    let boss = app.token(world.boss).await;
    let anna = world.agents[0];
    world.write_facts(&world.conversation(&world.leads[0], 1, anna, MINUTE, MONDAY_10)).await;
    let path = format!("/customers/{}/consents", world.leads[0].customer);
    let said = json!({ "e164": world.leads[0].e164, "kind": "given", "source": "call", "note": "for the winter offer",
        "call_id": call_id(1), "said_at": "2024-01-02T02:00:30Z" });
    let kept = app.post(&boss, &path, said.clone()).await.expect(201);
    assert_eq!([&kept["kind"], &kept["source"], &kept["said_at"]], ["given", "call", "2024-01-02T02:00:30Z"]);
    assert_eq!(kept["recorded_by_name"], "boss");
    assert!(kept["recording_id"].is_string());
    for (field, value, named) in [
        ("e164", json!(world.leads[1].e164), "e164"),
        ("source", json!("click"), "source"),
        ("source", json!("written"), "call_id"),
        ("call_id", json!(call_id(9)), "call_id"),
        ("said_at", json!("2999-01-01T00:00:00Z"), "said_at"),
        ("note", json!("x".repeat(4_001)), "note"),
    ] {
        let mut body = said.clone();
        body[field] = value.clone();
        let refused = app.post(&boss, &path, body).await.refused(400, "invalid");
        assert!(
            refused["fields"].as_array().expect("fields").iter().any(|fault| fault["field"] == named),
            "{field} {value}: {refused}"
        );
    }
    let stranger = app.token(user(&world.db, "carl", "agent", None).await).await;
    app.get(&stranger, &path).await.refused(404, "not_found");
    app.post(&stranger, &path, said).await.refused(404, "not_found");
    let listed = app.get(&boss, &path).await.expect(200);
    assert_eq!(listed["items"], json!([kept]));
    for sql in ["UPDATE consents SET kind = 'refused'", "DELETE FROM consents"] {
        use sea_orm::ConnectionTrait;
        let refused = world.db.read().execute_unprepared(sql).await.expect_err(sql);
        assert!(refused.to_string().contains("append-only"), "{refused}");
    }
}
