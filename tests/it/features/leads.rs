//! Leads for the hopper: each claimed once, the right ones, in the right order.

use super::world::{MINUTE, MONDAY_10, World, call_id, insert_list, write};
use crate::both_databases;
use chrono_tz::Asia::Shanghai;
use sea_orm::{ActiveModelTrait, ActiveValue::Set};
use std::collections::HashSet;
use trunkline::base::clock::Moment;
use trunkline::base::ids::LeadId;
use trunkline::campaigns::model::CampaignState;
use trunkline::campaigns::store::{claim_leads, load_profile, mark_state, release_all_claims, release_leads};
use trunkline::do_not_call;
use trunkline::do_not_call::model::{BarSource, NewEntry, Target};
use trunkline::floor::effect::{CallResult, Fact};
use trunkline::floor::input::WindowCounts;
use trunkline::store::Db;
use trunkline::store::entity::{customers, gateways, leads, users};

both_databases!(
    no_lead_and_no_number_is_claimed_twice,
    a_customer_on_two_lists_is_in_one_hopper,
    only_leads_that_may_be_dialled_are_claimed,
    released_leads_are_what_they_were,
    a_profile_is_what_the_floor_needs,
);

async fn no_lead_and_no_number_is_claimed_twice(db: Db) {
    let world = World::with_leads(db, 50).await;
    let claims = (0..6).map(|_| {
        let db = world.db.clone();
        let campaign = world.campaign;
        tokio::spawn(async move { claim_leads(&db, campaign, 12, MONDAY_10, Shanghai).await.expect("claim") })
    });
    let mut claimed = Vec::new();
    for claim in claims.collect::<Vec<_>>() {
        let leads = claim.await.expect("a claim");
        assert!(leads.len() <= 12);
        claimed.extend(leads);
    }
    assert_eq!(claimed.len(), 50, "6 x 12 were asked for, 50 are there");
    assert_eq!(claimed.iter().map(|lead| lead.lead).collect::<HashSet<_>>().len(), 50);
    assert_eq!(claimed.iter().map(|lead| &lead.e164).collect::<HashSet<_>>().len(), 50);
}

async fn a_customer_on_two_lists_is_in_one_hopper(db: Db) {
    let world = World::with_leads(db, 20).await;
    let other_list = insert_list(&world.db, world.boss, "second").await;
    for lead in &world.leads {
        world.insert_lead(other_list, lead.customer).await;
    }
    let other = world.insert_campaign("Winter", other_list).await;
    let (first, second) = tokio::join!(
        claim_leads(&world.db, world.campaign, 15, MONDAY_10, Shanghai),
        claim_leads(&world.db, other, 15, MONDAY_10, Shanghai)
    );
    let mut numbers: Vec<String> = first.expect("claim").into_iter().map(|lead| lead.e164).collect();
    numbers.extend(second.expect("claim").into_iter().map(|lead| lead.e164));
    assert_eq!(numbers.len(), 20);
    assert_eq!(numbers.iter().collect::<HashSet<_>>().len(), 20);
}

async fn only_leads_that_may_be_dialled_are_claimed(db: Db) {
    let world = World::with_leads(db, 7).await;
    let set = async |lead: LeadId, state: &str, attempts: i32, due: Option<Moment>| {
        let row = leads::ActiveModel {
            id: Set(lead.0),
            state: Set(state.to_owned()),
            attempts: Set(attempts),
            next_attempt_at: Set(due.map(Moment::to_utc)),
            last_attempt_at: Set((attempts > 0).then(|| (MONDAY_10 - 90 * 60 * MINUTE).to_utc())),
            ..Default::default()
        };
        write(&world.db, async |tx| row.update(tx).await.expect("update")).await;
    };
    let [fresh, due, not_due, used_up, forbidden, deleted, done] = &world.leads[..] else { panic!("seven") };
    set(due.lead, "retry", 1, Some(MONDAY_10)).await;
    set(not_due.lead, "retry", 1, Some(MONDAY_10 + 1)).await;
    set(used_up.lead, "retry", 3, Some(MONDAY_10 - 1)).await;
    set(done.lead, "done", 1, None).await;
    let never = NewEntry {
        target: Target::System,
        source: BarSource::Typed,
        reason: "asked for it".to_owned(),
        note: None,
        call: None,
        by: None,
        expires_at: None,
    };
    let gone = customers::ActiveModel {
        id: Set(deleted.customer.0),
        deleted_at: Set(Some(MONDAY_10.to_utc())),
        ..Default::default()
    };
    write(&world.db, async |tx| {
        for e164 in [forbidden.e164.as_str(), "+862161111111"] {
            do_not_call::store::add(tx, e164, &never, MONDAY_10).await.expect("do not call");
        }
        gone.update(tx).await.expect("delete");
    })
    .await;
    let two = world.insert_customer("two numbers", &["021-61111111", "021-62222222"]).await;
    let second_number = world.insert_lead(world.list, two).await;
    // Dropped yesterday for another campaign's list: in peace for three days.
    let dropped = world.insert_customer("dropped", &["021-63333333"]).await;
    let dropped_lead = super::world::WorldLead {
        lead: world.insert_lead(world.list, dropped).await,
        customer: dropped,
        e164: "+862163333333".to_owned(),
    };
    let yesterday = MONDAY_10 - 24 * 60 * MINUTE;
    world
        .write_facts(&[
            world.dialled(&dropped_lead, 1, yesterday),
            Fact::CallDropped { call: call_id(1), at: yesterday + 7_000 },
            world.ended(&dropped_lead, 1, CallResult::Dropped, 0, yesterday + 9_000),
        ])
        .await;

    let claimed = claim_leads(&world.db, world.campaign, 100, MONDAY_10, Shanghai).await.expect("claim");
    let claimed: Vec<(LeadId, &str)> = claimed.iter().map(|lead| (lead.lead, lead.e164.as_str())).collect();
    let expected =
        [(due.lead, due.e164.as_str()), (fresh.lead, fresh.e164.as_str()), (second_number, "+862162222222")];
    assert_eq!(claimed, expected, "to be dialled again first, then fresh ones");
    let later = MONDAY_10 + 60 * 60 * MINUTE;
    let claimed = claim_leads(&world.db, world.campaign, 100, later, Shanghai).await.expect("claim");
    let claimed: Vec<LeadId> = claimed.iter().map(|lead| lead.lead).collect();
    assert_eq!(claimed, [not_due.lead, dropped_lead.lead], "their time has come");
}

async fn released_leads_are_what_they_were(db: Db) {
    let world = World::with_leads(db, 3).await;
    let tried = leads::ActiveModel {
        id: Set(world.leads[1].lead.0),
        state: Set("retry".to_owned()),
        attempts: Set(1),
        last_attempt_at: Set(Some(MONDAY_10.to_utc())),
        ..Default::default()
    };
    write(&world.db, async |tx| tried.update(tx).await.expect("update")).await;
    claim_leads(&world.db, world.campaign, 10, MONDAY_10, Shanghai).await.expect("claim");
    let states = async || {
        let mut states = Vec::new();
        for lead in &world.leads {
            states.push(world.lead(lead.lead).await.state);
        }
        states
    };
    assert_eq!(states().await, ["claimed", "claimed", "claimed"]);
    release_leads(&world.db, &[world.leads[0].lead, world.leads[1].lead]).await.expect("release");
    assert_eq!(states().await, ["fresh", "retry", "claimed"]);
    world.write_facts(&[world.dialled(&world.leads[0], 1, MONDAY_10)]).await;
    release_all_claims(&world.db).await.expect("release");
    assert_eq!(states().await, ["dialling", "retry", "fresh"], "a call in progress keeps its lead");
}

async fn a_profile_is_what_the_floor_needs(db: Db) {
    let world = World::with_leads(db, 3).await;
    let zone = Shanghai;
    for (n, lead) in (1..).zip(&world.leads) {
        let at = MONDAY_10 - n as i64 * 12 * 60 * MINUTE;
        world
            .write_facts(&[
                world.dialled(lead, n, at),
                Fact::CallAnswered { call: call_id(n), at },
                Fact::CallDropped { call: call_id(n), at: at + 2_000 },
            ])
            .await;
    }
    let profile =
        load_profile(&world.db, world.campaign, MONDAY_10, zone).await.expect("query").expect("one");
    assert!(!profile.running, "a draft");
    assert_eq!(profile.agents, world.agents);
    assert_eq!((profile.gateway.as_str(), profile.ring_seconds), ("trunk", 30));
    let each = WindowCounts { answered: 1, dropped: 1 };
    let hours = [36, 24, 12].map(|hours| (MONDAY_10 - hours * 60 * MINUTE, each));
    assert_eq!(profile.counted, hours);
    let opening = profile.times.opening(MONDAY_10);
    assert_eq!(opening.since_today, Some(MONDAY_10 - 90 * MINUTE));
    assert_eq!(opening.changes_at, Some(MONDAY_10 + 630 * MINUTE));

    let start = async |tx: &trunkline::store::WriteTx| {
        mark_state(tx, world.campaign, CampaignState::Running, MONDAY_10).await.expect("start");
    };
    write(&world.db, start).await;
    let profile =
        load_profile(&world.db, world.campaign, MONDAY_10, zone).await.expect("query").expect("one");
    assert!(profile.running);

    write(&world.db, async |tx| {
        let off = gateways::ActiveModel { id: Set(world.gateway), enabled: Set(false), ..Default::default() };
        off.update(tx).await.expect("update");
        let bare =
            users::ActiveModel { id: Set(world.agents[0].0), extension: Set(None), ..Default::default() };
        bare.update(tx).await.expect("update");
    })
    .await;
    let profile =
        load_profile(&world.db, world.campaign, MONDAY_10, zone).await.expect("query").expect("one");
    assert!(!profile.running, "nothing is dialled over a gateway that is switched off");
    assert_eq!(profile.agents, [world.agents[1]], "who has no phone takes no calls");
}
