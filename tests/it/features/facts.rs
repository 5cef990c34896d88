//! Facts are written once however often they come; the ledger, the leads and
//! the recordings agree.

use super::world::{MINUTE, MONDAY_10, World, call_id, leg_id, write};
use crate::both_databases;
use chrono_tz::Asia::Shanghai;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};
use serde_json::json;
use trunkline::base::clock::Moment;
use trunkline::base::ids::CallId;
use trunkline::calls::model::{CdrMerge, DispositionRefused, DispositionRequest};
use trunkline::calls::records::take;
use trunkline::calls::store::{load_open_calls, merge_cdr, save_disposition};
use trunkline::campaigns::store::claim_leads;
use trunkline::floor::effect::{CallResult, Fact, NotRecorded, SpanKind};
use trunkline::floor::input::Origin;
use trunkline::floor::input::{HangUp, LegLabel};
use trunkline::store::Db;
use trunkline::store::entity::{call_spans, calls, dispositions, leads, recordings};
use trunkline::switch::cdr::LegCdr;

both_databases!(
    a_fact_written_twice_changes_nothing,
    a_lead_is_dialled_again_until_its_attempts_are_used_up,
    calls_in_progress_are_found_after_a_restart,
    the_switchs_record_heals_what_an_outage_left,
    a_record_that_came_first_still_tells_when_a_call_ended,
    a_conversation_of_which_no_event_came_is_known_from_the_switchs_record,
    a_call_that_was_given_up_too_early_ends_when_the_switch_says,
    a_conversation_told_after_its_end_has_the_switchs_times,
    the_reason_why_a_call_is_not_recorded_stays_with_it,
    a_recording_whose_start_was_lost_is_known_from_its_stop,
    a_disposition_is_the_agents_own_and_may_end_dialling_for_good,
);

type Rows = (Vec<calls::Model>, Vec<leads::Model>, Vec<recordings::Model>);

async fn rows(db: &Db) -> Rows {
    (
        calls::Entity::find().order_by_asc(calls::Column::Id).all(db.read()).await.expect("calls"),
        leads::Entity::find().order_by_asc(leads::Column::Id).all(db.read()).await.expect("leads"),
        recordings::Entity::find().order_by_asc(recordings::Column::Id).all(db.read()).await.expect("rec"),
    )
}

async fn a_recording_whose_start_was_lost_is_known_from_its_stop(db: Db) {
    let world = World::with_leads(db, 1).await;
    let agent = world.agents[0];
    let mut facts = world.conversation(&world.leads[0], 1, agent, 30_000, MONDAY_10);
    facts.retain(|fact| !matches!(fact, Fact::RecordingStarted { .. }));
    world.write_facts(&facts).await;
    let (.., recordings) = rows(&world.db).await;
    let [recording] = recordings.as_slice() else { panic!("one recording: {recordings:?}") };
    assert_eq!((recording.call_id, recording.agent_id), (call_id(1).0, agent.0));
    assert_eq!(recording.stopped_at, Some((MONDAY_10 + 35_000).to_utc()));
}

async fn a_fact_written_twice_changes_nothing(db: Db) {
    let world = World::with_leads(db, 2).await;
    let agent = world.agents[0];
    let mut facts = world.conversation(&world.leads[0], 1, agent, 30_000, MONDAY_10);
    facts.push(world.dialled(&world.leads[1], 2, MONDAY_10));
    facts.push(Fact::CallDropped { call: call_id(2), at: MONDAY_10 + 2_000 });
    facts.push(world.ended(&world.leads[1], 2, CallResult::NoAnswer, 0, MONDAY_10 + 30_000));
    for fact in &facts {
        world.write_facts(std::slice::from_ref(fact)).await;
        let once = rows(&world.db).await;
        world.write_facts(std::slice::from_ref(fact)).await;
        assert_eq!(rows(&world.db).await, once, "{fact:?}");
    }
    let all = rows(&world.db).await;
    world.write_facts(&facts).await;
    assert_eq!(rows(&world.db).await, all, "the whole sequence again");

    let call = &all.0[0];
    assert_eq!(
        (call.talk_ms, call.agent_id, call.result.as_deref()),
        (30_000, Some(agent.0), Some("answered"))
    );
    assert_eq!(call.connected_at, Some((MONDAY_10 + 5_000).to_utc()));
    assert_eq!((call.hangup_cause.as_deref(), call.sip_status), (Some("NORMAL_CLEARING"), Some(200)));
    let states: Vec<(&str, i32)> = all.1.iter().map(|lead| (lead.state.as_str(), lead.attempts)).collect();
    assert_eq!(states, [("done", 1), ("retry", 1)]);
    assert_eq!(all.2.len(), 1);
    assert_eq!(all.2[0].stopped_at, Some((MONDAY_10 + 35_000).to_utc()));
}

async fn a_lead_is_dialled_again_until_its_attempts_are_used_up(db: Db) {
    let world = World::with_leads(db, 1).await;
    world.without_caps().await;
    let lead = &world.leads[0];
    let mut at = MONDAY_10;
    let results = [
        (CallResult::NoAnswer, "retry", 1),
        // Taken back by us: it does not count.
        (CallResult::Cancelled, "retry", 1),
        (CallResult::Busy, "retry", 2),
        (CallResult::NoAnswer, "done", 3),
    ];
    let mut facts = Vec::new();
    for (n, (result, state, attempts)) in (1..).zip(results) {
        let claimed = claim_leads(&world.db, world.campaign, 5, at, Shanghai).await.expect("claim");
        assert_eq!(claimed.len(), 1, "attempt {n}");
        let both = [world.dialled(lead, n, at), world.ended(lead, n, result, 0, at + 20_000)];
        world.write_facts(&both).await;
        facts.extend(both);
        let row = world.lead(lead.lead).await;
        assert_eq!((row.state.as_str(), row.attempts), (state, attempts), "attempt {n}");
        assert_eq!(row.last_result.as_deref(), Some(result.as_str()));
        if state == "retry" {
            let due = Moment::from(row.next_attempt_at.expect("a time"));
            let minutes = if result == CallResult::Cancelled { 10 } else { 60 };
            assert_eq!(due.since_ms(at + 20_000), minutes * MINUTE);
            assert!(
                claim_leads(&world.db, world.campaign, 5, due - 1, Shanghai).await.expect("claim").is_empty()
            );
            at = due;
        }
        let before = rows(&world.db).await;
        world.write_facts(&facts).await;
        assert_eq!(rows(&world.db).await, before, "old facts after attempt {n}");
    }
    assert!(
        claim_leads(&world.db, world.campaign, 5, at + 900 * MINUTE, Shanghai)
            .await
            .expect("claim")
            .is_empty()
    );
}

async fn calls_in_progress_are_found_after_a_restart(db: Db) {
    let world = World::with_leads(db, 2).await;
    let agent = world.agents[1];
    let talking = world.conversation(&world.leads[0], 1, agent, 1_000, MONDAY_10);
    world.write_facts(&talking[..7]).await;
    world.write_facts(&[world.dialled(&world.leads[1], 2, MONDAY_10 + 1)]).await;
    let open = load_open_calls(&world.db).await.expect("query");
    let ids: Vec<CallId> = open.iter().map(|call| call.call).collect();
    assert_eq!(ids, [call_id(1), call_id(2)]);
    assert_eq!(open[0].connected, Some((agent, MONDAY_10 + 5_000)));
    let Origin::Dialled { lead, .. } = &open[0].origin else { panic!("dialled: {open:?}") };
    assert_eq!(lead.e164, world.leads[0].e164);
    assert_eq!((open[1].answered_at, open[1].connected, open[1].leg), (None, None, leg_id(2)));
    world.write_facts(&talking[7..]).await;
    assert_eq!(load_open_calls(&world.db).await.expect("query").len(), 1);
}

fn record(n: u64, answered_at: Option<Moment>, ended_at: Moment, cause: &str) -> LegCdr {
    LegCdr {
        leg: leg_id(n),
        label: Some(LegLabel::Customer { call: call_id(n) }),
        started_at: MONDAY_10,
        answered_at,
        ended_at,
        hang_up: HangUp { sip_status: Some(486), ..HangUp::cause(cause) },
        bridged_to: None,
        with_agent: None,
        bridged_at: None,
    }
}

async fn the_switchs_record_heals_what_an_outage_left(db: Db) {
    let world = World::with_leads(db, 2).await;
    let merge = async |cdr: &LegCdr| {
        write(&world.db, async |tx| merge_cdr(tx, cdr, MONDAY_10 + 99 * MINUTE).await.expect("merge")).await
    };
    let call = async |n: u64| {
        calls::Entity::find_by_id(call_id(n).0).one(world.db.read()).await.expect("query").expect("the call")
    };
    // The record overtakes the end: the call stays open, its cause is kept.
    world.write_facts(&[world.dialled(&world.leads[0], 1, MONDAY_10)]).await;
    let busy = record(1, None, MONDAY_10 + 3_000, "USER_BUSY");
    assert_eq!(merge(&busy).await, CdrMerge::StillOpen);
    assert_eq!(call(1).await.ended_at, None);
    world.write_facts(&[world.ended(&world.leads[0], 1, CallResult::Busy, 0, MONDAY_10 + 3_100)]).await;
    let closed = call(1).await;
    assert_eq!((closed.hangup_cause.as_deref(), closed.sip_status), (Some("USER_BUSY"), Some(486)));
    assert_eq!(closed.ended_at, Some((MONDAY_10 + 3_100).to_utc()));
    assert_eq!(merge(&busy).await, CdrMerge::Closed);
    assert_eq!(call(1).await, closed, "the same record again");

    // The end was noticed ten minutes late: the switch knows better.
    let agent = world.agents[0];
    let facts = world.conversation(&world.leads[1], 2, agent, 10 * MINUTE, MONDAY_10);
    world.write_facts(&facts).await;
    let truth = record(2, Some(MONDAY_10 + 5_000), MONDAY_10 + 65_000, "NORMAL_CLEARING");
    assert_eq!(merge(&truth).await, CdrMerge::Closed);
    let healed = call(2).await;
    assert_eq!(healed.ended_at, Some((MONDAY_10 + 65_000).to_utc()));
    assert_eq!(healed.talk_ms, 60_000);

    assert_eq!(merge(&record(77, None, MONDAY_10, "X")).await, CdrMerge::NotACall);
}

/// The connection stalled from the answer to after the end.
async fn a_conversation_told_after_its_end_has_the_switchs_times(db: Db) {
    let world = World::with_leads(db, 1).await;
    let agent = world.agents[0];
    world.write_facts(&world.conversation(&world.leads[0], 1, agent, 50, MONDAY_10)).await;
    let truth = LegCdr {
        bridged_to: Some(leg_id(1_000_001)),
        bridged_at: Some(MONDAY_10 + 2_000),
        ..record(1, Some(MONDAY_10 + 1_900), MONDAY_10 + 4_500, "NORMAL_CLEARING")
    };
    for _ in 0..2 {
        write(&world.db, async |tx| merge_cdr(tx, &truth, MONDAY_10 + 99 * MINUTE).await.expect("merge"))
            .await;
        let row =
            calls::Entity::find_by_id(call_id(1).0).one(world.db.read()).await.expect("query").expect("it");
        let at = |ms| Some((MONDAY_10 + ms).to_utc());
        assert_eq!((row.answered_at, row.connected_at, row.ended_at), (at(1_900), at(2_000), at(4_500)));
        assert_eq!((row.talk_ms, row.agent_id), (2_500, Some(agent.0)));
        let spans = call_spans::Entity::find().filter(call_spans::Column::CallId.eq(call_id(1).0));
        let spans =
            spans.order_by_asc(call_spans::Column::StartedAt).all(world.db.read()).await.expect("spans");
        let last = spans.last().expect("a span");
        assert_eq!(
            (last.kind.as_str(), Some(last.started_at), last.ended_at),
            ("talking", at(2_000), at(4_500))
        );
        assert!(spans.windows(2).all(|two| two[0].ended_at == Some(two[1].started_at)), "{spans:?}");
    }
}

/// The connection broke between the command to bridge and its event, and the
/// two had hung up when it came back: the floor takes the call for dropped.
async fn a_conversation_of_which_no_event_came_is_known_from_the_switchs_record(db: Db) {
    let world = World::with_leads(db, 4).await;
    let agent = world.agents[0];
    let phone = leg_id(1_000_001);
    // The phone is off the hook: the call before says whose it is.
    world.write_facts(&world.conversation(&world.leads[0], 1, agent, MINUTE, MONDAY_10)).await;
    let began = MONDAY_10 + 2 * MINUTE;
    let unheard = |n: u64| {
        let call = call_id(n);
        let lead = &world.leads[usize::try_from(n - 1).expect("small")];
        vec![
            world.dialled(lead, n, began),
            Fact::CallAnswered { call, at: began + 5_000 },
            Fact::CallSpan { call, kind: SpanKind::Waiting, agent: None, at: began + 5_000 },
            Fact::CallDropped { call, at: began + 7_000 },
            world.ended(lead, n, CallResult::Dropped, 0, began + 20_000),
        ]
    };
    let talked = |n, leg| LegCdr {
        bridged_to: Some(leg),
        bridged_at: Some(began + 5_100),
        ..record(n, Some(began + 5_000), began + 15_100, "NORMAL_CLEARING")
    };
    let merge = async |cdr: &LegCdr| {
        write(&world.db, async |tx| merge_cdr(tx, cdr, began + MINUTE).await.expect("merge")).await
    };
    world.write_facts(&unheard(2)).await;
    for _ in 0..2 {
        merge(&talked(2, phone)).await;
        let find = calls::Entity::find_by_id(call_id(2).0).one(world.db.read()).await;
        let row = find.expect("query").expect("the call");
        assert_eq!((row.result.as_deref(), row.agent_id), (Some("answered"), Some(agent.0)));
        assert_eq!((row.connected_at, row.dropped_at), (Some((began + 5_100).to_utc()), None));
        assert_eq!((row.ended_at, row.talk_ms), (Some((began + 15_100).to_utc()), 10_000));
        let spans = call_spans::Entity::find().filter(call_spans::Column::CallId.eq(call_id(2).0));
        let spans =
            spans.order_by_asc(call_spans::Column::StartedAt).all(world.db.read()).await.expect("spans");
        let told: Vec<_> = spans.iter().map(|span| (span.kind.as_str(), span.ended_at)).collect();
        let until = |ms| Some((began + ms).to_utc());
        assert_eq!(told, [("dialling", until(5_000)), ("waiting", until(5_100)), ("talking", until(15_100))]);
    }
    // A leg that nobody is known to have had: its own record says whose it was.
    world.write_facts(&unheard(3)).await;
    let result = async || {
        let find = calls::Entity::find_by_id(call_id(3).0).one(world.db.read()).await;
        find.expect("query").expect("the call").result
    };
    let us = |at: Moment| (at.0 * 1_000).to_string();
    let customer = json!({ "variables": {
        "uuid": leg_id(3), "tl_role": "customer", "tl_call": call_id(3), "start_uepoch": us(began),
        "answer_uepoch": us(began + 5_000), "end_uepoch": us(began + 15_100), "hangup_cause": "NORMAL_CLEARING",
        "last_bridge_to": leg_id(5),
    }, "callflow": [{ "times": { "bridged_time": us(began + 5_100) } }] });
    take(&world.db, &customer.to_string()).await.expect("taken");
    assert_eq!(result().await.as_deref(), Some("dropped"), "it is not made up");
    let phone = json!({ "variables": {
        "uuid": leg_id(5), "tl_role": "agent", "tl_agent": agent.0.to_string(), "tl_nailed": "false",
        "start_uepoch": us(began), "end_uepoch": us(began + 15_200), "hangup_cause": "NORMAL_CLEARING",
        "last_bridge_to": leg_id(3),
    }});
    take(&world.db, &phone.to_string()).await.expect("taken");
    assert_eq!(result().await.as_deref(), Some("answered"));
    // The first call on a phone that is off the hook, which has no record yet:
    // the customer's tells.
    world.write_facts(&unheard(4)).await;
    merge(&LegCdr { with_agent: Some(agent), ..talked(4, leg_id(6)) }).await;
    let find = calls::Entity::find_by_id(call_id(4).0).one(world.db.read()).await;
    let row = find.expect("query").expect("the call");
    assert_eq!((row.result.as_deref(), row.agent_id), (Some("answered"), Some(agent.0)));
}

/// Its originate was late: the floor had given it up when the switch rang.
async fn a_call_that_was_given_up_too_early_ends_when_the_switch_says(db: Db) {
    let world = World::with_leads(db, 1).await;
    world
        .write_facts(&[
            world.dialled(&world.leads[0], 1, MONDAY_10),
            world.ended(&world.leads[0], 1, CallResult::Failed, 0, MONDAY_10 + 5_000),
        ])
        .await;
    let cdr = record(1, None, MONDAY_10 + 9_000, "ORIGINATOR_CANCEL");
    write(&world.db, async |tx| merge_cdr(tx, &cdr, MONDAY_10 + MINUTE).await.expect("merge")).await;
    let row =
        calls::Entity::find_by_id(call_id(1).0).one(world.db.read()).await.expect("query").expect("the call");
    assert_eq!(row.ended_at, Some((MONDAY_10 + 9_000).to_utc()));
    let span = call_spans::Entity::find().one(world.db.read()).await.expect("query").expect("a span");
    assert_eq!(span.ended_at, row.ended_at, "spans tile the call");
}

async fn the_reason_why_a_call_is_not_recorded_stays_with_it(db: Db) {
    let world = World::with_leads(db, 1).await;
    let call = call_id(1);
    world.write_facts(&world.conversation(&world.leads[0], 1, world.agents[0], MINUTE, MONDAY_10)[..7]).await;
    for why in [NotRecorded::DiskFull, NotRecorded::SwitchRefused] {
        world.write_facts(&[Fact::NotRecorded { call, why, at: MONDAY_10 + 5_000 }]).await;
    }
    let row = calls::Entity::find_by_id(call.0).one(world.db.read()).await.expect("query").expect("the call");
    assert_eq!(row.unrecorded_reason.as_deref(), Some("disk_full"));
}

/// The body that the switch posts of a customer's leg.
pub fn body(n: u64, answered_at: Option<Moment>, ended_at: Moment, cause: &str) -> String {
    let us = |at: Moment| (at.0 * 1_000).to_string();
    json!({ "variables": {
        "uuid": leg_id(n), "tl_role": "customer", "tl_call": call_id(n),
        "start_uepoch": us(MONDAY_10), "answer_uepoch": answered_at.map_or("0".to_owned(), us),
        "end_uepoch": us(ended_at), "hangup_cause": cause, "sip_term_status": "486",
    }})
    .to_string()
}

/// Trunkline was away when the call ended. Back again, it reads the switch's
/// spool before the link finds the channel gone.
async fn a_record_that_came_first_still_tells_when_a_call_ended(db: Db) {
    let world = World::with_leads(db, 3).await;
    let agent = world.agents[0];
    let call = async |n: u64| {
        calls::Entity::find_by_id(call_id(n).0).one(world.db.read()).await.expect("query").expect("the call")
    };
    let answered_at = Some(MONDAY_10 + 5_000);
    for (n, ended_at) in [(1, MONDAY_10 + 65_000), (2, MONDAY_10 + 65_000), (3, MONDAY_10 - MINUTE)] {
        // Its end is noticed ten minutes late.
        let lead = usize::try_from(n - 1).expect("small");
        let mut facts = world.conversation(&world.leads[lead], n, agent, 10 * MINUTE, MONDAY_10);
        let late = facts.pop().expect("the end");
        if n == 2 {
            facts.truncate(2);
        }
        world.write_facts(&facts).await;
        let record = body(n, answered_at.filter(|_| n != 2), ended_at, "USER_BUSY");
        take(&world.db, &record).await.expect("taken");
        assert_eq!(call(n).await.ended_at, None);
        world.write_facts(std::slice::from_ref(&late)).await;
        let healed = call(n).await;
        world.write_facts(std::slice::from_ref(&late)).await;
        take(&world.db, &record).await.expect("taken again");
        assert_eq!(call(n).await, healed, "both again");
        assert_eq!((healed.hangup_cause.as_deref(), healed.sip_status), (Some("USER_BUSY"), Some(486)));
        assert_eq!(healed.result.as_deref(), Some("answered"), "the floor's word");
    }
    let [talked, never_connected, slow_clock] = [call(1).await, call(2).await, call(3).await];
    assert_eq!((talked.ended_at, talked.talk_ms), (Some((MONDAY_10 + 65_000).to_utc()), 60_000));
    assert_eq!((never_connected.ended_at, never_connected.talk_ms), (Some((MONDAY_10 + 65_000).to_utc()), 0));
    // A switch whose clock is slow cannot make a call end before it began.
    assert_eq!((slow_clock.ended_at, slow_clock.talk_ms), (slow_clock.connected_at, 0));
}

async fn a_disposition_is_the_agents_own_and_may_end_dialling_for_good(db: Db) {
    let world = World::with_leads(db, 2).await;
    let [anna, bert] = world.agents;
    world.write_facts(&world.conversation(&world.leads[0], 1, anna, 5_000, MONDAY_10)).await;
    let all = dispositions::Entity::find().all(world.db.read()).await.expect("query");
    let id = |key: &str| all.iter().find(|row| row.key == key).expect("seeded").id;
    let save = async |agent, n, key_id, note: Option<&str>| {
        let request = DispositionRequest { disposition_id: key_id, note: note.map(str::to_owned) };
        write(&world.db, async |tx| {
            save_disposition(tx, agent, call_id(n), &request, MONDAY_10 + MINUTE).await.expect("query")
        })
        .await
    };
    assert_eq!(save(bert, 1, id("sale"), None).await, Err(DispositionRefused::NotYourCall));
    assert_eq!(save(anna, 9, id("sale"), None).await, Err(DispositionRefused::NotYourCall));
    assert_eq!(save(anna, 1, 999, None).await, Err(DispositionRefused::NoSuchDisposition));
    let long = "字".repeat(4_001);
    assert_eq!(save(anna, 1, id("sale"), Some(&long)).await, Err(DispositionRefused::NoteTooLong));

    let saved = save(anna, 1, id("sale"), Some(" agreed ")).await.expect("saved");
    assert_eq!((saved.before, saved.never_again), (None, None));
    let changed = save(anna, 1, id("do_not_call"), None).await.expect("saved");
    assert_eq!(changed.before, Some(id("sale")));
    assert_eq!(changed.never_again.as_deref(), Some(world.leads[0].e164.as_str()));
    save(anna, 1, id("do_not_call"), None).await.expect("saving again is no fault");

    let other_list = super::world::insert_list(&world.db, world.boss, "other").await;
    world.insert_lead(other_list, world.leads[0].customer).await;
    let other = world.insert_campaign("Other", other_list).await;
    assert!(claim_leads(&world.db, other, 5, MONDAY_10, Shanghai).await.expect("claim").is_empty());
}
