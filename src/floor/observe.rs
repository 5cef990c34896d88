//! What a campaign's pacing sees of the floor: its calls in flight and its
//! agents, each with the chances that the campaign's estimates give them.
//!
//! In: the floor. Out: [`Observed`] and [`Agents`] for the pacing, and what
//! agents' changes of state teach the campaigns they serve.

use super::agent::{Agent, AgentState};
use super::campaign::Campaign;
use super::effect::AgentStateKind;
use super::estimate::{Chances, Estimates};
use super::pacing::{Agents, Group, Observed};
use super::sharing::Turns;
use super::{CallCounts, Floor};
use crate::base::clock::Moment;
use crate::base::ids::{AgentId, CampaignId};

impl Floor {
    /// An agent has left a state in which they were for so long.
    pub(super) fn learn_of_agent(&mut self, ms: i64, id: AgentId, before: AgentStateKind) {
        let Some(after) = self.agents.get(&id).map(|agent| agent.state.kind()) else { return };
        let works =
            matches!(after, AgentStateKind::Ready | AgentStateKind::Ringing | AgentStateKind::Talking);
        for campaign in self.campaigns.values_mut().filter(|c| c.profile.agents.contains(&id)) {
            match before {
                AgentStateKind::Ready => campaign.estimates.was_ready(ms, !works),
                AgentStateKind::WrapUp => campaign.estimates.wrap_up_followed(works),
                _ => {}
            }
        }
    }

    pub(super) fn refresh_estimates(&mut self, now: Moment, id: CampaignId) {
        let Some(campaign) = self.campaigns.get_mut(&id) else { return };
        let agents = &self.agents;
        let members = || campaign.profile.agents.iter().filter_map(|id| agents.get(id));
        let so_long = |agent: &Agent| now.since_ms(agent.since);
        let talking = members()
            .filter(|a| {
                matches!(
                    a.state,
                    AgentState::Talking { .. } | AgentState::Holding { .. } | AgentState::Consulted { .. }
                )
            })
            .map(so_long);
        let wrapping_up = members().filter(|a| matches!(a.state, AgentState::WrapUp { .. })).map(so_long);
        campaign.estimates.refresh(now, campaign.profile.drop_after_ms, talking, wrapping_up);
    }

    pub(super) fn observe(&self, now: Moment, campaign: &Campaign, counts: CallCounts) -> Observed {
        let estimates = &campaign.estimates;
        let id = campaign.profile.campaign;
        let in_flight = self.calls.values().filter(|call| call.campaign == id && call.in_flight());
        let mut steps: Vec<u32> = Vec::new();
        for call in in_flight {
            let step = Estimates::call_step(now.since_ms(call.started_at));
            if steps.len() <= step {
                steps.resize(step + 1, 0);
            }
            steps[step] += 1;
        }
        let groups = steps.iter().enumerate().filter(|(_, count)| **count > 0);
        Observed {
            answer_rate: estimates.answer_rate(),
            new_call: *estimates.call(0),
            in_flight: groups
                .map(|(step, count)| Group { count: *count, chances: *estimates.call(step) })
                .collect(),
            waiting: counts.waiting,
            window: campaign.window(now),
            today: campaign.today(now),
        }
    }

    /// The agents that the campaign can count on.
    pub(super) fn agents_of(&self, now: Moment, campaign: &Campaign, turns: &Turns) -> Agents {
        let id = campaign.profile.campaign;
        let mut agents = Agents { ready: 0, stays: campaign.estimates.ready(), busy: Vec::new() };
        for (n, agent_id) in campaign.profile.agents.iter().enumerate() {
            let Some(agent) = self.agents.get(agent_id) else { continue };
            if agent.state == AgentState::Ready {
                agents.ready += u32::from(turns.get(agent_id).is_none_or(|turn| turn.campaign == id));
            } else if let Some(mut chances) = chances_free(now, campaign, agent) {
                let share = campaign.shares.get(n).copied().unwrap_or(1.0);
                if share < 1.0 {
                    chances.iter_mut().for_each(|chance| *chance *= share);
                }
                agents.busy.push(Group { count: 1, chances });
            }
        }
        agents
    }
}

/// The chances that a busy agent is free in time; none for one who is away, or
/// has asked to be after this call.
fn chances_free(now: Moment, campaign: &Campaign, agent: &Agent) -> Option<Chances> {
    if agent.after_call.is_some() {
        return None;
    }
    let elapsed_ms = now.since_ms(agent.since);
    match agent.state {
        AgentState::Reserved { .. } => Some(*campaign.estimates.talking(0)),
        AgentState::Talking { .. } | AgentState::Holding { .. } | AgentState::Consulted { .. } => {
            Some(*campaign.estimates.talking(elapsed_ms))
        }
        AgentState::WrapUp { until, .. } => {
            let ends_in_ms = until.map(|until| until.since_ms(now));
            Some(campaign.estimates.wrapping_up(elapsed_ms, ends_in_ms, campaign.profile.drop_after_ms))
        }
        _ => None,
    }
}
