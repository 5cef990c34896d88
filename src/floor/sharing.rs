//! Agents who serve several campaigns: whose they are now, so that no two
//! campaigns dial for the same free agent.
//!
//! In: the floor. Out: for each free agent of several dialling campaigns the
//! one that may count on them. A campaign with a higher priority takes what it
//! can use; those of one priority are dealt agents so that the time that shared
//! agents talk for them follows their shares. Agents whose campaign has calls
//! under way stay with it. An answered customer still gets any agent who is free,
//! those of their own campaign first.

use super::agent::{Agent, AgentState};
use super::campaign::Campaign;
use super::observe::{Counted, Survey};
use super::pacing::drops_left;
use super::{CallCounts, Floor};
use crate::base::clock::Moment;
use crate::base::ids::{AgentId, CallId, CampaignId};
use crate::floor::input::DialMode;
use std::cmp::Reverse;

/// How long a conversation is taken to last before there was one, in milliseconds.
const TALK_MS: i64 = 120_000;
/// All of an agent's next free moment.
const WHOLE_PERMILLE: u32 = 1_000;

/// A campaign that may drop fewer calls than this keeps the agents of its calls
/// under way even from customers who wait.
const KEEPS_BELOW: f64 = 2.0;

/// Whose each shared free agent is, by agent; agents of one campaign are not in
/// it.
#[derive(Debug, Default)]
pub(super) struct Turns {
    turns: Vec<(AgentId, Turn)>,
    /// The campaigns that dial, by id, if there are several.
    sides: Vec<Side>,
}

/// A dialling campaign, as it stands beside the others.
#[derive(Debug, Clone, Copy)]
struct Side {
    campaign: CampaignId,
    priority: i32,
    share: u32,
    /// Calls under way that want an agent.
    wants: u32,
    /// Agents that it could use at all.
    usable: u32,
    /// Free agents that it has.
    has: u32,
    /// How far its turns have come.
    turn: i64,
    /// How far one agent takes them.
    step: i64,
}

impl Turns {
    /// Whose the agent is, if they are shared and free.
    pub(super) fn get(&self, agent: AgentId) -> Option<&Turn> {
        let at = self.turns.binary_search_by_key(&agent, |(agent, _)| *agent).ok()?;
        self.turns.get(at).map(|(_, turn)| turn)
    }

    /// The part of the next free moment of an agent who serves these campaigns that
    /// this one may count on, per mille.
    pub(super) fn part_permille(&self, serves: &[CampaignId], campaign: CampaignId) -> u32 {
        let sides = || self.sides.iter().filter(|side| serves.contains(&side.campaign));
        let takes = sides().filter(|side| side.usable > 0).map(|side| side.priority).max();
        let taking = || sides().filter(|side| takes.is_none_or(|takes| side.priority == takes));
        let all: u32 = taking().map(|side| side.share).sum();
        match taking().find(|side| side.campaign == campaign) {
            Some(side) => side.share * WHOLE_PERMILLE / all.max(1),
            None if sides().any(|side| side.campaign == campaign) => 0,
            // It does not dial: it has nothing to launch.
            None => WHOLE_PERMILLE / u32::try_from(sides().count().max(1)).unwrap_or(WHOLE_PERMILLE),
        }
    }
}

/// What a campaign has had of the agents that it shares with others.
#[derive(Debug, Clone, Default)]
pub(super) struct Dealt {
    /// Milliseconds of talk, by its share: campaigns of one priority are to have
    /// as much.
    turn: i64,
    /// Conversations, and how long they lasted.
    talks: i64,
    talked_ms: i64,
    /// Whether it dialled when agents were last dealt.
    dialled: bool,
}

impl Dealt {
    fn mean_ms(&self) -> i64 {
        if self.talks == 0 { TALK_MS } else { (self.talked_ms / self.talks).max(1_000) }
    }
}

/// So much talk, by the share.
fn by_share(ms: i64, share: u32) -> i64 {
    ms * 100 / i64::from(share.max(1))
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
    pub(super) fn turns_now(&mut self, now: Moment) -> Turns {
        if self.campaigns.len() < 2 {
            return Turns::default();
        }
        let survey = self.survey(now);
        self.turns(now, &survey)
    }

    /// The same, the calls having been looked at already.
    pub(super) fn turns(&mut self, now: Moment, survey: &Survey) -> Turns {
        let dialling = self.dialling(now);
        self.note_newcomers(&dialling);
        let mut turns = Turns::default();
        if dialling.len() < 2 {
            return turns;
        }
        turns.sides = dialling.iter().filter_map(|id| self.side(now, *id, survey)).collect();
        let alone = self.deal(&dialling, &mut turns);
        for (agent, turn) in &turns.turns {
            if let Some(agent) = self.agents.get_mut(agent) {
                agent.turn = Some(turn.campaign);
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

    /// A campaign that begins to dial has no turns saved up.
    fn note_newcomers(&mut self, dialling: &[CampaignId]) {
        let dials = |id: &CampaignId| dialling.binary_search(id).is_ok();
        let standing = |campaign: &Campaign| campaign.profile.standing.priority;
        let newcomers: Vec<(CampaignId, i32)> = self
            .campaigns
            .iter()
            .filter(|(id, campaign)| dials(id) && !campaign.dealt.dialled)
            .map(|(id, campaign)| (*id, standing(campaign)))
            .collect();
        for (newcomer, priority) in newcomers {
            let others = self.campaigns.values().filter(|campaign| campaign.dealt.dialled);
            let least = others.filter(|c| standing(c) == priority).map(|c| c.dealt.turn).min();
            if let Some((campaign, least)) = self.campaigns.get_mut(&newcomer).zip(least) {
                campaign.dealt.turn = campaign.dealt.turn.max(least);
            }
        }
        for (id, campaign) in self.campaigns.iter_mut() {
            campaign.dealt.dialled = dials(id);
        }
    }

    fn side(&self, now: Moment, id: CampaignId, survey: &Survey) -> Option<Side> {
        let campaign = self.campaigns.get(&id)?;
        let standing = campaign.profile.standing;
        let counts = survey.calls.get(&id).map(|calls| calls.counts).unwrap_or_default();
        let wants = counts.want_an_agent();
        let leads = campaign.hopper.len() as u32;
        let lines = campaign.profile.lines_max.saturating_sub(counts.lines());
        let more =
            lines.min(leads).min(campaign.trunk_allows(now, counts.in_flight)).min(self.lines_left(now, id));
        Some(Side {
            campaign: id,
            priority: standing.priority,
            share: standing.share,
            wants,
            usable: wants.saturating_add(more),
            has: 0,
            turn: campaign.dealt.turn,
            step: by_share(campaign.dealt.mean_ms(), standing.share),
        })
    }

    /// Deals the shared free agents out; gives how many free agents each campaign
    /// has for itself alone.
    fn deal(&self, dialling: &[CampaignId], turns: &mut Turns) -> Vec<u32> {
        let Turns { turns, sides } = turns;
        let side_of = |id: &CampaignId| dialling.binary_search(id).ok();
        let mut shared: Vec<(&Agent, Vec<usize>)> = Vec::new();
        for agent in self.agents.values().filter(|agent| matches!(agent.state, AgentState::Ready)) {
            let serves: Vec<usize> = agent.serves.iter().filter_map(side_of).collect();
            match serves[..] {
                [] => {}
                [only] => sides[only].has += 1,
                _ => shared.push((agent, serves)),
            }
        }
        let alone = sides.iter().map(|side| side.has).collect();
        // For calls under way their agents are kept; the others are dealt anew.
        let stays = |sides: &[Side], agent: &Agent| {
            let at = agent.turn.as_ref().and_then(side_of).filter(|at| sides[*at].wants > sides[*at].has);
            at.filter(|at| agent.serves.contains(&sides[*at].campaign))
        };
        let mut dealt_anew = Vec::new();
        for (agent, serves) in shared {
            match stays(sides, agent) {
                Some(at) => sides[at].take(agent, turns),
                None => dealt_anew.push((agent, serves)),
            }
        }
        for (agent, serves) in dealt_anew {
            let first = |at: &&usize| {
                let side = &sides[**at];
                // Whoever can use nobody more comes after those who can.
                (side.has >= side.usable, Reverse(side.priority), side.turn, side.campaign)
            };
            if let Some(at) = serves.iter().min_by_key(first).copied() {
                sides[at].take(agent, turns);
            }
        }
        turns.sort_unstable_by_key(|(agent, _)| *agent);
        alone
    }

    /// Customer and agent talk: a conversation of the usual length is put down to
    /// the campaign, if the agent is one whom it shares.
    pub(super) fn charge_talk(&mut self, id: CallId, agent: AgentId) {
        if self.agents.get(&agent).is_none_or(|agent| agent.serves.len() < 2) {
            return;
        }
        let Some(call) = self.calls.get_mut(&id) else { return };
        let Some(campaign) = call.campaign().and_then(|id| self.campaigns.get_mut(&id)) else { return };
        let mean_ms = campaign.dealt.mean_ms();
        call.charged_ms = Some(mean_ms);
        campaign.dealt.turn += by_share(mean_ms, campaign.profile.standing.share);
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
        let mut missing = counts.want_an_agent().saturating_sub(alone) as usize;
        let Counted { window, today, .. } = self.counted(now, campaign);
        let left = drops_left(campaign.profile.drop_cap_permille, window, today);
        let keep = Turn { campaign: id, kept: left < KEEPS_BELOW };
        let serves = |agent| self.agents.get(&agent).is_some_and(|agent| agent.serves.contains(&id));
        // Those whose turn it is first, then any that nobody keeps.
        for own in [true, false] {
            for (agent, turn) in &mut turns.turns {
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

impl Side {
    /// The agent is this campaign's.
    fn take(&mut self, agent: &Agent, turns: &mut Vec<(AgentId, Turn)>) {
        turns.push((agent.profile.agent, Turn { campaign: self.campaign, kept: false }));
        self.has += 1;
        self.turn += self.step;
    }
}

impl Campaign {
    /// A conversation that was put down to it is over.
    pub(super) fn settle_talk(&mut self, charged_ms: Option<i64>, talk_ms: i64) {
        let Some(charged_ms) = charged_ms else { return };
        let share = self.profile.standing.share;
        self.dealt.turn += by_share(talk_ms, share) - by_share(charged_ms, share);
        self.dealt.talks += 1;
        self.dealt.talked_ms += talk_ms;
    }

    /// Whether it dials now, as far as it alone decides.
    pub(super) fn dials(&self, now: Moment) -> bool {
        self.profile.running && self.within_hours(now) && !(self.exhausted && self.hopper.is_empty())
    }

    /// Whether each of its calls has an agent of its own from the start.
    fn one_for_one(&self) -> bool {
        matches!(self.profile.mode, DialMode::Progressive | DialMode::Preview)
            || self.profile.drop_cap_permille == 0
    }
}
