//! The cap on dropped calls beyond its number: over which time, shared with
//! whom, and what a customer hears who is given up.

use super::calling::{CallingTimes, FOREVER};
use super::effect::{CallResult, Effect, EndedBy, SwitchCommand};
use super::input::{
    AgentCommand, CampaignProfile, DialMode, HangUp, Input, LegChange, PhoneMode, WindowCounts,
};
use super::observe::Counted;
use super::tests::{CAMPAIGN, Story, hung_up, profile};
use crate::base::clock::{HOUR_MS, Moment};
use crate::base::ids::{AgentId, CampaignId};

const OTHER: CampaignId = CampaignId(2);

fn counts(answered: u32, dropped: u32) -> WindowCounts {
    WindowCounts { answered, dropped }
}

fn story() -> Story {
    let mut s = Story::begin(DialMode::Predictive, &[PhoneMode::OnHook]);
    s.now = Moment(1_000 * HOUR_MS + 60_000);
    s
}

fn campaign(id: CampaignId, hours: u32, group: Option<&str>, counted: Vec<(Moment, WindowCounts)>) -> Input {
    Input::Campaign(CampaignProfile {
        campaign: id,
        cap_window_hours: hours,
        cap_group: group.map(str::to_owned),
        counted,
        times: CallingTimes::between(Moment(998 * HOUR_MS), FOREVER),
        ..profile(DialMode::Predictive, vec![AgentId(1)])
    })
}

fn counted(s: &Story, id: CampaignId) -> (WindowCounts, WindowCounts) {
    let Counted { window, today, .. } = s.floor.counted(s.now, &s.floor.campaigns[&id]);
    (window, today)
}

#[test]
fn a_window_is_as_long_as_it_is_set_and_today_counts_apart() {
    let mut s = story();
    let hours = |s: &Story| {
        let ago = |hours: i64| s.now - hours * HOUR_MS;
        vec![
            (ago(800), counts(1_000, 1_000)),
            (ago(700), counts(300, 30)),
            (ago(20), counts(20, 2)),
            (ago(2), counts(7, 1)),
            (ago(0), counts(5, 0)),
        ]
    };
    for (window, expected, today) in [
        (1, counts(5, 0), counts(5, 0)),
        (3, counts(12, 1), counts(12, 1)),
        (24, counts(32, 3), counts(12, 1)),
        (720, counts(332, 33), counts(12, 1)),
    ] {
        let id = CampaignId(10 + i64::from(window));
        let given = campaign(id, window, None, hours(&s));
        s.give(given);
        assert_eq!(counted(&s, id), (expected, today), "{window} hours");
    }
}

#[test]
fn campaigns_of_one_group_have_one_budget() {
    let mut s = story();
    let now = s.now;
    s.give(campaign(OTHER, 24, Some("loans"), vec![(now, counts(100, 3))]));
    s.give(campaign(CampaignId(3), 24, Some("loans"), vec![(now - HOUR_MS, counts(50, 2))]));
    s.give(campaign(CampaignId(4), 24, Some("cards"), vec![(now, counts(1_000, 0))]));
    s.give(campaign(CampaignId(5), 24, None, vec![(now, counts(1_000, 0))]));
    let group = counts(150, 5);
    assert_eq!(counted(&s, OTHER), (group, group));
    assert_eq!(counted(&s, CampaignId(3)), (group, group));
    assert_eq!(counted(&s, CampaignId(5)).0, counts(1_000, 0));
    assert_eq!(counted(&s, CAMPAIGN).0, counts(0, 0));
}

#[test]
fn who_is_given_up_hears_the_message_and_is_hung_up_even_if_it_never_ends() {
    for ends in [true, false] {
        let mut s = Story::begin(DialMode::Progressive, &[PhoneMode::OnHook]);
        let drop_message = Some("/sounds/sorry.wav".to_owned());
        let with_message = profile(DialMode::Progressive, vec![AgentId(1)]);
        s.give(Input::Campaign(CampaignProfile { drop_message, ..with_message }));
        s.ask(1, AgentCommand::LogIn);
        s.ask(1, AgentCommand::Ready);
        let (_, leg) = s.leads(&["13800000001"])[0];
        s.leg(leg, LegChange::Answered);
        let effects = s.later(10_100);
        let message = SwitchCommand::TurnAway { leg, message: "/sounds/sorry.wav".into() };
        assert!(effects.contains(&Effect::Switch(message)));
        assert!(!hung_up(&effects).contains(&leg), "not before they have heard it");
        if !ends {
            assert!(hung_up(&s.later(120_000)).contains(&leg));
        }
        s.leg(leg, LegChange::HungUp(HangUp::cause("NORMAL_CLEARING")));
        assert_eq!(s.ended(), [(CallResult::Dropped, EndedBy::System)]);
    }
}
