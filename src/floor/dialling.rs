//! Campaigns at work: hoppers, the pace, and new attempts.

use super::agent::Agent;
use super::call::{Call, CallState};
use super::campaign::Campaign;
use super::effect::{Effect, EndedBy, Fact, SwitchCommand};
use super::input::{CampaignProfile, DialMode, Lead};
use super::observe::Calls;
use super::pacing::{Agents, BindingLimit, Limits, Observed, PacingReport, pacing, to_take_back};
use super::sharing::Turns;
use super::{CallCounts, Floor, LegOwner};
use crate::base::clock::Moment;
use crate::base::ids::{CallId, CampaignId, LegId};
use crate::base::phone::Dialable;
use std::cmp::Reverse;

/// How often campaigns are paced when nothing happens.
const PACE_EVERY_MS: i64 = 200;
/// How often a campaign's numbers are told to the consoles.
const TELL_EVERY_MS: i64 = 1_000;
/// How long after the ring time the switch may take to say how dialling ended.
pub(super) const DIAL_GRACE_MS: i64 = 10_000;

impl Floor {
    /// Whether any campaign needs a regular look.
    pub(super) fn paces(&self) -> bool {
        self.campaigns.values().any(|campaign| campaign.profile.running)
    }

    pub(super) fn pace(&mut self, now: Moment) {
        if now < self.next_pacing {
            return;
        }
        self.next_pacing = now + PACE_EVERY_MS;
        self.trunks.forget_silent(now);
        let mut survey = self.survey(now);
        if self.offer_agents_let_go(now, &mut survey.waiting) {
            survey = self.survey(now);
        }
        let campaigns: Vec<CampaignId> = self.campaigns.keys().copied().collect();
        for id in &campaigns {
            if let Some(campaign) = self.campaigns.get_mut(id) {
                campaign.look_up_times(now);
            }
            self.refresh_estimates(now, *id);
        }
        self.review_previews(now);
        let turns = self.turns(now, &survey);
        let mut at_work = self.agents_at_work(now, &turns, &survey);
        let mut reports = Vec::with_capacity(campaigns.len());
        for id in campaigns {
            let calls = survey.calls.remove(&id).unwrap_or_default();
            let agents = at_work.remove(&id).unwrap_or_default();
            reports.extend(self.pace_campaign(now, id, &calls, &agents).map(|report| (id, report)));
        }
        self.hold_to_limits(now, &mut reports);
        for (id, report) in reports {
            self.launch(now, id, report, &turns);
        }
    }

    fn pace_campaign(
        &mut self,
        now: Moment,
        id: CampaignId,
        calls: &Calls,
        agents: &Agents,
    ) -> Option<PacingReport> {
        let campaign = self.campaigns.get(&id)?;
        let observed = campaign.observe(now, calls, self.counted(now, campaign));
        let mut report = self.decide(now, campaign, calls.counts, &observed, agents);
        report.in_flight = calls.counts.in_flight;
        let too_many = to_take_back(&observed, agents, campaign.profile.drop_cap_permille);
        if too_many > 0 && self.switch_up {
            self.take_back(now, id, too_many);
        }
        let campaign = self.campaigns.get_mut(&id)?;
        if let Some(count) = campaign.leads_wanted(now, agents.count()) {
            self.effects.push(Effect::WantLeads { campaign: id, count });
        }
        Some(report)
    }

    fn launch(&mut self, now: Moment, id: CampaignId, report: PacingReport, turns: &Turns) {
        let (launch, previews) = (report.dial, report.limit == BindingLimit::Preview);
        if let Some(campaign) = self.campaigns.get_mut(&id) {
            campaign.report = Some(report);
        }
        for launched in 0..launch {
            let Some((lead, caller_id)) = self.next_lead(now, id) else {
                self.note_held(id, launched);
                break;
            };
            self.dial(now, id, lead, caller_id);
        }
        if previews {
            self.offer_previews(now, id, turns);
        }
        let Some(campaign) = self.campaigns.get(&id) else { return };
        if campaign.profile.running && now.since_ms(campaign.told_at) >= TELL_EVERY_MS {
            self.touched.campaigns.insert(id);
        }
    }

    fn decide(
        &self,
        now: Moment,
        campaign: &Campaign,
        counts: CallCounts,
        observed: &Observed,
        agents: &Agents,
    ) -> PacingReport {
        let held = |limit| PacingReport::held(limit, observed);
        if !campaign.profile.running {
            return held(BindingLimit::Paused);
        }
        if !campaign.within_hours(now) {
            return held(BindingLimit::OutsideHours);
        }
        if !self.switch_up {
            return held(BindingLimit::SwitchDown);
        }
        if self.store_lagging {
            return held(BindingLimit::StoreLagging);
        }
        if self.lacks_caller_id(now, campaign.profile.caller_id_pool) {
            return held(BindingLimit::CallerIds);
        }
        if campaign.profile.mode == DialMode::Preview && !self.has_agents_working(campaign) {
            return held(BindingLimit::NoAgents);
        }
        let limits = Limits {
            mode: campaign.profile.mode,
            ratio_permille: campaign.profile.ratio_permille,
            drop_cap_permille: campaign.profile.drop_cap_permille,
            lines_max: campaign.profile.lines_max,
            lines_used: counts.lines(),
            leads: campaign.hopper.len() as u32,
            trunk: campaign.trunk_allows(now, counts.in_flight),
        };
        pacing(observed, agents, limits)
    }

    fn has_agents_working(&self, campaign: &Campaign) -> bool {
        let agents = campaign.profile.agents.iter().filter_map(|agent| self.agents.get(agent));
        agents.into_iter().any(Agent::working)
    }

    /// Ends the youngest calls that nobody has answered yet.
    fn take_back(&mut self, now: Moment, id: CampaignId, count: u32) {
        let ringing = self.calls.values().filter(|call| call.campaign() == Some(id) && call.in_flight());
        let ringing = ringing.filter(|call| !matches!(call.state, CallState::Ending { .. }));
        let mut youngest: Vec<_> = ringing.map(|call| (Reverse(call.started_at), call.id)).collect();
        youngest.sort_unstable();
        for (_, call) in youngest.into_iter().take(count as usize) {
            self.end_call_by(now, call, EndedBy::System);
        }
    }

    /// The first lead for whom there is a number to show, and that number.
    pub(super) fn next_lead(&mut self, now: Moment, id: CampaignId) -> Option<(Lead, Dialable)> {
        let leads = self.campaigns.get(&id)?.hopper.iter().enumerate();
        let shown = |(at, lead): (usize, &Lead)| Some((at, self.caller_id_for(now, id, lead)?));
        let (at, caller_id) = leads.into_iter().find_map(shown)?;
        let lead = self.campaigns.get_mut(&id)?.hopper.remove(at)?;
        Some((lead, caller_id))
    }

    /// Fewer calls were launched than decided: the leads left have no number that
    /// could be shown to them.
    fn note_held(&mut self, id: CampaignId, launched: u32) {
        let Some(campaign) = self.campaigns.get_mut(&id) else { return };
        let used_up = !campaign.hopper.is_empty();
        if let Some(report) = campaign.report.as_mut().filter(|_| used_up) {
            (report.dial, report.limit) = (launched, BindingLimit::CallerIds);
        }
    }

    /// One new attempt: recorded first, dialled once the record is committed.
    pub(super) fn dial(
        &mut self,
        now: Moment,
        id: CampaignId,
        lead: Lead,
        caller_id: Dialable,
    ) -> Option<CallId> {
        let on_the_line = self.is_on_the_line(&lead);
        let campaign = self.campaigns.get_mut(&id)?;
        // It waited too long: the store sees when it may be dialled again.
        if on_the_line || lead.is_too_late(now) {
            // Another customer's or campaign's attempt holds the number now, or the
            // customer is on the line: they called, or another of their numbers rings.
            self.effects.push(Effect::ReturnLeads { campaign: id, leads: vec![lead.lead] });
            return None;
        }
        self.numbers.insert(lead.e164.clone());
        campaign.attempts += 1;
        campaign.launched.take(now);
        campaign.estimates.launched(now);
        let profile = campaign.profile.clone();
        let call = CallId(self.mint.mint());
        let leg = self.new_leg(LegOwner::Customer(call));
        let mut dialling = Call::dialling(call, leg, id, lead.clone(), now);
        dialling.caller_id = Some(caller_id.clone());
        self.caller_ids.shown(now, &caller_id);
        dialling.dial_until = now + i64::from(profile.ring_seconds) * 1_000 + DIAL_GRACE_MS;
        self.calls.insert(call, dialling);
        self.touched.calls.insert(call);
        self.launch_over(now, &profile.gateway, leg);
        self.announce(now, call, leg, lead, caller_id, profile);
        Some(call)
    }

    fn announce(
        &mut self,
        now: Moment,
        call: CallId,
        leg: LegId,
        lead: Lead,
        caller_id: Dialable,
        profile: CampaignProfile,
    ) {
        self.record(Fact::AttemptStarted {
            call,
            leg,
            campaign: profile.campaign,
            lead: lead.lead,
            customer: lead.customer,
            number: lead.number.clone(),
            e164: lead.e164,
            caller_id: caller_id.clone(),
            gateway: profile.gateway.clone(),
            mode: profile.mode,
            at: now,
        });
        self.send(SwitchCommand::DialCustomer {
            call,
            leg,
            gateway: profile.gateway,
            number: lead.number,
            caller_id,
            ring_seconds: profile.ring_seconds,
        });
    }

    /// Until before when the attempt may be dialled: until its campaign's times end,
    /// or those of the called party. `None`: it may be for long, or is no attempt.
    pub fn may_dial_until(&self, call: CallId) -> Option<Moment> {
        let (campaign, lead) = self.calls.get(&call)?.dialled()?;
        let closes = self.campaigns.get(&campaign).and_then(Campaign::closes_at);
        closes.into_iter().chain(lead.until).min()
    }

    /// It was never dialled and the ledger has no record of it: undo it.
    pub(super) fn on_attempt_not_stored(&mut self, now: Moment, id: CallId) {
        let Some(call) = self.calls.remove(&id) else { return };
        self.trunks.vacate(call.leg);
        self.forget_leg(call.leg);
        self.touched.calls.insert(id);
        self.callback_not_stored(now, &call);
        if let Some(caller_id) = &call.caller_id {
            self.caller_ids.not_shown(call.started_at, caller_id);
        }
        let Some((campaign_id, lead)) = call.dialled() else { return };
        self.numbers.remove(&lead.e164);
        if let Some(campaign) = self.campaigns.get_mut(&campaign_id) {
            campaign.attempts = campaign.attempts.saturating_sub(1);
            campaign.estimates.withdrawn(now, now.since_ms(call.started_at));
        }
        self.ignore(now, format!("call {id} was not dialled: it could not be recorded"));
        self.effects.push(Effect::ReturnLeads { campaign: campaign_id, leads: vec![lead.lead] });
        self.preview_not_stored(now, &call);
    }

    pub(super) fn on_campaign(&mut self, now: Moment, profile: CampaignProfile) {
        let id = profile.campaign;
        self.touched.campaigns.insert(id);
        self.next_pacing = now;
        match self.campaigns.get_mut(&id) {
            None => {
                self.campaigns.insert(id, Campaign::new(profile, now));
            }
            Some(campaign) => {
                let stops = !profile.running;
                let limits_moved = (campaign.profile.drop_after_ms, campaign.profile.wait_ms_max)
                    != (profile.drop_after_ms, profile.wait_ms_max);
                campaign.change(now, profile);
                campaign.ask_soon(now);
                let leads = if stops { campaign.give_back() } else { Vec::new() };
                if !leads.is_empty() {
                    self.effects.push(Effect::ReturnLeads { campaign: id, leads });
                }
                if limits_moved {
                    self.set_all_timers();
                }
            }
        }
        self.note_members();
    }

    pub(super) fn on_leads(&mut self, now: Moment, id: CampaignId, leads: Vec<Lead>) {
        let refused = match self.campaigns.get_mut(&id) {
            Some(campaign) => campaign.take_leads(now, leads),
            None => leads.into_iter().map(|lead| lead.lead).collect(),
        };
        if !refused.is_empty() {
            self.effects.push(Effect::ReturnLeads { campaign: id, leads: refused });
        }
        self.next_pacing = now;
    }
}
