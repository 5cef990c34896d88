//! Agents whom two campaigns share.

use super::input::{CampaignProfile, DialMode, Input, PhoneMode};
use super::tests::{CAMPAIGN, Story, lead, profile};
use super::trunks::Standing;
use crate::base::ids::{AgentId, CampaignId};

const OTHER: CampaignId = CampaignId(2);

fn standing(priority: i32, share: u32) -> Standing {
    Standing { priority, share, ..Standing::default() }
}

/// The calls of both after four agents whom they share became ready.
fn calls(first: CampaignProfile, other: CampaignProfile) -> (u32, u32) {
    let mut s = Story::begin(DialMode::Progressive, &[PhoneMode::OffHook; 4]);
    s.give(Input::Campaign(first));
    s.give(Input::Campaign(CampaignProfile { campaign: OTHER, ..other }));
    for (campaign, from) in [(CAMPAIGN, 100), (OTHER, 200)] {
        let leads = (from..from + 10).map(|n| lead(n, &format!("138{n:08}"))).collect();
        s.give(Input::Leads { campaign, leads });
    }
    (1..=4).for_each(|agent| {
        s.off_hook_ready(agent);
    });
    s.later(1_000);
    (s.floor.campaigns[&CAMPAIGN].attempts, s.floor.campaigns[&OTHER].attempts)
}

fn campaign(priority: i32, share: u32) -> CampaignProfile {
    let agents = (1..=4).map(AgentId).collect();
    CampaignProfile { standing: standing(priority, share), ..profile(DialMode::Progressive, agents) }
}

#[test]
fn equal_shares_are_dealt_as_many_agents() {
    assert_eq!(calls(campaign(0, 100), campaign(0, 100)), (2, 2));
}

#[test]
fn agents_are_dealt_by_share() {
    assert_eq!(calls(campaign(0, 300), campaign(0, 100)), (3, 1));
    assert_eq!(calls(campaign(0, 100), campaign(0, 300)), (1, 3));
}

#[test]
fn the_higher_priority_is_dealt_all_that_it_can_use() {
    assert_eq!(calls(campaign(0, 900), campaign(1, 100)), (0, 4));
    let narrow = CampaignProfile { lines_max: 1, ..campaign(1, 100) };
    assert_eq!(calls(campaign(0, 100), narrow), (3, 1));
    let paused = CampaignProfile { running: false, ..campaign(1, 100) };
    assert_eq!(calls(campaign(0, 100), paused), (4, 0));
}

#[test]
fn a_campaign_that_starts_late_has_no_turns_saved_up() {
    let mut s = Story::begin(DialMode::Progressive, &[PhoneMode::OffHook; 4]);
    s.give(Input::Campaign(campaign(0, 100)));
    s.give(Input::Campaign(CampaignProfile { campaign: OTHER, running: false, ..campaign(0, 100) }));
    for campaign in [CAMPAIGN, OTHER] {
        if let Some(campaign) = s.floor.campaigns.get_mut(&campaign) {
            campaign.settle_talk(Some(0), if campaign.profile.campaign == OTHER { 0 } else { 3_600_000 });
        }
    }
    s.later(400);
    s.give(Input::Campaign(CampaignProfile { campaign: OTHER, ..campaign(0, 100) }));
    let leads = |from: i64| (from..from + 10).map(|n| lead(n, &format!("138{n:08}"))).collect();
    s.give(Input::Leads { campaign: CAMPAIGN, leads: leads(100) });
    s.give(Input::Leads { campaign: OTHER, leads: leads(200) });
    (1..=4).for_each(|agent| {
        s.off_hook_ready(agent);
    });
    s.later(1_000);
    let attempts = |id| s.floor.campaigns[&id].attempts;
    assert!(attempts(CAMPAIGN) >= 1, "the newcomer does not take them all");
}
