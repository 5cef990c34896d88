//! What a campaign's pacing sees of the floor: its calls in flight and its
//! agents, each with the chances that the campaign's estimates give them.
//!
//! In: the floor. Out: [`Observed`] and [`Agents`] for the pacing, from one
//! look at all calls ([`Survey`]) and one at all agents, and what agents'
//! changes of state teach the campaigns they serve.

use super::agent::{Agent, AgentState};
use super::call::CallState;
use super::campaign::Campaign;
use super::effect::AgentStateKind;
use super::estimate::{Chances, Estimates};
use super::input::WindowCounts;
use super::pacing::{Agents, Group, Observed};
use super::sharing::Turns;
use super::{CallCounts, Floor};
use crate::base::clock::Moment;
use crate::base::ids::{AgentId, CallId, CampaignId};
use litemap::LiteMap;

/// All calls, looked at once.
#[derive(Debug)]
pub(super) struct Survey {
    /// The calls of each campaign that has some.
    pub calls: LiteMap<CampaignId, Calls>,
    /// Customers who wait for an agent, and since when.
    pub waiting: Vec<(Option<Moment>, CallId)>,
}

/// The calls of one campaign.
#[derive(Debug, Default)]
pub(super) struct Calls {
    /// How many of each kind.
    pub counts: CallCounts,
    /// Those in flight, by the step of their age; empty if there are none.
    steps: Vec<u32>,
}

/// What counts for a campaign's cap on dropped calls.
#[derive(Debug, Clone, Copy)]
pub(super) struct Counted {
    /// In the window that the cap holds over.
    pub window: WindowCounts,
    /// Today.
    pub today: WindowCounts,
    /// In the last hour.
    pub last_hour: WindowCounts,
}

impl Floor {
    /// The calls that count for a campaign's cap: its own and those of its group.
    pub(super) fn counted(&self, now: Moment, campaign: &Campaign) -> Counted {
        let hours = campaign.cap_hours(now);
        let group = campaign.profile.cap_group.as_ref();
        let counts = |other: &&Campaign| {
            other.profile.campaign == campaign.profile.campaign
                || group.is_some() && other.profile.cap_group.as_ref() == group
        };
        let all = |of: &dyn Fn(&Campaign) -> WindowCounts| {
            let counts = self.campaigns.values().filter(counts).map(of);
            counts.fold(WindowCounts::default(), |sum, more| sum + more)
        };
        let of_last = |hours| all(&|other| other.counted(now, hours));
        Counted {
            window: of_last(hours.window),
            today: of_last(hours.today),
            last_hour: all(&Campaign::last_hour),
        }
    }

    /// Looks at every call once.
    pub(super) fn survey(&self, now: Moment) -> Survey {
        let mut survey = Survey { calls: LiteMap::new_vec(), waiting: Vec::new() };
        for call in self.calls.values() {
            let Some(campaign) = call.campaign() else { continue };
            let calls = survey.calls.entry(campaign).or_default();
            calls.counts.add(call);
            // One whose agent is kept free needs no other.
            let ends = matches!(call.state, CallState::Ending { .. });
            if call.in_flight() && !ends && call.reserved.is_none() {
                let step = Estimates::call_step(now.since_ms(call.started_at));
                if calls.steps.is_empty() {
                    calls.steps = vec![0; Estimates::CALL_STEPS];
                }
                calls.steps[step] += 1;
            } else if call.state == CallState::Waiting && call.queued.is_none() {
                survey.waiting.push((call.answered_at, call.id));
            }
        }
        survey
    }

    /// An agent has left a state in which they were for so long.
    pub(super) fn learn_of_agent(&mut self, now: Moment, ms: i64, id: AgentId, before: AgentStateKind) {
        let Some(agent) = self.agents.get(&id) else { return };
        let after = agent.state.kind();
        // A caller took them from the campaigns that counted on them.
        let of_queue = |call| self.calls.get(&call).is_some_and(|call| call.queued.is_some());
        let works =
            matches!(after, AgentStateKind::Ready | AgentStateKind::Ringing | AgentStateKind::Talking)
                && !agent.state.live_call().is_some_and(of_queue);
        if before == AgentStateKind::Ready && !works {
            self.next_pacing = now;
        }
        for campaign in &agent.serves {
            let Some(campaign) = self.campaigns.get_mut(campaign) else { continue };
            match before {
                AgentStateKind::Ready => campaign.estimates.was_ready(ms, !works),
                AgentStateKind::WrapUp => campaign.estimates.wrap_up_followed(works),
                _ => {}
            }
        }
    }

    pub(super) fn refresh_estimates(&mut self, now: Moment, id: CampaignId) {
        let Some(campaign) = self.campaigns.get_mut(&id).filter(|campaign| campaign.profile.running) else {
            return;
        };
        let agents = &self.agents;
        let members = || campaign.profile.agents.iter().filter_map(|id| agents.get(id));
        let so_long = |agent: &Agent| now.since_ms(agent.since);
        let talking = members().filter(|agent| converses(&agent.state)).map(so_long);
        let wrapping_up = members().filter(|a| matches!(a.state, AgentState::WrapUp { .. })).map(so_long);
        campaign.estimates.refresh(now, campaign.profile.drop_after_ms, talking, wrapping_up);
    }

    /// The agents that each campaign can count on that runs or has calls left.
    pub(super) fn agents_at_work(
        &self,
        now: Moment,
        turns: &Turns,
        survey: &Survey,
    ) -> LiteMap<CampaignId, Agents> {
        let active =
            self.campaigns.iter().filter(|(id, c)| c.profile.running || survey.calls.contains_key(id));
        let mut sides: Vec<Side> = active.map(|(id, campaign)| Side::new(*id, campaign)).collect();
        let promised = self.promised(now);
        let counted = |agent: &&Agent| agent.working() && !promised.contains(&agent.profile.agent);
        for agent in self.agents.values().filter(counted) {
            let serves = &agent.serves;
            let its_side =
                |sides: &[Side], id: &CampaignId| sides.binary_search_by_key(id, |side| side.id).ok();
            if matches!(agent.state, AgentState::Ready) {
                let turn = turns.get(agent.profile.agent);
                for id in serves.iter().filter(|id| turn.is_none_or(|turn| turn.campaign == **id)) {
                    if let Some(n) = its_side(&sides, id) {
                        sides[n].agents.ready += 1;
                    }
                }
                continue;
            }
            let Some(busy) = Busy::of(now, agent) else { continue };
            for id in serves {
                if let Some(side) = its_side(&sides, id).and_then(|n| sides.get_mut(n)) {
                    side.add_busy(busy, turns.part_permille(serves, *id));
                }
            }
        }
        sides.into_iter().map(|side| (side.id, side.counted())).collect()
    }
}

/// An agent who will be free, and how far they are.
#[derive(Debug, Clone, Copy)]
enum Busy {
    Talks { step: usize },
    WrapsUp { step: usize, ends_in_ms: Option<i64> },
}

impl Busy {
    /// Not one who is away, or has asked to be after this call.
    fn of(now: Moment, agent: &Agent) -> Option<Busy> {
        if agent.after_call.is_some() {
            return None;
        }
        let elapsed_ms = now.since_ms(agent.since);
        match agent.state {
            AgentState::Reserved { .. } => Some(Busy::Talks { step: Estimates::talk_step(0) }),
            AgentState::WrapUp { until, .. } => Some(Busy::WrapsUp {
                step: Estimates::wrap_up_step(elapsed_ms),
                ends_in_ms: until.map(|until| until.since_ms(now)),
            }),
            _ if converses(&agent.state) => Some(Busy::Talks { step: Estimates::talk_step(elapsed_ms) }),
            _ => None,
        }
    }
}

/// One campaign's side of the agents.
struct Side<'a> {
    id: CampaignId,
    campaign: &'a Campaign,
    agents: Agents,
    /// Those who talk, most of a big floor: by the part of them that is the
    /// campaign's, per mille, and the step of their talk, within which they are
    /// alike.
    talking: Vec<(u32, [u32; Estimates::TALK_STEPS])>,
}

impl<'a> Side<'a> {
    fn new(id: CampaignId, campaign: &'a Campaign) -> Self {
        let busy = Vec::with_capacity(campaign.profile.agents.len());
        let agents = Agents { ready: 0, stays: campaign.estimates.ready(), busy };
        Self { id, campaign, agents, talking: Vec::new() }
    }

    /// Counts a busy agent by the chances to be free in time. `part_permille`: how
    /// much of the agent's next free moment is this campaign's.
    fn add_busy(&mut self, busy: Busy, part_permille: u32) {
        let step = match busy {
            Busy::Talks { step } => step,
            Busy::WrapsUp { step, ends_in_ms } => {
                let patience_ms = self.campaign.profile.drop_after_ms;
                let chances = self.campaign.estimates.wrapping_up(step, ends_in_ms, patience_ms);
                self.agents.busy.push(Group { count: 1, chances: part(chances, part_permille) });
                return;
            }
        };
        match self.talking.iter_mut().find(|(part, _)| *part == part_permille) {
            Some((_, steps)) => steps[step] += 1,
            None => {
                let mut steps = [0; Estimates::TALK_STEPS];
                steps[step] = 1;
                self.talking.push((part_permille, steps));
            }
        }
    }

    /// All of its agents.
    fn counted(mut self) -> Agents {
        let estimates = &self.campaign.estimates;
        for (part_permille, steps) in &self.talking {
            let steps = steps.iter().enumerate().filter(|(_, count)| **count > 0);
            let chances = |step| part(*estimates.talking(step), *part_permille);
            self.agents
                .busy
                .extend(steps.map(|(step, count)| Group { count: *count, chances: chances(step) }));
        }
        self.agents
    }
}

/// So much of the chances.
fn part(mut chances: Chances, permille: u32) -> Chances {
    if permille < 1_000 {
        chances.iter_mut().for_each(|chance| *chance *= f64::from(permille) / 1_000.0);
    }
    chances
}

impl Campaign {
    /// What its pacing sees of its calls.
    pub(super) fn observe(&self, now: Moment, calls: &Calls, counted: Counted) -> Observed {
        let estimates = &self.estimates;
        let steps = calls.steps.iter().enumerate().filter(|(_, count)| **count > 0);
        let mut in_flight = Vec::with_capacity(steps.clone().count());
        in_flight.extend(steps.map(|(step, count)| Group { count: *count, chances: *estimates.call(step) }));
        Observed {
            answer_rate: estimates.answer_rate(),
            new_call: *estimates.call(0),
            in_flight,
            waiting: calls.counts.waiting,
            window: counted.window,
            today: counted.today,
            last_hour: self.called_for_an_hour(now).then_some(counted.last_hour),
            day: self.expected_of_day(now, counted.today.answered),
        }
    }
}

/// Whether the agent is in a conversation: with the customer, while the
/// customer hears music, or as a colleague who is asked.
fn converses(state: &AgentState) -> bool {
    matches!(state, AgentState::Talking { .. } | AgentState::Holding { .. } | AgentState::Consulted { .. })
}
