//! Reports by mail: what arrives, what happens when the mail server refuses, is
//! away, or when the program ends in between. The time is given, the mail server
//! is a real one on loopback.

use super::world::{MINUTE, MONDAY_10, World, user, write};
use crate::both_databases;
use crate::support::smtp::{Manner, SmtpSink};
use calamine::Data;
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder,
};
use std::sync::Arc;
use trunkline::base::clock::Moment;
use trunkline::base::ids::UserId;
use trunkline::mail::{MailServer, Mailer, TlsMode};
use trunkline::reports::schedules::jobs::{RoundStatus, send_due};
use trunkline::reports::schedules::model::{Delivery, DeliveryState, ScheduleForm};
use trunkline::reports::schedules::rules::{ATTEMPTS_MAX, CUT_OFF_MS};
use trunkline::reports::schedules::store;
use trunkline::reports::xlsx::Language;
use trunkline::store::Db;
use trunkline::store::entity::{audit_log, report_runs, report_schedules, roles, teams, users};

both_databases!(
    the_report_arrives_in_the_schedules_language_with_the_owners_figures,
    a_missed_night_is_caught_up_once_and_a_run_is_never_made_twice,
    a_server_that_is_away_is_tried_later_and_everybody_gets_one_letter,
    a_refused_recipient_keeps_nobody_else_waiting,
    a_crash_between_sending_and_noting_it_never_sends_without_end,
    a_switched_off_schedule_and_an_owner_who_left_send_nothing,
);

const ZONE: chrono_tz::Tz = chrono_tz::Asia::Shanghai;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;
/// Tuesday, 07:30.
const TUESDAY: Moment = Moment(MONDAY_10.0 + 21 * HOUR + 30 * MINUTE);

fn form(language: Language, recipients: &[&str]) -> ScheduleForm {
    ScheduleForm {
        name: "每日 daily".to_owned(),
        cron: "30 7 * * *".to_owned(),
        recipients: recipients.iter().map(|address| (*address).to_owned()).collect(),
        language,
        active: true,
    }
}

/// A schedule made on Monday at 10.
async fn insert(db: &Db, form: &ScheduleForm, owner: UserId) -> report_schedules::Model {
    write(db, async |tx| store::insert_schedule(tx, form, owner, MONDAY_10).await.expect("a schedule")).await
}

async fn round(db: &Db, mailer: &Mailer, now: Moment) -> RoundStatus {
    send_due(db, ZONE, mailer, now).await.expect("a round")
}

async fn runs(db: &Db) -> Vec<report_runs::Model> {
    // An updated row may come back anywhere without an order.
    report_runs::Entity::find().order_by_asc(report_runs::Column::Id).all(db.read()).await.expect("runs")
}

fn deliveries(run: &report_runs::Model) -> Vec<Delivery> {
    store::from_json(run.deliveries.clone()).expect("deliveries")
}

const NOTHING: RoundStatus = RoundStatus { made: 0, sent: 0, waiting: 0, failed: 0 };

async fn the_report_arrives_in_the_schedules_language_with_the_owners_figures(db: Db) {
    let world = World::with_leads(db, 3).await;
    let db = &world.db;
    let [anna, bert] = world.agents;
    for (n, (agent, talk)) in (1..).zip([(anna, 90_000), (anna, 30_000), (bert, 10_000)]) {
        let lead = &world.leads[n as usize - 1];
        world.write_facts(&world.conversation(lead, n, agent, talk, MONDAY_10 + HOUR)).await;
    }
    // Anna's team lead sees Anna alone.
    let lead = user(db, "lead", "team_lead", None).await;
    let team = write(db, async |tx| {
        use trunkline::store::entity::departments;
        let department = departments::ActiveModel { name: Set("d".to_owned()), ..Default::default() };
        let department = department.insert(tx).await.expect("department").id;
        let team = teams::ActiveModel {
            name: Set("t".to_owned()),
            department_id: Set(department),
            ..Default::default()
        };
        let team = team.insert(tx).await.expect("team").id;
        for id in [lead.0, anna.0] {
            let row = users::ActiveModel { id: Set(id), team_id: Set(Some(team)), ..Default::default() };
            row.update(tx).await.expect("a member");
        }
        team
    })
    .await;
    insert(db, &form(Language::Chinese, &["boss@example.com"]), world.boss).await;
    insert(db, &form(Language::English, &["lead@example.com"]), lead).await;

    let sink = SmtpSink::start().await;
    let mailer = sink.mailer();
    assert_eq!(round(db, &mailer, TUESDAY - 1).await, NOTHING);
    assert_eq!(round(db, &mailer, TUESDAY).await, RoundStatus { made: 2, sent: 2, ..NOTHING });
    let taken = sink.taken();
    assert_eq!(taken.len(), 2);
    assert_eq!(
        (taken[0].from.as_str(), taken[0].to.as_slice()),
        ("reports@example.com", &["boss@example.com".to_owned()][..])
    );

    let chinese = taken[0].read();
    assert_eq!(chinese.subject, "坐席日报 2026-11-23 - 每日 daily");
    assert_eq!(
        (chinese.to.as_slice(), chinese.from.as_str()),
        (taken[0].to.as_slice(), "reports@example.com")
    );
    assert_eq!((chinese.file_name.as_str(), chinese.sent), ("坐席日报-2026-11-23.xlsx", TUESDAY.0 / 1000));
    assert_eq!(chinese.file_type, trunkline::reports::xlsx::XLSX);
    let sheet = chinese.sheet("坐席报表");
    assert_eq!(sheet.get_value((3, 0)), Some(&Data::String("anna".to_owned())));
    assert_eq!(sheet.get_value((4, 0)), Some(&Data::String("bert".to_owned())));
    assert_eq!(sheet.get_value((5, 1)), Some(&Data::Float(3.0)), "the totals");
    for words in ["呼叫次数：3", "通话时长：0:02:10", "时区 Asia/Shanghai", "boss有权查看"] {
        assert!(chinese.text.contains(words), "{words}: {}", chinese.text);
    }

    let english = taken[1].read();
    assert_eq!(english.subject, "Agent report 2026-11-23 - 每日 daily");
    assert_eq!(english.file_name, "agent-report-2026-11-23.xlsx");
    let sheet = english.sheet("Agents");
    assert_eq!(sheet.get_value((3, 0)), Some(&Data::String("anna".to_owned())));
    assert_eq!(sheet.get_value((4, 0)), Some(&Data::String("Total".to_owned())), "nobody but Anna");
    assert!(english.text.contains("Attempts: 2\n") && english.text.contains("Talk time: 0:02:00\n"));
    assert_ne!(chinese.message_id, english.message_id);

    let noted = audit_log::Entity::find().filter(audit_log::Column::Action.eq("report.mail"));
    assert_eq!(noted.count(db.read()).await.expect("count"), 2, "who got what is in the audit log");

    // The scope is that of the moment: Bert moves into the team.
    write(db, async |tx| {
        let row = users::ActiveModel { id: Set(bert.0), team_id: Set(Some(team)), ..Default::default() };
        row.update(tx).await.expect("a member");
    })
    .await;
    round(db, &mailer, TUESDAY + DAY).await;
    let sheet = sink.taken()[3].read().sheet("Agents");
    assert_eq!(sheet.get_value((4, 0)), Some(&Data::String("bert".to_owned())));
}

async fn a_missed_night_is_caught_up_once_and_a_run_is_never_made_twice(db: Db) {
    let boss = user(&db, "boss", "administrator", None).await;
    insert(&db, &form(Language::Chinese, &["boss@example.com"]), boss).await;
    // No mail server for three nights: nothing is made, nothing is lost.
    assert_eq!(round(&db, &Mailer::none(), TUESDAY + 2 * DAY).await, NOTHING);
    assert!(runs(&db).await.is_empty());

    let sink = SmtpSink::start().await;
    let (mailer, friday_10) = (sink.mailer(), MONDAY_10 + 4 * DAY);
    // Two programs look at the same moment.
    let both = tokio::join!(round(&db, &mailer, friday_10), round(&db, &mailer, friday_10));
    assert_eq!(both.0.made + both.1.made, 1);
    assert_eq!(both.0.sent + both.1.sent, 1);
    assert_eq!(round(&db, &mailer, friday_10 + MINUTE).await, NOTHING);
    let taken = sink.taken();
    assert_eq!(taken.len(), 1, "the latest of four, and once");
    assert!(taken[0].read().subject.contains("2026-11-26"), "Thursday's report on Friday");
    let run = &runs(&db).await[0];
    assert_eq!((run.state.as_str(), Moment::from(run.due_at)), ("sent", TUESDAY + 3 * DAY));
    assert_eq!(run.sent_at.map(Moment::from), Some(friday_10));
}

async fn a_server_that_is_away_is_tried_later_and_everybody_gets_one_letter(db: Db) {
    let boss = user(&db, "boss", "administrator", None).await;
    insert(&db, &form(Language::Chinese, &["a@example.com", "b@example.com"]), boss).await;
    let sink = SmtpSink::start().await;
    sink.is(Manner::Away);
    let mailer = sink.mailer();
    assert_eq!(round(&db, &mailer, TUESDAY).await, RoundStatus { made: 1, waiting: 1, ..NOTHING });
    let run = &runs(&db).await[0];
    assert_eq!((run.state.as_str(), run.attempts), ("waiting", 1));
    let again = Moment::from(run.next_attempt_at.expect("tried again"));
    let told = run.error.clone().expect("an error");
    assert!(told.contains("a@example.com: ") && told.contains("b@example.com: "), "{told}");
    let knocks = sink.connections();
    assert_eq!(round(&db, &mailer, again - 1).await, NOTHING, "not before its time");
    assert_eq!(sink.connections(), knocks);

    // It comes back, but one mailbox is busy; the program is started anew, which
    // is no more than a new mailer, for there is no other memory than the store.
    sink.is(Manner::Takes);
    sink.answer("b@example.com", "451 greylisted, come again");
    let mailer = sink.mailer();
    assert_eq!(round(&db, &mailer, again).await, RoundStatus { waiting: 1, ..NOTHING });
    let run = &runs(&db).await[0];
    assert!(run.error.as_deref().is_some_and(|error| error.contains("greylisted")), "{:?}", run.error);
    let states: Vec<_> = deliveries(run).iter().map(|delivery| delivery.state).collect();
    assert_eq!(states, [DeliveryState::Sent, DeliveryState::Waiting]);

    sink.answer("b@example.com", "250 ok");
    let again = Moment::from(run.next_attempt_at.expect("tried again"));
    assert_eq!(round(&db, &mailer, again).await, RoundStatus { sent: 1, ..NOTHING });
    assert_eq!(round(&db, &mailer, again + HOUR).await, NOTHING);
    let to: Vec<_> = sink.taken().iter().map(|taken| taken.to.join(",")).collect();
    assert_eq!(to, ["a@example.com", "b@example.com"], "one letter each");
    let run = &runs(&db).await[0];
    assert_eq!((run.state.as_str(), run.attempts, run.error.as_deref()), ("sent", 3, None));
}

async fn a_refused_recipient_keeps_nobody_else_waiting(db: Db) {
    let boss = user(&db, "boss", "administrator", None).await;
    let everybody = ["gone@example.com", "a@example.com"];
    insert(&db, &form(Language::English, &everybody), boss).await;
    let sink = SmtpSink::start().await;
    sink.answer("gone@example.com", "550 5.1.1 no such user");
    let mailer = sink.mailer();
    assert_eq!(round(&db, &mailer, TUESDAY).await, RoundStatus { made: 1, failed: 1, ..NOTHING });
    let run = &runs(&db).await[0];
    assert_eq!((run.state.as_str(), run.next_attempt_at), ("failed", None));
    assert!(run.error.as_deref().is_some_and(|error| error.contains("no such user")), "{:?}", run.error);
    let states: Vec<_> = deliveries(run).iter().map(|delivery| delivery.state).collect();
    assert_eq!(states, [DeliveryState::Refused, DeliveryState::Sent]);
    assert_eq!(sink.taken().len(), 1);

    // A server that takes nothing at all is given up after a bounded time.
    sink.answer("gone@example.com", "421 too busy");
    sink.answer("a@example.com", "421 too busy");
    let mut now = TUESDAY + DAY;
    for attempt in 1..=ATTEMPTS_MAX {
        round(&db, &mailer, now).await;
        let run = &runs(&db).await[1];
        assert_eq!(run.attempts, attempt);
        now = run.next_attempt_at.map_or(now, Moment::from);
    }
    assert_eq!(runs(&db).await[1].state, "failed");
    assert!(now < TUESDAY + 2 * DAY, "given up before the next report");
}

async fn a_crash_between_sending_and_noting_it_never_sends_without_end(db: Db) {
    let boss = user(&db, "boss", "administrator", None).await;
    insert(&db, &form(Language::English, &["a@example.com"]), boss).await;
    let sink = Arc::new(SmtpSink::start().await);
    sink.is(Manner::FallsSilent);
    let mut now = TUESDAY;
    for attempt in 1..=ATTEMPTS_MAX {
        let (program, mailer) = (db.clone(), sink.mailer());
        let program = tokio::spawn(async move { send_due(&program, ZONE, &mailer, now).await.map(|_| ()) });
        sink.took_one().await;
        // The server has the letter; the program dies before it knows.
        program.abort();
        assert!(program.await.expect_err("aborted").is_cancelled());
        assert_eq!(sink.taken().len(), usize::try_from(attempt).expect("a count"));
        // Started anew at once, it leaves alone what may be at work elsewhere.
        assert_eq!(round(&db, &sink.mailer(), now + 1).await, NOTHING);
        now = now + CUT_OFF_MS;
    }
    assert_eq!(round(&db, &sink.mailer(), now).await, RoundStatus { failed: 1, ..NOTHING });
    let run = &runs(&db).await[0];
    assert_eq!((run.state.as_str(), run.next_attempt_at), ("failed", None));
    assert!(run.error.as_deref().is_some_and(|error| error.contains("cut off")));
    assert_eq!(round(&db, &sink.mailer(), now + HOUR).await, NOTHING);
    let ids: Vec<_> = sink.taken().iter().map(|taken| taken.read().message_id).collect();
    assert!(ids.iter().all(|id| *id == ids[0]), "a mailbox can tell that it is the same letter: {ids:?}");

    // After one such crash the report arrives with the next attempt.
    let tomorrow = TUESDAY + DAY;
    let (program, mailer) = (db.clone(), sink.mailer());
    let program = tokio::spawn(async move { send_due(&program, ZONE, &mailer, tomorrow).await.map(|_| ()) });
    sink.took_one().await;
    program.abort();
    assert!(program.await.is_err());
    sink.is(Manner::Takes);
    let status = round(&db, &sink.mailer(), tomorrow + CUT_OFF_MS).await;
    assert_eq!(status, RoundStatus { sent: 1, ..NOTHING });
}

async fn a_switched_off_schedule_and_an_owner_who_left_send_nothing(db: Db) {
    let boss = user(&db, "boss", "administrator", None).await;
    let active = form(Language::English, &["a@example.com"]);
    let off = ScheduleForm { active: false, ..active.clone() };
    let schedule = insert(&db, &off, boss).await;
    let sink = SmtpSink::start().await;
    let mailer = sink.mailer();
    assert_eq!(round(&db, &mailer, TUESDAY).await, NOTHING);
    // Switched on, it does not catch up the time it was off.
    let wednesday_10 = MONDAY_10 + 2 * DAY;
    write(&db, async |tx| {
        store::update_schedule(tx, schedule.id, &active, true, wednesday_10).await.expect("changed")
    })
    .await;
    assert_eq!(round(&db, &mailer, wednesday_10).await, NOTHING);

    write(&db, async |tx| {
        let row = users::ActiveModel { id: Set(boss.0), active: Set(false), ..Default::default() };
        row.update(tx).await.expect("a change");
    })
    .await;
    assert_eq!(round(&db, &mailer, TUESDAY + 2 * DAY).await, RoundStatus { made: 1, failed: 1, ..NOTHING });
    let told = runs(&db).await[0].error.clone().expect("an error");
    assert!(told.contains("boss") && told.contains("inactive"), "{told}");

    // The same for one who may not download reports any more.
    let agent = roles::Entity::find().filter(roles::Column::Key.eq("agent")).one(db.read()).await;
    let agent = agent.expect("query").expect("the role").id;
    write(&db, async |tx| {
        let row = users::ActiveModel {
            id: Set(boss.0),
            active: Set(true),
            role_id: Set(agent),
            ..Default::default()
        };
        row.update(tx).await.expect("a change");
    })
    .await;
    assert_eq!(round(&db, &mailer, TUESDAY + 3 * DAY).await, RoundStatus { made: 1, failed: 1, ..NOTHING });
    assert!(sink.taken().is_empty());
}

/// Sends one letter and says what came of it.
async fn send(server: &MailServer) -> Result<(), String> {
    use trunkline::mail::{AttachedFile, Letter};
    let file = AttachedFile { name: "f.txt".to_owned(), media_type: "text/plain", bytes: b"f".to_vec() };
    let letter = Letter {
        to: "a@example.com".to_owned(),
        subject: "s".to_owned(),
        text: "t\n.\nafter a dot\n".to_owned(),
        file,
        id: "report-1".to_owned(),
        at: MONDAY_10,
    };
    let mailer = Mailer::new(server).expect("a mailer");
    mailer.send(&letter).await.map_err(|error| error.to_string())
}

#[tokio::test]
async fn mail_goes_through_tls_and_nothing_is_said_without() {
    for tls in [TlsMode::Starttls, TlsMode::Tls] {
        let sink = SmtpSink::with_tls(tls).await;
        sink.wants("reports", "p w");
        let account = Some(("reports".to_owned(), "p w".to_owned().into()));
        let server = MailServer { account, ..sink.server() };
        send(&server).await.expect("sent");
        let taken = sink.taken();
        assert!(taken[0].encrypted, "{tls:?}");
        assert_eq!(taken[0].account.as_deref(), Some("reports p w"));
        assert!(taken[0].read().text.contains("after a dot"), "a line with a dot does not end the letter");
        // A certificate that nobody vouches for.
        let stranger = MailServer { authority: Vec::new(), ..server.clone() };
        let error = send(&stranger).await.expect_err("an unknown authority");
        assert!(error.to_lowercase().contains("certificate"), "{error}");
        // A server without TLS hears nothing of the account or the letter.
        let plain = SmtpSink::start().await;
        let server = MailServer { port: plain.server().port, ..server };
        send(&server).await.expect_err("no TLS, no mail");
        assert!(plain.taken().is_empty());
    }
}

#[tokio::test]
async fn a_wrong_password_is_told_and_is_no_fault_of_the_recipient() {
    let sink = SmtpSink::start().await;
    sink.wants("reports", "right");
    let account = Some(("reports".to_owned(), "wrong".to_owned().into()));
    let error = send(&MailServer { account, ..sink.server() }).await.expect_err("refused");
    assert!(error.contains("wrong user or password") && error.contains("535"), "{error}");
    assert!(sink.taken().is_empty());
    let error = send(&sink.server()).await.expect_err("refused");
    assert!(error.contains("sign in first"), "{error}");
}
