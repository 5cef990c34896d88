//! Agents who serve several campaigns: whose they are now, so that no two
//! campaigns dial for the same free agent.
//!
//! In: the floor. Out: for each free agent of several dialling campaigns the
//! one that may count on them. A call under way one for one keeps its agent;
//! otherwise an agent is one campaign's each time they become free, in turn by
//! chance. An answered customer still gets any agent who is free, those of
//! their own campaign first.

use super::Floor;
use super::agent::AgentState;
use super::call::CallState;
use super::campaign::Campaign;
use crate::base::clock::Moment;
use crate::base::ids::{AgentId, CampaignId};
use crate::floor::input::DialMode;
use std::collections::BTreeMap;

/// How often the shares of agents are looked at anew.
const SHARES_EVERY_MS: i64 = 1_000;

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
    /// Whose the free agents of several dialling campaigns are.
    pub(super) fn turns(&self, now: Moment) -> Turns {
        let dialling: Vec<&Campaign> = self.campaigns.values().filter(|c| c.dials(now)).collect();
        let mut turns = Turns::new();
        if dialling.len() < 2 {
            return turns;
        }
        let mut serves: BTreeMap<AgentId, Vec<&Campaign>> = BTreeMap::new();
        for agent in self.agents.values().filter(|agent| agent.state == AgentState::Ready) {
            let id = agent.profile.agent;
            let of = dialling.iter().filter(|campaign| campaign.profile.agents.contains(&id));
            serves.insert(id, of.copied().collect());
        }
        let mut alone: BTreeMap<CampaignId, u32> = BTreeMap::new();
        for (agent, campaigns) in &serves {
            match campaigns.as_slice() {
                [] => {}
                [only] => *alone.entry(only.profile.campaign).or_default() += 1,
                several => {
                    let of = several[self.turn(*agent, several.len())];
                    turns.insert(*agent, Turn { campaign: of.profile.campaign, kept: false });
                }
            }
        }
        for campaign in dialling.iter().filter(|campaign| campaign.one_for_one()) {
            self.keep_agents(now, campaign, &serves, &alone, &mut turns);
        }
        turns
    }

    /// An agent may have been kept from a customer who waits, for a call that
    /// has come to nothing since.
    pub(super) fn offer_agents_let_go(&mut self, now: Moment) {
        if self.campaigns.len() < 2 || !self.switch_up {
            return;
        }
        let waits = self.calls.values().filter(|call| call.state == CallState::Waiting);
        let mut waiting: Vec<_> = waits.map(|call| (call.answered_at, call.id)).collect();
        waiting.sort_unstable();
        for (_, call) in waiting {
            self.find_agent(now, call);
        }
    }

    /// A campaign that dials one for one keeps an agent for each of its calls.
    fn keep_agents(
        &self,
        now: Moment,
        campaign: &Campaign,
        serves: &BTreeMap<AgentId, Vec<&Campaign>>,
        alone: &BTreeMap<CampaignId, u32>,
        turns: &mut Turns,
    ) {
        let id = campaign.profile.campaign;
        let counts = self.call_counts(campaign);
        let alone = alone.get(&id).copied().unwrap_or(0);
        let mut missing = (counts.in_flight + counts.waiting).saturating_sub(alone) as usize;
        let keep = Turn { campaign: id, kept: campaign.drops_left(now) < KEEPS_BELOW };
        // Those whose turn it is first, then any that nobody keeps.
        let own: Vec<AgentId> = turns.iter().filter(|(_, of)| of.campaign == id).map(|(a, _)| *a).collect();
        let others =
            serves.iter().filter(|(_, campaigns)| campaigns.iter().any(|c| c.profile.campaign == id));
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

    /// Notes how many dialling campaigns each agent serves.
    pub(super) fn refresh_shares(&mut self, now: Moment) {
        if now < self.shares_due {
            return;
        }
        self.shares_due = now + SHARES_EVERY_MS;
        let mut serve: BTreeMap<AgentId, u32> = BTreeMap::new();
        let dialling = self.campaigns.values().filter(|campaign| campaign.dials(now));
        for agent in dialling.flat_map(|campaign| &campaign.profile.agents) {
            *serve.entry(*agent).or_default() += 1;
        }
        for campaign in self.campaigns.values_mut() {
            let share = |id| 1.0 / f64::from(serve.get(id).copied().unwrap_or(1).max(1));
            campaign.shares = campaign.profile.agents.iter().map(share).collect();
        }
    }
}

impl Campaign {
    /// Whether it dials now, as far as it alone decides.
    fn dials(&self, now: Moment) -> bool {
        self.profile.running && self.within_hours(now) && !(self.exhausted && self.hopper.is_empty())
    }

    /// Whether each of its calls has an agent of its own from the start.
    fn one_for_one(&self) -> bool {
        self.profile.mode == DialMode::Progressive || self.profile.drop_cap_permille == 0
    }
}
