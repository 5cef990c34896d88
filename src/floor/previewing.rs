//! Preview dialling: an agent sees a lead first, then dials or skips it.
//!
//! In: agents of a previewing campaign who are ready while nobody waits for them,
//! what they ask for, time. Out: leads offered, dialled with the agent kept free for
//! the answer, or given back. *Rule: a lead that an agent looks at is given back
//! whatever takes the agent away* ([`Floor::set_state`] sees to it), so that it is in
//! one place at every moment: the store, a hopper, a preview or a call.
//!
//! - A preview is no call: it holds no line and no number. All that is asked of an
//!   attempt is asked when it is dialled; the last look at the do-not-call list and
//!   the caps is in the commit, as of any other.
//! - Who has been dialled already, and callers of a queue that goes first, take an
//!   agent out of a preview when nobody else is free: nothing is lost by it. Other
//!   callers wait until the agent has dialled or skipped.
//! - The phone of an on-hook agent rings while the customer's does, so that whoever
//!   answers finds somebody there.

use super::Floor;
use super::agent::{Agent, AgentState, Phone, REASON_PREVIEW_TIMEOUT};
use super::call::Call;
use super::campaign::Campaign;
use super::effect::{Effect, EndedBy, Fact, Notice, Tell};
use super::input::{DialMode, Lead};
use super::people::PHONE_RING_SECONDS;
use super::preview::{Preview, PreviewEnd, PreviewFact, PreviewLive, PreviewTimeout, SkipReason};
use super::refusal::{PreviewProblem, Refusal};
use super::sharing::Turns;
use crate::base::clock::Moment;
use crate::base::ids::{AgentId, CallId, CampaignId, LeadId};
use crate::base::limits;
use std::cmp::Reverse;

/// When a lead is tried again whose time is up and for whom there is no line.
const NO_LINE_MS: i64 = 1_000;

/// Why a lead that is previewed is not dialled now.
enum Hindrance {
    /// It may be in a moment: the agent goes on looking at it.
    ForNow(PreviewProblem),
    /// The preview is over.
    Over(PreviewEnd),
}

impl Floor {
    /// Shows a lead to each agent of the campaign who is free and whom nobody else
    /// counts on.
    pub(super) fn offer_previews(&mut self, now: Moment, id: CampaignId, turns: &Turns) {
        let Some(campaign) = self.campaigns.get(&id) else { return };
        let promised = self.promised(now);
        let mine = |agent: AgentId| turns.get(agent).is_none_or(|turn| turn.campaign == id);
        let members = campaign.profile.agents.iter().filter_map(|agent| self.agents.get(agent));
        let free = members.filter(|agent| agent.is_free() && agent.after_call.is_none());
        let mut free: Vec<(Moment, AgentId)> =
            free.map(|agent| (agent.idle_since(), agent.profile.agent)).collect();
        free.retain(|(_, agent)| mine(*agent) && !promised.contains(agent));
        free.sort_unstable();
        for (_, agent) in free {
            let Some(lead) = self.lead_to_preview(now, id) else { return };
            self.offer_preview(now, id, agent, lead);
        }
    }

    /// The next lead that may be dialled as far as is known; others go back.
    fn lead_to_preview(&mut self, now: Moment, id: CampaignId) -> Option<Lead> {
        loop {
            let (lead, _) = self.next_lead(now, id)?;
            if !lead.is_too_late(now) && !self.is_on_the_line(&lead) {
                return Some(lead);
            }
            self.effects.push(Effect::ReturnLeads { campaign: id, leads: vec![lead.lead] });
        }
    }

    /// Whether the lead's number or customer is in a call, or being called.
    pub(super) fn is_on_the_line(&self, lead: &Lead) -> bool {
        self.numbers.contains(&lead.e164) || self.is_calling(&lead.e164) || self.is_in_a_call(lead.customer)
    }

    fn offer_preview(&mut self, now: Moment, id: CampaignId, agent: AgentId, lead: Lead) {
        let Some(rules) = self.campaigns.get(&id).map(|campaign| &campaign.profile.preview) else { return };
        let until = (rules.seconds > 0).then(|| now + i64::from(rules.seconds) * 1_000);
        let preview = Preview { campaign: id, lead, since: now, until, timeout: rules.timeout };
        if let Some(agent) = self.agents.get_mut(&agent) {
            agent.preview = Some(Box::new(preview));
        }
        self.touched.campaigns.insert(id);
        self.set_state(now, agent, AgentState::Previewing);
    }

    /// What an agent sees of the lead that they look at.
    pub(super) fn preview_live(&self, agent: &Agent) -> Option<PreviewLive> {
        let preview = agent.preview.as_ref()?;
        Some(PreviewLive {
            campaign: preview.campaign,
            lead: preview.lead.lead,
            customer: preview.lead.customer,
            number: preview.lead.number.clone(),
            since: preview.since,
            until: preview.until,
            timeout: preview.timeout,
            skips_left: self.skips_left(agent),
        })
    }

    /// How many leads the agent may still skip in a row; `None`: any number.
    pub(super) fn skips_left(&self, agent: &Agent) -> Option<u32> {
        let campaign = agent.preview.as_ref().and_then(|preview| self.campaigns.get(&preview.campaign))?;
        campaign.profile.preview.skips_max.map(|most| most.saturating_sub(agent.skips))
    }

    /// The agent's preview, if it is of this lead.
    fn preview_of(&self, id: AgentId, lead: LeadId) -> Result<&Preview, Refusal> {
        let preview = self.agents.get(&id).and_then(|agent| agent.preview.as_deref());
        preview.filter(|preview| preview.lead.lead == lead).ok_or(Refusal::Preview(PreviewProblem::Over))
    }

    /// The agent dials the lead that they look at.
    pub(super) fn dial_preview(&mut self, now: Moment, id: AgentId, lead: LeadId) -> Result<(), Refusal> {
        self.preview_of(id, lead)?;
        self.dial_previewed(now, id, PreviewEnd::Dialled).map_err(Refusal::Preview)
    }

    fn dial_previewed(&mut self, now: Moment, id: AgentId, end: PreviewEnd) -> Result<(), PreviewProblem> {
        let Some(preview) = self.agents.get(&id).and_then(|agent| agent.preview.as_deref()) else {
            return Err(PreviewProblem::Over);
        };
        let hindrance = match self.hindrance(now, preview, id) {
            None => self
                .caller_id_for(now, preview.campaign, &preview.lead)
                .ok_or(Hindrance::Over(PreviewEnd::NoCallerId)),
            Some(hindrance) => Err(hindrance),
        };
        let caller_id = match hindrance {
            Ok(caller_id) => caller_id,
            Err(Hindrance::ForNow(problem)) => return Err(problem),
            Err(Hindrance::Over(why)) => {
                self.end_preview(now, id, why);
                return Err(PreviewProblem::Ended(why));
            }
        };
        let Some(preview) = self.agents.get_mut(&id).and_then(|agent| agent.preview.take()) else {
            return Err(PreviewProblem::Over);
        };
        if let Some(agent) = self.agents.get_mut(&id) {
            agent.skips = 0;
        }
        let call = self.dial(now, preview.campaign, preview.lead.clone(), caller_id);
        self.note_preview(now, id, &preview, Ended { call, ..Ended::new(end) });
        let Some(call) = call else { return Err(PreviewProblem::Over) };
        if let Some(call) = self.calls.get_mut(&call) {
            call.preview = Some(preview);
        }
        self.reserve(now, call, id);
        if self.agents.get(&id).is_some_and(|agent| agent.phone == Phone::Down) {
            self.ring_phone(now, id, Some(call), PHONE_RING_SECONDS);
        }
        Ok(())
    }

    /// What keeps a lead that is previewed from being dialled now.
    fn hindrance(&self, now: Moment, preview: &Preview, agent: AgentId) -> Option<Hindrance> {
        if let Some(over) = self.preview_over(now, preview, agent) {
            return Some(Hindrance::Over(over));
        }
        let campaign = self.campaigns.get(&preview.campaign)?;
        if self.is_on_the_line(&preview.lead) {
            return Some(Hindrance::Over(PreviewEnd::InACall));
        }
        let counts = self.call_counts(preview.campaign);
        let problem = match () {
            () if !self.switch_up => PreviewProblem::SwitchDown,
            () if self.store_lagging => PreviewProblem::StoreLagging,
            () if counts.lines() >= campaign.profile.lines_max => PreviewProblem::NoLine,
            () if campaign.trunk_allows(now, counts.in_flight) == 0 => PreviewProblem::NoLine,
            () if self.lines_left(now, preview.campaign) == 0 => PreviewProblem::NoLine,
            () => return None,
        };
        Some(Hindrance::ForNow(problem))
    }

    /// Why a preview cannot go on, if it cannot.
    fn preview_over(&self, now: Moment, preview: &Preview, agent: AgentId) -> Option<PreviewEnd> {
        let previews = |campaign: &&Campaign| {
            let profile = &campaign.profile;
            profile.running && profile.mode == DialMode::Preview && profile.agents.contains(&agent)
        };
        let Some(campaign) = self.campaigns.get(&preview.campaign).filter(previews) else {
            return Some(PreviewEnd::CampaignStopped);
        };
        let times_over = !campaign.within_hours(now) || preview.lead.is_too_late(now);
        times_over.then_some(PreviewEnd::TimesOver)
    }

    /// The agent does not want to dial the lead that they look at.
    pub(super) fn skip_preview(
        &mut self,
        now: Moment,
        id: AgentId,
        lead: LeadId,
        reason: SkipReason,
        note: Option<String>,
    ) -> Result<(), Refusal> {
        let campaign = self.preview_of(id, lead)?.campaign;
        let rules = self.campaigns.get(&campaign).map(|campaign| campaign.profile.preview.clone());
        let rules = rules.unwrap_or_default();
        let Some(agent) = self.agents.get_mut(&id) else { return Err(Refusal::NotAnAgent) };
        match rules.skips_max {
            Some(0) => return Err(Refusal::Preview(PreviewProblem::MustDial)),
            Some(most) if agent.skips >= most => {
                return Err(Refusal::Preview(PreviewProblem::SkipsUsedUp { most }));
            }
            Some(_) | None => {}
        }
        let Some(preview) = agent.preview.take() else { return Err(Refusal::Preview(PreviewProblem::Over)) };
        agent.skips += 1;
        let rests_until = Some(now + i64::from(rules.skip_minutes) * 60_000);
        let skipped = Ended { reason: Some(reason), note, rests_until, ..Ended::new(PreviewEnd::Skipped) };
        // The fact gives the lead back, with the time until which it rests.
        self.note_preview(now, id, &preview, skipped);
        self.become_ready(now, id);
        self.next_pacing = now;
        Ok(())
    }

    /// The preview is over by itself: the lead goes back, the agent sees the next.
    fn end_preview(&mut self, now: Moment, id: AgentId, why: PreviewEnd) {
        self.give_preview_back(now, id, why);
        self.become_ready(now, id);
        self.next_pacing = now;
    }

    /// The agent looks at the lead no more: it goes back to where it came from.
    pub(super) fn give_preview_back(&mut self, now: Moment, id: AgentId, why: PreviewEnd) {
        let Some(preview) = self.agents.get_mut(&id).and_then(|agent| agent.preview.take()) else { return };
        self.note_preview(now, id, &preview, Ended::new(why));
        let Preview { campaign: campaign_id, lead, .. } = *preview;
        let lives = !lead.is_too_late(now) && !matches!(why, PreviewEnd::InACall | PreviewEnd::NoCallerId);
        match self.campaigns.get_mut(&campaign_id) {
            Some(campaign) if lives && campaign.profile.running && campaign.hopper.len() < limits::HOPPER => {
                campaign.hopper.push_front(lead);
            }
            _ => self.effects.push(Effect::ReturnLeads { campaign: campaign_id, leads: vec![lead.lead] }),
        }
    }

    /// Writes down how a preview ended, and tells an agent who did not end it.
    fn note_preview(&mut self, now: Moment, agent: AgentId, preview: &Preview, ended: Ended) {
        self.touched.campaigns.insert(preview.campaign);
        self.record(Fact::Previewed(Box::new(PreviewFact {
            campaign: preview.campaign,
            lead: preview.lead.lead,
            customer: preview.lead.customer,
            agent,
            offered_at: preview.since,
            end: ended.end,
            reason: ended.reason,
            note: ended.note,
            rests_until: ended.rests_until,
            call: ended.call,
            at: now,
        })));
        if !ended.end.is_the_agents() {
            self.tell(Tell::Notice {
                agent,
                call: ended.call,
                notice: Notice::PreviewOver { why: ended.end },
            });
        }
    }

    /// When an agent who looks at a lead is to be looked after.
    pub(super) fn preview_due(agent: &Agent) -> Option<Moment> {
        let preview = agent.preview.as_ref()?;
        // The end of the campaign's times is seen when it is paced.
        preview.until.into_iter().chain(preview.lead.until).min()
    }

    /// Something came due for an agent who looks at a lead.
    pub(super) fn fire_preview(&mut self, now: Moment, id: AgentId) {
        let Some(preview) = self.agents.get(&id).and_then(|agent| agent.preview.as_deref()) else { return };
        if let Some(why) = self.preview_over(now, preview, id) {
            return self.end_preview(now, id, why);
        }
        if preview.until.is_none_or(|until| until > now) {
            return;
        }
        match preview.timeout {
            PreviewTimeout::Dial => {
                // There may be a line in a moment.
                if self.dial_previewed(now, id, PreviewEnd::DialledAtTimeout).is_err()
                    && let Some(agent) = self.agents.get_mut(&id)
                    && let Some(preview) = agent
                        .preview
                        .as_mut()
                        .filter(|preview| preview.until.is_some_and(|until| until <= now))
                {
                    preview.until = Some(now + NO_LINE_MS);
                    self.touched.agents.insert(id);
                }
            }
            PreviewTimeout::Skip => {
                self.give_preview_back(now, id, PreviewEnd::TimedOut);
                self.set_state(now, id, AgentState::Paused { reason: REASON_PREVIEW_TIMEOUT.to_owned() });
            }
        }
    }

    /// Ends previews that cannot go on: their campaign stopped, its times are over,
    /// or the agent serves it no more.
    pub(super) fn review_previews(&mut self, now: Moment) {
        let looking =
            self.agents.values().filter_map(|agent| Some((agent.profile.agent, agent.preview.as_deref()?)));
        let over: Vec<(AgentId, PreviewEnd)> = looking
            .filter_map(|(agent, preview)| Some((agent, self.preview_over(now, preview, agent)?)))
            .collect();
        for (agent, why) in over {
            self.end_preview(now, agent, why);
        }
    }

    /// Takes one of these agents out of their preview for somebody who waits, the
    /// one who has begun to look last.
    pub(super) fn take_out_of_preview(&mut self, now: Moment, agents: &[AgentId]) -> Option<AgentId> {
        let since = |id: &AgentId| Some((self.agents.get(id)?.preview.as_ref()?.since, *id));
        let (_, last) =
            agents.iter().filter_map(since).max_by_key(|(since, agent)| (*since, Reverse(*agent)))?;
        self.give_preview_back(now, last, PreviewEnd::CallFirst);
        self.set_state(now, last, AgentState::Ready);
        Some(last)
    }

    /// A customer of a campaign waits and nobody is free: an agent who only looks at
    /// a lead takes them.
    pub(super) fn preview_yields_to(&mut self, now: Moment, id: CallId) -> bool {
        let Some(campaign) = self.calls.get(&id).and_then(Call::campaign) else { return false };
        let serves = |agent: &&Agent| agent.preview.is_some() && agent.serves.contains(&campaign);
        let looking: Vec<AgentId> =
            self.agents.values().filter(serves).map(|agent| agent.profile.agent).collect();
        let Some(agent) = self.take_out_of_preview(now, &looking) else { return false };
        self.connect(now, id, agent);
        true
    }

    /// The agent lost their phone, or laid it down, before the customer answered a
    /// call that they had previewed: nobody is to answer it for nothing.
    pub(super) fn previewer_lost(&mut self, now: Moment, id: CallId) {
        match self.calls.get(&id) {
            Some(call) if call.answered_at.is_some() => self.find_agent(now, id),
            Some(_) => self.end_call_by(now, id, EndedBy::System),
            None => {}
        }
    }

    /// An attempt that was previewed could not be recorded: the agent is told, and
    /// sees the next.
    pub(super) fn preview_not_stored(&mut self, now: Moment, call: &Call) {
        let Some(preview) = &call.preview else { return };
        let Some(agent) = self.reserved_for(call) else { return };
        self.note_preview(now, agent, preview, Ended::new(PreviewEnd::NotAllowed));
        self.free_leg(agent);
        self.back_to_work(now, agent);
        self.next_pacing = now;
    }
}

/// How a preview ended, with what belongs to it.
struct Ended {
    end: PreviewEnd,
    reason: Option<SkipReason>,
    note: Option<String>,
    rests_until: Option<Moment>,
    call: Option<CallId>,
}

impl Ended {
    fn new(end: PreviewEnd) -> Self {
        Self { end, reason: None, note: None, rests_until: None, call: None }
    }
}

impl Lead {
    /// Whether it waited too long: the called party's time of calling is over.
    pub(super) fn is_too_late(&self, now: Moment) -> bool {
        self.until.is_some_and(|until| until <= now)
    }
}
