//! Campaigns at work: hoppers, the pace, and new attempts.

use super::call::Call;
use super::campaign::Campaign;
use super::effect::{Effect, Fact, SwitchCommand};
use super::input::{CampaignProfile, Lead};
use super::pacing::{BindingLimit, Limits, Observed, PacingReport, pacing};
use super::{Counts, Floor, LegOwner};
use crate::base::clock::Moment;
use crate::base::ids::{CallId, CampaignId, LegId};

/// How often campaigns are paced when nothing happens.
const PACE_EVERY_MS: i64 = 200;
/// How often a campaign's numbers are told to the consoles.
const TELL_EVERY_MS: i64 = 1_000;
/// How long after the ring time the switch may take to say how dialling ended.
const DIAL_GRACE_MS: i64 = 10_000;

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
        let running: Vec<CampaignId> = self.campaigns.keys().copied().collect();
        for id in running {
            self.pace_campaign(now, id);
        }
    }

    fn pace_campaign(&mut self, now: Moment, id: CampaignId) {
        let Some(campaign) = self.campaigns.get(&id) else { return };
        let counts = self.campaign_counts(campaign);
        let report = self.decide(now, campaign, counts);
        let launch = report.dial;
        let Some(campaign) = self.campaigns.get_mut(&id) else { return };
        campaign.report = Some(report);
        if let Some(count) = campaign.leads_wanted(now, counts.working) {
            self.effects.push(Effect::WantLeads { campaign: id, count });
        }
        for _ in 0..launch {
            let Some(lead) = self.campaigns.get_mut(&id).and_then(|c| c.hopper.pop_front()) else { break };
            self.dial(now, id, lead);
        }
        let Some(campaign) = self.campaigns.get(&id) else { return };
        if campaign.profile.running && now.since_ms(campaign.told_at) >= TELL_EVERY_MS {
            self.touched.campaigns.insert(id);
        }
    }

    fn decide(&self, now: Moment, campaign: &Campaign, counts: Counts) -> PacingReport {
        let (answer_rate, answer_rate_sd) = campaign.estimates.answer_rate();
        let observed = Observed {
            answer_rate,
            answer_rate_sd,
            answer_ms: campaign.estimates.answer_ms,
            talk_ms: campaign.estimates.talk_ms,
            wrap_up_ms: campaign.estimates.wrap_up_ms,
            in_flight: counts.in_flight,
            waiting: counts.waiting,
            window: campaign.window(now),
        };
        let held = |limit| PacingReport::held(limit, &observed);
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
        let limits = Limits {
            mode: campaign.profile.mode,
            drop_cap_permille: campaign.profile.drop_cap_permille,
            lines_max: campaign.profile.lines_max,
            lines_used: counts.in_flight
                + counts.waiting
                + counts.connecting
                + counts.talking
                + counts.ending,
            leads: campaign.hopper.len() as u32,
        };
        let mut report = pacing(&observed, counts.agents, limits);
        let allowed = campaign.trunk_allows(now, counts.in_flight);
        if report.dial > allowed {
            (report.dial, report.limit) = (allowed, BindingLimit::TrunkFailing);
        }
        report
    }

    /// One new attempt: recorded first, dialled once the record is committed.
    fn dial(&mut self, now: Moment, id: CampaignId, lead: Lead) {
        let on_the_line = self.is_calling(&lead.e164);
        let Some(campaign) = self.campaigns.get_mut(&id) else { return };
        if on_the_line || !self.numbers.insert(lead.e164.clone()) {
            // Another customer's or campaign's attempt holds the number now, or
            // the customer is on the line: they called.
            self.effects.push(Effect::ReturnLeads { campaign: id, leads: vec![lead.lead] });
            return;
        }
        campaign.attempts += 1;
        let profile = campaign.profile.clone();
        let call = CallId(self.mint.mint());
        let leg = self.new_leg(LegOwner::Customer(call));
        let mut dialling = Call::dialling(call, leg, id, lead.clone(), now);
        dialling.dial_until = now + i64::from(profile.ring_seconds) * 1_000 + DIAL_GRACE_MS;
        self.calls.insert(call, dialling);
        self.touched.calls.insert(call);
        self.announce(now, call, leg, lead, profile);
    }

    fn announce(&mut self, now: Moment, call: CallId, leg: LegId, lead: Lead, profile: CampaignProfile) {
        self.record(Fact::AttemptStarted {
            call,
            leg,
            campaign: profile.campaign,
            lead: lead.lead,
            customer: lead.customer,
            number: lead.number.clone(),
            e164: lead.e164,
            caller_id: profile.caller_id.clone(),
            gateway: profile.gateway.clone(),
            mode: profile.mode,
            at: now,
        });
        self.send(SwitchCommand::DialCustomer {
            call,
            leg,
            gateway: profile.gateway,
            number: lead.number,
            caller_id: profile.caller_id,
            ring_seconds: profile.ring_seconds,
        });
    }

    /// It was never dialled and the ledger has no record of it: undo it.
    pub(super) fn on_attempt_not_stored(&mut self, now: Moment, id: CallId) {
        let Some(call) = self.calls.remove(&id) else { return };
        self.forget_leg(call.leg);
        self.touched.calls.insert(id);
        let Some((campaign_id, lead)) = call.dialled() else { return };
        self.numbers.remove(&lead.e164);
        if let Some(campaign) = self.campaigns.get_mut(&campaign_id) {
            campaign.attempts = campaign.attempts.saturating_sub(1);
        }
        self.ignore(now, format!("call {id} was not dialled: it could not be recorded"));
        self.effects.push(Effect::ReturnLeads { campaign: campaign_id, leads: vec![lead.lead] });
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
                campaign.profile = profile;
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
