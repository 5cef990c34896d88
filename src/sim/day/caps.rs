//! The cap on dropped calls, as the auditor of a simulated day counts it, and the
//! faults that excuse a drop.

use super::CampaignCounts;
use super::ledger::{Ledger, Span};
use crate::base::clock::Moment;
use crate::base::ids::{AgentId, CallId};
use crate::floor::effect::AgentStateKind;

impl Ledger {
    /// The counts of the campaign of this call; a caller counts for none.
    pub(super) fn count(&mut self, call: CallId) -> Option<&mut CampaignCounts> {
        let campaign = self.live.get(&call)?.campaign?;
        Some(self.counted.entry(campaign).or_insert_with(|| CampaignCounts::new(campaign)))
    }

    /// A fault took the connection, the switch, or an agent for good.
    pub fn fault(&mut self, now: Moment, agent: Option<AgentId>) {
        let Some(agent) = agent else {
            self.switch_lost = Some(now);
            return;
        };
        for campaign in self.campaigns.values().filter(|campaign| campaign.agents.contains(&agent)) {
            self.agents_lost.entry(campaign.campaign).or_default().push(now);
        }
    }

    /// Whether a fault took away, while the call was under way, what its pacing
    /// had counted on: the switch, or an agent, who can be missed by one call;
    /// or the desk phone of the agent who was there did not answer.
    pub(super) fn lost_by_fault(&mut self, call: CallId) -> bool {
        let Some(entry) = self.live.get(&call) else { return false };
        if self.switch_lost.is_some_and(|lost| lost >= entry.started) {
            return true;
        }
        let rings = |span: &Span| span.kind == AgentStateKind::Ringing && span.call == Some(call);
        if let Some((agent, _)) = self.agents.iter().find(|(_, span)| rings(span)) {
            self.phones_blamed.insert(*agent);
            return true;
        }
        let Some(campaign) = entry.campaign else { return false };
        let lost = self.agents_lost.entry(campaign).or_default();
        let since = lost.partition_point(|lost| *lost < entry.started);
        since < lost.len() && lost.remove(since) >= entry.started
    }

    /// The cap on dropped calls over the whole day, for each campaign. A first
    /// dropped call is borne: before it nobody can know that it will be one.
    pub(super) fn caps_held(&self, broken: &mut Vec<String>) {
        for (id, counts) in &self.counted {
            let cap = self.campaigns.get(id).map_or(0, |campaign| u64::from(campaign.drop_cap_permille));
            let dropped = counts.dropped - counts.dropped_by_faults;
            let allowed = (cap * counts.answered / 1_000).max(1);
            if cap > 0 && dropped > allowed {
                broken.push(format!(
                    "campaign {id}: {dropped} of {} answered calls were dropped for want of an agent, \
                     the cap is {cap} per mille",
                    counts.answered
                ));
            }
        }
    }
}
