//! What the do-not-call list holds back: leads, in the hopper too, kept places and
//! transfers; and how leads come back.

use super::super::world::{MINUTE, MONDAY_10, World, insert_list, write};
use super::{NUMBER, system};
use crate::both_databases;
use crate::support::app::TestApp;
use chrono_tz::Asia::Shanghai;
use sea_orm::{ActiveModelTrait, EntityTrait, QueryOrder, Set};
use serde_json::json;
use std::sync::Arc;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;
use trunkline::base::clock::{self, Moment};
use trunkline::base::ids::{AgentId, CampaignId, DepartmentId, LeadId, UserId};
use trunkline::campaigns::model::CampaignState;
use trunkline::campaigns::store::{claim_leads, give_back_leads, mark_state, release_all_claims};
use trunkline::campaigns::times::model::TimesForm;
use trunkline::conductor::{Conductor, Parts, SwitchPort};
use trunkline::do_not_call;
use trunkline::do_not_call::model::{Added, BarSource, NewEntry, Target};
use trunkline::floor::effect::{CallResult, SwitchCommand};
use trunkline::floor::input::{AgentCommand, Input};
use trunkline::live::hub::Hub;
use trunkline::store::Db;
use trunkline::store::changes::Changes;
use trunkline::store::entity::{calls, campaigns, departments, do_not_call_blocks, users};

both_databases!(
    barred_leads_are_done_with_a_result_and_come_back,
    an_entry_that_expires_gives_its_leads_back,
    one_campaign_s_bar_leaves_the_lead_to_others,
    a_department_s_bar_counts_for_those_who_work_there,
    a_number_that_is_listed_while_it_waits_in_the_hopper_is_not_dialled,
    a_call_is_not_handed_to_a_barred_number,
);

fn entry(target: Target, expires_at: Option<Moment>) -> NewEntry {
    let reason = "asked for it".to_owned();
    NewEntry { target, source: BarSource::Typed, reason, note: None, call: None, by: None, expires_at }
}

async fn bar(db: &Db, e164: &str, target: Target, expires_at: Option<Moment>) -> i64 {
    let new = entry(target, expires_at);
    let added =
        write(db, async |tx| do_not_call::store::add(tx, e164, &new, MONDAY_10).await.expect("listed")).await;
    assert!(matches!(added, Added::New(_)), "{added:?}");
    added.entry()
}

async fn unbar(db: &Db, entry: i64, by: UserId, at: Moment) {
    let off = write(db, async |tx| do_not_call::store::remove(tx, entry, by, at).await.expect("query")).await;
    assert!(off);
}

async fn claim(db: &Db, campaign: CampaignId, now: Moment) -> Vec<LeadId> {
    let leads = claim_leads(db, campaign, 100, now, Shanghai).await.expect("claim");
    leads.into_iter().map(|lead| lead.lead).collect()
}

async fn state(world: &World, lead: LeadId) -> (String, Option<String>) {
    let row = world.lead(lead).await;
    (row.state, row.last_result)
}

fn aside() -> (String, Option<String>) {
    ("done".to_owned(), Some("do_not_call".to_owned()))
}

async fn blocks(db: &Db) -> Vec<do_not_call_blocks::Model> {
    let rows = do_not_call_blocks::Entity::find().order_by_asc(do_not_call_blocks::Column::Id);
    rows.all(db.read()).await.expect("query")
}

async fn barred_leads_are_done_with_a_result_and_come_back(db: Db) {
    let world = World::with_leads(db, 3).await;
    let app = TestApp::on(world.db.clone());
    let boss = app.token(world.boss).await;
    let lead = &world.leads[1];
    let at = MONDAY_10 - 80 * MINUTE;
    let tried = [world.dialled(lead, 1, at), world.ended(lead, 1, CallResult::NoAnswer, 0, at + 20_000)];
    world.write_facts(&tried).await;
    assert_eq!(world.lead(lead.lead).await.rule.as_deref(), Some("delay"));
    let rule = bar(&world.db, &lead.e164, Target::System, None).await;
    assert_eq!(claim(&world.db, world.campaign, MONDAY_10).await, [world.leads[0].lead, world.leads[2].lead]);
    assert_eq!(state(&world, lead.lead).await, aside());
    assert_eq!(world.lead(lead.lead).await.rule, None, "no rule of retries ended it");
    let logged = blocks(&world.db).await;
    let row = &logged[0];
    assert_eq!((logged.len(), row.entry_id, row.e164.as_str()), (1, Some(rule), lead.e164.as_str()));
    assert_eq!((row.lead_id, row.campaign_id), (Some(lead.lead.0), Some(world.campaign.0)));
    assert_eq!((row.held, row.times, row.first_at), (true, 1, MONDAY_10.to_utc()));
    assert_eq!(claim(&world.db, world.campaign, MONDAY_10).await, []);
    assert_eq!(blocks(&world.db).await[0].times, 1, "no refill meets it again");

    // It is shown on the lead and on the customer.
    let path = format!("/campaigns/{}/leads?kind=barred", world.campaign);
    let shown = app.get(&boss, &path).await.expect(200);
    assert_eq!(shown["items"].as_array().map(Vec::len), Some(1));
    let item = &shown["items"][0];
    assert_eq!((&item["id"], &item["last_result"]), (&json!(lead.lead), &json!("do_not_call")));
    assert_eq!(item["blocks"][0]["bar"]["id"], json!(rule));
    assert_eq!(item["customer"]["phones"][0]["bars"][0]["reason"], "asked for it");
    let customer = app.get(&boss, &format!("/customers/{}", lead.customer)).await.expect(200);
    assert_eq!(customer["blocks"][0]["bar"]["id"], json!(rule));

    unbar(&world.db, rule, world.boss, MONDAY_10 + MINUTE).await;
    assert_eq!(claim(&world.db, world.campaign, MONDAY_10 + MINUTE).await, [lead.lead]);
    assert!(blocks(&world.db).await[0].lifted_at.is_some());
    let shown = app.get(&boss, &path).await.expect(200);
    assert_eq!(shown["items"], json!([]));
    assert!(!give_back_leads(&world.db, MONDAY_10 + MINUTE).await.expect("query"), "once");
}

async fn an_entry_that_expires_gives_its_leads_back(db: Db) {
    let world = World::with_leads(db, 0).await;
    let [first, second] = ["+862161111111", "+862162222222"];
    let customer = world.insert_customer("two numbers", &["021-61111111", "021-62222222"]).await;
    let lead = world.insert_lead(world.list, customer).await;
    let until = MONDAY_10 + 60 * MINUTE;
    bar(&world.db, first, Target::System, Some(until)).await;
    bar(&world.db, second, Target::System, None).await;
    assert_eq!(claim(&world.db, world.campaign, MONDAY_10).await, []);
    assert_eq!(state(&world, lead).await, aside());
    assert_eq!(blocks(&world.db).await.len(), 2, "each number with its rule");
    assert!(!give_back_leads(&world.db, until - 1).await.expect("query"));
    assert!(give_back_leads(&world.db, until).await.expect("query"));
    assert_eq!(state(&world, lead).await, ("fresh".to_owned(), None));
    let claimed = claim_leads(&world.db, world.campaign, 10, until, Shanghai).await.expect("claim");
    assert_eq!(claimed.iter().map(|lead| lead.e164.as_str()).collect::<Vec<_>>(), [first]);
    let lifted: Vec<bool> = blocks(&world.db).await.iter().map(|block| block.lifted_at.is_some()).collect();
    assert_eq!(lifted, [true, false]);
    // An ended entry does not stand in the way of a new one.
    let again = entry(Target::System, None);
    let added =
        write(&world.db, async |tx| do_not_call::store::add(tx, first, &again, until).await.expect("listed"))
            .await;
    assert!(matches!(added, Added::New(_)), "{added:?}");
}

async fn one_campaign_s_bar_leaves_the_lead_to_others(db: Db) {
    let world = World::with_leads(db, 1).await;
    let lead = &world.leads[0];
    let rule = bar(&world.db, &lead.e164, Target::Campaign(world.campaign), None).await;
    // Nobody else dials the list.
    assert_eq!(claim(&world.db, world.campaign, MONDAY_10).await, []);
    assert_eq!(state(&world, lead.lead).await, aside());
    // Another that starts on it does, and the first still does not.
    let other = world.insert_campaign("Winter", world.list).await;
    let start = async |campaign| {
        write(&world.db, async |tx| {
            mark_state(tx, campaign, CampaignState::Running, MONDAY_10).await.expect("start");
        })
        .await;
    };
    start(other).await;
    assert_eq!(state(&world, lead.lead).await, ("fresh".to_owned(), None));
    assert_eq!(claim(&world.db, world.campaign, MONDAY_10).await, []);
    assert_eq!(state(&world, lead.lead).await.0, "fresh");
    assert_eq!(claim(&world.db, other, MONDAY_10).await, [lead.lead]);
    release_all_claims(&world.db).await.expect("release");
    unbar(&world.db, rule, world.boss, MONDAY_10).await;
    assert_eq!(claim(&world.db, world.campaign, MONDAY_10).await, [lead.lead]);
    // Another list is no concern of it.
    let list = insert_list(&world.db, world.boss, "second").await;
    let third = world.insert_campaign("Spring", list).await;
    assert_eq!(claim(&world.db, third, MONDAY_10).await, []);
}

async fn a_department_s_bar_counts_for_those_who_work_there(db: Db) {
    let world = World::with_leads(db, 1).await;
    let lead = &world.leads[0];
    let (above, below) = write(&world.db, async |tx| {
        let row = departments::ActiveModel { name: Set("sales".to_owned()), ..Default::default() };
        let above = row.insert(tx).await.expect("department").id;
        let row = departments::ActiveModel {
            name: Set("north".to_owned()),
            parent_id: Set(Some(above)),
            ..Default::default()
        };
        (above, row.insert(tx).await.expect("department").id)
    })
    .await;
    let rule = bar(&world.db, &lead.e164, Target::Department(DepartmentId(above)), None).await;
    assert_eq!(claim(&world.db, world.campaign, MONDAY_10).await, [lead.lead], "nobody works there");
    release_all_claims(&world.db).await.expect("release");
    write(&world.db, async |tx| {
        let anna = users::ActiveModel {
            id: Set(world.agents[0].0),
            department_id: Set(Some(below)),
            ..Default::default()
        };
        anna.update(tx).await.expect("update");
    })
    .await;
    assert_eq!(claim(&world.db, world.campaign, MONDAY_10).await, []);
    assert_eq!(blocks(&world.db).await[0].entry_id, Some(rule));
}

/// A switch that takes every command and tells the test.
struct ToldSwitch(mpsc::UnboundedSender<SwitchCommand>);

impl SwitchPort for ToldSwitch {
    fn send(&self, command: SwitchCommand) -> bool {
        self.0.send(command).is_ok()
    }

    fn reload_gateways(&self, _names: &[String]) {}
}

/// A zone in which it is morning now, so that calling is allowed all through the
/// test.
fn morning() -> chrono_tz::Tz {
    use chrono::Timelike;
    if clock::now().to_utc().hour() < 12 { chrono_tz::Tz::UTC } else { chrono_tz::Tz::Etc__GMTPlus12 }
}

async fn a_number_that_is_listed_while_it_waits_in_the_hopper_is_not_dialled(db: Db) {
    let world = World::with_leads(db, 2).await;
    write(&world.db, async |tx| {
        let all_day = campaigns::ActiveModel {
            id: Set(world.campaign.0),
            times: Set(TimesForm::always().stored().expect("times")),
            mode: Set("progressive".to_owned()),
            ..Default::default()
        };
        all_day.update(tx).await.expect("update");
        let on_hook = users::ActiveModel {
            id: Set(world.agents[0].0),
            phone_mode: Set("on_hook".to_owned()),
            ..Default::default()
        };
        on_hook.update(tx).await.expect("update");
        mark_state(tx, world.campaign, CampaignState::Running, MONDAY_10).await.expect("start");
    })
    .await;
    let shutdown = CancellationToken::new();
    let (conductor, handle) = Conductor::prepare(Parts {
        db: world.db.clone(),
        changes: Changes::new(),
        hub: Hub::default(),
        zone: morning(),
        home: "CN".to_owned(),
        run: 1,
        shutdown: shutdown.clone(),
    });
    let (inputs, heard) = mpsc::channel(16);
    let (commands, mut told) = mpsc::unbounded_channel();
    let running = tokio::spawn(conductor.run(Arc::new(ToldSwitch(commands)), heard));
    let up = Input::SwitchUp { core: "one".to_owned(), channels: Vec::new() };
    inputs.send(up).await.expect("the conductor runs");
    // Both leads are in the hopper, and nobody is there to talk.
    while state(&world, world.leads[1].lead).await.0 != "claimed" {
        tokio::task::yield_now().await;
    }
    let rule = bar(&world.db, &world.leads[0].e164, Target::System, None).await;
    let anna = AgentId(world.agents[0].0);
    handle.agent(anna, AgentCommand::LogIn).await.expect("logged in");
    handle.agent(anna, AgentCommand::Ready).await.expect("ready");
    let dialled = loop {
        match told.recv().await.expect("the conductor runs") {
            SwitchCommand::DialCustomer { number, .. } => break number,
            _ => continue,
        }
    };
    assert_eq!(dialled.as_str(), &world.leads[1].e164[3..], "the first of the hopper is passed over");
    shutdown.cancel();
    running.await.expect("the conductor");
    let attempts = calls::Entity::find().all(world.db.read()).await.expect("query");
    let numbers: Vec<&str> = attempts.iter().map(|call| call.e164.as_str()).collect();
    assert_eq!(numbers, [world.leads[1].e164.as_str()], "an attempt that is not made is not recorded");
    let logged = blocks(&world.db).await;
    assert_eq!((logged[0].entry_id, logged[0].lead_id), (Some(rule), Some(world.leads[0].lead.0)));
}

async fn a_call_is_not_handed_to_a_barred_number(db: Db) {
    let app = TestApp::on(db);
    let admin = app.as_role("administrator").await;
    let anna = app.token(app.agent(&admin, "anna", "1001", None).await).await;
    app.call("POST", "/desk/log-in").bearer(&anna).send().await.expect(200);
    app.post(&admin, "/do-not-call", system(NUMBER)).await.expect(201);
    for path in ["/desk/transfer", "/desk/consult"] {
        let told = app.post(&anna, path, json!({ "number": NUMBER })).await.refused(409, "number_barred");
        assert!(told["detail"].as_str().expect("text").contains(NUMBER), "{told}");
        app.post(&anna, path, json!({ "number": "13900139000" })).await.refused(409, "no_conversation_yet");
    }
    let logged = blocks(&app.db).await;
    assert_eq!((logged.len(), logged[0].kind.as_str(), logged[0].times), (1, "transfer", 2));
}
