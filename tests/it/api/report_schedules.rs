//! Schedules of reports by mail through the API: what is refused and why, who
//! may see and change whose, and what a run leaves to look at.

use crate::both_databases;
use crate::support::app::TestApp;
use crate::support::smtp::SmtpSink;
use sea_orm::{ActiveModelTrait, ActiveValue::Set, EntityTrait, QueryOrder};
use serde_json::{Value, json};
use trunkline::base::clock;
use trunkline::base::ids::UserId;
use trunkline::mail::Mailer;
use trunkline::reports::schedules::jobs::send_due;
use trunkline::store::entity::{audit_log, users};
use trunkline::store::{Db, write_tx};

both_databases!(
    a_schedule_is_made_changed_and_deleted,
    a_wrong_schedule_is_refused_by_its_field,
    the_next_instants_are_shown_before_saving,
    a_schedule_is_managed_by_those_who_may_see_all_that_it_sends,
    a_report_is_sent_now_and_its_run_can_be_looked_at,
    without_a_mail_server_schedules_are_kept_and_nothing_is_sent,
);

fn request() -> Value {
    json!({ "name": " 每日 ", "cron": " 30  7 * * 1-5 ", "recipients": [" a@example.com", "A@example.com"] })
}

async fn a_schedule_is_made_changed_and_deleted(db: Db) {
    let app = TestApp::with_mail(db, SmtpSink::start().await.mailer());
    let token = app.token(app.user("boss", "administrator").await).await;
    let made = app.post(&token, "/reports/schedules", request()).await.expect(201);
    let id = made["id"].as_i64().expect("an id");
    assert_eq!(
        [&made["name"], &made["cron"], &made["recipients"], &made["language"], &made["active"]],
        [&json!("每日"), &json!("30 7 * * 1-5"), &json!(["a@example.com"]), &json!("zh"), &json!(true)]
    );
    assert_eq!((&made["owner_name"], &made["last_run"]), (&json!("boss (test)"), &Value::Null));
    assert!(made["next_due_at"].as_str().is_some_and(|at| at.contains(":30:00")), "{made}");

    let path = format!("/reports/schedules/{id}");
    let change = json!({ "language": "en", "active": false, "recipients": ["b@example.com"] });
    let changed = app.patch(&token, &path, change).await.expect(200);
    assert_eq!(
        [&changed["name"], &changed["language"], &changed["recipients"], &changed["next_due_at"]],
        [&json!("每日"), &json!("en"), &json!(["b@example.com"]), &Value::Null]
    );
    app.patch(&token, &path, json!({ "owner_id": 1 })).await.refused(400, "invalid");
    let list = app.get(&token, "/reports/schedules").await.expect(200);
    assert_eq!(list["items"], json!([changed]));
    assert_eq!(list["sender"].as_str().map(|sender| sender.contains("reports@example.com")), Some(true));

    assert_eq!(app.call("DELETE", &path).bearer(&token).send().await.status, 204);
    app.call("DELETE", &path).bearer(&token).send().await.refused(404, "not_found");
    assert_eq!(app.get(&token, "/reports/schedules").await.expect(200)["items"], json!([]));
    let log = audit_log::Entity::find().order_by_asc(audit_log::Column::Id).all(app.db.read()).await;
    let log = log.expect("the log");
    let actions: Vec<_> = log.iter().map(|entry| entry.action.as_str()).collect();
    let expected = ["report_schedule.create", "report_schedule.update", "report_schedule.delete"];
    assert_eq!(actions, expected);
    assert_eq!(log[1].detail["recipients"], json!(["b@example.com"]));
}

async fn a_wrong_schedule_is_refused_by_its_field(db: Db) {
    let app = TestApp::on(db);
    let token = app.as_role("manager").await;
    let many: Vec<String> = (0..21).map(|n| format!("a{n}@example.com")).collect();
    for (field, value, words) in [
        ("name", json!("  "), "empty"),
        ("name", json!("two\nlines"), "single line"),
        ("cron", json!("0 8 * * 8"), "weekday"),
        ("cron", json!("0 0 8 * * 1"), "five"),
        ("cron", json!("* 8 * * *"), "once an hour"),
        ("cron", json!("0 8 30 2 *"), "no month"),
        ("cron", json!("0".repeat(1000)), "characters"),
        ("recipients", json!([]), "1 to 20"),
        ("recipients", json!(many), "1 to 20"),
        ("recipients", json!(["a@example.com", "nobody"]), "nobody"),
        ("recipients", json!(["a@example.com\r\nBcc: b@example.com"]), "no mail address"),
        ("recipients", json!("a@example.com"), "sequence"),
        ("language", json!("fr"), "fr"),
    ] {
        let mut body = request();
        body[field] = value.clone();
        let problem = app.post(&token, "/reports/schedules", body).await.refused(400, "invalid");
        let at = problem["fields"][0]["field"].as_str().unwrap_or_default();
        let told = problem["detail"].as_str().unwrap_or_default();
        assert!(at == field && told.contains(words), "{field} = {value}: {problem}");
    }
    let mut body = request();
    body.as_object_mut().expect("an object").remove("cron");
    app.post(&token, "/reports/schedules", body).await.refused(400, "invalid");
}

async fn the_next_instants_are_shown_before_saving(db: Db) {
    let app = TestApp::on(db);
    let token = app.as_role("team_lead").await;
    let preview = app.get(&token, "/reports/schedules/preview?cron=15+20+*+*+*").await.expect(200);
    assert_eq!(preview["zone"], "Asia/Shanghai");
    let next: Vec<_> =
        preview["next"].as_array().expect("instants").iter().filter_map(Value::as_str).collect();
    assert_eq!(next.len(), 3);
    assert!(next.is_sorted() && next.iter().all(|at| at.ends_with("T12:15:00Z")), "{next:?}");
    let problem =
        app.get(&token, "/reports/schedules/preview?cron=15+24+*+*+*").await.refused(400, "invalid");
    assert_eq!(problem["fields"][0]["field"], "cron");
    assert!(problem["detail"].as_str().is_some_and(|text| text.contains("hour")), "{problem}");
}

async fn a_schedule_is_managed_by_those_who_may_see_all_that_it_sends(db: Db) {
    let app = TestApp::on(db);
    let (department, team) = app.team("north").await;
    let (_, other_team) = app.team("south").await;
    let boss = app.user("boss", "administrator").await;
    let manager = app.user("manager", "manager").await;
    let lead = app.user_in("lead", "team_lead", Some(team)).await;
    let mate = app.user_in("mate", "team_lead", Some(team)).await;
    let stranger = app.user_in("stranger", "team_lead", Some(other_team)).await;
    // The administrator works in the manager's department, and sees more.
    for user in [manager, boss] {
        let tx = write_tx(&app.db).await.expect("begin");
        let row = users::ActiveModel {
            id: Set(user.0),
            department_id: Set(Some(department)),
            ..Default::default()
        };
        row.update(&tx).await.expect("a place");
        tx.commit().await.expect("commit");
    }
    let make = async |user: UserId| {
        let token = app.token(user).await;
        app.post(&token, "/reports/schedules", request()).await.expect(201)["id"].as_i64().expect("an id")
    };
    let (of_boss, of_manager, of_lead) = (make(boss).await, make(manager).await, make(lead).await);
    for (user, may) in [
        (boss, vec![of_boss, of_manager, of_lead]),
        (manager, vec![of_manager, of_lead]),
        (lead, vec![of_lead]),
        (mate, vec![of_lead]),
        (stranger, vec![]),
    ] {
        let token = app.token(user).await;
        let list = app.get(&token, "/reports/schedules").await.expect(200);
        let seen: Vec<_> = list["items"].as_array().expect("items").iter().map(|each| &each["id"]).collect();
        assert_eq!(json!(seen), json!(may), "{user:?}");
        for id in [of_boss, of_manager, of_lead] {
            let path = format!("/reports/schedules/{id}");
            let change = app.patch(&token, &path, json!({ "recipients": ["x@example.com"] })).await;
            let runs = app.get(&token, &format!("{path}/runs")).await;
            if may.contains(&id) {
                assert_eq!((change.status.as_u16(), runs.status.as_u16()), (200, 200));
            } else {
                change.refused(404, "not_found");
                runs.refused(404, "not_found");
                app.post(&token, &format!("{path}/send"), json!(null)).await.refused(404, "not_found");
                app.call("DELETE", &path).bearer(&token).send().await.refused(404, "not_found");
            }
        }
    }
    let agent = app.as_role("agent").await;
    app.get(&agent, "/reports/schedules").await.refused(403, "forbidden");
}

async fn a_report_is_sent_now_and_its_run_can_be_looked_at(db: Db) {
    let sink = SmtpSink::start().await;
    let app = TestApp::with_mail(db, sink.mailer());
    let boss = app.user("boss", "administrator").await;
    let token = app.token(boss).await;
    let made = app.post(&token, "/reports/schedules", request()).await.expect(201);
    let path = format!("/reports/schedules/{}", made["id"]);
    let run = app.post(&token, &format!("{path}/send"), json!(null)).await.expect(202);
    assert_eq!(
        [&run["state"], &run["attempts"], &run["requested_by"]],
        [&json!("waiting"), &json!(0), &json!(boss.0)]
    );
    let now = clock::now();
    send_due(&app.db, chrono_tz::Asia::Shanghai, &sink.mailer(), now).await.expect("a round");
    assert_eq!(sink.taken().len(), 1);

    sink.answer("a@example.com", "550 no such user");
    app.post(&token, &format!("{path}/send"), json!(null)).await.expect(202);
    send_due(&app.db, chrono_tz::Asia::Shanghai, &sink.mailer(), clock::now()).await.expect("a round");
    let newest = app.get(&token, &format!("{path}/runs?limit=1")).await.expect(200);
    let [failed] = newest["items"].as_array().expect("items").as_slice() else { panic!("one run: {newest}") };
    assert_eq!((&failed["state"], &failed["sent_at"]), (&json!("failed"), &Value::Null));
    assert!(failed["error"].as_str().is_some_and(|error| error.contains("no such user")), "{failed}");
    assert_eq!(failed["deliveries"][0]["state"], "refused");
    let cursor = newest["next_cursor"].as_str().expect("an older one");
    let older = app.get(&token, &format!("{path}/runs?limit=1&cursor={cursor}")).await.expect(200);
    assert_eq!((&older["items"][0]["state"], &older["next_cursor"]), (&json!("sent"), &Value::Null));
    let yesterday = now.to_utc().with_timezone(&chrono_tz::Asia::Shanghai).date_naive().pred_opt();
    assert_eq!(older["items"][0]["report_on"], json!(yesterday));
    let list = app.get(&token, "/reports/schedules").await.expect(200);
    assert_eq!(list["items"][0]["last_run"], *failed, "the list shows the latest");

    // Waiting runs end when their recipients change.
    sink.answer("a@example.com", "451 later");
    app.post(&token, &format!("{path}/send"), json!(null)).await.expect(202);
    send_due(&app.db, chrono_tz::Asia::Shanghai, &sink.mailer(), clock::now()).await.expect("a round");
    let changed = app.patch(&token, &path, json!({ "recipients": ["b@example.com"] })).await.expect(200);
    assert_eq!(changed["last_run"]["state"], "cancelled");
    assert_eq!(app.call("DELETE", &path).bearer(&token).send().await.status, 204, "with all its runs");
}

async fn without_a_mail_server_schedules_are_kept_and_nothing_is_sent(db: Db) {
    let app = TestApp::with_mail(db, Mailer::none());
    let token = app.as_role("administrator").await;
    let made = app.post(&token, "/reports/schedules", request()).await.expect(201);
    let list = app.get(&token, "/reports/schedules").await.expect(200);
    assert_eq!((&list["sender"], list["items"].as_array().map(Vec::len)), (&Value::Null, Some(1)));
    let path = format!("/reports/schedules/{}/send", made["id"]);
    let problem = app.post(&token, &path, json!(null)).await.refused(409, "mail_not_configured");
    assert!(problem["detail"].as_str().is_some_and(|text| text.contains("mail.host")), "{problem}");
}
