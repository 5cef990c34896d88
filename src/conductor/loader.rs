//! What the floor learns from the store: agents, campaigns, unfinished calls
//! at the start, changes and leads as it goes. Each is read in a task of its
//! own, so that a slow database never holds the floor up; the answer comes
//! back as an input.

use crate::base::clock;
use crate::base::ids::{AgentId, CallId, CampaignId, LeadId, QueueId};
use crate::base::phone::{Dialable, PhoneNumber};
use crate::conductor::SwitchPort;
use crate::floor::input::Input;
use crate::floor::queue::Known;
use crate::live::hub::Hub;
use crate::live::view::AgentCard;
use crate::store::{Db, write_tx};
use crate::{calls, campaigns, customers, do_not_call, people, queues};
use chrono_tz::Tz;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc;

/// How long the start waits between tries to read the store.
const RETRY: Duration = Duration::from_secs(1);

#[derive(Clone)]
pub(super) struct Loader {
    pub(super) db: Db,
    pub(super) hub: Hub,
    pub(super) zone: Tz,
    pub(super) home: String,
}

impl Loader {
    /// What must be known before the first event: in this order, agents before
    /// the campaigns that name them, states and calls before the switch.
    pub(super) async fn first_inputs(&self) -> Vec<Input> {
        loop {
            match self.read_all().await {
                Ok(inputs) => return inputs,
                Err(error) => {
                    tracing::error!(error = format!("{error:#}"), "the store cannot be read; trying again");
                    tokio::time::sleep(RETRY).await;
                }
            }
        }
    }

    async fn read_all(&self) -> anyhow::Result<Vec<Input>> {
        campaigns::store::release_all_claims(&self.db).await?;
        let mut inputs: Vec<Input> = self.agents().await?;
        inputs.push(self.gateways().await?);
        inputs.push(self.caller_ids().await?);
        inputs.extend(self.campaigns().await?);
        inputs.extend(self.queues().await?);
        for open in people::store::load_open_states(&self.db).await? {
            inputs.push(Input::RestoreAgent { agent: open.agent, state: open.state, since: open.since });
        }
        let kept = calls::store::load_kept_places(&self.db).await?;
        inputs.extend(kept.into_iter().map(Input::RestoreKept));
        inputs.push(Input::KeptBarred(self.barred_places().await?));
        let calls = calls::store::load_open_calls(&self.db).await?;
        inputs.extend(calls.into_iter().map(Input::RestoreCall));
        Ok(inputs)
    }

    async fn agents(&self) -> anyhow::Result<Vec<Input>> {
        for (agent, card) in people::store::load_cards(&self.db).await? {
            let card = AgentCard { name: card.name, extension: card.extension, team: card.team };
            self.hub.set_card(agent, card);
        }
        let agents = people::store::load_agents(&self.db).await?;
        Ok(agents.into_iter().map(Input::AgentProfile).collect())
    }

    async fn gateways(&self) -> anyhow::Result<Input> {
        Ok(Input::Gateways(people::store::load_gateway_profiles(&self.db).await?))
    }

    async fn caller_ids(&self) -> anyhow::Result<Input> {
        let profile =
            campaigns::caller_ids::store::load_caller_ids(&self.db, clock::now(), self.zone).await?;
        Ok(Input::CallerIds(Box::new(profile)))
    }

    async fn campaigns(&self) -> anyhow::Result<Vec<Input>> {
        let profiles = campaigns::store::load_profiles(&self.db, clock::now(), self.zone).await?;
        Ok(profiles.into_iter().map(Input::Campaign).collect())
    }

    async fn queues(&self) -> anyhow::Result<Vec<Input>> {
        let profiles = queues::store::load_profiles(&self.db, &self.home, self.zone, clock::now()).await?;
        Ok(profiles.into_iter().map(Input::queue).collect())
    }

    pub(super) fn spawn_queues(&self, inputs: mpsc::Sender<Input>) {
        let this = self.clone();
        spawn_logged("reading queues", async move {
            for input in this.queues().await? {
                inputs.send(input).await?;
            }
            Ok(())
        });
    }

    pub(super) fn spawn_queue(&self, queue: QueueId, inputs: mpsc::Sender<Input>) {
        let this = self.clone();
        spawn_logged("reading a queue", async move {
            let profile = queues::store::load_profile(&this.db, queue, &this.home, this.zone).await?;
            if let Some(profile) = profile {
                inputs.send(Input::queue(profile)).await?;
            }
            Ok(())
        });
    }

    /// Who calls; the floor does not wait long for the answer.
    pub(super) fn spawn_caller(
        &self,
        call: CallId,
        queue: Option<QueueId>,
        number: Dialable,
        inputs: mpsc::Sender<Input>,
    ) {
        let this = self.clone();
        spawn_logged("looking up a caller", async move {
            let known = this.caller(queue, &number).await?;
            inputs.send(Input::Caller { call, known }).await?;
            Ok(())
        });
    }

    async fn caller(&self, queue: Option<QueueId>, number: &Dialable) -> anyhow::Result<Known> {
        let Ok(number) = PhoneNumber::parse(number.as_str(), &self.home) else { return Ok(Known::NOTHING) };
        let barred = match queue {
            Some(queue) => calls::store::is_barred(&self.db, queue, &number.e164, clock::now()).await?,
            None => false,
        };
        let found = customers::store::find_caller(&self.db, &number.e164).await?;
        let (e164, callback) = (Some(number.e164), Some(number.dial).filter(|_| !barred));
        let Some((customer, owner)) = found else {
            return Ok(Known { e164, callback, ..Known::NOTHING });
        };
        let own_agent = match owner {
            Some(owner) => Some(owner),
            None => calls::store::find_last_agent(&self.db, customer).await?,
        };
        Ok(Known { e164, customer: Some(customer), own_agent, callback })
    }

    /// Follows the do-not-call list: kept places whose number has come onto it end,
    /// leads that it does not hold back any more are due.
    pub(super) fn spawn_do_not_call(&self, inputs: mpsc::Sender<Input>) {
        let this = self.clone();
        spawn_logged("following the do-not-call list", async move {
            let barred = this.barred_places().await?;
            if !barred.is_empty() {
                inputs.send(Input::KeptBarred(barred)).await?;
            }
            if campaigns::store::give_back_leads(&this.db, clock::now()).await? {
                for input in this.campaigns().await? {
                    inputs.send(input).await?;
                }
            }
            Ok(())
        });
    }

    /// The kept places that must not be dialled; why is logged.
    async fn barred_places(&self) -> anyhow::Result<Vec<CallId>> {
        let now = clock::now();
        let barred = calls::store::load_barred_places(&self.db, now).await?;
        if barred.is_empty() {
            return Ok(Vec::new());
        }
        let (places, blocks): (Vec<CallId>, Vec<_>) = barred.into_iter().unzip();
        let tx = write_tx(&self.db).await?;
        do_not_call::store::log_blocks(&tx, &blocks, now).await?;
        tx.commit().await?;
        Ok(places)
    }

    pub(super) fn spawn_caller_ids(&self, inputs: mpsc::Sender<Input>) {
        let this = self.clone();
        spawn_logged("reading pools of caller IDs", async move {
            inputs.send(this.caller_ids().await?).await?;
            Ok(())
        });
    }

    pub(super) fn spawn_campaigns(&self, inputs: mpsc::Sender<Input>) {
        let this = self.clone();
        spawn_logged("reading campaigns", async move {
            for input in this.campaigns().await? {
                inputs.send(input).await?;
            }
            Ok(())
        });
    }

    pub(super) fn spawn_campaign(&self, campaign: CampaignId, inputs: mpsc::Sender<Input>) {
        let this = self.clone();
        spawn_logged("reading a campaign", async move {
            let profile = campaigns::store::load_profile(&this.db, campaign, clock::now(), this.zone).await?;
            if let Some(profile) = profile {
                inputs.send(Input::Campaign(profile)).await?;
            }
            Ok(())
        });
    }

    pub(super) fn spawn_agents(&self, inputs: mpsc::Sender<Input>) {
        let this = self.clone();
        spawn_logged("reading agents", async move {
            for input in this.agents().await? {
                inputs.send(input).await?;
            }
            Ok(())
        });
    }

    pub(super) fn spawn_agent(&self, agent: AgentId, inputs: mpsc::Sender<Input>) {
        let this = self.clone();
        spawn_logged("reading an agent", async move {
            let found = this
                .agents()
                .await?
                .into_iter()
                .find(|input| matches!(input, Input::AgentProfile(profile) if profile.agent == agent));
            inputs.send(found.unwrap_or(Input::AgentRemoved(agent))).await?;
            Ok(())
        });
    }

    pub(super) fn spawn_gateways(&self, switch: Arc<dyn SwitchPort>, inputs: mpsc::Sender<Input>) {
        let this = self.clone();
        spawn_logged("reading gateways", async move {
            switch.reload_gateways(&people::store::load_gateway_names(&this.db).await?);
            inputs.send(this.gateways().await?).await?;
            Ok(())
        });
    }

    pub(super) fn spawn_claim(&self, campaign: CampaignId, count: usize, inputs: mpsc::Sender<Input>) {
        let this = self.clone();
        spawn_logged("fetching leads", async move {
            let leads =
                campaigns::store::claim_leads(&this.db, campaign, count, clock::now(), this.zone).await?;
            inputs.send(Input::Leads { campaign, leads }).await?;
            Ok(())
        });
    }

    pub(super) fn spawn_release(&self, leads: Vec<LeadId>) {
        let this = self.clone();
        spawn_logged("giving leads back", async move {
            Ok(campaigns::store::release_leads(&this.db, &leads).await?)
        });
    }
}

/// A task whose failure is said in the log; the floor asks again by itself.
fn spawn_logged<F>(what: &'static str, work: F)
where
    F: Future<Output = anyhow::Result<()>> + Send + 'static,
{
    tokio::spawn(async move {
        if let Err(error) = work.await {
            tracing::warn!(error = format!("{error:#}"), "{what} failed");
        }
    });
}
