//! Agents who serve several campaigns: whose they are now, so that no two
//! campaigns dial for the same free agent.
//!
//! In: the floor. Out: for each free agent of several dialling campaigns the
//! one that may count on them. A call under way one for one keeps its agent;
//! otherwise an agent is one campaign's each time they become free, in turn by
//! chance. An answered customer still gets any agent who is free, those of
//! their own campaign first.

use super::agent::AgentState;
use super::campaign::Campaign;
use super::observe::Survey;
use super::{CallCounts, Floor};
use crate::base::clock::Moment;
use crate::base::ids::{AgentId, CallId, CampaignId};
use crate::floor::input::DialMode;
use std::collections::{BTreeMap, BTreeSet};

/// A campaign that may drop fewer calls than this keeps the agents of its calls
/// under way even from customers who wait.
const KEEPS_BELOW: f64 = 2.0;

/// Whose each shared free agent is; agents of one campaign are not in it.
pub(super) type Turns = BTreeMap<AgentId, Turn>;

/// Whose a shared free agent is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Turn {
    /// The campaign that may count on them.
    pub campaign: CampaignId,
    /// Whether no other campaign's customer gets them, not even one who waits.
    pub kept: bool,
}

impl Floor {
    /// Notes anew which campaigns each agent serves.
    pub(super) fn note_members(&mut self) {
        self.agents.values_mut().for_each(|agent| agent.serves.clear());
        for campaign in self.campaigns.values() {
            let id = campaign.profile.campaign;
            for agent in &campaign.profile.agents {
                if let Some(agent) = self.agents.get_mut(agent)
                    && agent.serves.last() != Some(&id)
                {
                    agent.serves.push(id);
                }
            }
        }
    }

    /// The campaigns that an agent serves, in their order.
    pub(super) fn campaigns_of(&self, agent: AgentId) -> Vec<CampaignId> {
        let serves = self.campaigns.values().filter(|campaign| campaign.profile.agents.contains(&agent));
        serves.map(|campaign| campaign.profile.campaign).collect()
    }

    /// The campaigns that dial now, as far as they alone decide.
    fn dialling(&self, now: Moment) -> BTreeSet<CampaignId> {
        let dialling = self.campaigns.values().filter(|campaign| campaign.dials(now));
        dialling.map(|campaign| campaign.profile.campaign).collect()
    }

    /// Whose the free agents of several dialling campaigns are.
    pub(super) fn turns_now(&self, now: Moment) -> Turns {
        if self.campaigns.len() < 2 { Turns::new() } else { self.turns(now, &self.survey(now)) }
    }

    /// The same, the calls having been looked at already.
    pub(super) fn turns(&self, now: Moment, survey: &Survey) -> Turns {
        let dialling = self.dialling(now);
        let mut turns = Turns::new();
        if dialling.len() < 2 {
            return turns;
        }
        let mut serves: BTreeMap<AgentId, Vec<CampaignId>> = BTreeMap::new();
        for agent in self.agents.values().filter(|agent| matches!(agent.state, AgentState::Ready)) {
            let of = agent.serves.iter().filter(|campaign| dialling.contains(campaign));
            serves.insert(agent.profile.agent, of.copied().collect());
        }
        let mut alone: BTreeMap<CampaignId, u32> = BTreeMap::new();
        for (agent, campaigns) in &serves {
            match campaigns.as_slice() {
                [] => {}
                [only] => *alone.entry(*only).or_default() += 1,
                several => {
                    let campaign = several[self.turn(*agent, several.len())];
                    turns.insert(*agent, Turn { campaign, kept: false });
                }
            }
        }
        for campaign in dialling.iter().filter_map(|id| self.campaigns.get(id)) {
            if campaign.one_for_one() {
                let counts = survey.calls.get(&campaign.profile.campaign).map(|calls| calls.counts);
                self.keep_agents(now, campaign, counts.unwrap_or_default(), &serves, &alone, &mut turns);
            }
        }
        turns
    }

    /// An agent may have been kept from a customer who waits, for a call that
    /// has come to nothing since. Whether anybody waited.
    pub(super) fn offer_agents_let_go(
        &mut self,
        now: Moment,
        waiting: &mut [(Option<Moment>, CallId)],
    ) -> bool {
        if waiting.is_empty() || self.campaigns.len() < 2 || !self.switch_up {
            return false;
        }
        waiting.sort_unstable();
        for (_, call) in waiting {
            self.find_agent(now, *call);
        }
        true
    }

    /// A campaign that dials one for one keeps an agent for each of its calls.
    fn keep_agents(
        &self,
        now: Moment,
        campaign: &Campaign,
        counts: CallCounts,
        serves: &BTreeMap<AgentId, Vec<CampaignId>>,
        alone: &BTreeMap<CampaignId, u32>,
        turns: &mut Turns,
    ) {
        let id = campaign.profile.campaign;
        let alone = alone.get(&id).copied().unwrap_or(0);
        let mut missing = (counts.in_flight + counts.waiting).saturating_sub(alone) as usize;
        let keep = Turn { campaign: id, kept: campaign.drops_left(now) < KEEPS_BELOW };
        // Those whose turn it is first, then any that nobody keeps.
        let own: Vec<AgentId> = turns.iter().filter(|(_, of)| of.campaign == id).map(|(a, _)| *a).collect();
        let others = serves.iter().filter(|(_, campaigns)| campaigns.contains(&id));
        let others: Vec<AgentId> =
            others.map(|(agent, _)| *agent).filter(|agent| !own.contains(agent)).collect();
        for agent in own.iter().chain(&others) {
            if missing == 0 {
                return;
            }
            if let Some(turn) = turns.get_mut(agent).filter(|turn| !turn.kept) {
                *turn = keep;
                missing -= 1;
            }
        }
    }

    /// Which of so many campaigns the agent is for until their next call.
    fn turn(&self, agent: AgentId, campaigns: usize) -> usize {
        let since = self.agents.get(&agent).map_or(0, |agent| agent.since.0);
        let mixed = (agent.0 as u64 ^ since as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        (mixed >> 33) as usize % campaigns.max(1)
    }
}

impl Campaign {
    /// Whether it dials now, as far as it alone decides.
    pub(super) fn dials(&self, now: Moment) -> bool {
        self.profile.running && self.within_hours(now) && !(self.exhausted && self.hopper.is_empty())
    }

    /// Whether each of its calls has an agent of its own from the start.
    fn one_for_one(&self) -> bool {
        self.profile.mode == DialMode::Progressive || self.profile.drop_cap_permille == 0
    }
}
