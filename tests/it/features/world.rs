//! A small centre: two teams with an agent each, a gateway, a list of
//! customers, a campaign.

use sea_orm::{ActiveModelTrait, ActiveValue::Set, EntityTrait};
use trunkline::base::clock::Moment;
use trunkline::base::ids::{AgentId, CallId, CampaignId, CustomerId, LeadId, LegId, UserId};
use trunkline::base::phone::{Dialable, PhoneNumber};
use trunkline::campaigns::caps::model::AttemptCaps;
use trunkline::campaigns::model::CampaignForm;
use trunkline::campaigns::retry::model::RetryRules;
use trunkline::floor::effect::{CallResult, EndedBy, Fact, SpanKind};
use trunkline::floor::input::{DialMode, HangUp};
use trunkline::store::entity::{customer_phones, customers, gateways, lead_lists, leads, users};
use trunkline::store::{Db, WriteTx, write_tx};
use trunkline::{calls, campaigns, people, recordings};
use uuid::Uuid;

/// 2026-11-23 10:00 in Shanghai, a Monday.
pub const MONDAY_10: Moment = Moment(1_795_399_200_000);
pub const MINUTE: i64 = 60_000;

/// The centre.
pub struct World {
    pub db: Db,
    /// Made everything.
    pub boss: UserId,
    pub agents: [AgentId; 2],
    pub gateway: i64,
    pub list: i64,
    pub campaign: CampaignId,
    /// Each with a customer of its own and one number.
    pub leads: Vec<WorldLead>,
}

/// A lead and whom it is about.
#[derive(Debug, Clone)]
pub struct WorldLead {
    pub lead: LeadId,
    pub customer: CustomerId,
    pub e164: String,
}

/// Runs something in a transaction of its own.
pub async fn write<T>(db: &Db, work: impl AsyncFnOnce(&WriteTx) -> T) -> T {
    let tx = write_tx(db).await.expect("begin");
    let done = work(&tx).await;
    tx.commit().await.expect("commit");
    done
}

impl World {
    /// A centre with so many leads.
    pub async fn with_leads(db: Db, count: usize) -> World {
        let boss = user(&db, "boss", "administrator", None).await;
        let anna = user(&db, "anna", "agent", Some("1001")).await;
        let bert = user(&db, "bert", "agent", Some("1002")).await;
        let gateway = write(&db, async |tx| {
            let row = gateways::ActiveModel {
                name: Set("trunk".to_owned()),
                proxy: Set("192.0.2.1".to_owned()),
                register: Set(false),
                caller_id: Set("02160000000".to_owned()),
                enabled: Set(true),
                ..Default::default()
            };
            row.insert(tx).await.expect("gateway").id
        })
        .await;
        let list = insert_list(&db, boss, "first").await;
        let mut world = World {
            db,
            boss,
            agents: [AgentId(anna.0), AgentId(bert.0)],
            gateway,
            list,
            campaign: CampaignId(0),
            leads: Vec::new(),
        };
        world.campaign = world.insert_campaign("Autumn", list).await;
        for n in 0..count {
            let number = format!("138001{n:05}");
            let customer = world.insert_customer(&format!("customer {n}"), &[&number]).await;
            let lead = world.insert_lead(list, customer).await;
            world.leads.push(WorldLead { lead, customer, e164: format!("+86{number}") });
        }
        world
    }

    /// A campaign with both agents; not started, so that nothing but the test
    /// claims its leads.
    pub async fn insert_campaign(&self, name: &str, list: i64) -> CampaignId {
        let form = CampaignForm {
            agents: self.agents.iter().map(|agent| agent.0).collect(),
            retry: RetryRules::every(60),
            ..CampaignForm::new(name.to_owned(), list, self.gateway, "02160000000".to_owned())
        };
        write(&self.db, async |tx| {
            let made = campaigns::store::insert_campaign(tx, &form, self.boss, MONDAY_10).await;
            made.expect("query").expect("a campaign")
        })
        .await
    }

    /// Lets numbers be dialled as often as one likes.
    pub async fn without_caps(&self) {
        let caps = AttemptCaps { per_day: 100, in_all: 1_000, days: 30, spacing_minutes: 0 };
        self.set_caps(caps).await;
    }

    /// Sets the centre's caps.
    pub async fn set_caps(&self, caps: AttemptCaps) {
        let save = async |tx: &WriteTx| campaigns::caps::save_caps(tx, caps, MONDAY_10).await.expect("caps");
        write(&self.db, save).await;
    }

    pub async fn insert_customer(&self, name: &str, numbers: &[&str]) -> CustomerId {
        write(&self.db, async |tx| {
            let row = customers::ActiveModel {
                name: Set(name.to_owned()),
                created_at: Set(MONDAY_10.to_utc()),
                updated_at: Set(MONDAY_10.to_utc()),
                ..Default::default()
            };
            let id = row.insert(tx).await.expect("customer").id;
            for (position, number) in (0..).zip(numbers) {
                let phone = PhoneNumber::parse(number, "CN").expect("a number");
                let row = customer_phones::ActiveModel {
                    customer_id: Set(id),
                    e164: Set(phone.e164),
                    dial: Set(phone.dial.to_string()),
                    position: Set(position),
                    live: Set(true),
                    ..Default::default()
                };
                row.insert(tx).await.expect("phone");
            }
            CustomerId(id)
        })
        .await
    }

    pub async fn insert_lead(&self, list: i64, customer: CustomerId) -> LeadId {
        write(&self.db, async |tx| {
            let row =
                leads::ActiveModel { list_id: Set(list), customer_id: Set(customer.0), ..Default::default() };
            LeadId(leads::Entity::insert(row).exec(tx).await.expect("lead").last_insert_id)
        })
        .await
    }

    /// The lead's row.
    pub async fn lead(&self, lead: LeadId) -> leads::Model {
        leads::Entity::find_by_id(lead.0).one(self.db.read()).await.expect("query").expect("the lead")
    }

    /// The fact that a lead is dialled.
    pub fn dialled(&self, lead: &WorldLead, n: u64, at: Moment) -> Fact {
        Fact::AttemptStarted {
            call: call_id(n),
            leg: leg_id(n),
            campaign: self.campaign,
            lead: lead.lead,
            customer: lead.customer,
            number: Dialable::new(&lead.e164[3..]).expect("digits"),
            e164: lead.e164.clone(),
            caller_id: Dialable::new("02160000000").expect("digits"),
            gateway: "trunk".to_owned(),
            mode: DialMode::Predictive,
            at,
        }
    }

    /// The fact that a call ended.
    pub fn ended(&self, lead: &WorldLead, n: u64, result: CallResult, talk_ms: i64, at: Moment) -> Fact {
        Fact::CallEnded {
            call: call_id(n),
            dialled: Some((self.campaign, lead.lead)),
            result,
            hang_up: HangUp { sip_status: Some(200), ..HangUp::cause("NORMAL_CLEARING") },
            ended_by: EndedBy::Customer,
            talk_ms,
            at,
        }
    }

    /// Everything that happens in a call of `talk_ms` that begins at `at`: it
    /// is answered after 5 s and connected at once.
    pub fn conversation(
        &self,
        lead: &WorldLead,
        n: u64,
        agent: AgentId,
        talk_ms: i64,
        at: Moment,
    ) -> Vec<Fact> {
        let call = call_id(n);
        let path = format!("/switch/2026/11/23/{n}.wav");
        let span = |kind, agent, ms| Fact::CallSpan { call, kind, agent, at: at + ms };
        vec![
            self.dialled(lead, n, at),
            Fact::CallRinging { call, at: at + 1_000 },
            span(SpanKind::Ringing, None, 1_000),
            Fact::CallAnswered { call, at: at + 5_000 },
            span(SpanKind::Waiting, None, 5_000),
            Fact::CallConnected { call, agent, agent_leg: leg_id(n + 1_000_000), at: at + 5_000 },
            span(SpanKind::Talking, Some(agent), 5_000),
            Fact::RecordingStarted { call, agent, path: path.clone(), at: at + 5_000 },
            Fact::RecordingStopped { call, path, at: at + 5_000 + talk_ms },
            self.ended(lead, n, CallResult::Answered, talk_ms, at + 5_000 + talk_ms),
        ]
    }

    /// Writes facts as the conductor does: every room, in order, in one commit.
    pub async fn write_facts(&self, facts: &[Fact]) {
        write(&self.db, async |tx| {
            for fact in facts {
                calls::store::write_fact(tx, fact).await.expect("calls");
                people::store::write_fact(tx, fact).await.expect("people");
                campaigns::store::write_fact(tx, fact, chrono_tz::Asia::Shanghai).await.expect("campaigns");
                recordings::store::write_fact(tx, fact).await.expect("recordings");
            }
        })
        .await;
    }
}

pub async fn insert_list(db: &Db, by: UserId, name: &str) -> i64 {
    write(db, async |tx| {
        let row = lead_lists::ActiveModel {
            name: Set(name.to_owned()),
            created_at: Set(MONDAY_10.to_utc()),
            created_by: Set(by.0),
            ..Default::default()
        };
        row.insert(tx).await.expect("list").id
    })
    .await
}

pub async fn user(db: &Db, name: &str, role: &str, extension: Option<&str>) -> UserId {
    use sea_orm::{ColumnTrait, QueryFilter};
    use trunkline::store::entity::roles;
    write(db, async |tx| {
        let role = roles::Entity::find().filter(roles::Column::Key.eq(role)).one(tx).await.expect("query");
        let row = users::ActiveModel {
            username: Set(name.to_owned()),
            display_name: Set(name.to_owned()),
            password_hash: Set("none".to_owned()),
            role_id: Set(role.expect("a seeded role").id),
            extension: Set(extension.map(str::to_owned)),
            phone_mode: Set("off_hook".to_owned()),
            active: Set(true),
            must_change_password: Set(false),
            failed_logins: Set(0),
            created_at: Set(MONDAY_10.to_utc()),
            updated_at: Set(MONDAY_10.to_utc()),
            ..Default::default()
        };
        UserId(row.insert(tx).await.expect("user").id)
    })
    .await
}

pub fn call_id(n: u64) -> CallId {
    CallId(Uuid::from_u128(u128::from(n)))
}

pub fn leg_id(n: u64) -> LegId {
    LegId(Uuid::from_u128(u128::from(n) << 64))
}
