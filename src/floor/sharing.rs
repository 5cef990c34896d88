//! Agents who serve several campaigns: whose they are now, so that no two
//! campaigns dial for the same free agent.
//!
//! In: the floor. Out: for each free agent of several dialling campaigns the
//! one that may count on them. A call under way one for one keeps its agent;
//! otherwise an agent is one campaign's each time they become free, in turn by
//! chance. An answered customer still gets any agent who is free, those of
//! their own campaign first.

use super::agent::{Agent, AgentState};
use super::campaign::Campaign;
use super::observe::{Counted, Survey};
use super::pacing::drops_left;
use super::{CallCounts, Floor};
use crate::base::clock::Moment;
use crate::base::ids::{AgentId, CallId, CampaignId};
use crate::floor::input::DialMode;

/// A campaign that may drop fewer calls than this keeps the agents of its calls
/// under way even from customers who wait.
const KEEPS_BELOW: f64 = 2.0;

/// Whose each shared free agent is, by agent; agents of one campaign are not in
/// it.
#[derive(Debug, Default)]
pub(super) struct Turns(Vec<(AgentId, Turn)>);

impl Turns {
    /// Whose the agent is, if they are shared and free.
    pub(super) fn get(&self, agent: AgentId) -> Option<&Turn> {
        let at = self.0.binary_search_by_key(&agent, |(agent, _)| *agent).ok()?;
        self.0.get(at).map(|(_, turn)| turn)
    }
}

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
        self.agents.iter_mut().for_each(|(_, agent)| agent.serves.clear());
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

    /// The campaigns that dial now, as far as they alone decide, by id.
    fn dialling(&self, now: Moment) -> Vec<CampaignId> {
        let dialling = self.campaigns.values().filter(|campaign| campaign.dials(now));
        dialling.map(|campaign| campaign.profile.campaign).collect()
    }

    /// Whose the free agents of several dialling campaigns are.
    pub(super) fn turns_now(&self, now: Moment) -> Turns {
        if self.campaigns.len() < 2 { Turns::default() } else { self.turns(now, &self.survey(now)) }
    }

    /// The same, the calls having been looked at already.
    pub(super) fn turns(&self, now: Moment, survey: &Survey) -> Turns {
        let dialling = self.dialling(now);
        let mut turns = Turns::default();
        if dialling.len() < 2 {
            return turns;
        }
        let dials = |campaign: &&CampaignId| dialling.binary_search(campaign).is_ok();
        // Free agents of one dialling campaign alone, for each of them.
        let mut alone = vec![0_u32; dialling.len()];
        for agent in self.agents.values().filter(|agent| matches!(agent.state, AgentState::Ready)) {
            let mut serves = agent.serves.iter().filter(dials);
            match serves.clone().count() {
                0 => {}
                1 => {
                    let only = serves.next().and_then(|only| dialling.binary_search(only).ok());
                    alone[only.unwrap_or(0)] += 1;
                }
                several => {
                    if let Some(campaign) = serves.nth(turn(agent, several)) {
                        turns.0.push((agent.profile.agent, Turn { campaign: *campaign, kept: false }));
                    }
                }
            }
        }
        for (campaign, alone) in dialling.iter().zip(alone) {
            let Some(campaign) = self.campaigns.get(campaign).filter(|campaign| campaign.one_for_one())
            else {
                continue;
            };
            let counts = survey.calls.get(&campaign.profile.campaign).map(|calls| calls.counts);
            self.keep_agents(now, campaign, counts.unwrap_or_default(), alone, &mut turns);
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
        alone: u32,
        turns: &mut Turns,
    ) {
        let id = campaign.profile.campaign;
        let mut missing = (counts.in_flight + counts.waiting).saturating_sub(alone) as usize;
        let Counted { window, today } = self.counted(now, campaign);
        let left = drops_left(campaign.profile.drop_cap_permille, window, today);
        let keep = Turn { campaign: id, kept: left < KEEPS_BELOW };
        let serves = |agent| self.agents.get(&agent).is_some_and(|agent| agent.serves.contains(&id));
        // Those whose turn it is first, then any that nobody keeps.
        for own in [true, false] {
            for (agent, turn) in &mut turns.0 {
                if missing == 0 {
                    return;
                }
                if !turn.kept && (turn.campaign == id) == own && (own || serves(*agent)) {
                    *turn = keep;
                    missing -= 1;
                }
            }
        }
    }
}

/// Which of so many campaigns the agent is for until their next call.
fn turn(agent: &Agent, campaigns: usize) -> usize {
    let mixed = (agent.profile.agent.0 as u64 ^ agent.since.0 as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    (mixed >> 33) as usize % campaigns.max(1)
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
