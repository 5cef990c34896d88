//! Preview dialling, as the auditor of a simulated day counts it: whoever is shown a
//! lead has one end of it written down, nobody skips more than they may, and nothing
//! is dialled for a previewing campaign that nobody has looked at.

use crate::base::clock::Moment;
use crate::base::ids::{AgentId, CallId, CampaignId, LeadId};
use crate::floor::effect::{Fact, Tell};
use crate::floor::input::{CampaignProfile, DialMode};
use crate::floor::preview::{PreviewEnd, PreviewFact, PreviewRules};
use std::collections::{BTreeMap, BTreeSet};

/// A third campaign, in which every other agent sees the lead first.
pub(super) fn campaign(rules: &PreviewRules, like: &CampaignProfile) -> CampaignProfile {
    CampaignProfile {
        campaign: CampaignId(3),
        mode: DialMode::Preview,
        preview: rules.clone(),
        agents: like.agents.iter().step_by(2).copied().collect(),
        ..like.clone()
    }
}

/// The auditor's books of previews.
#[derive(Debug, Default)]
pub(super) struct PreviewBooks {
    rules: BTreeMap<CampaignId, PreviewRules>,
    /// Who looks at which lead, and since when.
    looking: BTreeMap<AgentId, (LeadId, Moment)>,
    /// How many leads each has skipped in a row.
    skipped: BTreeMap<AgentId, u32>,
    /// Attempts that nobody is known to have looked at yet.
    blind: BTreeSet<CallId>,
    ends: BTreeMap<&'static str, u64>,
}

impl PreviewBooks {
    pub fn new(campaigns: &[CampaignProfile]) -> Self {
        let previews = campaigns.iter().filter(|campaign| campaign.mode == DialMode::Preview);
        Self {
            rules: previews.map(|campaign| (campaign.campaign, campaign.preview.clone())).collect(),
            ..Self::default()
        }
    }

    /// What an agent is shown.
    pub fn told(&mut self, tell: &Tell) -> Option<String> {
        let Tell::Agent(live) = tell else { return None };
        match &live.preview {
            Some(preview) => {
                let shown = (preview.lead, preview.since);
                let before = self.looking.insert(live.agent, shown).filter(|before| *before != shown)?;
                Some(format!("agent {} looked at {before:?}, and of that no end is written down", live.agent))
            }
            None => {
                let before = self.looking.remove(&live.agent)?;
                Some(format!("agent {} looks at {before:?} no more, and no end is written down", live.agent))
            }
        }
    }

    /// What the floor wrote down.
    pub fn fact(&mut self, fact: &Fact) -> Option<String> {
        match fact {
            Fact::AttemptStarted { call, campaign, .. } if self.rules.contains_key(campaign) => {
                self.blind.insert(*call);
                None
            }
            Fact::Previewed(fact) => self.ended(fact),
            _ => None,
        }
    }

    fn ended(&mut self, fact: &PreviewFact) -> Option<String> {
        let agent = fact.agent;
        *self.ends.entry(fact.end.as_str()).or_default() += 1;
        let looked = (fact.lead, fact.offered_at);
        // What could not be recorded follows on what was dialled.
        if fact.end != PreviewEnd::NotAllowed
            && let Some(other) = self.looking.remove(&agent).filter(|other| *other != looked)
        {
            return Some(format!(
                "agent {agent} looks at {other:?}, and the end of {looked:?} is written down"
            ));
        }
        let rules = self.rules.get(&fact.campaign)?;
        match fact.end {
            PreviewEnd::Dialled | PreviewEnd::DialledAtTimeout => {
                self.skipped.remove(&agent);
                let known = fact.call.is_some_and(|call| self.blind.remove(&call));
                (!known).then(|| format!("agent {agent} dialled {looked:?}, and there is no attempt"))
            }
            PreviewEnd::Skipped => {
                let skipped = self.skipped.entry(agent).or_default();
                *skipped += 1;
                let too_many = rules.skips_max.is_some_and(|most| *skipped > most);
                too_many.then(|| format!("agent {agent} skipped {skipped} leads in a row"))
            }
            _ => None,
        }
    }

    /// The record of this attempt was never committed.
    pub fn not_stored(&mut self, call: CallId) {
        self.blind.remove(&call);
    }

    /// How previews ended.
    pub fn ends(&self) -> BTreeMap<&'static str, u64> {
        self.ends.clone()
    }

    /// The day is over.
    pub fn close(&self) -> Vec<String> {
        let blind =
            self.blind.iter().map(|call| format!("call {call} was dialled, and nobody looked at it first"));
        let looking =
            self.looking.iter().map(|(agent, lead)| format!("agent {agent} still looks at {lead:?}"));
        blind.chain(looking).collect()
    }
}
