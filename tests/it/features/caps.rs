//! Caps on attempts at one number, over all campaigns and customers: who is put
//! aside, until when, and what is said of it; and that no number is claimed twice.

use super::world::{MINUTE, MONDAY_10, World, WorldLead, call_id, insert_list, write};
use crate::both_databases;
use crate::support::app::TestApp;
use chrono_tz::Asia::Shanghai;
use sea_orm::{ActiveModelTrait, ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter};
use serde_json::{Value, json};
use std::collections::HashSet;
use trunkline::base::clock::Moment;
use trunkline::base::ids::{CampaignId, CustomerId};
use trunkline::base::phone::PhoneNumber;
use trunkline::campaigns::caps::model::AttemptCaps;
use trunkline::campaigns::caps::{Candidate, find_capped};
use trunkline::campaigns::store::claim_leads;
use trunkline::floor::effect::{CallResult, Fact};
use trunkline::store::Db;
use trunkline::store::entity::{customer_phones, customers, do_not_call_blocks};

both_databases!(
    a_number_at_its_cap_waits_until_the_next_day_and_says_why,
    the_next_number_is_dialled_when_one_is_at_its_cap,
    a_lead_waits_for_the_first_of_its_numbers_whatever_holds_each,
    attempts_of_all_campaigns_and_owners_of_a_number_count,
    room_in_the_window_comes_back_day_by_day,
    two_attempts_have_time_between_them_until_the_setting_changes,
    a_number_is_not_claimed_while_it_or_its_owner_is_in_a_call,
    two_campaigns_never_claim_one_number_at_once,
    the_last_look_holds_back_what_others_dialled_meanwhile,
    caps_are_read_and_set_by_those_who_may,
);

const HOUR: i64 = 60 * MINUTE;
const CAPS: AttemptCaps = AttemptCaps { per_day: 2, in_all: 4, days: 30, spacing_minutes: 5 };
/// 08:30 on Tuesday.
const TUESDAY_OPENS: Moment = Moment(MONDAY_10.0 + 22 * HOUR + 30 * MINUTE);

async fn claim(world: &World, campaign: CampaignId, at: Moment) -> Vec<String> {
    let leads = claim_leads(&world.db, campaign, 100, at, Shanghai).await.expect("claim");
    leads.into_iter().map(|lead| lead.e164).collect()
}

/// Nobody answers an attempt of 20 s.
async fn no_answer(world: &World, lead: &WorldLead, n: u64, at: Moment) {
    let facts = [world.dialled(lead, n, at), world.ended(lead, n, CallResult::NoAnswer, 0, at + 20_000)];
    world.write_facts(&facts).await;
}

async fn blocks(world: &World, lead: &WorldLead) -> Vec<do_not_call_blocks::Model> {
    let of = do_not_call_blocks::Entity::find().filter(do_not_call_blocks::Column::LeadId.eq(lead.lead.0));
    of.all(world.db.read()).await.expect("blocks")
}

async fn a_number_at_its_cap_waits_until_the_next_day_and_says_why(db: Db) {
    let world = World::with_leads(db, 1).await;
    world.set_caps(CAPS).await;
    let lead = &world.leads[0];
    no_answer(&world, lead, 1, MONDAY_10).await;
    no_answer(&world, lead, 2, MONDAY_10 + 2 * HOUR).await;
    let due = MONDAY_10 + 4 * HOUR;
    assert!(claim(&world, world.campaign, due).await.is_empty());
    let row = world.lead(lead.lead).await;
    assert_eq!((row.state.as_str(), row.rule.as_deref()), ("retry", Some("cap_day")));
    assert_eq!(row.next_attempt_at.map(Moment::from), Some(TUESDAY_OPENS));
    // Put aside: the next refill does not meet it.
    assert!(claim(&world, world.campaign, due + MINUTE).await.is_empty());
    let held = blocks(&world, lead).await;
    assert_eq!(held.len(), 1);
    assert_eq!((held[0].rule.as_str(), held[0].times, held[0].entry_id), ("cap_day", 1, None));
    assert_eq!(held[0].until_at.map(Moment::from), Some(TUESDAY_OPENS));

    let app = TestApp::on(world.db.clone());
    let token = app.as_role("manager").await;
    let path = format!("/campaigns/{}/leads", world.campaign);
    let item = app.get(&token, &path).await.expect(200)["items"][0].clone();
    assert_eq!((&item["rule"], &item["next_number"]), (&json!("cap_day"), &json!(&lead.e164[3..])));
    let block = &item["blocks"][0];
    assert_eq!(
        (&block["rule"], &block["bar"], &block["e164"]),
        (&json!("cap_day"), &Value::Null, &json!(lead.e164))
    );
    let history = app.get(&token, &format!("{path}/{}/history", lead.lead)).await.expect(200);
    assert_eq!(history["attempts"].as_array().map(Vec::len), Some(2));
    assert_eq!(history["attempts"][0]["result"], "no_answer");
    let customer = app.get(&token, &format!("/customers/{}", lead.customer)).await.expect(200);
    assert_eq!(customer["blocks"][0]["rule"], "cap_day");
    // It is no entry of the do-not-call list.
    assert_eq!(app.get(&token, &format!("{path}?kind=barred")).await.expect(200)["items"], json!([]));

    assert!(claim(&world, world.campaign, TUESDAY_OPENS - 1).await.is_empty());
    assert_eq!(claim(&world, world.campaign, TUESDAY_OPENS).await, [lead.e164.as_str()]);
}

async fn the_next_number_is_dialled_when_one_is_at_its_cap(db: Db) {
    let world = World::with_leads(db, 0).await;
    world.set_caps(AttemptCaps { per_day: 1, ..CAPS }).await;
    let customer = world.insert_customer("two", &["13800138000", "021-61111111"]).await;
    let lead = world.insert_lead(world.list, customer).await;
    let first = WorldLead { lead, customer, e164: "+8613800138000".to_owned() };
    // The first number was dialled for another list today.
    let other_list = insert_list(&world.db, world.boss, "second").await;
    let elsewhere = WorldLead { lead: world.insert_lead(other_list, customer).await, ..first.clone() };
    no_answer(&world, &elsewhere, 1, MONDAY_10 - HOUR).await;
    assert_eq!(claim(&world, world.campaign, MONDAY_10).await, ["+862161111111"]);
    let held = blocks(&world, &first).await;
    assert_eq!((held.len(), held[0].e164.as_str(), held[0].held), (1, "+8613800138000", false));
}

async fn a_lead_waits_for_the_first_of_its_numbers_whatever_holds_each(db: Db) {
    let world = World::with_leads(db, 0).await;
    world.set_caps(AttemptCaps { per_day: 1, ..CAPS }).await;
    let customer = world.insert_customer("two", &["13800138000", "+44 20 7946 0959"]).await;
    let lead = world.insert_lead(world.list, customer).await;
    let here = WorldLead { lead, customer, e164: "+8613800138000".to_owned() };
    no_answer(&world, &here, 1, MONDAY_10).await;
    // This number is at its cap until tomorrow; in London it is eight o'clock at 16:00.
    assert!(claim(&world, world.campaign, MONDAY_10 + 2 * HOUR).await.is_empty());
    let row = world.lead(lead).await;
    assert_eq!((row.rule.as_deref(), row.next_phone), (Some("called_hours"), 1));
    let eight = MONDAY_10 + 6 * HOUR;
    assert_eq!(row.next_attempt_at.map(Moment::from), Some(eight));
    assert_eq!(claim(&world, world.campaign, eight).await, ["+442079460959"]);
}

async fn attempts_of_all_campaigns_and_owners_of_a_number_count(db: Db) {
    let world = World::with_leads(db, 1).await;
    world.set_caps(CAPS).await;
    let lead = &world.leads[0];
    let other_list = insert_list(&world.db, world.boss, "second").await;
    let other = world.insert_campaign("Winter", other_list).await;
    let theirs = WorldLead { lead: world.insert_lead(other_list, lead.customer).await, ..lead.clone() };
    let mut dialled = world.dialled(&theirs, 1, MONDAY_10);
    if let Fact::AttemptStarted { campaign, .. } = &mut dialled {
        *campaign = other;
    }
    world.write_facts(&[dialled]).await;
    let ended = Fact::CallEnded {
        call: call_id(1),
        dialled: Some((other, theirs.lead)),
        result: CallResult::Busy,
        hang_up: trunkline::floor::input::HangUp::cause("USER_BUSY"),
        ended_by: trunkline::floor::effect::EndedBy::Customer,
        talk_ms: 0,
        at: MONDAY_10 + 20_000,
    };
    world.write_facts(&[ended]).await;
    no_answer(&world, lead, 2, MONDAY_10 + HOUR).await;
    assert!(claim(&world, world.campaign, MONDAY_10 + 5 * HOUR).await.is_empty(), "two today, one by each");
    assert!(claim(&world, other, MONDAY_10 + 5 * HOUR).await.is_empty(), "whoever asks");

    // The number becomes another customer's, written in another way.
    write(&world.db, async |tx| {
        let gone = customers::ActiveModel {
            id: Set(lead.customer.0),
            deleted_at: Set(Some(MONDAY_10.to_utc())),
            ..Default::default()
        };
        gone.update(tx).await.expect("delete");
        let free = customer_phones::Entity::update_many()
            .col_expr(customer_phones::Column::Live, sea_orm::sea_query::Expr::value(false))
            .filter(customer_phones::Column::CustomerId.eq(lead.customer.0));
        free.exec(tx).await.expect("free");
    })
    .await;
    let national = PhoneNumber::parse("0086 138-0010-0000", "CN").expect("a number");
    assert_eq!(national.e164, lead.e164);
    let heir = world.insert_customer("heir", &["0086 138-0010-0000"]).await;
    let heir_lead = world.insert_lead(world.list, heir).await;
    assert!(claim(&world, world.campaign, MONDAY_10 + 6 * HOUR).await.is_empty(), "the number has had two");
    assert_eq!(world.lead(heir_lead).await.state, "fresh", "never dialled itself");
    assert_eq!(claim(&world, world.campaign, TUESDAY_OPENS).await, [lead.e164.as_str()]);
}

async fn room_in_the_window_comes_back_day_by_day(db: Db) {
    let world = World::with_leads(db, 1).await;
    world.set_caps(AttemptCaps { in_all: 2, days: 30, ..CAPS }).await;
    let lead = &world.leads[0];
    let day = 24 * HOUR;
    // 29 days ago, in the last minute of the day, and yesterday.
    let oldest = MONDAY_10 - 29 * day + 13 * HOUR + 59 * MINUTE;
    no_answer(&world, lead, 1, oldest).await;
    no_answer(&world, lead, 2, MONDAY_10 - day).await;
    assert!(claim(&world, world.campaign, MONDAY_10).await.is_empty(), "two within 30 days");
    let row = world.lead(lead.lead).await;
    assert_eq!(row.rule.as_deref(), Some("cap_in_all"));
    assert_eq!(row.next_attempt_at.map(Moment::from), Some(TUESDAY_OPENS), "the oldest has left the window");
    assert_eq!(claim(&world, world.campaign, TUESDAY_OPENS).await.len(), 1);
}

async fn two_attempts_have_time_between_them_until_the_setting_changes(db: Db) {
    let world = World::with_leads(db, 1).await;
    world.set_caps(AttemptCaps { spacing_minutes: 180, ..CAPS }).await;
    let lead = &world.leads[0];
    no_answer(&world, lead, 1, MONDAY_10).await;
    let due = MONDAY_10 + HOUR + MINUTE;
    assert!(claim(&world, world.campaign, due).await.is_empty());
    let row = world.lead(lead.lead).await;
    assert_eq!(
        (row.rule.as_deref(), row.next_attempt_at.map(Moment::from)),
        (Some("spacing"), Some(MONDAY_10 + 3 * HOUR))
    );
    world.set_caps(CAPS).await;
    assert_eq!(claim(&world, world.campaign, due).await.len(), 1, "looked at anew");
}

async fn a_number_is_not_claimed_while_it_or_its_owner_is_in_a_call(db: Db) {
    let world = World::with_leads(db, 1).await;
    world.without_caps().await;
    // Two numbers of one customer, on two lists.
    let two = world.insert_customer("two", &["13900139000", "13900139001"]).await;
    let lead = world.insert_lead(world.list, two).await;
    let first = WorldLead { lead, customer: two, e164: "+8613900139000".to_owned() };
    let other_list = insert_list(&world.db, world.boss, "second").await;
    let other = world.insert_campaign("Winter", other_list).await;
    world.insert_lead(other_list, two).await;
    world.write_facts(&[world.dialled(&first, 1, MONDAY_10)]).await;
    assert!(claim(&world, other, MONDAY_10 + MINUTE).await.is_empty(), "their other number rings");
    // The number that rings is given to somebody else meanwhile.
    write(&world.db, async |tx| {
        let theirs = customer_phones::Entity::find()
            .filter(customer_phones::Column::E164.eq("+8613900139000"))
            .one(tx)
            .await
            .expect("query")
            .expect("the number");
        let given =
            customer_phones::ActiveModel { id: Set(theirs.id), live: Set(false), ..Default::default() };
        given.update(tx).await.expect("free");
    })
    .await;
    let heir = world.insert_customer("heir", &["+86 139 0013 9000"]).await;
    let heir_lead = world.insert_lead(other_list, heir).await;
    assert!(claim(&world, other, MONDAY_10 + MINUTE).await.is_empty(), "the number rings");
    assert_eq!(world.lead(heir_lead).await.rule.as_deref(), Some("on_the_line"));
    world.write_facts(&[world.ended(&first, 1, CallResult::NoAnswer, 0, MONDAY_10 + MINUTE)]).await;
    let after: HashSet<String> = claim(&world, other, MONDAY_10 + 3 * MINUTE).await.into_iter().collect();
    assert_eq!(after, HashSet::from(["+8613900139000".to_owned(), "+8613900139001".to_owned()]));
}

async fn two_campaigns_never_claim_one_number_at_once(db: Db) {
    let world = World::with_leads(db, 40).await;
    let other_list = insert_list(&world.db, world.boss, "second").await;
    for lead in &world.leads {
        world.insert_lead(other_list, lead.customer).await;
    }
    let other = world.insert_campaign("Winter", other_list).await;
    let claims = (0..10).map(|n| {
        let (db, campaign) = (world.db.clone(), if n % 2 == 0 { world.campaign } else { other });
        tokio::spawn(async move { claim_leads(&db, campaign, 10, MONDAY_10, Shanghai).await.expect("claim") })
    });
    let mut numbers = Vec::new();
    for claim in claims.collect::<Vec<_>>() {
        numbers.extend(claim.await.expect("a claim").into_iter().map(|lead| lead.e164));
    }
    assert_eq!((numbers.len(), numbers.iter().collect::<HashSet<_>>().len()), (40, 40));
}

async fn the_last_look_holds_back_what_others_dialled_meanwhile(db: Db) {
    let world = World::with_leads(db, 2).await;
    world.set_caps(AttemptCaps { per_day: 1, ..CAPS }).await;
    let [lead, free] = &world.leads[..] else { panic!("two") };
    assert_eq!(claim(&world, world.campaign, MONDAY_10).await.len(), 2);
    // While it waits in the hopper, a queue calls the number back.
    let other_list = insert_list(&world.db, world.boss, "second").await;
    let elsewhere = WorldLead { lead: world.insert_lead(other_list, lead.customer).await, ..lead.clone() };
    no_answer(&world, &elsewhere, 1, MONDAY_10).await;
    let candidate = |n, lead: &WorldLead| Candidate {
        call: call_id(n),
        lead: lead.lead,
        customer: CustomerId(lead.customer.0),
        e164: lead.e164.clone(),
    };
    let candidates = [candidate(2, lead), candidate(3, free)];
    let look = async |candidates: &[Candidate]| {
        write(&world.db, async |tx| {
            find_capped(tx, world.campaign, candidates, MONDAY_10 + MINUTE, Shanghai).await.expect("look")
        })
        .await
    };
    assert_eq!(look(&candidates).await, [call_id(2)]);
    assert_eq!(blocks(&world, lead).await.len(), 1, "and it is logged");
    // A commit that is tried again finds its own attempt on record.
    assert!(look(&[candidate(1, lead)]).await.is_empty());
}

async fn caps_are_read_and_set_by_those_who_may(db: Db) {
    let world = World::with_leads(db, 1).await;
    let app = TestApp::on(world.db.clone());
    let token = app.as_role("manager").await;
    let put = async |body: Value| app.call("PUT", "/attempt-caps").bearer(&token).json(body).send().await;
    let usual = json!({ "per_day": 3, "in_all": 10, "days": 30, "spacing_minutes": 5 });
    assert_eq!(app.get(&token, "/attempt-caps").await.expect(200), usual);
    for (field, value) in [("per_day", 0), ("in_all", 1_001), ("days", 0), ("spacing_minutes", -1)] {
        let mut body = usual.clone();
        body[field] = json!(value);
        let refused = put(body).await.refused(400, "invalid");
        assert_eq!(refused["fields"][0]["field"], field);
    }
    let changed = json!({ "per_day": 2, "in_all": 5, "days": 7, "spacing_minutes": 30 });
    put(changed.clone()).await.expect(200);
    assert_eq!(app.get(&token, "/attempt-caps").await.expect(200), changed);

    // A campaign is stricter, never looser.
    let path = format!("/campaigns/{}", world.campaign);
    let refused = app.patch(&token, &path, json!({ "caps": { "per_day": 0 } })).await.refused(400, "invalid");
    assert_eq!(refused["fields"][0]["field"], "caps");
    let own = json!({ "caps": { "per_day": 1, "in_all": 99 } });
    let made = app.patch(&token, &path, own).await.expect(200);
    assert_eq!(made["caps"], json!({ "per_day": 1, "in_all": 99, "spacing_minutes": null }));
    let lead = &world.leads[0];
    no_answer(&world, lead, 1, MONDAY_10).await;
    assert!(claim(&world, world.campaign, MONDAY_10 + 2 * HOUR).await.is_empty(), "one a day is enough");
    app.patch(&token, &path, json!({ "caps": {} })).await.expect(200);
    assert_eq!(claim(&world, world.campaign, MONDAY_10 + 2 * HOUR).await.len(), 1, "looked at anew");
}
