//! Preview dialling in the store and through the API.

use super::world::{MINUTE, MONDAY_10, World, call_id};
use crate::both_databases;
use crate::support::app::TestApp;
use chrono_tz::Asia::Shanghai;
use sea_orm::EntityTrait;
use serde_json::json;
use trunkline::base::clock::{self, Moment};
use trunkline::base::ids::{AgentId, LeadId, UserId};
use trunkline::base::phone::Dialable;
use trunkline::campaigns;
use trunkline::campaigns::store::claim_leads;
use trunkline::floor::effect::{AgentAction, AgentLive, AgentStateKind, Fact, Tell};
use trunkline::floor::forward::Forwarding;
use trunkline::floor::input::DialMode;
use trunkline::floor::phone::PhoneLive;
use trunkline::floor::preview::{
    PreviewEnd, PreviewFact, PreviewLive, PreviewRules, PreviewTimeout, SkipReason,
};
use trunkline::store::Db;
use trunkline::store::entity::previews;

both_databases!(
    a_campaign_that_previews_says_how,
    a_skipped_lead_rests_and_its_history_says_why,
    what_could_not_be_dialled_counts_instead,
    the_desk_shows_the_lead_with_its_customer,
    a_lead_that_is_gone_is_neither_dialled_nor_skipped,
);

async fn a_campaign_that_previews_says_how(db: Db) {
    let world = World::with_leads(db, 0).await;
    let app = TestApp::on(world.db.clone());
    let token = app.as_role("manager").await;
    let path = format!("/campaigns/{}", world.campaign);
    let usual = json!({ "seconds": 120, "timeout": "skip", "skips_max": null, "skip_minutes": 60 });
    assert_eq!(app.get(&token, &path).await.expect(200)["preview"], usual);
    let preview = json!({ "seconds": 30, "timeout": "dial", "skips_max": 2, "skip_minutes": 15 });
    let changed =
        app.patch(&token, &path, json!({ "mode": "preview", "preview": preview })).await.expect(200);
    assert_eq!((&changed["mode"], &changed["preview"]), (&json!("preview"), &preview));
    let profile = campaigns::store::load_profile(&world.db, world.campaign, clock::now(), Shanghai).await;
    let profile = profile.expect("query").expect("the campaign");
    let rules =
        PreviewRules { seconds: 30, timeout: PreviewTimeout::Dial, skips_max: Some(2), skip_minutes: 15 };
    assert_eq!((profile.mode, profile.preview), (DialMode::Preview, rules));
    let odd = json!({ "seconds": 3_601, "skip_minutes": 0 });
    let refused = app.patch(&token, &path, json!({ "preview": odd })).await.refused(400, "invalid");
    let fields: Vec<_> = refused["fields"].as_array().expect("fields").iter().map(|f| &f["field"]).collect();
    assert_eq!(fields, ["preview.seconds", "preview.skip_minutes"]);
    let unknown = json!({ "preview": { "seconds": 20, "timeout": "hang_up" } });
    app.patch(&token, &path, unknown).await.expect(400);
}

impl World {
    /// The first agent has looked at the first lead.
    fn previewed(&self, end: PreviewEnd, at: Moment) -> PreviewFact {
        let lead = &self.leads[0];
        PreviewFact {
            campaign: self.campaign,
            lead: lead.lead,
            customer: lead.customer,
            agent: self.agents[0],
            offered_at: MONDAY_10,
            end,
            reason: None,
            note: None,
            rests_until: None,
            call: None,
            at,
        }
    }

    async fn claimed(&self, at: Moment) -> Vec<LeadId> {
        let leads = claim_leads(&self.db, self.campaign, 10, at, Shanghai).await.expect("claim");
        leads.into_iter().map(|lead| lead.lead).collect()
    }
}

async fn a_skipped_lead_rests_and_its_history_says_why(db: Db) {
    let world = World::with_leads(db, 1).await;
    let lead = &world.leads[0];
    assert_eq!(world.claimed(MONDAY_10).await, [lead.lead]);
    let at = MONDAY_10 + 20_000;
    let rests_until = Some(at + 30 * MINUTE);
    let skipped = PreviewFact {
        reason: Some(SkipReason::Other),
        note: Some("on holiday".to_owned()),
        rests_until,
        ..world.previewed(PreviewEnd::Skipped, at)
    };
    let fact = Fact::Previewed(Box::new(skipped));
    world.write_facts(&[fact.clone(), fact]).await;
    let row = world.lead(lead.lead).await;
    assert_eq!((row.state.as_str(), row.rule.as_deref(), row.attempts), ("fresh", Some("skipped"), 0));
    assert_eq!(row.next_attempt_at.map(Moment::from), rests_until);
    assert!(world.claimed(at + 29 * MINUTE).await.is_empty(), "it rests");

    let app = TestApp::on(world.db.clone());
    let token = app.as_role("administrator").await;
    let path = format!("/campaigns/{}/leads/{}/history", world.campaign, lead.lead);
    let history = app.get(&token, &path).await.expect(200);
    assert_eq!(history["previews"].as_array().map(Vec::len), Some(1), "written twice, it is there once");
    let preview = &history["previews"][0];
    assert_eq!((&preview["end"], &preview["reason"]), (&json!("skipped"), &json!("other")));
    assert_eq!((&preview["agent_name"], &preview["note"]), (&json!("anna"), &json!("on holiday")));
    let customer = app.get(&token, &format!("/customers/{}", lead.customer)).await.expect(200);
    assert_eq!(&customer["skips"][0], preview);

    assert_eq!(world.claimed(at + 30 * MINUTE).await, [lead.lead], "then it is anybody's");
}

async fn what_could_not_be_dialled_counts_instead(db: Db) {
    let world = World::with_leads(db, 1).await;
    world.claimed(MONDAY_10).await;
    let at = MONDAY_10 + 5_000;
    let dialled = PreviewFact { call: Some(call_id(1)), ..world.previewed(PreviewEnd::Dialled, at) };
    world.write_facts(&[Fact::Previewed(Box::new(dialled))]).await;
    let state = world.lead(world.leads[0].lead).await.state;
    assert_eq!(state, "claimed", "what becomes of it is the attempt's to say");
    let not = world.previewed(PreviewEnd::NotAllowed, at + 10);
    world.write_facts(&[Fact::Previewed(Box::new(not))]).await;
    let rows = previews::Entity::find().all(world.db.read()).await.expect("query");
    assert_eq!(rows.len(), 1);
    assert_eq!((rows[0].end.as_str(), rows[0].call_id), ("not_allowed", None));
}

async fn the_desk_shows_the_lead_with_its_customer(db: Db) {
    let world = World::with_leads(db, 1).await;
    let lead = world.leads[0].clone();
    let skipped = PreviewFact {
        reason: Some(SkipReason::BadTime),
        agent: world.agents[1],
        offered_at: MONDAY_10 - MINUTE,
        ..world.previewed(PreviewEnd::Skipped, MONDAY_10)
    };
    world.write_facts(&[Fact::Previewed(Box::new(skipped))]).await;
    let app = TestApp::on(world.db.clone());
    let manager = app.as_role("manager").await;
    let path = format!("/campaigns/{}", world.campaign);
    app.patch(&manager, &path, json!({ "script": "Good morning" })).await.expect(200);
    let agent = world.agents[0];
    let token = app.token(UserId(agent.0)).await;
    app.post(&token, "/desk/log-in", json!({})).await.expect(200);
    let refused = app.post(&token, "/desk/hang-up", json!({})).await;
    assert_eq!(refused.status, 409, "{}", refused.text);
    assert_eq!(app.get(&token, "/desk").await.expect(200)["preview"], json!(null));
    app.hub.publish(Tell::Agent(looks(agent, &world, &lead.e164[3..])));
    let desk = app.get(&token, "/desk").await.expect(200);
    let preview = &desk["preview"];
    assert_eq!((&desk["agent"]["state"], &desk["call"]), (&json!("previewing"), &json!(null)));
    assert_eq!(desk["agent"]["preview"]["lead_id"], json!(lead.lead));
    assert_eq!((&preview["lead_id"], &preview["timeout"]), (&json!(lead.lead), &json!("dial")));
    assert_eq!((&preview["campaign_name"], &preview["script"]), (&json!("Autumn"), &json!("Good morning")));
    assert_eq!((&preview["number"], &preview["skips_left"]), (&json!("13800100000"), &json!(3)));
    assert_eq!(preview["until"], "2026-11-23T02:02:00Z");
    assert_eq!(preview["customer"]["name"], "customer 0");
    assert_eq!(preview["customer"]["skips"][0]["reason"], "bad_time");
}

fn looks(agent: AgentId, world: &World, number: &str) -> AgentLive {
    AgentLive {
        agent,
        kind: AgentStateKind::Previewing,
        reason: None,
        since: MONDAY_10,
        call: None,
        phone_up: true,
        next: None,
        wrap_up_until: None,
        muted: false,
        allowed: vec![AgentAction::Dial, AgentAction::Skip, AgentAction::Pause, AgentAction::LogOut],
        phone: PhoneLive::default(),
        forwarding: Forwarding::default(),
        takes_personal_calls: false,
        preview: Some(PreviewLive {
            campaign: world.campaign,
            lead: world.leads[0].lead,
            customer: world.leads[0].customer,
            number: Dialable::new(number).expect("digits"),
            since: MONDAY_10,
            until: Some(MONDAY_10 + 2 * MINUTE),
            timeout: PreviewTimeout::Dial,
            skips_left: Some(3),
        }),
    }
}

async fn a_lead_that_is_gone_is_neither_dialled_nor_skipped(db: Db) {
    let app = TestApp::on(db);
    let admin = app.as_role("administrator").await;
    let anna = app.token(app.agent(&admin, "anna", "1001", None).await).await;
    let dial = async || app.post(&anna, "/desk/preview/dial", json!({ "lead_id": 7 })).await;
    let skip = async |body| app.post(&anna, "/desk/preview/skip", body).await;
    app.post(&anna, "/desk/log-in", json!({})).await.expect(200);
    let problem = dial().await.refused(409, "preview_over");
    assert!(problem["detail"].as_str().is_some_and(|why| why.contains("the desk shows what is next")));
    skip(json!({ "lead_id": 7, "reason": "bad_time" })).await.refused(409, "preview_over");
    let refused = skip(json!({ "lead_id": 7, "reason": "other", "note": " " })).await.refused(400, "invalid");
    assert_eq!(refused["fields"][0]["field"], "note");
    skip(json!({ "lead_id": 7, "reason": "bored" })).await.expect(400);
    let lead = app.as_role("team_lead").await;
    app.post(&lead, "/desk/preview/dial", json!({ "lead_id": 7 })).await.refused(409, "not_an_agent");
}
