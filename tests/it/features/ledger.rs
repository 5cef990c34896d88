//! The story of a call: spans, legs, hand-overs, listeners and silences follow
//! the floor's facts, each written once however often it comes.

use super::world::{MINUTE, MONDAY_10, World, call_id, leg_id, write};
use crate::both_databases;
use sea_orm::{ConnectionTrait, EntityTrait, QueryOrder, TransactionTrait};
use trunkline::base::clock::Moment;
use trunkline::base::ids::AgentId;
use trunkline::base::phone::Dialable;
use trunkline::calls::model::{DispositionRefused, DispositionRequest};
use trunkline::calls::store::{find_said, load_open_calls, merge_cdr, save_disposition};
use trunkline::floor::effect::{CallResult, Fact, SpanKind, TransferOutcome};
use trunkline::floor::input::{HangUp, MonitorMode, Party, StoredCall};
use trunkline::store::Db;
use trunkline::store::entity::{
    call_legs, call_monitors, call_notes, call_spans, call_transfers, calls, dispositions,
    do_not_call_entries, recording_pauses, recordings, roles,
};
use trunkline::switch::cdr::LegCdr;
use trunkline_migrations::{Migrator, MigratorTrait};

both_databases!(
    each_fact_of_a_handed_call_is_written_once_and_its_spans_tile_it,
    a_restart_at_any_instant_finds_the_call_as_it_was,
    a_call_handed_to_an_outside_party_stays_its_agents,
    a_transfer_in_vain_ends_the_others_part,
    what_a_restart_left_open_ends_with_the_call,
    an_end_noticed_late_shortens_the_story,
    each_agent_says_something_of_a_call_that_was_handed_on,
    calls_of_before_get_their_spans_and_roles_their_permissions,
);

const SECOND: i64 = 1_000;

/// Seconds after the call was dialled.
fn at(seconds: i64) -> Moment {
    MONDAY_10 + seconds * SECOND
}

fn span(kind: SpanKind, agent: Option<AgentId>, seconds: i64) -> Fact {
    Fact::CallSpan { call: call_id(1), kind, agent, at: at(seconds) }
}

fn extension(number: &str) -> Dialable {
    Dialable::new(number).expect("digits")
}

/// Anna talks from second 5, holds from 20 to 30, asks Bert from 40, all three
/// talk from 60, and Bert has the customer from 70 to 90. The boss listens from
/// 50, whispers from 52, leaves at 72; the recording is silent from 15 to 18.
pub fn handed_call(world: &World) -> Vec<Fact> {
    let [anna, bert] = world.agents;
    let call = call_id(1);
    let mut facts = world.conversation(&world.leads[0], 1, anna, 85 * SECOND, MONDAY_10);
    let mut end = facts.split_off(8);
    if let Some(Fact::CallEnded { talk_ms, .. }) = end.last_mut() {
        *talk_ms = 55 * SECOND;
    }
    let boss = AgentId(world.boss.0);
    let heard = |mode, seconds| Fact::Monitored { call, supervisor: boss, mode, at: at(seconds) };
    facts.extend([
        Fact::RecordingMasked { call, on: true, agent: anna, at: at(15) },
        Fact::RecordingMasked { call, on: false, agent: anna, at: at(18) },
        span(SpanKind::Held, Some(anna), 20),
        span(SpanKind::Talking, Some(anna), 30),
        Fact::TransferStarted {
            call,
            from: anna,
            to: Party::Agent(bert),
            attended: true,
            note: Some("wants the annual plan".to_owned()),
            at: at(40),
        },
        Fact::CallLeg { call, leg: leg_id(77), agent: Some(bert), number: extension("1002"), at: at(40) },
        span(SpanKind::Consulting, Some(anna), 40),
        heard(Some(MonitorMode::Listen), 50),
        heard(Some(MonitorMode::Whisper), 52),
        span(SpanKind::Conference, Some(anna), 60),
        Fact::TransferEnded { call, outcome: TransferOutcome::Completed, at: at(70) },
        Fact::CallHanded { call, agent: Some(bert), leg: leg_id(77), at: at(70) },
        span(SpanKind::Talking, Some(bert), 70),
        heard(None, 72),
    ]);
    facts.extend(end);
    facts
}

/// Every row of every table of the ledger, in words.
async fn everything(db: &Db) -> Vec<String> {
    let mut rows = Vec::new();
    macro_rules! read {
        ($($table:ident by $column:ident),+ $(,)?) => {$(
            let all = $table::Entity::find().order_by_asc($table::Column::$column).all(db.read()).await;
            rows.extend(all.expect(stringify!($table)).iter().map(|row| format!("{row:?}")));
        )+};
    }
    read!(
        calls by Id, call_spans by Id, call_legs by Id, call_transfers by Id, call_notes by AgentId,
        call_monitors by Id, recording_pauses by Id, recordings by Id,
    );
    rows
}

async fn the_call(db: &Db) -> calls::Model {
    calls::Entity::find_by_id(call_id(1).0).one(db.read()).await.expect("query").expect("the call")
}

/// Kind, agent, and seconds from and to.
async fn spans(db: &Db) -> Vec<(String, Option<i64>, i64, Option<i64>)> {
    let rows = call_spans::Entity::find().order_by_asc(call_spans::Column::StartedAt).all(db.read()).await;
    let since = |instant| Moment::from(instant).since_ms(MONDAY_10) / SECOND;
    let span =
        |row: call_spans::Model| (row.kind, row.agent_id, since(row.started_at), row.ended_at.map(since));
    rows.expect("spans").into_iter().map(span).collect()
}

/// Leg, and seconds from and to.
async fn legs(db: &Db) -> Vec<(uuid::Uuid, i64, Option<i64>)> {
    let rows = call_legs::Entity::find().order_by_asc(call_legs::Column::StartedAt).all(db.read()).await;
    let since = |instant| Moment::from(instant).since_ms(MONDAY_10) / SECOND;
    rows.expect("legs")
        .into_iter()
        .map(|row| (row.leg, since(row.started_at), row.ended_at.map(since)))
        .collect()
}

async fn each_fact_of_a_handed_call_is_written_once_and_its_spans_tile_it(db: Db) {
    let world = World::with_leads(db, 1).await;
    let [anna, bert] = world.agents;
    let facts = handed_call(&world);
    for fact in &facts {
        world.write_facts(std::slice::from_ref(fact)).await;
        let once = everything(&world.db).await;
        world.write_facts(std::slice::from_ref(fact)).await;
        assert_eq!(everything(&world.db).await, once, "{fact:?}");
    }
    let all = everything(&world.db).await;
    world.write_facts(&facts).await;
    assert_eq!(everything(&world.db).await, all, "the whole sequence again");

    let (a, b) = (Some(anna.0), Some(bert.0));
    let expected = [
        ("dialling", None, 0, 1),
        ("ringing", None, 1, 5),
        ("talking", a, 5, 20),
        ("held", a, 20, 30),
        ("talking", a, 30, 40),
        ("consulting", a, 40, 60),
        ("conference", a, 60, 70),
        ("talking", b, 70, 90),
    ];
    let expected = expected.map(|(kind, agent, from, to)| (kind.to_owned(), agent, from, Some(to)));
    assert_eq!(spans(&world.db).await, expected);
    let call = the_call(&world.db).await;
    assert_eq!((call.talk_ms, call.hold_ms), (55 * SECOND, 30 * SECOND));
    assert_eq!((call.agent_id, call.agent_leg), (b, Some(leg_id(77).0)));
    assert_eq!(call.connected_at, Some(at(5).to_utc()), "the first agent's");
    assert_eq!(call.handed_at, Some(at(70).to_utc()));
    assert_eq!(
        legs(&world.db).await,
        [(leg_id(1_000_001).0, 5, Some(70)), (leg_id(77).0, 40, Some(90))],
        "each as long as its agent had a part"
    );
    let transfers = call_transfers::Entity::find().all(world.db.read()).await.expect("transfers");
    let [transfer] = transfers.as_slice() else { panic!("one transfer: {transfers:?}") };
    assert_eq!((transfer.from_agent, transfer.to_agent, transfer.attended), (anna.0, b, true));
    assert_eq!((transfer.outcome.as_deref(), transfer.ended_at), (Some("completed"), Some(at(70).to_utc())));
    let heard = call_monitors::Entity::find().order_by_asc(call_monitors::Column::Id);
    let heard = heard.all(world.db.read()).await.expect("monitors");
    let heard: Vec<_> = heard.iter().map(|row| (row.mode.as_str(), row.started_at, row.ended_at)).collect();
    assert_eq!(
        heard,
        [
            ("listen", at(50).to_utc(), Some(at(52).to_utc())),
            ("whisper", at(52).to_utc(), Some(at(72).to_utc())),
        ]
    );
    let silent = recording_pauses::Entity::find().all(world.db.read()).await.expect("pauses");
    let [pause] = silent.as_slice() else { panic!("one pause: {silent:?}") };
    assert_eq!((pause.started_at, pause.ended_at), (at(15).to_utc(), Some(at(18).to_utc())));
}

async fn a_restart_at_any_instant_finds_the_call_as_it_was(db: Db) {
    let world = World::with_leads(db, 1).await;
    let mut span = (SpanKind::Dialling, None, MONDAY_10);
    let (mut talked_ms, mut connected) = (0, None);
    let facts = handed_call(&world);
    let (end, facts) = facts.split_last().expect("facts");
    for fact in facts {
        world.write_facts(std::slice::from_ref(fact)).await;
        match fact {
            Fact::CallSpan { kind, agent, at, .. } => {
                if matches!(span.0, SpanKind::Talking | SpanKind::Conference) {
                    talked_ms += at.since_ms(span.2);
                }
                span = (*kind, *agent, *at);
            }
            Fact::CallConnected { agent, at, .. } => connected = Some((*agent, *at)),
            Fact::CallHanded { agent, .. } => connected = agent.zip(connected.map(|(_, at)| at)),
            _ => {}
        }
        let open = load_open_calls(&world.db).await.expect("query");
        let [call] = open.as_slice() else { panic!("one call: {open:?}") };
        let expected = StoredCall { talked_ms, span, connected, outside: false, ..call.clone() };
        assert_eq!(*call, expected, "after {fact:?}");
    }
    world.write_facts(std::slice::from_ref(end)).await;
    assert_eq!(load_open_calls(&world.db).await.expect("query"), []);
}

async fn a_call_handed_to_an_outside_party_stays_its_agents(db: Db) {
    let world = World::with_leads(db, 1).await;
    let [anna, bert] = world.agents;
    let (call, outside) = (call_id(1), leg_id(88));
    let mut facts = world.conversation(&world.leads[0], 1, anna, 85 * SECOND, MONDAY_10);
    let end = facts.split_off(8);
    let number = extension("02155550000");
    facts.extend([
        Fact::TransferStarted {
            call,
            from: anna,
            to: Party::Outside(number.clone()),
            attended: false,
            note: None,
            at: at(20),
        },
        Fact::CallLeg { call, leg: outside, agent: None, number, at: at(20) },
        span(SpanKind::Consulting, Some(anna), 20),
        Fact::TransferEnded { call, outcome: TransferOutcome::Completed, at: at(30) },
        Fact::CallHanded { call, agent: None, leg: outside, at: at(30) },
        span(SpanKind::Outside, None, 30),
    ]);
    for fact in &facts {
        world.write_facts(std::slice::from_ref(fact)).await;
        world.write_facts(std::slice::from_ref(fact)).await;
    }
    let open = load_open_calls(&world.db).await.expect("query");
    let [stored] = open.as_slice() else { panic!("one call: {open:?}") };
    assert!(stored.outside);
    assert_eq!((stored.talked_ms, stored.span), (15 * SECOND, (SpanKind::Outside, None, at(30))));
    assert_eq!(stored.connected, Some((anna, at(5))));
    let hang_up = HangUp { sip_status: Some(200), ..HangUp::cause("NORMAL_CLEARING") };
    let left = Fact::CallLegEnded { call, leg: outside, hang_up, at: at(89) };
    world.write_facts(&[left.clone(), left]).await;
    world.write_facts(&end).await;
    let rows = call_legs::Entity::find().order_by_asc(call_legs::Column::StartedAt);
    let rows = rows.all(world.db.read()).await.expect("legs");
    let told: Vec<_> = rows
        .iter()
        .map(|row| (row.agent_id, row.ended_at, row.hangup_cause.as_deref(), row.sip_status))
        .collect();
    assert_eq!(
        told,
        [
            (Some(anna.0), Some(at(30).to_utc()), None, None),
            (None, Some(at(89).to_utc()), Some("NORMAL_CLEARING"), Some(200)),
        ]
    );
    let row = the_call(&world.db).await;
    assert_eq!((row.agent_id, row.hold_ms), (Some(anna.0), 10 * SECOND));
    assert_eq!(spans(&world.db).await.last(), Some(&("outside".to_owned(), None, 30, Some(90))));
    let request = DispositionRequest { disposition_id: 1, note: None };
    let save = async |agent| {
        write(&world.db, async |tx| save_disposition(tx, agent, call, &request, at(95)).await.expect("query"))
            .await
    };
    save(anna).await.expect("she has to say what came of it");
    assert_eq!(save(bert).await, Err(DispositionRefused::NotYourCall));
}

fn record(leg: u64, ended_at: Moment, cause: &str) -> LegCdr {
    LegCdr {
        leg: leg_id(leg),
        label: None,
        started_at: MONDAY_10,
        answered_at: None,
        ended_at,
        hang_up: HangUp { sip_status: Some(486), ..HangUp::cause(cause) },
        bridged_to: None,
        with_agent: None,
        bridged_at: None,
    }
}

async fn a_transfer_in_vain_ends_the_others_part(db: Db) {
    let world = World::with_leads(db, 1).await;
    let [anna, bert] = world.agents;
    let call = call_id(1);
    let mut facts = world.conversation(&world.leads[0], 1, anna, 85 * SECOND, MONDAY_10);
    let end = facts.split_off(8);
    let asks = |to, seconds| Fact::TransferStarted {
        call,
        from: anna,
        to,
        attended: true,
        note: None,
        at: at(seconds),
    };
    let joins = |leg, agent, number, seconds| Fact::CallLeg {
        call,
        leg: leg_id(leg),
        agent,
        number: extension(number),
        at: at(seconds),
    };
    let over = |outcome, seconds| Fact::TransferEnded { call, outcome, at: at(seconds) };
    facts.extend([
        asks(Party::Outside(extension("02155550000")), 20),
        joins(88, None, "02155550000", 20),
        over(TransferOutcome::Busy, 25),
        // Bert's phone is off the hook: twice the same leg.
        asks(Party::Agent(bert), 30),
        joins(77, Some(bert), "1002", 30),
        over(TransferOutcome::Cancelled, 40),
        asks(Party::Agent(bert), 50),
        joins(77, Some(bert), "1002", 50),
        over(TransferOutcome::LeftEarly, 60),
    ]);
    facts.extend(end);
    for fact in &facts {
        world.write_facts(std::slice::from_ref(fact)).await;
        world.write_facts(std::slice::from_ref(fact)).await;
    }
    world.write_facts(&facts).await;
    let (own, his) = (leg_id(1_000_001).0, leg_id(77).0);
    let expected =
        [(own, 5, Some(90)), (leg_id(88).0, 20, Some(25)), (his, 30, Some(40)), (his, 50, Some(60))];
    assert_eq!(legs(&world.db).await, expected);
    let transfers = call_transfers::Entity::find().order_by_asc(call_transfers::Column::StartedAt);
    let transfers = transfers.all(world.db.read()).await.expect("transfers");
    let outcomes: Vec<_> = transfers.iter().map(|row| row.outcome.as_deref()).collect();
    assert_eq!(outcomes, [Some("busy"), Some("cancelled"), Some("left_early")]);
    let row = the_call(&world.db).await;
    assert_eq!((row.agent_id, row.handed_at), (Some(anna.0), None));

    // The switch's records: of the outside leg, which ended with its part, and of
    // the desk phone's at the end of the shift, which says nothing of this call.
    let merge = async |cdr: LegCdr| {
        write(&world.db, async |tx| merge_cdr(tx, &cdr, at(9_999)).await.expect("merge")).await
    };
    for _ in 0..2 {
        merge(record(88, at(25) + 300, "USER_BUSY")).await;
        merge(record(77, at(9_000), "NORMAL_CLEARING")).await;
    }
    let rows = call_legs::Entity::find().order_by_asc(call_legs::Column::StartedAt);
    let rows = rows.all(world.db.read()).await.expect("legs");
    let causes: Vec<_> = rows.iter().map(|row| (row.hangup_cause.as_deref(), row.sip_status)).collect();
    assert_eq!(causes, [(None, None), (Some("USER_BUSY"), Some(486)), (None, None), (None, None)]);
    assert_eq!(legs(&world.db).await, expected);
}

async fn what_a_restart_left_open_ends_with_the_call(db: Db) {
    let world = World::with_leads(db, 1).await;
    let call = call_id(1);
    let facts = handed_call(&world);
    // Up to the whisper, then silence again; all the rest is lost but the end.
    let whispers = facts
        .iter()
        .position(|fact| matches!(fact, Fact::Monitored { mode: Some(MonitorMode::Whisper), .. }));
    let until = whispers.expect("the whisper") + 1;
    world.write_facts(&facts[..until]).await;
    let silent = Fact::RecordingMasked { call, on: true, agent: world.agents[0], at: at(55) };
    world.write_facts(&[silent]).await;
    let end = world.ended(&world.leads[0], 1, CallResult::Answered, 0, at(58));
    world.write_facts(std::slice::from_ref(&end)).await;
    let once = everything(&world.db).await;
    // What comes after the end changes nothing any more.
    world.write_facts(&facts[until..facts.len() - 2]).await;
    world.write_facts(&[end]).await;
    assert_eq!(everything(&world.db).await, once);

    assert_eq!(spans(&world.db).await.last().map(|span| (span.2, span.3)), Some((40, Some(58))));
    assert!(legs(&world.db).await.iter().all(|leg| leg.2 == Some(58)));
    let transfer = call_transfers::Entity::find().one(world.db.read()).await.expect("query").expect("one");
    assert_eq!((transfer.outcome.as_deref(), transfer.ended_at), (Some("failed"), Some(at(58).to_utc())));
    let monitors = call_monitors::Entity::find().all(world.db.read()).await.expect("monitors");
    assert!(monitors.iter().all(|row| row.ended_at.is_some()), "{monitors:?}");
    let pauses = recording_pauses::Entity::find().order_by_asc(recording_pauses::Column::Id);
    let pauses = pauses.all(world.db.read()).await.expect("pauses");
    let ends: Vec<_> = pauses.iter().map(|row| row.ended_at).collect();
    assert_eq!(ends, [Some(at(18).to_utc()), Some(at(58).to_utc())]);
}

async fn an_end_noticed_late_shortens_the_story(db: Db) {
    let world = World::with_leads(db, 1).await;
    let anna = world.agents[0];
    let mut facts = world.conversation(&world.leads[0], 1, anna, 10 * MINUTE, MONDAY_10);
    let end = facts.split_off(8);
    // The customer left on hold; what the floor made of it after the outage is
    // not what they heard.
    facts.extend([
        span(SpanKind::Held, Some(anna), 20),
        Fact::Monitored {
            call: call_id(1),
            supervisor: AgentId(world.boss.0),
            mode: Some(MonitorMode::Listen),
            at: at(22),
        },
        span(SpanKind::Waiting, None, 300),
    ]);
    facts.extend(end);
    world.write_facts(&facts).await;
    assert_eq!(the_call(&world.db).await.hold_ms, 280 * SECOND);
    for _ in 0..2 {
        let cdr = record(1, at(35), "NORMAL_CLEARING");
        write(&world.db, async |tx| merge_cdr(tx, &cdr, at(9_999)).await.expect("merge")).await;
        let call = the_call(&world.db).await;
        assert_eq!(call.ended_at, Some(at(35).to_utc()));
        assert_eq!((call.talk_ms, call.hold_ms), (15 * SECOND, 15 * SECOND));
        let last = ("held".to_owned(), Some(anna.0), 20, Some(35));
        assert_eq!(spans(&world.db).await.last(), Some(&last));
        assert_eq!(legs(&world.db).await, [(leg_id(1_000_001).0, 5, Some(35))]);
        let heard = call_monitors::Entity::find().one(world.db.read()).await.expect("query").expect("one");
        assert_eq!(heard.ended_at, Some(at(35).to_utc()));
    }
}

async fn each_agent_says_something_of_a_call_that_was_handed_on(db: Db) {
    let world = World::with_leads(db, 1).await;
    let [anna, bert] = world.agents;
    let carl = AgentId(super::world::user(&world.db, "carl", "agent", Some("1003")).await.0);
    let all = dispositions::Entity::find().all(world.db.read()).await.expect("query");
    let id = |key: &str| all.iter().find(|row| row.key == key).expect("seeded").id;
    let save = async |agent, key, note: &str| {
        let request = DispositionRequest { disposition_id: id(key), note: Some(note.to_owned()) };
        write(&world.db, async |tx| {
            save_disposition(tx, agent, call_id(1), &request, at(99)).await.expect("query")
        })
        .await
    };
    let facts = handed_call(&world);
    let handed = facts.iter().position(|fact| matches!(fact, Fact::CallHanded { .. })).expect("handed");
    world.write_facts(&facts[..handed]).await;
    // Typed while she had the call; his screen begins empty.
    save(anna, "interested", "likes it").await.expect("hers");
    assert_eq!(save(bert, "sale", "").await, Err(DispositionRefused::NotYourCall), "he was only asked");
    world.write_facts(&facts[handed..]).await;
    world.write_facts(&facts).await;
    let row = the_call(&world.db).await;
    assert_eq!((row.disposition_id, row.note, row.disposed_by), (None, None, None));
    let said = async |agent| find_said(&world.db, call_id(1), agent).await.expect("query");
    assert_eq!(said(anna).await, Some((id("interested"), Some("likes it".to_owned()))));
    assert_eq!(said(bert).await, None);

    save(bert, "sale", "agreed").await.expect("his");
    let changed = save(anna, "do_not_call", "asked not to be called").await.expect("hers");
    assert_eq!(changed.before, Some(id("interested")));
    assert_eq!(changed.never_again.as_deref(), Some(world.leads[0].e164.as_str()), "whoever heard it");
    let row = the_call(&world.db).await;
    assert_eq!(
        (row.disposition_id, row.note.as_deref()),
        (Some(id("sale")), Some("agreed")),
        "the last owner's"
    );
    assert_eq!(said(anna).await, Some((id("do_not_call"), Some("asked not to be called".to_owned()))));
    assert_eq!(said(bert).await, Some((id("sale"), Some("agreed".to_owned()))));
    assert_eq!(save(carl, "sale", "").await, Err(DispositionRefused::NotYourCall));
    let never = do_not_call_entries::Entity::find().all(world.db.read()).await.expect("query");
    assert_eq!(never.len(), 1);
}

async fn calls_of_before_get_their_spans_and_roles_their_permissions(db: Db) {
    let world = World::with_leads(db, 3).await;
    let [anna, bert] = world.agents;
    world.write_facts(&world.conversation(&world.leads[0], 1, anna, 30 * SECOND, MONDAY_10)).await;
    let open = world.conversation(&world.leads[1], 2, bert, 30 * SECOND, at(100));
    world.write_facts(&open[..7]).await;
    world
        .write_facts(&[
            world.dialled(&world.leads[2], 3, at(200)),
            world.ended(&world.leads[2], 3, CallResult::Failed, 0, at(201)),
        ])
        .await;
    let written = spans(&world.db).await;
    assert_eq!(written.len(), 7);

    let number = Migrator::migrations().iter().position(|m| m.name().ends_with("call_control"));
    let later = Migrator::migrations().len() - number.expect("the migration");
    // One connection: another may still have the old schema in mind.
    let tx = world.db.read().begin().await.expect("begin");
    Migrator::down(&tx, Some(later as u32)).await.expect("down");
    let set = "UPDATE roles SET permissions = '{\"call:listen\": \"own\"}' WHERE \"key\" = 'qa'";
    tx.execute_unprepared(set).await.expect("a centre's own choice");
    Migrator::up(&tx, None).await.expect("up");
    tx.commit().await.expect("commit");
    assert_eq!(spans(&world.db).await, written);
    let roles =
        roles::Entity::find().order_by_asc(roles::Column::Id).all(world.db.read()).await.expect("roles");
    let listens: Vec<_> = roles.iter().map(|role| role.permissions["call:listen"].as_str()).collect();
    assert_eq!(
        listens,
        [Some("all"), Some("department"), Some("team"), Some("department"), Some("own"), None]
    );
}
