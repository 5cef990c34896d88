//! When campaigns dial: the form, a week of it drawn up, the calendar they follow, and
//! leads whose number lives where it is another hour.

use super::world::{MINUTE, MONDAY_10, World, write};
use crate::both_databases;
use crate::support::app::TestApp;
use chrono_tz::Asia::Shanghai;
use sea_orm::{ConnectionTrait, EntityTrait, Statement, TransactionTrait};
use serde_json::{Value, json};
use trunkline::base::clock::Moment;
use trunkline::base::ids::{CampaignId, LeadId};
use trunkline::campaigns::model::CampaignState;
use trunkline::campaigns::store::{claim_leads, load_profile, mark_state, release_leads};
use trunkline::floor::input::Lead;
use trunkline::store::Db;
use trunkline::store::changes::Change;
use trunkline::store::entity::hours_blocks;
use trunkline_migrations::{Migrator, MigratorTrait};

both_databases!(
    a_campaign_keeps_its_times_and_the_floor_follows_them,
    what_is_wrong_with_times_is_said_at_its_field,
    a_week_is_drawn_up_with_the_rule_of_each_span,
    a_calendar_that_a_campaign_follows_is_told_of_and_stays,
    public_holidays_can_be_taken_over,
    a_lead_in_another_zone_waits_for_its_hour_and_says_why,
    without_hours_for_the_called_a_lead_is_dialled_at_the_centres,
    the_hours_of_before_become_one_window_and_back,
);

const WORKDAYS: [&str; 5] = ["monday", "tuesday", "wednesday", "thursday", "friday"];
const HOUR: i64 = 60 * MINUTE;

fn window(days: &[&str], from: &str, to: &str) -> Value {
    json!({ "days": days, "from": from, "to": to })
}

/// A holiday on 30 November 2026, a Monday; the Saturday before makes up for it and
/// has a Friday's windows.
async fn calendar(app: &TestApp, token: &str) -> Value {
    let work = json!([{ "from": "09:00", "to": "18:00" }]);
    let holidays = json!([
        { "name": "公司年会", "from": "2026-11-30", "to": "2026-11-30" },
        { "name": "年会调休", "from": "2026-11-28", "to": "2026-11-28", "follows": "friday" },
    ]);
    let body = json!({ "name": "China", "week": { "monday": work }, "holidays": holidays });
    app.post(token, "/calendars", body).await.expect(201)["id"].clone()
}

fn times(calendar: &Value) -> Value {
    json!({
        "starts_at": "2026-11-23T02:00:00Z",
        "ends_at": null,
        "windows": [window(&WORKDAYS, "09:00", "12:00"), window(&WORKDAYS, "11:30", "14:00"), window(&["friday"], "22:00", "01:00")],
        "calendar_id": calendar,
        "cron": [
            { "expression": "0 10 * * 6,0", "minutes": 30, "effect": "add" },
            { "expression": "0 13 * * *", "minutes": 15, "effect": "exclude" },
        ],
        "called": { "from": "09:00", "to": "20:00" },
    })
}

async fn a_campaign_keeps_its_times_and_the_floor_follows_them(db: Db) {
    let world = World::with_leads(db, 0).await;
    let app = TestApp::on(world.db.clone());
    let token = app.as_role("manager").await;
    let path = format!("/campaigns/{}", world.campaign);
    let before = app.get(&token, &path).await.expect(200);
    assert_eq!(before["times"]["windows"][0]["from"], "08:30", "what a new one begins with");
    assert_eq!(before["times"]["called"], json!({ "from": "08:00", "to": "21:00" }));
    let times = times(&calendar(&app, &token).await);
    let changed = app.patch(&token, &path, json!({ "times": times })).await.expect(200);
    assert_eq!(changed["times"], times);
    let other = app.patch(&token, &path, json!({ "ring_seconds": 20 })).await.expect(200);
    assert_eq!(other["times"], times, "what is left out stays");

    let profile = load_profile(&world.db, world.campaign, MONDAY_10, Shanghai).await.expect("query");
    let followed = profile.expect("a campaign").times;
    let at = |text: &str| Moment::from(text.parse::<chrono::DateTime<chrono::Utc>>().expect("an instant"));
    for (when, open) in [
        ("2026-11-23T09:59:59.999+08:00", false),
        ("2026-11-23T10:00:00+08:00", true),
        ("2026-11-23T12:30:00+08:00", true),
        ("2026-11-23T13:00:00+08:00", false),
        ("2026-11-23T13:15:00+08:00", true),
        ("2026-11-23T14:00:00+08:00", false),
        ("2026-11-28T00:59:59+08:00", true),
        ("2026-11-28T01:00:00+08:00", false),
        ("2026-11-28T09:00:00+08:00", true),
        ("2026-11-30T10:00:00+08:00", false),
    ] {
        assert_eq!(followed.open_at(at(when)), open, "{when}");
    }
}

async fn what_is_wrong_with_times_is_said_at_its_field(db: Db) {
    let world = World::with_leads(db, 0).await;
    let app = TestApp::on(world.db.clone());
    let token = app.as_role("manager").await;
    let path = format!("/campaigns/{}", world.campaign);
    let good = window(&["monday"], "09:00", "12:00");
    for (times, field) in [
        (json!({ "windows": [good, window(&["monday"], "09:00", "9:30")] }), "times.windows[1].to"),
        (json!({ "windows": [good, good, window(&[], "09:00", "12:00")] }), "times.windows[2].days"),
        (json!({ "windows": [] }), "times.windows"),
        (
            json!({ "windows": [good], "cron": [{ "expression": "0 9 31 2 *", "minutes": 60, "effect": "add" }] }),
            "times.cron[0].expression",
        ),
        (
            json!({ "windows": [good], "cron": [{ "expression": "0 9 * * *", "minutes": 0, "effect": "add" }] }),
            "times.cron[0].minutes",
        ),
        (json!({ "windows": [good], "calendar_id": 999 }), "times.calendar_id"),
        (json!({ "windows": [good], "called": { "from": "21:00", "to": "08:00" } }), "times.called.to"),
        (
            json!({ "windows": [good], "starts_at": "2026-12-01T00:00:00Z", "ends_at": "2026-12-01T00:00:00Z" }),
            "times.ends_at",
        ),
    ] {
        let refused = app.patch(&token, &path, json!({ "times": times })).await.refused(400, "invalid");
        assert_eq!(refused["fields"][0]["field"], field, "{times}");
        let week =
            app.post(&token, "/campaign-weeks", json!({ "times": times })).await.refused(400, "invalid");
        assert_eq!(week["fields"], refused["fields"], "a week of them says the same");
    }
    // What is not of the form at all is said by name.
    for (times, named) in [
        (json!({ "windows": [window(&["someday"], "09:00", "12:00")] }), "someday"),
        (json!({ "windows": [good], "holidays": [] }), "holidays"),
    ] {
        let refused = app.patch(&token, &path, json!({ "times": times })).await.expect(400).to_string();
        assert!(refused.contains(named), "{refused}");
    }
    let far = json!({ "times": { "windows": [good] }, "date": "2200-01-01" });
    let refused = app.post(&token, "/campaign-weeks", far).await.refused(400, "invalid");
    assert_eq!(refused["fields"][0]["field"], "date");
}

async fn a_week_is_drawn_up_with_the_rule_of_each_span(db: Db) {
    let world = World::with_leads(db, 0).await;
    let app = TestApp::on(world.db.clone());
    let token = app.as_role("manager").await;
    let times = times(&calendar(&app, &token).await);
    let draw = async |date: &str| {
        app.post(&token, "/campaign-weeks", json!({ "times": times, "date": date })).await.expect(200)
    };
    let week = draw("2026-11-28").await;
    assert_eq!((&week["zone"], week["days"].as_array().map(Vec::len)), (&json!("Asia/Shanghai"), Some(7)));
    let day = |at: usize| &week["days"][at];
    let spans = |at: usize| -> Vec<(String, String)> {
        let text = |value: &Value| value.as_str().expect("a time").to_owned();
        let spans = day(at)["spans"].as_array().expect("spans");
        spans.iter().map(|span| (text(&span["from"]), text(&span["to"]))).collect()
    };
    let pairs = |all: &[(&str, &str)]| -> Vec<(String, String)> {
        all.iter().map(|(from, to)| ((*from).to_owned(), (*to).to_owned())).collect()
    };
    assert_eq!((&day(0)["date"], &day(0)["weekday"]), (&json!("2026-11-23"), &json!("monday")));
    assert_eq!(spans(0), pairs(&[("10:00", "13:00"), ("13:15", "14:00")]), "cut by its start");
    assert_eq!(spans(1), pairs(&[("09:00", "13:00"), ("13:15", "14:00")]), "two windows are one");
    let parts = &day(1)["spans"][0]["parts"];
    let kinds: Vec<usize> = parts
        .as_array()
        .expect("parts")
        .iter()
        .map(|part| part["rules"].as_array().map_or(0, Vec::len))
        .collect();
    assert_eq!(kinds, [1, 2, 1], "where they overlap both are told");
    assert_eq!(day(1)["bars"], json!([{ "from": "13:00", "to": "13:15", "kind": "cron", "cron": 1 }]));
    assert_eq!(spans(4), pairs(&[("09:00", "13:00"), ("13:15", "14:00"), ("22:00", "24:00")]));
    // The Saturday goes on with Friday's night, is like a Friday, and has the expression.
    assert_eq!(
        spans(5),
        pairs(&[("00:00", "01:00"), ("09:00", "13:00"), ("13:15", "14:00"), ("22:00", "24:00")])
    );
    assert_eq!(day(5)["special"], json!({ "name": "年会调休", "kind": "make_up", "follows": "friday" }));
    let rules: Vec<&Value> = day(5)["spans"][1]["parts"]
        .as_array()
        .expect("parts")
        .iter()
        .flat_map(|part| part["rules"].as_array().expect("rules"))
        .collect();
    assert!(rules.contains(&&json!({ "kind": "make_up", "cron": null })), "{rules:?}");
    assert!(rules.contains(&&json!({ "kind": "cron", "cron": 0 })), "{rules:?}");
    assert_eq!(spans(6), pairs(&[("00:00", "01:00"), ("10:00", "10:30")]), "of the make-up day's night");

    let holiday = draw("2026-11-30").await;
    assert_eq!(holiday["days"][0]["spans"], json!([]));
    assert_eq!(holiday["days"][0]["special"]["name"], "公司年会");
    assert_eq!(
        holiday["days"][0]["bars"],
        json!([{ "from": "00:00", "to": "24:00", "kind": "holiday", "cron": null }])
    );
    assert_eq!(holiday["days"][0]["special"]["kind"], "holiday");
    let agent = app.as_role("agent").await;
    let body = json!({ "times": times });
    app.post(&agent, "/campaign-weeks", body).await.refused(403, "forbidden");
}

async fn a_calendar_that_a_campaign_follows_is_told_of_and_stays(db: Db) {
    let world = World::with_leads(db, 0).await;
    let app = TestApp::on(world.db.clone());
    let token = app.as_role("manager").await;
    let calendar = calendar(&app, &token).await;
    let (path, campaign) = (format!("/calendars/{calendar}"), format!("/campaigns/{}", world.campaign));
    app.patch(&token, &campaign, json!({ "times": times(&calendar) })).await.expect(200);
    let shown = app.get(&token, &path).await.expect(200);
    assert_eq!(shown["campaigns"], json!([{ "id": world.campaign, "name": "Autumn" }]));
    let mut changes = app.listen();
    app.patch(&token, &path, json!({ "holidays": [] })).await.expect(200);
    assert_eq!(changes.next().await, Some(Change::Campaign(world.campaign)), "the floor is told");
    let refused = app.call("DELETE", &path).bearer(&token).send().await.refused(409, "calendar_in_use");
    let detail = refused["detail"].as_str().expect("words");
    assert!(detail.contains("times.calendar_id") && detail.contains("Autumn"), "{detail}");
    app.patch(
        &token,
        &campaign,
        json!({ "times": {
        "windows": [window(&["monday"], "09:00", "12:00")] } }),
    )
    .await
    .expect(200);
    app.call("DELETE", &path).bearer(&token).send().await.expect(204);
}

async fn public_holidays_can_be_taken_over(db: Db) {
    let world = World::with_leads(db, 0).await;
    let app = TestApp::on(world.db.clone());
    let token = app.as_role("manager").await;
    let years = app.get(&token, "/public-holidays").await.expect(200);
    let year = &years["items"][0];
    assert_eq!((&year["country"], &year["year"]), (&json!("CN"), &json!(2026)));
    assert!(year["source"].as_str().is_some_and(|source| source.contains("国务院")));
    let work = json!([{ "from": "09:00", "to": "18:00" }]);
    let body = json!({ "name": "China", "week": { "monday": work }, "holidays": year["holidays"] });
    let made = app.post(&token, "/calendars", body).await.expect(201);
    assert_eq!(made["holidays"], year["holidays"]);
    let changed = json!({ "holidays": [{ "name": "春节", "from": "2026-02-12", "to": "2026-02-25" }] });
    let path = format!("/calendars/{}", made["id"]);
    assert_eq!(app.patch(&token, &path, changed).await.expect(200)["holidays"][0]["to"], "2026-02-25");
}

/// A lead in London, one in Shanghai, one with a number in each.
async fn leads_abroad(world: &World) -> [LeadId; 3] {
    let mut made = Vec::new();
    for (name, numbers) in [
        ("London", &["+44 20 7946 0958"][..]),
        ("Shanghai", &["021-61111111"]),
        ("both", &["+44 20 7946 0959", "021-62222222"]),
    ] {
        let customer = world.insert_customer(name, numbers).await;
        made.push(world.insert_lead(world.list, customer).await);
    }
    made.try_into().expect("three")
}

async fn claim(world: &World, now: Moment) -> Vec<Lead> {
    claim_leads(&world.db, world.campaign, 10, now, Shanghai).await.expect("claim")
}

async fn a_lead_in_another_zone_waits_for_its_hour_and_says_why(db: Db) {
    let world = World::with_leads(db, 0).await;
    let app = TestApp::on(world.db.clone());
    let token = app.as_role("administrator").await;
    let [london, shanghai, both] = leads_abroad(&world).await;
    // At ten in Shanghai it is two at night in London; at 16:00 it is eight.
    let (opens, closes) = (MONDAY_10 + 6 * HOUR, MONDAY_10 + 19 * HOUR);
    let claimed = claim(&world, MONDAY_10).await;
    let numbers: Vec<(LeadId, &str, Option<Moment>)> =
        claimed.iter().map(|lead| (lead.lead, lead.e164.as_str(), lead.until)).collect();
    assert_eq!(numbers, [(shanghai, "+862161111111", None), (both, "+862162222222", None)]);

    let path = format!("/campaigns/{}/leads", world.campaign);
    let shown = app.get(&token, &path).await.expect(200);
    let of = |lead: LeadId| -> Value {
        let items = shown["items"].as_array().expect("leads");
        items.iter().find(|item| item["id"] == json!(lead)).expect("the lead").clone()
    };
    let waits = &of(london)["waits"];
    assert_eq!((&waits["zone"], &waits["times"]), (&json!("Europe/London"), &json!(1)));
    let at = |value: &Value| {
        Moment::from(
            value.as_str().expect("an instant").parse::<chrono::DateTime<chrono::Utc>>().expect("an instant"),
        )
    };
    assert_eq!(at(&waits["next_at"]), opens);
    assert_eq!(at(&of(london)["next_attempt_at"]), opens);
    assert_eq!((&of(london)["state"], &of(london)["rule"]), (&json!("fresh"), &json!("called_hours")));
    assert_eq!((&of(shanghai)["waits"], &of(both)["waits"]), (&Value::Null, &Value::Null));

    assert!(claim(&world, opens - 1).await.is_empty(), "a millisecond early");
    let claimed = claim(&world, opens).await;
    assert_eq!(
        claimed.iter().map(|lead| (lead.lead, lead.until)).collect::<Vec<_>>(),
        [(london, Some(closes))]
    );
    let row = hours_blocks::Entity::find().one(world.db.read()).await.expect("query").expect("a block");
    assert_eq!(row.lifted_at.map(Moment::from), Some(opens), "it waits no more");

    // Given back and met again the day after too early, the same row counts.
    release_leads(&world.db, &[london]).await.expect("release");
    assert!(claim(&world, MONDAY_10 + 24 * HOUR).await.is_empty());
    let row = hours_blocks::Entity::find().one(world.db.read()).await.expect("query").expect("a block");
    assert_eq!((row.times, row.lifted_at), (2, None));
    assert_eq!(Moment::from(row.next_at), opens + 24 * HOUR);
}

async fn without_hours_for_the_called_a_lead_is_dialled_at_the_centres(db: Db) {
    let world = World::with_leads(db, 0).await;
    let app = TestApp::on(world.db.clone());
    let token = app.as_role("administrator").await;
    let [london, ..] = leads_abroad(&world).await;
    assert_eq!(claim(&world, MONDAY_10).await.len(), 2);
    let path = format!("/campaigns/{}", world.campaign);
    let mut times = app.get(&token, &path).await.expect(200)["times"].clone();
    times["called"] = Value::Null;
    app.patch(&token, &path, json!({ "times": times })).await.expect(200);
    write(&world.db, async |tx| {
        mark_state(tx, world.campaign, CampaignState::Running, MONDAY_10).await.expect("start");
    })
    .await;
    // What was put off is due as soon as it is its turn.
    let row = world.lead(london).await;
    assert_eq!((row.next_attempt_at, row.rule), (None, None));
    let claimed = claim(&world, MONDAY_10).await;
    assert_eq!(claimed.iter().map(|lead| (lead.lead, lead.until)).collect::<Vec<_>>(), [(london, None)]);
}

async fn the_hours_of_before_become_one_window_and_back(db: Db) {
    let world = World::with_leads(db, 0).await;
    let id = world.campaign;
    let tx = world.db.read().begin().await.expect("begin");
    let steps = Migrator::migrations().len();
    let ours = Migrator::migrations().iter().position(|step| step.name().contains("campaign_times"));
    Migrator::down(&tx, u32::try_from(steps - ours.expect("the migration")).ok()).await.expect("down");
    let before = hours(&tx, id).await;
    assert_eq!(before, ("08:30".to_owned(), "20:30".to_owned(), 127));
    let other = format!(
        "UPDATE campaigns SET hours_from = '09:00', hours_to = '17:15', weekdays = 66 WHERE id = {id}"
    );
    tx.execute_unprepared(&other).await.expect("update");
    Migrator::up(&tx, None).await.expect("up");
    let kept = times_of(&tx, id).await;
    let windows = json!([window(&["tuesday", "sunday"], "09:00", "17:15")]);
    assert_eq!((&kept["windows"], &kept["called"]["from"]), (&windows, &json!("08:00")));
    tx.commit().await.expect("commit");

    // The program reads what the migration wrote.
    let profile = load_profile(&world.db, id, MONDAY_10, Shanghai).await.expect("query").expect("one");
    assert!(!profile.times.open_at(MONDAY_10) && profile.times.open_at(MONDAY_10 + 24 * HOUR));
    let app = TestApp::on(world.db.clone());
    let token = app.as_role("manager").await;
    let night = json!({ "times": { "windows": [window(&["friday"], "22:00", "02:00"), window(&["monday"], "09:00", "12:00")] } });
    app.patch(&token, &format!("/campaigns/{id}"), night).await.expect(200);
    let tx = world.db.read().begin().await.expect("begin");
    Migrator::down(&tx, u32::try_from(steps - ours.expect("the migration")).ok()).await.expect("down");
    assert_eq!(hours(&tx, id).await, ("22:00".to_owned(), "23:59".to_owned(), 16));
    Migrator::up(&tx, None).await.expect("up");
    tx.commit().await.expect("commit");
}

async fn hours(db: &impl ConnectionTrait, id: CampaignId) -> (String, String, i32) {
    let sql = format!("SELECT hours_from, hours_to, weekdays FROM campaigns WHERE id = {id}");
    let row = db.query_one_raw(Statement::from_string(db.get_database_backend(), sql)).await;
    let row = row.expect("query").expect("a campaign");
    let get = |column: &str| row.try_get::<String>("", column).expect("a time");
    (get("hours_from"), get("hours_to"), row.try_get("", "weekdays").expect("a mask"))
}

async fn times_of(db: &impl ConnectionTrait, id: CampaignId) -> Value {
    let sql = format!("SELECT times FROM campaigns WHERE id = {id}");
    let row = db.query_one_raw(Statement::from_string(db.get_database_backend(), sql)).await;
    row.expect("query").expect("a campaign").try_get("", "times").expect("times")
}
